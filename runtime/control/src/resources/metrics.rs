//! `/v1/metrics`: metrics with their figures of the moment.

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use super::{Document, Resource};
use crate::live::Metric;

/// A metric as a client receives it.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricReport {
    /// Its name, with the tags of a submetric.
    pub name: String,
    /// `counter`, `gauge`, `rate` or `trend`.
    pub kind: String,
    /// `default`, `time` or `data`.
    pub contains: String,
    /// Whether a threshold of it does not hold; none where it has no threshold.
    pub tainted: Option<bool>,
    /// Its figures, in the order in which they came.
    pub sample: Vec<(String, f64)>,
}

#[derive(Serialize)]
struct Attributes<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    contains: &'a str,
    tainted: Option<bool>,
    #[serde(serialize_with = "figures")]
    sample: &'a [(&'static str, f64)],
}

fn figures<S: Serializer>(sample: &&[(&str, f64)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(sample.len()))?;
    for (name, value) in *sample {
        if value.fract() == 0.0 && value.abs() < 1e15 {
            // Whole numbers without `.0`, as other JSON writers have them.
            map.serialize_entry(name, &(*value as i64))?;
        } else {
            map.serialize_entry(name, value)?;
        }
    }
    map.end()
}

fn resource(metric: &Metric) -> Resource<Attributes<'_>> {
    Resource {
        kind: "metrics".to_owned(),
        id: metric.name.clone(),
        attributes: Attributes {
            kind: metric.kind,
            contains: metric.contains,
            tainted: metric.tainted,
            sample: &metric.sample,
        },
    }
}

/// All of them.
pub(crate) fn list(metrics: &[Metric]) -> impl Serialize {
    Document {
        data: metrics.iter().map(resource).collect::<Vec<_>>(),
    }
}

/// One of them.
pub(crate) fn one<'a>(metrics: &'a [Metric], id: &str) -> Option<impl Serialize + use<'a>> {
    let found = metrics.iter().find(|metric| metric.name == id)?;
    Some(Document {
        data: resource(found),
    })
}

/// What a server sent.
pub(crate) fn reports(body: &[u8]) -> Result<Vec<MetricReport>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Received {
        #[serde(rename = "type")]
        kind: String,
        contains: String,
        tainted: Option<bool>,
        sample: Map<String, Value>,
    }
    let received: Document<Vec<Resource<Received>>> = serde_json::from_slice(body)?;
    let report = |resource: Resource<Received>| {
        let figure = |(name, value): (String, Value)| Some((name, value.as_f64()?));
        MetricReport {
            name: resource.id,
            kind: resource.attributes.kind,
            contains: resource.attributes.contains,
            tainted: resource.attributes.tainted,
            sample: resource
                .attributes
                .sample
                .into_iter()
                .filter_map(figure)
                .collect(),
        }
    };
    Ok(received.data.into_iter().map(report).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let metrics = [
            Metric {
                name: "my_rate{x:y}".to_owned(),
                kind: "rate",
                contains: "default",
                tainted: Some(false),
                sample: vec![("rate", 1.0)],
            },
            Metric {
                name: "iterations".to_owned(),
                kind: "counter",
                contains: "default",
                tainted: None,
                sample: vec![("count", 60.0), ("rate", 19.25)],
            },
        ];
        let text = serde_json::to_string(&list(&metrics)).unwrap();
        assert_eq!(
            text,
            r#"{"data":[{"type":"metrics","id":"my_rate{x:y}","attributes":{"type":"rate","contains":"default","tainted":false,"sample":{"rate":1}}},{"type":"metrics","id":"iterations","attributes":{"type":"counter","contains":"default","tainted":null,"sample":{"count":60,"rate":19.25}}}]}"#
        );
        let reports = reports(text.as_bytes()).unwrap();
        assert_eq!(reports[0].name, "my_rate{x:y}");
        assert_eq!(
            (reports[0].tainted, reports[1].tainted),
            (Some(false), None)
        );
        let figures = [("count".to_owned(), 60.0), ("rate".to_owned(), 19.25)];
        assert_eq!(reports[1].sample, figures);
        assert!(one(&metrics, "nope").is_none());
        let text = serde_json::to_string(&one(&metrics, "iterations").unwrap()).unwrap();
        assert!(
            text.starts_with(r#"{"data":{"type":"metrics","id":"iterations""#),
            "{text}"
        );
    }
}
