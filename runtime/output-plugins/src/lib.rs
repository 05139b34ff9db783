//! Outputs as components: `--out statsd=127.0.0.1:8125`, `--out ./mine.wasm=argument`.
//!
//! [`open`] makes an [`Output`](runner_outputs::Output) of a file, so that everything that keeps
//! outputs apart from the run (a thread and a bounded queue for each, losses that are counted)
//! holds for them as for those that are built in. What is added here: a store with limits of
//! memory and time, WASI as granted, and samples as numbers that refer to tables.

mod batch;
mod bindings;
mod instance;
mod load;
mod observe;
mod plugin;
mod state;
mod stdout;

pub use load::{PluginLimits, PluginSettings, open, reason};
pub use state::{Level, Log};
