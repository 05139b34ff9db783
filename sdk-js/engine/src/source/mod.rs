//! Where the script's code comes from: ES modules, CommonJS, JSON, and the `k6` modules that
//! are part of the engine. Text is compiled once per run; other VUs read the bytecode.

mod builtin;
mod commonjs;
mod entry;
mod esm;
mod provider;

pub use builtin::{preload, register};
pub use commonjs::require_global;
pub use entry::run_entry;
pub use esm::{load, normalize};
pub use provider::{Sources, remember};
