//! The options of one layer, or of all layers together: every key of k6, each possibly absent.

use indexmap::IndexMap;
use serde_json::Value;

use super::ScenarioOptions;
use crate::types::{
    DnsOptions, Duration, HostKey, HostTarget, HostnamePattern, IpNet, IpPool, Segment,
    SegmentSequence, StageOptions, SystemTags, ThresholdSpec, TimeUnit, TlsAuth, TlsVersions,
    TrendStat,
};

/// Options as typed. Absent means that this layer did not say anything; defaults come in when
/// the plan is resolved.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Options {
    /// `paused`: wait after initialisation until told to start.
    pub paused: Option<bool>,
    /// `vus`: number of VUs of the shortcuts.
    pub vus: Option<i64>,
    /// `duration`: shortcut for the constant-vus executor.
    pub duration: Option<Duration>,
    /// `iterations`: shortcut for the shared-iterations executor.
    pub iterations: Option<i64>,
    /// `stages`: shortcut for the ramping-vus executor.
    pub stages: Option<Vec<StageOptions>>,
    /// `scenarios`, by name.
    pub scenarios: Option<IndexMap<String, ScenarioOptions>>,
    /// `executionSegment`: the part of the test that this process runs.
    pub execution_segment: Option<Segment>,
    /// `executionSegmentSequence`: how the test is cut for all processes.
    pub execution_segment_sequence: Option<SegmentSequence>,
    /// `noSetup`: leave out `setup()`.
    pub no_setup: Option<bool>,
    /// `setupTimeout`
    pub setup_timeout: Option<Duration>,
    /// `noTeardown`: leave out `teardown()`.
    pub no_teardown: Option<bool>,
    /// `teardownTimeout`
    pub teardown_timeout: Option<Duration>,
    /// `handleSummaryTimeout`
    pub handle_summary_timeout: Option<Duration>,
    /// `rps`: most requests per second of the whole process; 0 is no limit.
    pub rps: Option<i64>,
    /// `dns`
    pub dns: DnsOptions,
    /// `maxRedirects`
    pub max_redirects: Option<i64>,
    /// `userAgent`: empty leaves out the header.
    pub user_agent: Option<String>,
    /// `batch`: most parallel requests of one `http.batch()`.
    pub batch: Option<i64>,
    /// `batchPerHost`: the same per host.
    pub batch_per_host: Option<i64>,
    /// `httpDebug`: empty, `headers` or `full`.
    pub http_debug: Option<String>,
    /// `insecureSkipTLSVerify`
    pub insecure_skip_tls_verify: Option<bool>,
    /// `tlsCipherSuites`, IANA names.
    pub tls_cipher_suites: Option<Vec<String>>,
    /// `tlsVersion`
    pub tls_version: Option<TlsVersions>,
    /// `tlsAuth`
    pub tls_auth: Option<Vec<TlsAuth>>,
    /// `throw`: failed requests raise exceptions.
    pub throw: Option<bool>,
    /// `thresholds`, by metric.
    pub thresholds: Option<IndexMap<String, Vec<ThresholdSpec>>>,
    /// `blacklistIPs`
    pub blacklist_ips: Option<Vec<IpNet>>,
    /// `blockHostnames`
    pub block_hostnames: Option<Vec<HostnamePattern>>,
    /// `hosts`: names that go elsewhere.
    pub hosts: Option<IndexMap<HostKey, HostTarget>>,
    /// `noConnectionReuse`: a connection per request.
    pub no_connection_reuse: Option<bool>,
    /// `noVUConnectionReuse`: connections end with the iteration.
    pub no_vu_connection_reuse: Option<bool>,
    /// `minIterationDuration`
    pub min_iteration_duration: Option<Duration>,
    /// `cloud`, passed on as it is.
    pub cloud: Option<Value>,
    /// `ext`, passed on as it is.
    pub ext: Option<Value>,
    /// `summaryTrendStats`
    pub summary_trend_stats: Option<Vec<TrendStat>>,
    /// `summaryTimeUnit`; without it the unit is chosen per value.
    pub summary_time_unit: Option<TimeUnit>,
    /// `systemTags`
    pub system_tags: Option<SystemTags>,
    /// `tags`: put on every sample.
    pub tags: Option<IndexMap<String, String>>,
    /// `metricSamplesBufferSize`
    pub metric_samples_buffer_size: Option<i64>,
    /// `noCookiesReset`: keep the VU's cookies between iterations.
    pub no_cookies_reset: Option<bool>,
    /// `discardResponseBodies`
    pub discard_response_bodies: Option<bool>,
    /// File for `console.*`; not settable from a script.
    pub console_output: Option<String>,
    /// Addresses that VUs call from; not settable from a script.
    pub local_ips: Option<IpPool>,
}
