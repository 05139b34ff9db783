//! Options back as JSON: what `inspect` prints and what a script sees of itself.
//!
//! Keys come in k6's order; absent ones are `null`, except `cloud`, which is left out. Tools
//! that read k6's `inspect` output rely on both.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::Options;
use crate::types::{
    DnsOptions, DnsPolicy, DnsSelect, Duration, StageOptions, SystemTags, ThresholdSpec, TlsAuth,
    TlsVersion, TlsVersions,
};

impl Options {
    /// All keys that a script can set.
    pub fn to_json(&self) -> Value {
        let mut map = Map::new();
        let mut put = |key: &str, value: Value| map.insert(key.to_owned(), value);
        put("paused", json!(self.paused));
        put("vus", json!(self.vus));
        put("duration", time(self.duration));
        put("iterations", json!(self.iterations));
        put(
            "stages",
            list(self.stages.as_deref(), |stage: &StageOptions| {
                stage.to_json()
            }),
        );
        put(
            "scenarios",
            sorted(self.scenarios.as_ref(), |scenario| scenario.to_json()),
        );
        put("executionSegment", text(self.execution_segment.as_ref()));
        put(
            "executionSegmentSequence",
            text(self.execution_segment_sequence.as_ref()),
        );
        put("noSetup", json!(self.no_setup));
        put("setupTimeout", time(self.setup_timeout));
        put("noTeardown", json!(self.no_teardown));
        put("teardownTimeout", time(self.teardown_timeout));
        put("handleSummaryTimeout", time(self.handle_summary_timeout));
        put("rps", json!(self.rps));
        put("dns", dns(&self.dns));
        put("maxRedirects", json!(self.max_redirects));
        put("userAgent", json!(self.user_agent));
        put("batch", json!(self.batch));
        put("batchPerHost", json!(self.batch_per_host));
        put("httpDebug", json!(self.http_debug));
        put(
            "insecureSkipTLSVerify",
            json!(self.insecure_skip_tls_verify),
        );
        put("tlsCipherSuites", json!(self.tls_cipher_suites));
        put("tlsVersion", json!(self.tls_version.map(tls_version)));
        put("tlsAuth", list(self.tls_auth.as_deref(), tls_auth));
        put("throw", json!(self.throw));
        let thresholds = sorted(self.thresholds.as_ref(), |specs| {
            specs.iter().map(ThresholdSpec::to_json).collect()
        });
        put("thresholds", thresholds);
        put(
            "blacklistIPs",
            list(self.blacklist_ips.as_deref(), |net| net.to_string().into()),
        );
        put(
            "blockHostnames",
            list(self.block_hostnames.as_deref(), |p| p.as_str().into()),
        );
        let hosts = self.hosts.as_ref().map(|hosts| {
            hosts
                .iter()
                .map(|(key, target)| (key.to_string(), target.to_string()))
                .collect()
        });
        put(
            "hosts",
            sorted(hosts.as_ref(), |target: &String| json!(target)),
        );
        put("noConnectionReuse", json!(self.no_connection_reuse));
        put("noVUConnectionReuse", json!(self.no_vu_connection_reuse));
        put("minIterationDuration", time(self.min_iteration_duration));
        if let Some(cloud) = &self.cloud {
            put("cloud", cloud.clone());
        }
        put("ext", json!(self.ext));
        put(
            "summaryTrendStats",
            list(self.summary_trend_stats.as_deref(), |s| json!(s.name)),
        );
        put(
            "summaryTimeUnit",
            json!(self.summary_time_unit.map(|unit| unit.name())),
        );
        put("systemTags", json!(self.system_tags.map(SystemTags::names)));
        put("tags", sorted(self.tags.as_ref(), |value| json!(value)));
        put(
            "metricSamplesBufferSize",
            json!(self.metric_samples_buffer_size),
        );
        put("noCookiesReset", json!(self.no_cookies_reset));
        put("discardResponseBodies", json!(self.discard_response_bodies));
        Value::Object(map)
    }
}

fn dns(dns: &DnsOptions) -> Value {
    json!({
        "ttl": dns.ttl.as_ref().map(|ttl| ttl.text.as_str()),
        "select": dns.select.map(DnsSelect::name),
        "policy": dns.policy.map(DnsPolicy::name),
    })
}

fn tls_version(versions: TlsVersions) -> Value {
    let name = |version: Option<TlsVersion>| version.map_or("", TlsVersion::name);
    json!({ "min": name(versions.min), "max": name(versions.max) })
}

fn tls_auth(auth: &TlsAuth) -> Value {
    json!({
        "cert": auth.cert,
        "key": auth.key,
        "password": auth.password,
        "domains": if auth.domains.is_empty() { Value::Null } else { json!(auth.domains) },
    })
}

fn time(duration: Option<Duration>) -> Value {
    json!(duration.map(|duration| duration.to_string()))
}

fn text(value: Option<&impl ToString>) -> Value {
    json!(value.map(ToString::to_string))
}

fn list<T>(items: Option<&[T]>, to_json: impl Fn(&T) -> Value) -> Value {
    items.map_or(Value::Null, |items| items.iter().map(to_json).collect())
}

/// An object with its keys in order, as Go prints maps.
fn sorted<T>(map: Option<&IndexMap<String, T>>, to_json: impl Fn(&T) -> Value) -> Value {
    let Some(map) = map else { return Value::Null };
    let mut entries: Vec<_> = map.iter().collect();
    entries.sort_by_key(|(key, _)| *key);
    entries
        .into_iter()
        .map(|(key, value)| (key.clone(), to_json(value)))
        .collect()
}

/// Two spaces of indentation; `<`, `>` and `&` escaped, as k6's output has them.
pub(crate) fn pretty(value: &Value) -> String {
    // Outside strings, JSON has none of the three characters.
    format!("{value:#}")
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}
