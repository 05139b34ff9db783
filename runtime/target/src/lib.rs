//! The built-in HTTP test server: the endpoints of the well-known httpbin, a small demo API
//! with a login, and faults on purpose, over HTTP/1.1 and HTTP/2, in the clear and over TLS.
//!
//! It exists so that tests, demonstrations and benchmarks need nothing from the network. It
//! listens on loopback unless told otherwise and is no server for the open internet: it
//! answers anybody, it streams without end when asked, and it breaks connections on request.
//!
//! ```no_run
//! # async fn demo() -> Result<(), runner_target::TargetError> {
//! use runner_target::{Target, TargetOptions};
//!
//! let target = Target::bind(TargetOptions::default()).await?;
//! println!("http://{}", target.http_addr());
//! target.run(std::future::pending::<()>()).await;
//! # Ok(())
//! # }
//! ```

mod auth;
mod body;
mod cookies;
mod demo;
mod digest;
mod echo;
mod encodings;
mod faults;
mod multipart;
mod pages;
mod random;
mod redirects;
mod reply;
mod request;
mod route;
mod server;
mod status;
mod streams;
mod tls;
mod wire;

pub use server::{Target, TargetError, TargetOptions};
