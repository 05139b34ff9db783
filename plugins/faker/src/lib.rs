//! The extension `faker`: `import faker from "k6/x/faker"`.
//!
//! The generators know nothing of components, so that `cargo test` tests them on the machine
//! itself; `guest` alone is built for wasm.

pub mod generator;
pub mod profile;
pub mod value;

#[cfg(target_family = "wasm")]
mod guest;
