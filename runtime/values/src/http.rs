//! What a run's HTTP clients are told.

/// Settings of HTTP that hold for a whole run. The default is k6's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpSettings {
    /// Value of `User-Agent`; none leaves the header out.
    pub user_agent: Option<String>,
    /// Redirects followed where the request does not say; the next one is returned as the answer.
    pub max_redirects: u32,
    /// Whether the user chose `max_redirects`; reaching it then needs no warning.
    pub max_redirects_set: bool,
    /// Most parallel requests of one `batch` call, and idle connections per VU; none is no limit.
    pub batch: Option<usize>,
    /// The same per host and port.
    pub batch_per_host: Option<usize>,
    /// A new connection for every request, and `Connection: close`.
    pub no_connection_reuse: bool,
    /// Idle connections end with the iteration.
    pub no_vu_connection_reuse: bool,
    /// Cookies of a VU outlive its iterations.
    pub no_cookies_reset: bool,
    /// Bodies are read and forgotten unless a request asks for its own.
    pub discard_response_bodies: bool,
    /// Most calls per second of all VUs together; none is no limit.
    pub rps: Option<u32>,
    /// What is logged.
    pub debug: HttpDebug,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            // The tool names itself, not k6.
            user_agent: Some(concat!("runner/", env!("CARGO_PKG_VERSION")).to_owned()),
            max_redirects: 10,
            max_redirects_set: false,
            batch: Some(20),
            batch_per_host: Some(6),
            no_connection_reuse: false,
            no_vu_connection_reuse: false,
            no_cookies_reset: false,
            discard_response_bodies: false,
            rps: None,
            debug: HttpDebug::Off,
        }
    }
}

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
