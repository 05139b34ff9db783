//! Flags that are options of the test: the top layer of `runner_plan::Options`.
//!
//! Their environment variables are read by the plan and not by clap, because options of the
//! script lie between the two in precedence.

use runner_plan::Options;
use runner_plan::types::{
    DnsOptions, Duration, HostnamePattern, IpNet, IpPool, StageOptions, SystemTags, TimeUnit,
    TrendStat,
};

use super::segments::SegmentArgs;
use super::values::{self, Said};

/// As typed.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Test options")]
pub struct OptionArgs {
    /// Number of virtual users; alone, each runs one iteration [env: K6_VUS]
    #[arg(short = 'u', long, value_name = "N", allow_negative_numbers = true,
          value_parser = values::integer)]
    pub vus: Option<i64>,
    /// How long the test runs, such as 30s or 1h30m [env: K6_DURATION]
    #[arg(short, long, value_name = "DURATION", value_parser = values::duration,
          allow_hyphen_values = true)]
    pub duration: Option<Duration>,
    /// Iterations of all VUs together [env: K6_ITERATIONS]
    #[arg(short, long, value_name = "N", allow_negative_numbers = true,
          value_parser = values::integer)]
    pub iterations: Option<i64>,
    /// A step of a ramp as DURATION:TARGET, such as 10s:50; repeat, or separate by commas
    /// [env: K6_STAGES]
    #[arg(short, long = "stage", value_name = "STAGE", value_parser = values::stage,
          value_delimiter = ',', allow_hyphen_values = true)]
    pub stages: Vec<Said<StageOptions>>,
    /// Get everything ready, then wait to be resumed, by `runner resume` or the REST API
    /// [env: K6_PAUSED]
    #[arg(short, long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = values::boolean)]
    pub paused: Option<bool>,
    /// Which part of the test.
    #[command(flatten)]
    pub segments: SegmentArgs,
    /// Do not run setup() [env: K6_NO_SETUP]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = values::boolean)]
    pub no_setup: Option<bool>,
    /// Do not run teardown() [env: K6_NO_TEARDOWN]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = values::boolean)]
    pub no_teardown: Option<bool>,
    /// Shortest time an iteration takes; a pause fills it up [env: K6_MIN_ITERATION_DURATION]
    #[arg(long, value_name = "DURATION", value_parser = values::duration,
          allow_hyphen_values = true)]
    pub min_iteration_duration: Option<Duration>,
    /// Tag for every sample as NAME=VALUE; repeat for more [env: K6_TAGS=a:1,b:2]
    #[arg(long = "tag", value_name = "NAME=VALUE", value_parser = values::tag)]
    pub tags: Vec<(String, String)>,
    /// Tags that runner itself puts on samples, separated by commas [env: K6_SYSTEM_TAGS]
    #[arg(long, value_name = "TAGS", value_delimiter = ',')]
    pub system_tags: Option<Vec<String>>,
    /// Raise exceptions for failed requests [env: K6_THROW]
    #[arg(short = 'w', long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = values::boolean)]
    pub throw: Option<bool>,
    /// File for the script's console output [env: K6_CONSOLE_OUTPUT]
    #[arg(long, value_name = "FILE")]
    pub console_output: Option<String>,

    /// Follow at most N redirects, 10 by default [env: K6_MAX_REDIRECTS]
    #[arg(
        long,
        value_name = "N",
        allow_negative_numbers = true,
        value_parser = values::integer,
        help_heading = "HTTP options"
    )]
    pub max_redirects: Option<i64>,
    /// User-Agent of requests; empty leaves the header out [env: K6_USER_AGENT]
    #[arg(
        long,
        value_name = "TEXT",
        allow_hyphen_values = true,
        help_heading = "HTTP options"
    )]
    pub user_agent: Option<String>,
    /// Parallel requests of one http.batch(), 20 by default; 0 is no limit [env: K6_BATCH]
    #[arg(
        long,
        value_name = "N",
        allow_negative_numbers = true,
        value_parser = values::integer,
        help_heading = "HTTP options"
    )]
    pub batch: Option<i64>,
    /// The same per host, 6 by default [env: K6_BATCH_PER_HOST]
    #[arg(
        long,
        value_name = "N",
        allow_negative_numbers = true,
        value_parser = values::integer,
        help_heading = "HTTP options"
    )]
    pub batch_per_host: Option<i64>,
    /// At most N requests per second in all; 0 is no limit [env: K6_RPS]
    #[arg(
        long,
        value_name = "N",
        allow_negative_numbers = true,
        value_parser = values::integer,
        help_heading = "HTTP options"
    )]
    pub rps: Option<i64>,
    /// Log requests and responses; with =full also their bodies [env: K6_HTTP_DEBUG]
    #[arg(long, value_name = "full", num_args = 0..=1, require_equals = true,
          default_missing_value = "headers", help_heading = "HTTP options")]
    pub http_debug: Option<String>,
    /// Accept every TLS certificate [env: K6_INSECURE_SKIP_TLS_VERIFY]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = values::boolean,
          help_heading = "HTTP options")]
    pub insecure_skip_tls_verify: Option<bool>,
    /// A new connection for every request [env: K6_NO_CONNECTION_REUSE]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = values::boolean,
          help_heading = "HTTP options")]
    pub no_connection_reuse: Option<bool>,
    /// New connections in every iteration [env: K6_NO_VU_CONNECTION_REUSE]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = values::boolean,
          help_heading = "HTTP options")]
    pub no_vu_connection_reuse: Option<bool>,
    /// Keep a VU's cookies between its iterations [env: K6_NO_COOKIES_RESET]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = values::boolean,
          help_heading = "HTTP options")]
    pub no_cookies_reset: Option<bool>,
    /// Read but forget bodies of responses [env: K6_DISCARD_RESPONSE_BODIES]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = values::boolean,
          help_heading = "HTTP options")]
    pub discard_response_bodies: Option<bool>,
    /// Address range that may not be called, such as 10.0.0.0/8; repeat, or separate by commas
    /// [env: K6_BLACKLIST_IPS]
    #[arg(long = "blacklist-ip", value_name = "CIDR", value_delimiter = ',',
          value_parser = values::ip_net, help_heading = "HTTP options")]
    pub blacklist_ips: Vec<Said<IpNet>>,
    /// Host name that may not be called, * in front stands for anything; repeat, or separate
    /// by commas [env: K6_BLOCK_HOSTNAMES]
    #[arg(long, value_name = "PATTERN", value_delimiter = ',', value_parser = values::hostname,
          help_heading = "HTTP options")]
    pub block_hostnames: Vec<Said<HostnamePattern>>,
    /// How names are resolved: ttl (inf, 0 or a duration), select (first, random, roundRobin),
    /// policy (preferIPv4, preferIPv6, onlyIPv4, onlyIPv6, any); by default
    /// ttl=5m,select=random,policy=preferIPv4 [env: K6_DNS]
    #[arg(long, value_name = "SETTINGS", value_parser = values::dns,
          help_heading = "HTTP options")]
    pub dns: Option<Said<DnsOptions>>,
    /// Addresses that VUs call from: addresses, ranges a-b and CIDRs, separated by commas
    /// [env: K6_LOCAL_IPS]
    #[arg(long, value_name = "ADDRESSES", value_parser = values::local_ips,
          help_heading = "HTTP options")]
    pub local_ips: Option<Said<IpPool>>,

    /// Figures shown for trends: avg, min, med, max, count, p(N), separated by commas
    /// [env: K6_SUMMARY_TREND_STATS]
    #[arg(long, value_name = "STATS", value_delimiter = ',', value_parser = values::trend_stat,
          help_heading = "Summary options")]
    pub summary_trend_stats: Vec<Said<TrendStat>>,
    /// Unit of times: s, ms or us; chosen per value without it [env: K6_SUMMARY_TIME_UNIT]
    #[arg(long, value_name = "UNIT", value_parser = values::time_unit,
          help_heading = "Summary options")]
    pub summary_time_unit: Option<Said<TimeUnit>>,
}

