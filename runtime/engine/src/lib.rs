//! Everything that turns WebAssembly bytes into something that VUs can start from.
//!
//! - [`config`] builds the wasmtime engine: pooling sized to the run, epoch interruption,
//!   component-model async switched off;
//! - [`cache`] keeps compiled code on disk, keyed by content and wasmtime version;
//! - [`inspect`] tells what a file is and whether it fits our contract, before it is compiled;
//! - [`compose`] makes one component of a script and its extensions;
//! - [`image`] separates the JS engine's code from the memory that VUs start from;
//! - [`js`] is the JS engine component and `runner build`;
//! - [`componentize`](mod@componentize) makes components of core modules;
//! - [`ticker`] advances the epoch;
//! - [`trapped`] says how a guest ended.
//!
//! Nothing here knows of metrics, HTTP or scripts' contents.

mod cache;
mod componentize;
mod compose;
mod config;
mod error;
mod image;
mod inspect;
mod js;
mod prune;
mod ticker;
mod trapped;

pub use cache::{Cache, CacheOutcome};
pub use componentize::{Wit, componentize};
pub use compose::{Composed, PART_INIT, Part, carry, compose, satisfies};
pub use config::{EngineOptions, InstanceNeeds, JS_STACK, engine, engine_for};
pub use error::EngineError;
pub use image::{IMAGE_IMPORT, MemoryImage};
pub use inspect::{
    ComponentInfo, Kind, check_contract, check_import, describe, is_foreign, kind_of,
};
pub use js::{js_component, js_engine, memory_of_js_component, with_bundle};
pub use ticker::{TICK, Ticker};
pub use trapped::{Trapped, remark};
