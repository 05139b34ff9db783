//! The extension `redis`: `import redis from "k6/x/redis"`.
//!
//! The protocol and the connection know nothing of components, so that `cargo test` tests them
//! on the machine itself; `guest` alone is built for wasm.

pub mod client;
pub mod connection;
pub mod convert;
pub mod failure;
pub mod json;
pub mod reader;
pub mod settings;
pub mod value;
pub mod writer;

#[cfg(target_family = "wasm")]
mod guest;
