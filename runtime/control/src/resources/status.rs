//! `/v1/status`: how the run is going, and the wish to change that.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Document, Resource};

/// How a run is going.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Number of a [`crate::RunStatus`].
    pub status: u8,
    /// No iterations start until it is resumed.
    pub paused: bool,
    /// VUs at work.
    pub vus: u64,
    /// VUs that exist.
    #[serde(rename = "vus-max")]
    pub vus_max: u64,
    /// Somebody has stopped it through this interface.
    pub stopped: bool,
    /// It has started and has not ended.
    pub running: bool,
    /// A threshold does not hold.
    pub tainted: bool,
    /// Iterations that failed. k6 does not count them, so nothing is said where there are none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub exceptions: u64,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// What is to change; what is absent stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StatusPatch {
    /// Pause or resume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<bool>,
    /// Number of VUs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vus: Option<i64>,
    /// Most VUs.
    #[serde(rename = "vus-max", skip_serializing_if = "Option::is_none")]
    pub vus_max: Option<i64>,
    /// True ends the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<bool>,
}

/// As `GET` shows it.
pub(crate) fn document<T>(attributes: T) -> Document<Resource<T>> {
    Document {
        data: Resource {
            kind: "status".to_owned(),
            id: "default".to_owned(),
            attributes,
        },
    }
}

/// The body of a `PATCH`. As in k6 all of it may be absent, which asks for nothing.
pub(crate) fn patch(body: &[u8]) -> Result<StatusPatch, serde_json::Error> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Body {
        data: Data,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Data {
        attributes: StatusPatch,
    }
    // By way of a map, because a struct would also be read from a list.
    let body = serde_json::from_slice::<Map<String, Value>>(body)?;
    serde_json::from_value::<Body>(Value::Object(body)).map(|body| body.data.attributes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_is_k6s() {
        let status = Status {
            status: 7,
            vus: 2,
            vus_max: 5,
            running: true,
            ..Status::default()
        };
        let text = serde_json::to_string(&document(&status)).unwrap();
        assert_eq!(
            text,
            r#"{"data":{"type":"status","id":"default","attributes":{"status":7,"paused":false,"vus":2,"vus-max":5,"stopped":false,"running":true,"tainted":false}}}"#
        );
        let status = Status {
            exceptions: 3,
            ..status
        };
        let text = serde_json::to_string(&document(&status)).unwrap();
        assert!(
            text.ends_with(r#""tainted":false,"exceptions":3}}}"#),
            "{text}"
        );
    }

    #[test]
    fn patches() {
        let whole = br#"{"data":{"type":"status","id":"default","attributes":
            {"status":7,"paused":true,"vus":3,"vus-max":null,"running":true}}}"#;
        let expected = StatusPatch {
            paused: Some(true),
            vus: Some(3),
            ..StatusPatch::default()
        };
        assert_eq!(patch(whole).unwrap(), expected);
        assert_eq!(patch(b"{}").unwrap(), StatusPatch::default());
        for wrong in [
            &b""[..],
            b"{",
            b"[]",
            b"3",
            br#"{"data":{"attributes":{"vus":"x"}}}"#,
            br#"{"data":{"attributes":{"vus":1.5}}}"#,
            br#"{"data":{"attributes":{"paused":"x"}}}"#,
            br#"{"data":{"attributes":{"vus":99999999999999999999}}}"#,
        ] {
            assert!(patch(wrong).is_err(), "{}", String::from_utf8_lossy(wrong));
        }
    }
}
