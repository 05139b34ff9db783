//! Options as a script exports them or a config file holds them.

use indexmap::IndexMap;
use serde_json::Value;

use super::read::{
    Key, Source, boolean, duration, fields, integer, list, named, object, parsed, shorten, stages,
    string, string_map,
};
use super::{Options, OptionsError, ScenarioOptions, Warning};
use crate::types::{
    DnsOptions, DnsPolicy, DnsSelect, DnsTtl, Expected, HostKey, HostTarget, HostnamePattern,
    IpNet, Segment, SegmentSequence, SystemTags, ThresholdSpec, TimeUnit, TlsAuth, TlsVersion,
    TlsVersions, TrendStat, is_cipher_suite,
};

/// Every key that a script may set.
const KEYS: [&str; 41] = [
    "paused",
    "vus",
    "duration",
    "iterations",
    "stages",
    "scenarios",
    "executionSegment",
    "executionSegmentSequence",
    "noSetup",
    "setupTimeout",
    "noTeardown",
    "teardownTimeout",
    "handleSummaryTimeout",
    "rps",
    "dns",
    "maxRedirects",
    "userAgent",
    "batch",
    "batchPerHost",
    "httpDebug",
    "insecureSkipTLSVerify",
    "tlsCipherSuites",
    "tlsVersion",
    "tlsAuth",
    "throw",
    "thresholds",
    "blacklistIPs",
    "blockHostnames",
    "hosts",
    "noConnectionReuse",
    "noVUConnectionReuse",
    "minIterationDuration",
    "cloud",
    "ext",
    "summaryTrendStats",
    "summaryTimeUnit",
    "systemTags",
    "tags",
    "metricSamplesBufferSize",
    "noCookiesReset",
    "discardResponseBodies",
];

impl Options {
    /// Reads exported options. `source_name` tells the user where they are from, such as
    /// `the options of script.js`. Empty text and `null` are no options at all.
    ///
    /// # Errors
    /// For text that is no JSON object, and for values that their keys do not allow. Unknown keys
    /// are only a warning, but in a scenario they are an error.
    pub fn from_json(text: &str, source_name: &str) -> Result<(Self, Vec<Warning>), OptionsError> {
        if text.trim().is_empty() {
            return Ok((Self::default(), Vec::new()));
        }
        let mut value: Value =
            serde_json::from_str(text).map_err(|error| OptionsError::Syntax {
                source_name: source_name.to_owned(),
                detail: error.to_string(),
            })?;
        // k6 passes a script's options on in this order, which decides between keys that differ
        // only in case.
        value.sort_all_objects();
        let source = Source::new(source_name);
        let (options, unknown) = Self::from_value(&value, source_name, &source)?;
        for name in unknown {
            Key::new(&source, name).unknown(&KEYS)?;
        }
        Ok((options, source.into_warnings()))
    }

