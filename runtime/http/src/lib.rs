//! The measuring HTTP client under every VU: pools, phases, cookies, redirects, auth.
//!
//! One [`Shared`] per run holds what all VUs may share (the dialer of `runner_net`, addresses
//! already parsed, the request limiter); one [`Client`] per VU holds its connections and cookies. [`Client::send`] makes one call with all its redirects and
//! returns an [`Exchange`] whose [`Hop`]s carry the figures of the `http_req*` metrics.
//!
//! HTTP/1.1 is spoken by the codec in `h1`, which keeps no buffer while a connection is
//! idle or waiting, needs no second task, and sees the exact moments of writing and reading.
//! HTTP/2 is hyper's. Proxies and NTLM are not supported.

mod batch;
mod call;
mod client;
mod codec;
mod cookies;
mod debug;
mod digest;
mod error;
mod exchange;
mod h1;
mod h2;
mod headers;
mod hop;
mod pool;
mod redirect;
mod request;
mod shared;
mod target;
mod timer;
mod upgrade;
mod url;

pub use client::{Client, Notices};
pub use cookies::{Cookie, CookieAttributes, CookieJar};
pub use debug::DumpKind;
pub use error::{ErrorKind, Failure};
pub use exchange::{Exchange, Hop, Protocol, Sent, Timings};
pub use headers::{Headers, canonical_name};
pub use http::Method;
pub use request::{
    Auth, Compression, Expectation, Request, RequestCookie, ResponseType, StatusRange,
};
pub use runner_net::{ConfigError, TlsInfo};
pub use shared::Shared;
pub use target::{Origin, Target, TargetRef};
pub use upgrade::Upgraded;
