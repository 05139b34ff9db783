//! `/status/:codes` and `/delay/:n`.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http::header::{HeaderName, LOCATION, PROXY_AUTHENTICATE, WWW_AUTHENTICATE};

use crate::echo;
use crate::random::Random;
use crate::reply::{self, Reply, TEXT};
use crate::request::Call;
use crate::wire::{End, Script};

/// Longest delay, in seconds. httpbin stops at 10; tests of timeouts want more.
const LONGEST: f64 = 60.0;

/// One of `codes`: `200`, or `200,500`, or `200:0.9,500:0.1` with weights.
pub(crate) fn status(call: &Call, codes: &str) -> Reply {
    let Some(code) = choose(codes, Random::new().fraction()) else {
        return reply::bad_request(
            "status codes are numbers from 100 to 999 with optional weights",
        );
    };
    if code.is_informational() {
        return informational(call, code);
    }
    let mut answer = match code {
        StatusCode::IM_A_TEAPOT => reply::whole(code, TEXT, "I'm a teapot\n"),
        _ => reply::empty(code),
    };
    let extra: Option<(HeaderName, &str)> = match code.as_u16() {
        301 | 302 | 303 | 305 | 307 | 308 => Some((LOCATION, "/redirect/1")),
        401 => Some((WWW_AUTHENTICATE, "Basic realm=\"Fake Realm\"")),
        407 => Some((PROXY_AUTHENTICATE, "Basic realm=\"Fake Realm\"")),
        _ => None,
    };
    if let Some((name, value)) = extra {
        reply::header(&mut answer, name, value);
    }
    answer
}

/// hyper refuses to send 1xx as an answer, so that it goes onto the wire by hand.
fn informational(call: &Call, code: StatusCode) -> Reply {
    let reason = code.canonical_reason().unwrap_or("Informational");
    let mut head = format!("HTTP/1.1 {} {reason}\r\n", code.as_u16());
    if code == StatusCode::SWITCHING_PROTOCOLS {
        head.push_str("Connection: Upgrade\r\nUpgrade: nothing\r\n");
    }
    head.push_str("\r\n");
    call.wire.play(Script {
        bytes: Bytes::from(head),
        end: End::Close,
    });
    reply::empty(StatusCode::OK)
}

/// Picks by weight; `at` is in `[0, 1)`.
fn choose(codes: &str, at: f64) -> Option<StatusCode> {
    let mut weighted = Vec::new();
    for entry in codes.split(',') {
        let (code, weight) = entry.split_once(':').unwrap_or((entry, "1"));
        let code = StatusCode::from_bytes(code.trim().as_bytes()).ok()?;
        let weight: f64 = weight
            .trim()
            .parse()
            .ok()
            .filter(|w: &f64| w.is_finite() && *w >= 0.0)?;
        weighted.push((code, weight));
    }
    let total: f64 = weighted.iter().map(|(_, weight)| weight).sum();
    let mut left = at * total;
    for (code, weight) in &weighted {
        if left < *weight {
            return Some(*code);
        }
        left -= weight;
    }
    weighted.last().map(|(code, _)| *code)
}

/// Answers as `/anything` after that many seconds, at most [`LONGEST`].
pub(crate) async fn delay(call: &Call, seconds: &str) -> Reply {
    match seconds.parse::<f64>() {
        Ok(seconds) if seconds.is_finite() && seconds >= 0.0 => {
            tokio::time::sleep(Duration::from_secs_f64(seconds.min(LONGEST))).await;
            echo::anything(call)
        }
        _ => reply::bad_request("the delay is a number of seconds"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_decide() {
        let pick = |codes, at| choose(codes, at).map(|code| code.as_u16());
        assert_eq!(pick("404", 0.5), Some(404));
        assert_eq!(pick("200,500", 0.49), Some(200));
        assert_eq!(pick("200,500", 0.51), Some(500));
        assert_eq!(pick("200:3,500:1", 0.74), Some(200));
        assert_eq!(pick("200:3,500:1", 0.76), Some(500));
        assert_eq!(pick("200:0,500:0", 0.9), Some(500));
    }

    #[test]
    fn nonsense_is_refused() {
        for codes in ["", "abc", "200:x", "200,,500", "99", "200:-1"] {
            assert_eq!(choose(codes, 0.1), None, "{codes:?}");
        }
    }
}