    /// As [`Options::from_json`]; also gives the keys that are no options.
    pub(super) fn from_value<'v>(
        value: &'v Value,
        source_name: &str,
        source: &Source,
    ) -> Result<(Self, Vec<&'v str>), OptionsError> {
        let mut options = Self::default();
        let mut unknown = Vec::new();
        let map = match value {
            Value::Object(map) => Some(map),
            Value::Null => None,
            other => {
                return Err(OptionsError::NotAnObject {
                    source_name: source_name.to_owned(),
                    found: shorten(other),
                });
            }
        };
        for (name, value) in map.into_iter().flatten() {
            let known = named(&KEYS, name).unwrap_or_default();
            if !options.set(known, &Key::new(source, name), value)? {
                unknown.push(name.as_str());
            }
        }
        Ok((options, unknown))
    }

    /// Sets one key; false where there is none of that name.
    fn set(&mut self, name: &str, k: &Key<'_>, v: &Value) -> Result<bool, OptionsError> {
        match name {
            "paused" => self.paused = boolean(k, v)?,
            "vus" => self.vus = integer(k, v)?,
            "duration" => self.duration = duration(k, v)?,
            "iterations" => self.iterations = integer(k, v)?,
            "stages" => self.stages = stages(k, v)?,
            "scenarios" => self.scenarios = scenarios(k, v)?,
            "executionSegment" => self.execution_segment = parsed(k, v, Segment::parse)?,
            "executionSegmentSequence" => {
                self.execution_segment_sequence = parsed(k, v, SegmentSequence::parse)?;
            }
            "noSetup" => self.no_setup = boolean(k, v)?,
            "setupTimeout" => self.setup_timeout = duration(k, v)?,
            "noTeardown" => self.no_teardown = boolean(k, v)?,
            "teardownTimeout" => self.teardown_timeout = duration(k, v)?,
            "handleSummaryTimeout" => self.handle_summary_timeout = duration(k, v)?,
            "rps" => self.rps = integer(k, v)?,
            "dns" => self.dns = dns(k, v)?,
            "maxRedirects" => self.max_redirects = integer(k, v)?,
            "userAgent" => self.user_agent = string(k, v)?,
            "batch" => self.batch = integer(k, v)?,
            "batchPerHost" => self.batch_per_host = integer(k, v)?,
            "httpDebug" => self.http_debug = string(k, v)?,
            "insecureSkipTLSVerify" => self.insecure_skip_tls_verify = boolean(k, v)?,
            "tlsCipherSuites" => {
                self.tls_cipher_suites = list(k, v, |k, v| parsed(k, v, cipher_suite))?;
            }
            "tlsVersion" => self.tls_version = tls_version(k, v)?,
            "tlsAuth" => self.tls_auth = list(k, v, tls_auth)?,
            "throw" => self.throw = boolean(k, v)?,
            "thresholds" => self.thresholds = thresholds(k, v)?,
            "blacklistIPs" => {
                self.blacklist_ips = list(k, v, |k, v| parsed(k, v, IpNet::parse))?;
            }
            "blockHostnames" => {
                self.block_hostnames = list(k, v, |k, v| parsed(k, v, HostnamePattern::parse))?;
            }
            "hosts" => self.hosts = hosts(k, v)?,
            "noConnectionReuse" => self.no_connection_reuse = boolean(k, v)?,
            "noVUConnectionReuse" => self.no_vu_connection_reuse = boolean(k, v)?,
            "minIterationDuration" => self.min_iteration_duration = duration(k, v)?,
            "cloud" => self.cloud = (!v.is_null()).then(|| v.clone()),
            "ext" => self.ext = object(k, v)?.map(|map| Value::Object(map.clone())),
            "summaryTrendStats" => {
                self.summary_trend_stats = list(k, v, |k, v| parsed(k, v, TrendStat::parse))?;
            }
            "summaryTimeUnit" => {
                self.summary_time_unit = match v.as_str() {
                    Some("") => None,
                    _ => parsed(k, v, TimeUnit::parse)?,
                };
            }
            "systemTags" => {
                let names = list(k, v, string)?;
                self.system_tags =
                    names.map(|names| SystemTags::from_names(names.iter().map(String::as_str)));
            }
            "tags" => self.tags = string_map(k, v)?,
            "metricSamplesBufferSize" => self.metric_samples_buffer_size = integer(k, v)?,
            "noCookiesReset" => self.no_cookies_reset = boolean(k, v)?,
            "discardResponseBodies" => self.discard_response_bodies = boolean(k, v)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn scenarios(
    key: &Key<'_>,
    value: &Value,
) -> Result<Option<IndexMap<String, ScenarioOptions>>, OptionsError> {
    let Some(map) = object(key, value)? else {
        return Ok(None);
    };
    let mut scenarios = IndexMap::with_capacity(map.len());
    for (name, value) in map {
        let scenario = ScenarioOptions::from_value(name, &key.child(name), value)?;
        scenarios.insert(name.clone(), scenario);
    }
    Ok(Some(scenarios))
}

fn dns(key: &Key<'_>, value: &Value) -> Result<DnsOptions, OptionsError> {
    let mut dns = DnsOptions::default();
    let names = ["ttl", "select", "policy"];
    fields(key, value, &names, |name, key, value| {
        match name {
            "ttl" => {
                let milliseconds = value.as_str().and_then(|text| text.parse().ok());
                key.unitless(milliseconds.unwrap_or_default());
                dns.ttl = parsed(key, value, DnsTtl::parse)?;
            }
            "select" => dns.select = parsed(key, value, DnsSelect::parse)?,
            _ => dns.policy = parsed(key, value, DnsPolicy::parse)?,
        }
        Ok(())
    })?;
    Ok(dns)
}

fn cipher_suite(name: &str) -> Result<String, Expected> {
    let wrong = Expected::fixed("the IANA name of a cipher suite");
    if is_cipher_suite(name) {
        Ok(name.to_owned())
    } else {
        Err(wrong)
    }
}

fn tls_version(key: &Key<'_>, value: &Value) -> Result<Option<TlsVersions>, OptionsError> {
    let version = |key: &Key<'_>, value: &Value| match value.as_str() {
        Some("") => Ok(None),
        _ => parsed(key, value, TlsVersion::parse),
    };
    if !value.is_object() {
        let only = version(key, value)?;
        return Ok(only.map(|only| TlsVersions {
            min: Some(only),
            max: Some(only),
        }));
    }
    let mut versions = TlsVersions::default();
    fields(key, value, &["min", "max"], |name, key, value| {
        match name {
            "min" => versions.min = version(key, value)?,
            _ => versions.max = version(key, value)?,
        }
        Ok(())
    })?;
    Ok(Some(versions))
}

fn tls_auth(key: &Key<'_>, value: &Value) -> Result<Option<TlsAuth>, OptionsError> {
    if value.is_null() {
        return Ok(None);
    }
    let mut auth = TlsAuth::default();
    let names = ["cert", "key", "password", "domains"];
    fields(key, value, &names, |name, key, value| {
        match name {
            "cert" => auth.cert = string(key, value)?.unwrap_or_default(),
            "key" => auth.key = string(key, value)?.unwrap_or_default(),
            "password" => auth.password = string(key, value)?,
            _ => auth.domains = list(key, value, string)?.unwrap_or_default(),
        }
        Ok(())
    })?;
    for (name, pem) in [("cert", &auth.cert), ("key", &auth.key)] {
        if !pem.contains("-----BEGIN ") {
            // The value itself stays out of the message: it may be a secret.
            let found = Value::from(if pem.is_empty() { "" } else { "…" });
            return Err(key.child(name).wrong(&Expected::fixed("PEM text"), &found));
        }
    }
    Ok(Some(auth))
}

type Thresholds = IndexMap<String, Vec<ThresholdSpec>>;

fn thresholds(key: &Key<'_>, value: &Value) -> Result<Option<Thresholds>, OptionsError> {
    let Some(map) = object(key, value)? else {
        return Ok(None);
    };
    let mut thresholds = IndexMap::with_capacity(map.len());
    for (metric, value) in map {
        let specs = list(&key.child(metric), value, threshold)?.unwrap_or_default();
        thresholds.insert(metric.clone(), specs);
    }
    Ok(Some(thresholds))
}

fn threshold(key: &Key<'_>, value: &Value) -> Result<Option<ThresholdSpec>, OptionsError> {
    let mut spec = ThresholdSpec {
        threshold: String::new(),
        abort_on_fail: false,
        delay_abort_eval: None,
    };
    match value {
        Value::String(text) => spec.threshold = text.clone(),
        Value::Object(_) => {
            let names = ["threshold", "abortOnFail", "delayAbortEval"];
            fields(key, value, &names, |name, key, value| {
                match name {
                    "threshold" => spec.threshold = string(key, value)?.unwrap_or_default(),
                    "abortOnFail" => {
                        spec.abort_on_fail = boolean(key, value)?.unwrap_or_default();
                    }
                    _ => spec.delay_abort_eval = duration(key, value)?,
                }
                Ok(())
            })?;
        }
        _ => {
            let expected = "an expression such as \"p(95)<200\", or an object with `threshold`";
            return Err(key.wrong(&Expected::fixed(expected), value));
        }
    }
    Ok(Some(spec))
}

fn hosts(
    key: &Key<'_>,
    value: &Value,
) -> Result<Option<IndexMap<HostKey, HostTarget>>, OptionsError> {
    let Some(map) = object(key, value)? else {
        return Ok(None);
    };
    let mut hosts = IndexMap::with_capacity(map.len());
    for (name, value) in map {
        let child = key.child(name);
        let host = HostKey::parse(name)
            .map_err(|expected| key.wrong(&expected, &Value::from(name.as_str())))?;
        let missing = || child.wrong(&Expected::fixed("an IP address"), value);
        hosts.insert(
            host,
            parsed(&child, value, HostTarget::parse)?.ok_or_else(missing)?,
        );
    }
    Ok(Some(hosts))
}
