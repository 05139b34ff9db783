//! Harness that drives the real `runner` binary, for the suites under `tests/`.
//!
//! A suite starts a [`TargetServer`], gives a script to [`Runner`] and looks at the [`Output`]:
//! exit code, console lines, log lines, summary. Nothing leaves loopback, and every run is
//! ended after a time limit, so that a hang is a failure and not a wait.
//!
//! Which binary is driven, see [`binary`]. With `RUNNER_BIN=k6` most suites drive k6 itself,
//! which is how their expectations were checked; the few that are about what k6 has not say so.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

mod binary;
mod book;
mod environment;
#[cfg(test)]
mod fixtures;
mod guest;
mod logs;
mod needs;
mod output;
mod project;
mod redact;
mod reference;
mod run;
mod scripts;
mod server;
mod summary;
mod terminal;
mod vt;

pub use binary::{binary, is_k6};
pub use book::{Block, Fate, Step, blocks, book, chapters, is_shown, links, steps};
pub use guest::{PLUGINS, guest};
pub use logs::Log;
pub use needs::{Tools, skip};
pub use output::Output;
pub use project::Project;
pub use redact::redact;
pub use reference::wit_reference;
pub use run::{Runner, Running};
pub use scripts::check_scripts;
pub use server::{TargetServer, closed_port, free_port, target};
pub use summary::{Summary, bytes, millis};
pub use terminal::Terminal;
