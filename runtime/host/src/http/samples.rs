//! From the hops of a request to samples, with the tags of each.
//!
//! The tags of requests repeat: same URL or name, method, status, tags of the call. A few recent
//! combinations are kept per VU, so that a request in a loop costs a comparison instead of
//! hashing a dozen strings.

use std::sync::Arc;
use std::time::Duration;

use runner_http::{Exchange, Expectation, Hop, Method, Protocol};
use runner_metrics::{HttpSample, SystemTag, TagSetId, Tags};
use runner_values::TlsVersion;

use crate::context::LoadContext;
use crate::metrics::{Carried, pairs};

/// Combinations kept per VU.
const KEPT: usize = 8;

/// Recent tag sets of requests.
#[derive(Debug, Default)]
pub(crate) struct HttpTagCache {
    entries: Vec<(HttpKey, TagSetId)>,
    next: usize,
}

#[derive(Debug)]
struct HttpKey {
    base: TagSetId,
    /// None where a name stands for the URL.
    url: Option<Arc<str>>,
    named: Option<Box<str>>,
    call_tags: Box<[(String, String)]>,
    method: Method,
    status: u16,
    protocol: Option<Protocol>,
    tls: Option<TlsVersion>,
    expected: Option<bool>,
}

/// What the tags of one hop are made of.
#[derive(Clone, Copy)]
struct Origin<'a> {
    carried: &'a Carried,
    /// What stands for the URL, unless it speaks for itself.
    named: Option<&'a str>,
    call_tags: &'a [(String, String)],
    hop: &'a Hop,
    expected: Option<bool>,
}

impl<'a> Origin<'a> {
    fn url(self) -> Option<&'a Arc<str>> {
        self.named.is_none().then(|| self.hop.url())
    }
}

impl HttpTagCache {
    fn find(&self, origin: Origin<'_>) -> Option<TagSetId> {
        let hop = origin.hop;
        let same_url = |key: &HttpKey| match (&key.url, origin.url()) {
            (Some(old), Some(new)) => Arc::ptr_eq(old, new),
            (None, None) => true,
            _ => false,
        };
        let same = |key: &HttpKey| {
            same_url(key)
                && key.base == origin.carried.tags.id()
                && key.status == hop.status
                && key.method == hop.method
                && key.protocol == hop.protocol
                && key.tls == hop.tls.map(|tls| tls.version)
                && key.expected == origin.expected
                && key.named.as_deref() == origin.named
                && *key.call_tags == *origin.call_tags
        };
        self.entries
            .iter()
            .find(|(key, _)| same(key))
            .map(|(_, id)| *id)
    }

    fn keep(&mut self, origin: Origin<'_>, id: TagSetId) {
        let hop = origin.hop;
        let key = HttpKey {
            base: origin.carried.tags.id(),
            url: origin.url().cloned(),
            named: origin.named.map(Box::from),
            call_tags: origin.call_tags.into(),
            method: hop.method.clone(),
            status: hop.status,
            protocol: hop.protocol,
            tls: hop.tls.map(|tls| tls.version),
            expected: origin.expected,
        };
        if self.entries.len() < KEPT {
            self.entries.push((key, id));
        } else if let Some(entry) = self.entries.get_mut(self.next) {
            *entry = (key, id);
            self.next = (self.next + 1) % KEPT;
        }
    }
}

/// Records every hop of one call. `carried` is what the VU's samples carry at the time of the
/// call, `shard` any number that spreads VUs over shards, `inherited` what the VU expects where
/// the call does not say.
pub(crate) fn record(
    load: &LoadContext,
    shard: u64,
    carried: &Carried,
    call_tags: &[(String, String)],
    inherited: &Expectation,
    exchange: &Exchange,
    mut cache: Option<&mut HttpTagCache>,
) {
    let request = &exchange.request;
    // A name given with the request goes before one that the VU's tags have.
    let named = call_tags
        .iter()
        .find(|(key, _)| key == "name")
        .map(|(_, value)| value.as_str())
        .or(request.name.as_deref())
        .or(carried.name.as_deref());
    let plain = carried.tags.is_kept() && !load.system_tags.contains(SystemTag::Ip);
    for hop in &exchange.hops {
        let judged = request.expected.judge(inherited, hop.status);
        let expected = judged.map(|expected| hop.expected_hint.unwrap_or(expected));
        let origin = Origin {
            carried,
            named,
            call_tags,
            hop,
            expected,
        };
        // The error of a hop without an answer is a text, which is not part of the key.
        let cache = cache.as_deref_mut().filter(|_| plain && hop.status != 0);
        let tags = match cache {
            None => intern(load, origin),
            Some(cache) => match cache.find(origin) {
                Some(id) => id.into(),
                None => {
                    let tags = intern(load, origin);
                    if tags.is_kept() {
                        cache.keep(origin, tags.id());
                    }
                    tags
                }
            },
        };
        let timings = &hop.timings;
        let ms = |duration: Duration| duration.as_nanos() as f64 / 1e6;
        let sample = HttpSample {
            tags: (&tags).into(),
            duration: ms(timings.duration()),
            blocked: ms(timings.blocked),
            connecting: ms(timings.connecting),
            tls_handshaking: ms(timings.tls_handshaking),
            sending: ms(timings.sending),
            waiting: ms(timings.waiting),
            receiving: ms(timings.receiving),
            failed: expected.map(|expected| !expected),
        };
        load.metrics
            .shard(shard)
            .lock_with(carried.metadata.as_ref())
            .http(&sample);
    }
}

fn intern(load: &LoadContext, origin: Origin<'_>) -> Tags {
    let hop = origin.hop;
    let status = hop.status.to_string();
    let error_code = hop.error_code.to_string();
    let ip = hop.remote.map(|remote| remote.ip().to_string());
    let name = origin.named.unwrap_or(hop.url());
    let mut tags: Vec<(&str, &str)> = pairs(origin.call_tags).collect();
    let expected = origin.expected;
    let expected = expected.map(|expected| if expected { "true" } else { "false" });
    let system = [
        (SystemTag::Name, Some(name)),
        (SystemTag::Url, Some(name)),
        (SystemTag::Method, Some(hop.method.as_str())),
        (SystemTag::Status, Some(&*status)),
        (SystemTag::Proto, hop.protocol.map(Protocol::as_str)),
        (SystemTag::TlsVersion, hop.tls.map(|tls| tls.version.name())),
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
    load.metrics.tags().extend(&origin.carried.tags, &tags)
}
