//! Generated from `wit/deps/output`; nothing else is in here.
//!
//! The world is the one with everything; an output that does not export `observer` is linked all
//! the same.
#![allow(missing_docs, reason = "the documentation is in the WIT files")]
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "generated code"
)]

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "runner:worlds/observing-output",
    exports: { default: async },
});
