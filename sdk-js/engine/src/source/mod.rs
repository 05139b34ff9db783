//! Where the script's code comes from: ES modules, CommonJS, JSON, and the `k6` modules that
//! are part of the engine. Text is compiled once per run; other VUs read the bytecode.

mod builtin;
mod commonjs;
mod entry;
mod esm;
mod place;
mod provider;

pub use builtin::{preload, register};
pub use commonjs::{c_string, require};
pub use entry::run_entry;
pub use esm::{load, normalize};
pub use place::evaluating;
pub use provider::{Sources, remember};
