//! Load scripts for `runner` in Rust.
//!
//! A script is a library crate (`crate-type = ["cdylib"]`) for the target `wasm32-wasip2`:
//!
//! ```no_run
//! use runner_sdk::prelude::*;
//!
//! runner_sdk::script! {
//!     options: json!({ "vus": 10, "duration": "30s" }),
//!     default: browse,
//! }
//!
//! fn browse() {
//!     let res = http::get("http://127.0.0.1:8080/get");
//!     check! { "status is 200" => res.status() == 200 };
//!     sleep(1.0);
//! }
//! ```
//!
//! Each virtual user (VU) is an instance of the component with a memory of its own, so plain
//! `static`s and `thread_local!`s are per VU. Calls block; to do several things at once within
//! one VU, use [`http::batch`] or [`http::Request::start`].
//!
//! Limits: a panic ends the VU's instance (the host reports it and starts a new one), because
//! the target cannot unwind. Return an [`Error`] where an iteration should fail cheaply.

pub mod bindings;
mod checks;
pub mod data;
mod env;
mod error;
pub mod execution;
pub mod http;
pub mod kv;
pub mod log;
pub mod metrics;
mod script;
mod state;
mod time;

pub use checks::{check, check_tagged, group};
pub use env::{env, vars};
pub use error::{Error, Outcome, Result, ResultExt, fail};
pub use script::{Definition, Export, Outputs, Scenario, Script, Setup, Summarize, WithData};
/// For [`serde_json::json!`] and for values of unknown shape.
pub use serde_json;
pub use time::{now, sleep, sleep_for};

/// What a script usually needs: `use runner_sdk::prelude::*;`.
pub mod prelude {
    pub use crate::http::{self, Body, Request, Response};
    pub use crate::kv;
    pub use crate::metrics::{Counter, Gauge, Rate, Trend};
    pub use crate::{
        Error, Outputs, Result, ResultExt, check, data, env, execution, fail, group, log, sleep,
    };
    pub use serde_json::{Value, json};
}
