//! From the hops of a request to samples, with the tags of each.
//!
//! The tags of a plain request repeat: same URL, method, status. A few recent combinations are
//! kept per VU, so that a request in a loop costs a comparison instead of hashing a dozen
//! strings.

use std::sync::Arc;
use std::time::Duration;

use runner_http::{Exchange, Expectation, Hop, Method, Protocol, TlsVersion};
use runner_metrics::{HttpSample, SystemTag, TagSetId};

use crate::context::LoadContext;
use crate::tags::pairs;

/// Combinations kept per VU.
const KEPT: usize = 8;

/// Recent tag sets of plain requests.
#[derive(Debug, Default)]
pub(crate) struct HttpTagCache {
    entries: Vec<(HttpKey, TagSetId)>,
    next: usize,
}

#[derive(Debug)]
struct HttpKey {
    base: TagSetId,
    url: Arc<str>,
    method: Method,
    status: u16,
    protocol: Option<Protocol>,
    tls: Option<TlsVersion>,
    expected: Option<bool>,
}

impl HttpTagCache {
    fn find(&self, base: TagSetId, hop: &Hop, expected: Option<bool>) -> Option<TagSetId> {
        let same = |key: &HttpKey| {
            Arc::ptr_eq(&key.url, hop.url())
                && key.base == base
                && key.status == hop.status
                && key.method == hop.method
                && key.protocol == hop.protocol
                && key.tls == hop.tls.map(|tls| tls.version)
                && key.expected == expected
        };
        self.entries
            .iter()
            .find(|(key, _)| same(key))
            .map(|(_, id)| *id)
    }

    fn keep(&mut self, base: TagSetId, hop: &Hop, expected: Option<bool>, id: TagSetId) {
        let key = HttpKey {
            base,
            url: Arc::clone(hop.url()),
            method: hop.method.clone(),
            status: hop.status,
            protocol: hop.protocol,
            tls: hop.tls.map(|tls| tls.version),
            expected,
        };
        if self.entries.len() < KEPT {
            self.entries.push((key, id));
        } else if let Some(entry) = self.entries.get_mut(self.next) {
            *entry = (key, id);
            self.next = (self.next + 1) % KEPT;
        }
    }
}

/// Records every hop of one call. `base` are the VU's tags at the time of the call, `shard` any
/// number that spreads VUs over shards, `inherited` what the VU expects where the call does not
/// say.
pub(crate) fn record(
    load: &LoadContext,
    shard: u64,
    base: TagSetId,
    call_tags: &[(String, String)],
    inherited: &Expectation,
    exchange: &Exchange,
    mut cache: Option<&mut HttpTagCache>,
) {
    let request = &exchange.request;
    let plain =
        request.name.is_none() && call_tags.is_empty() && !load.system_tags.contains(SystemTag::Ip);
    for hop in &exchange.hops {
        let judged = request.expected.judge(inherited, hop.status);
        let expected = judged.map(|expected| hop.expected_hint.unwrap_or(expected));
        // The error of a hop without an answer is a text, which is not part of the key.
        let cache = cache.as_deref_mut().filter(|_| plain && hop.status != 0);
        let tags = match cache {
            None => intern(
                load,
                base,
                request.name.as_deref(),
                call_tags,
                hop,
                expected,
            ),
            Some(cache) => cache.find(base, hop, expected).unwrap_or_else(|| {
                let id = intern(load, base, None, &[], hop, expected);
                cache.keep(base, hop, expected, id);
                id
            }),
        };
        let timings = &hop.timings;
        let ms = |duration: Duration| duration.as_nanos() as f64 / 1e6;
        let sample = HttpSample {
            tags,
            duration: ms(timings.duration()),
            blocked: ms(timings.blocked),
            connecting: ms(timings.connecting),
            tls_handshaking: ms(timings.tls_handshaking),
            sending: ms(timings.sending),
            waiting: ms(timings.waiting),
            receiving: ms(timings.receiving),
            failed: expected.map(|expected| !expected),
        };
        load.metrics.shard(shard).lock().http(&sample);
    }
}

fn intern(
    load: &LoadContext,
    base: TagSetId,
    name: Option<&str>,
    call_tags: &[(String, String)],
    hop: &Hop,
    expected: Option<bool>,
) -> TagSetId {
    let status = hop.status.to_string();
    let error_code = hop.error_code.to_string();
    let ip = hop.remote.map(|remote| remote.ip().to_string());
    let name = name.unwrap_or(hop.url());
    let mut tags: Vec<(&str, &str)> = pairs(call_tags).collect();
    // A `name` tag given with the request names the URL too, as `http.url` does.
    let name = tags
        .iter()
        .find(|(key, _)| *key == "name")
        .map_or(name, |(_, value)| value);
    let expected = expected.map(|expected| if expected { "true" } else { "false" });
    let system = [
        (SystemTag::Name, Some(name)),
        (SystemTag::Url, Some(name)),
        (SystemTag::Method, Some(hop.method.as_str())),
        (SystemTag::Status, Some(&*status)),
        (SystemTag::Proto, hop.protocol.map(Protocol::as_str)),
        (
            SystemTag::TlsVersion,
            hop.tls.map(|tls| tls.version.as_str()),
        ),
        (SystemTag::Ip, ip.as_deref()),
        (
            SystemTag::ErrorCode,
            (hop.error_code != 0).then_some(&*error_code),
        ),
        (
            SystemTag::Error,
            (!hop.error.is_empty()).then_some(&*hop.error),
        ),
        (SystemTag::ExpectedResponse, expected),
    ];
    for (tag, value) in system {
        if let Some(value) = value
            && load.system_tags.contains(tag)
        {
            tags.push((tag.name(), value));
        }
    }
    load.metrics.tags().with(base, &tags)
}
