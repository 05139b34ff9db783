//! The JS engine as bytes.
//!
//! [`CORE`] is a core module with the component type of the world `runner:inside/js-engine` in a
//! custom section; its memory already holds QuickJS with k6's modules evaluated. The host makes
//! a component of it. Nothing of it is checked in: `build.rs` makes it from `sdk-js/engine`.

/// The core module.
pub const CORE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/engine.wasm"));

/// SHA-256 of [`CORE`], so that no start needs to compute it.
pub const CORE_DIGEST: &str = include_str!(concat!(env!("OUT_DIR"), "/engine.sha256"));
