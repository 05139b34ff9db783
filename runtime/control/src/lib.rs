//! Control of a running test: the REST interface that a run offers, and the client that the
//! commands `status`, `pause`, `resume`, `scale` and `stats` are.
//!
//! The interface is k6's, answer by answer, with what k6 v1 could and v2 took away: pausing and
//! scaling. This crate knows a run only through the trait [`LiveRun`].

mod address;
mod client;
mod live;
mod process;
mod reply;
mod resources;
mod route;
mod server;
mod yaml;

pub use address::{Address, AddressError, DEFAULT_PORT};
pub use client::{Client, ClientError};
pub use live::{Check, ControlError, Counters, Group, LiveRun, Metric, RunStatus};
pub use resources::metrics::MetricReport;
pub use resources::status::{Status, StatusPatch};
pub use server::{BindError, Server, Serving};
pub use yaml::{metrics_yaml, status_yaml};
