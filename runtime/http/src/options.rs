//! The run's HTTP options as resolved values. Text that has a grammar of its own (patterns,
//! ranges of addresses) is parsed when [`crate::Shared`] is made, so that a mistake fails
//! before any VU starts.

use std::time::Duration;

/// Everything about HTTP that holds for a whole run. The default is k6's default.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// Value of `User-Agent`; the header is left out where none.
    pub user_agent: Option<String>,
    /// How many redirects to follow where the request does not say.
    pub max_redirects: u32,
    /// The number above was set by somebody, so running out of it is no surprise worth a
    /// warning.
    pub max_redirects_explicit: bool,
    /// Parallel requests of one `batch` call, and idle connections per VU; 0 is no limit.
    pub batch: usize,
    /// The same per host and port; 0 is no limit.
    pub batch_per_host: usize,
    /// Accept any certificate.
    pub insecure_skip_tls_verify: bool,
    /// A new connection for every request, and `Connection: close`.
    pub no_connection_reuse: bool,
    /// Close idle connections after each iteration.
    pub no_vu_connection_reuse: bool,
    /// Keep the VU's cookies from one iteration to the next.
    pub no_cookies_reset: bool,
    /// `responseType` is `none` where the request does not say.
    pub discard_response_bodies: bool,
    /// Versions, cipher suites and client certificates.
    pub tls: TlsOptions,
    /// `host`, `host:port` or `*.host` to `ip` or `ip:port`.
    pub hosts: Vec<(String, String)>,
    /// Names that must not be called: exact, or with `*` or `*.` in front.
    pub block_hostnames: Vec<String>,
    /// Addresses that must not be called, in CIDR notation.
    pub blacklist_ips: Vec<String>,
    /// How names are looked up.
    pub dns: DnsOptions,
    /// Calls per second of all VUs together; none or 0 is no limit.
    pub rps: Option<u32>,
    /// Source addresses: `ip`, `ip-ip` or CIDR, separated by commas. VU n uses the
    /// (n-1)th, round and round.
    pub local_ips: Option<String>,
    /// Whether to hand requests and responses to [`crate::Notices::dump`].
    pub debug: HttpDebug,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            user_agent: Some(concat!("runner/", env!("CARGO_PKG_VERSION")).to_owned()),
            max_redirects: 10,
            max_redirects_explicit: false,
            batch: 20,
            batch_per_host: 6,
            insecure_skip_tls_verify: false,
            no_connection_reuse: false,
            no_vu_connection_reuse: false,
            no_cookies_reset: false,
            discard_response_bodies: false,
            tls: TlsOptions::default(),
            hosts: Vec::new(),
            block_hostnames: Vec::new(),
            blacklist_ips: Vec::new(),
            dns: DnsOptions::default(),
            rps: None,
            local_ips: None,
            debug: HttpDebug::Off,
        }
    }
}

/// What `--http-debug` asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HttpDebug {
    /// Nothing.
    #[default]
    Off,
    /// Request and status lines with their headers.
    Headers,
    /// The bodies as well.
    Full,
}

/// `tlsVersion`, `tlsCipherSuites` and `tlsAuth`.
#[derive(Clone, Debug, Default)]
pub struct TlsOptions {
    /// Lowest version offered. Versions below 1.2 are not implemented and never offered.
    pub min: Option<TlsVersion>,
    /// Highest version offered; below 1.2 is an error.
    pub max: Option<TlsVersion>,
    /// IANA names of the suites offered; all where empty.
    pub cipher_suites: Vec<String>,
    /// Client certificates, tried in order against what the server accepts.
    pub auth: Vec<TlsAuth>,
    /// Roots in PEM, trusted besides the system's and the bundled ones.
    pub extra_roots: Vec<String>,
}

/// A client certificate in PEM.
#[derive(Clone)]
pub struct TlsAuth {
    /// The certificate and its chain.
    pub cert: String,
    /// Its private key, not encrypted.
    pub key: String,
}

impl std::fmt::Debug for TlsAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TlsAuth").finish_non_exhaustive()
    }
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TlsVersion {
    /// 1.0
    Tls10,
    /// 1.1
    Tls11,
    /// 1.2
    Tls12,
    /// 1.3
    Tls13,
}

impl TlsVersion {
    /// As in the `tls_version` tag and the option: `tls1.3`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tls10 => "tls1.0",
            Self::Tls11 => "tls1.1",
            Self::Tls12 => "tls1.2",
            Self::Tls13 => "tls1.3",
        }
    }

    /// The inverse of [`TlsVersion::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Tls10, Self::Tls11, Self::Tls12, Self::Tls13]
            .into_iter()
            .find(|version| version.as_str() == text)
    }
}

/// `dns`.
#[derive(Clone, Copy, Debug, Default)]
pub struct DnsOptions {
    /// How long an answer is used.
    pub ttl: DnsTtl,
    /// Which of several addresses is used.
    pub select: DnsSelect,
    /// Which family is used.
    pub policy: DnsPolicy,
}

/// How long an answer of the resolver is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DnsTtl {
    /// For the whole run.
    Forever,
    /// So long; zero asks again for every connection.
    For(Duration),
}

impl Default for DnsTtl {
    fn default() -> Self {
        Self::For(Duration::from_secs(300))
    }
}

/// Which of several addresses a new connection uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DnsSelect {
    /// The first.
    First,
    /// One after the other.
    RoundRobin,
    /// Any.
    #[default]
    Random,
}

/// Which address family a new connection uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DnsPolicy {
    /// IPv4 where there is one.
    #[default]
    PreferIpv4,
    /// IPv6 where there is one.
    PreferIpv6,
    /// IPv4 or none.
    OnlyIpv4,
    /// IPv6 or none.
    OnlyIpv6,
    /// Both alike.
    Any,
}
