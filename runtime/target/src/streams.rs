//! Bodies by size and pace: `/bytes`, `/stream-bytes`, `/stream`, `/drip`, `/range`.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, ETAG, RANGE};
use serde_json::json;
use tokio::time::sleep;

use crate::body::Body;
use crate::echo;
use crate::random::Random;
use crate::reply::{self, BYTES, JSON, Reply};
use crate::request::Call;

/// Largest body, in bytes. httpbin stops at 100 KiB; load tests want more.
const LARGEST: usize = 64 << 20;
/// Most lines of `/stream`.
const MOST_LINES: usize = 100;
/// Longest `/drip` and `/range`, in seconds.
const LONGEST: f64 = 60.0;

/// `count` random bytes; the same ones for the same `?seed=`.
pub(crate) fn bytes(call: &Call, count: &str) -> Reply {
    match size(count) {
        Ok(count) => reply::whole(StatusCode::OK, BYTES, random(call).bytes(count)),
        Err(refusal) => refusal.into(),
    }
}

/// The same in chunks of `?chunk_size=` bytes, without a length.
pub(crate) fn stream_bytes(call: &Call, count: &str) -> Reply {
    let mut left = match size(count) {
        Ok(count) => count,
        Err(refusal) => return refusal.into(),
    };
    let chunk = (call.number("chunk_size", 10 << 10) as usize).clamp(1, 1 << 20);
    let mut random = random(call);
    let body = Body::stream(move |pieces| async move {
        while left > 0 {
            let next = left.min(chunk);
            if pieces.send(random.bytes(next)).await.is_err() {
                return;
            }
            left -= next;
        }
    });
    reply::typed(StatusCode::OK, BYTES, body)
}

/// `count` lines of JSON, at most [`MOST_LINES`].
pub(crate) fn lines(call: &Call, count: &str) -> Reply {
    let Ok(count) = count.parse::<usize>() else {
        return reply::bad_request("the number of lines is a number");
    };
    let mut line = echo::plain(call);
    line.sort_all_objects();
    let body = Body::stream(move |pieces| async move {
        for id in 0..count.min(MOST_LINES) {
            if let Some(object) = line.as_object_mut() {
                object.insert("id".into(), json!(id));
            }
            if pieces.send(Bytes::from(format!("{line}\n"))).await.is_err() {
                return;
            }
        }
    });
    reply::typed(StatusCode::OK, JSON, body)
}

/// `?numbytes=` stars, spread over `?duration=` seconds after `?delay=` seconds.
pub(crate) async fn drip(call: &Call) -> Reply {
    let seconds = |name: &str, default: f64| {
        let value = call
            .parameter(name)
            .and_then(|value| value.parse::<f64>().ok());
        value.unwrap_or(default).clamp(0.0, LONGEST)
    };
    let count = call.number("numbytes", 10).clamp(1, 10 << 20);
    let pause = Duration::from_secs_f64(seconds("duration", 2.0) / count as f64);
    let code = call.parameter("code").unwrap_or_default();
    let status = StatusCode::from_bytes(code.as_bytes()).unwrap_or(StatusCode::OK);
    sleep(Duration::from_secs_f64(seconds("delay", 2.0))).await;
    let body = Body::stream(move |pieces| async move {
        for _ in 0..count {
            if pieces.send(Bytes::from_static(b"*")).await.is_err() {
                return;
            }
            if !pause.is_zero() {
                sleep(pause).await;
            }
        }
    });
    let mut answer = reply::typed(status, BYTES, body);
    reply::header(&mut answer, CONTENT_LENGTH, &count.to_string());
    answer
}

/// `count` letters a to z over and over, whole or the part that `Range` asks for.
pub(crate) fn range(call: &Call, count: &str) -> Reply {
    let total = match size(count) {
        Ok(0) => return reply::bad_request("a range has at least one byte"),
        Ok(total) => total,
        Err(refusal) => return refusal.into(),
    };
    let asked = call.header(RANGE).map(|value| part(value, total));
    let (status, first, last) = match asked {
        None => (StatusCode::OK, 0, total - 1),
        Some(Some((first, last))) => (StatusCode::PARTIAL_CONTENT, first, last),
        Some(None) => {
            let mut answer = reply::empty(StatusCode::RANGE_NOT_SATISFIABLE);
            reply::header(&mut answer, CONTENT_RANGE, &format!("bytes */{total}"));
            return answer;
        }
    };
    let letters: Vec<u8> = (first..=last).map(|at| b'a' + (at % 26) as u8).collect();
    let mut answer = reply::whole(status, BYTES, letters);
    reply::header(&mut answer, ETAG, &format!("range{total}"));
    reply::header(&mut answer, ACCEPT_RANGES, "bytes");
    if status == StatusCode::PARTIAL_CONTENT {
        let range = format!("bytes {first}-{last}/{total}");
        reply::header(&mut answer, CONTENT_RANGE, &range);
    }
    answer
}

/// First and last byte of `bytes=a-b`, `bytes=a-` or `bytes=-n`; none where it cannot be had.
fn part(range: &str, total: usize) -> Option<(usize, usize)> {
    let (first, last) = range.trim().strip_prefix("bytes=")?.split_once('-')?;
    let (first, last) = match (first.trim(), last.trim()) {
        ("", count) => (total.saturating_sub(count.parse().ok()?), total - 1),
        (first, "") => (first.parse().ok()?, total - 1),
        (first, last) => (
            first.parse().ok()?,
            last.parse::<usize>().ok()?.min(total - 1),
        ),
    };
    (first <= last && first < total).then_some((first, last))
}

fn random(call: &Call) -> Random {
    match call.parameter("seed").and_then(|seed| seed.parse().ok()) {
        Some(seed) => Random::seeded(seed),
        None => Random::new(),
    }
}

/// A size that cannot be had.
struct Refusal;

impl From<Refusal> for Reply {
    fn from(_: Refusal) -> Self {
        reply::bad_request(format!("the size is a number of bytes, at most {LARGEST}"))
    }
}

fn size(count: &str) -> Result<usize, Refusal> {
    count
        .parse()
        .ok()
        .filter(|count| *count <= LARGEST)
        .ok_or(Refusal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_every_form() {
        assert_eq!(part("bytes=0-4", 10), Some((0, 4)));
        assert_eq!(part("bytes=5-", 10), Some((5, 9)));
        assert_eq!(part("bytes=-3", 10), Some((7, 9)));
        assert_eq!(part("bytes=-30", 10), Some((0, 9)));
        assert_eq!(part("bytes=8-99", 10), Some((8, 9)));
        assert_eq!(part("bytes=10-", 10), None);
        assert_eq!(part("bytes=5-4", 10), None);
        assert_eq!(part("lines=1-2", 10), None);
        assert_eq!(part("bytes=-0", 10), None);
    }
}