/// A repeatable flag that was not given says nothing.
fn given<T: Clone>(list: &[T]) -> Option<Vec<T>> {
    (!list.is_empty()).then(|| list.to_vec())
}

/// The same, where an empty text takes away what other layers have, as k6 does for some lists.
fn given_or_none<T: Clone>(list: &[Said<T>]) -> Option<Vec<T>> {
    (!list.is_empty()).then(|| list.iter().flatten().cloned().collect())
}

impl OptionArgs {
    /// The command line's layer of options.
    pub fn to_options(&self) -> Options {
        Options {
            vus: self.vus,
            duration: self.duration,
            iterations: self.iterations,
            stages: given_or_none(&self.stages),
            paused: self.paused,
            execution_segment: self.segments.execution_segment,
            execution_segment_sequence: (self.segments.execution_segment_sequence.clone())
                .flatten(),
            no_setup: self.no_setup,
            no_teardown: self.no_teardown,
            min_iteration_duration: self.min_iteration_duration,
            tags: given(&values::named(&self.tags)).map(|tags| tags.into_iter().collect()),
            system_tags: self
                .system_tags
                .as_ref()
                .map(|names| SystemTags::from_names(names.iter().map(String::as_str))),
            throw: self.throw,
            console_output: self.console_output.clone(),
            max_redirects: self.max_redirects,
            user_agent: self.user_agent.clone(),
            batch: self.batch,
            batch_per_host: self.batch_per_host,
            rps: self.rps,
            http_debug: self.http_debug.clone(),
            insecure_skip_tls_verify: self.insecure_skip_tls_verify,
            no_connection_reuse: self.no_connection_reuse,
            no_vu_connection_reuse: self.no_vu_connection_reuse,
            no_cookies_reset: self.no_cookies_reset,
            discard_response_bodies: self.discard_response_bodies,
            blacklist_ips: given_or_none(&self.blacklist_ips).filter(|nets| !nets.is_empty()),
            block_hostnames: given_or_none(&self.block_hostnames),
            dns: self.dns.clone().flatten().unwrap_or_default(),
            local_ips: self.local_ips.clone().flatten(),
            summary_trend_stats: given_or_none(&self.summary_trend_stats),
            summary_time_unit: self.summary_time_unit.flatten(),
            ..Options::default()
        }
    }
}
