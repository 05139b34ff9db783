//! What `runner` hands to those who write scripts and extensions, so that they need nothing of its
//! source: WIT files, bindings made of them, the Rust SDK, typings for editors.
//!
//! - [`wit_files`] is the contract, with WASI's packages, as tools want it beside a project;
//! - [`bindings`] writes what C, C++ and Go programs are compiled with;
//! - [`check_bindings`] tells whether a module was compiled for a folder of WIT files;
//! - [`rust_sdk`] and [`typings`] are folders of this repository.
//!
//! Everything is text in memory; commands write it. No wasmtime.

mod bindings;
mod digest;
mod error;
mod files;
mod go;
mod wasi;

pub use bindings::{BindingsLanguage, bindings, is_started_once};
pub use digest::check_bindings;
pub use error::KitError;
pub use files::{rust_sdk, typings, wit_files};
