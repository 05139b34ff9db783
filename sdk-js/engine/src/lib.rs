//! QuickJS as a load script: one WebAssembly instance is one VU and runs the user's k6 script
//! in it. `boot` makes the state that the snapshot holds, `lifecycle` is what the host calls,
//! `source` finds and compiles modules, `fork` makes images of
//! initialised scripts, `api` is the native half of k6's modules, `js` the layer
//! between Rust and QuickJS.

// All unsafe code talks to QuickJS, whose rules `js` states; saying so at each of several
// hundred calls would hide the few places that need a reason of their own.
#![allow(
    clippy::missing_safety_doc,
    clippy::undocumented_unsafe_blocks,
    missing_docs
)]

mod api;
mod atoms;
mod bindings;
mod boot;
mod bundle;
mod clock;
mod compact;
mod fork;
mod heap;
mod js;
mod lifecycle;
mod local;
mod source;
mod state;
#[cfg(feature = "tests")]
mod testing;
mod zone;

use lifecycle::Component;

bindings::export_engine!(Component with_types_in bindings);
