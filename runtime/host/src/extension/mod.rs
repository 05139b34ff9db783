//! Extensions: components beside the script, one instance of each per VU that uses it.
//!
//! An instance has a store, a memory and a memory limit of its own, so that whatever happens in
//! it ends the call and not the VU. While it runs it borrows the VU's state, which is what its
//! imports (execution, metrics, HTTP) work on. [`set`] loads, [`vu`] has a VU's instances, [`instance`]
//! runs one, [`codec`] carries
//! values, [`bytes`] whole byte lists, [`link`] connects compiled scripts. What is composed into such
//! a script is part of it, and has what [`script_wasi`] gives the whole.

mod alike;
mod bytes;
mod codec;
mod crossing;
mod handles;
mod host;
mod instance;
mod link;
mod locks;
mod script_wasi;
mod set;
mod state;
mod vu;
mod wire;

pub use link::{ExtensionFailed, Linked};
pub use locks::Guard;
pub(crate) use locks::{Holder, add_to_linker as add_locks_to_linker};
pub use set::{ExtensionLimits, Extensions};
pub(crate) use state::ExtensionState;
pub(crate) use vu::VuExtensions;
