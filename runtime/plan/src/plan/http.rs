//! What a run's HTTP client is told. Plain values: the client itself lives elsewhere.

use indexmap::IndexMap;

use crate::options::Options;
use crate::types::{
    DnsSettings, HostKey, HostTarget, HostnamePattern, IpNet, IpPool, TlsAuth, TlsVersions,
};

/// `User-Agent` where none is set. The tool names itself, not k6.
pub const DEFAULT_USER_AGENT: &str = concat!("runner/", env!("CARGO_PKG_VERSION"));

const DEFAULT_MAX_REDIRECTS: i64 = 10;
const DEFAULT_BATCH: i64 = 20;
const DEFAULT_BATCH_PER_HOST: i64 = 6;

/// What of each request and answer is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HttpDebug {
    /// Nothing.
    #[default]
    Off,
    /// Request line, status line, headers.
    Headers,
    /// Bodies too.
    Full,
}

/// Settings of the HTTP client.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpPlan {
    /// Redirects followed; the next one is returned as the answer.
    pub max_redirects: u32,
    /// Whether the user chose `max_redirects`; reaching it then needs no warning.
    pub max_redirects_set: bool,
    /// None leaves the header out.
    pub user_agent: Option<String>,
    /// Most parallel requests of one `http.batch()`; none is no limit.
    pub batch: Option<usize>,
    /// The same per host.
    pub batch_per_host: Option<usize>,
    /// What is logged.
    pub debug: HttpDebug,
    /// Accept every certificate.
    pub insecure_skip_tls_verify: bool,
    /// IANA names; empty is the client's default.
    pub tls_cipher_suites: Vec<String>,
    /// Versions allowed; open ends are the client's limits.
    pub tls_version: TlsVersions,
    /// Client certificates.
    pub tls_auth: Vec<TlsAuth>,
    /// Addresses that may not be called.
    pub blacklist_ips: Vec<IpNet>,
    /// Names that may not be called.
    pub block_hostnames: Vec<HostnamePattern>,
    /// Names that go to other addresses.
    pub hosts: IndexMap<HostKey, HostTarget>,
    /// A connection per request.
    pub no_connection_reuse: bool,
    /// Idle connections end with the iteration.
    pub no_vu_connection_reuse: bool,
    /// Cookies of a VU outlive its iterations.
    pub no_cookies_reset: bool,
    /// Bodies are read and forgotten unless a request asks for its own.
    pub discard_response_bodies: bool,
    /// Most requests per second of the whole process; none is no limit.
    pub rps: Option<u64>,
    /// How names are resolved.
    pub dns: DnsSettings,
    /// Addresses that VUs call from; none leaves it to the system.
    pub local_ips: Option<IpPool>,
}

impl HttpPlan {
    pub(super) fn new(options: &Options) -> Self {
        Self {
            max_redirects: u32::try_from(options.max_redirects.unwrap_or(DEFAULT_MAX_REDIRECTS))
                .unwrap_or(0),
            max_redirects_set: options.max_redirects.is_some(),
            user_agent: match options.user_agent.as_deref() {
                Some("") => None,
                Some(agent) => Some(agent.to_owned()),
                None => Some(DEFAULT_USER_AGENT.to_owned()),
            },
            batch: limit(options.batch.unwrap_or(DEFAULT_BATCH)),
            batch_per_host: limit(options.batch_per_host.unwrap_or(DEFAULT_BATCH_PER_HOST)),
            debug: match options.http_debug.as_deref() {
                None | Some("") => HttpDebug::Off,
                Some("full") => HttpDebug::Full,
                Some(_) => HttpDebug::Headers,
            },
            insecure_skip_tls_verify: options.insecure_skip_tls_verify.unwrap_or_default(),
            tls_cipher_suites: options.tls_cipher_suites.clone().unwrap_or_default(),
            tls_version: options.tls_version.unwrap_or_default(),
            tls_auth: options.tls_auth.clone().unwrap_or_default(),
            blacklist_ips: options.blacklist_ips.clone().unwrap_or_default(),
            block_hostnames: options.block_hostnames.clone().unwrap_or_default(),
            hosts: options.hosts.clone().unwrap_or_default(),
            no_connection_reuse: options.no_connection_reuse.unwrap_or_default(),
            no_vu_connection_reuse: options.no_vu_connection_reuse.unwrap_or_default(),
            no_cookies_reset: options.no_cookies_reset.unwrap_or_default(),
            discard_response_bodies: options.discard_response_bodies.unwrap_or_default(),
            rps: options
                .rps
                .and_then(|rps| u64::try_from(rps).ok())
                .filter(|rps| *rps > 0),
            dns: options.dns.resolve(),
            local_ips: options.local_ips.clone(),
        }
    }
}

/// Zero and below mean no limit.
fn limit(value: i64) -> Option<usize> {
    usize::try_from(value).ok().filter(|limit| *limit > 0)
}
