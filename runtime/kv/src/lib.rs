//! The key-value store that the VUs of a run share. No wasm in it.
//!
//! A [`Slot`] belongs to a run: the first `openKv` says which store it holds, and every VU, in
//! any language, then uses the same one. A [`Store`] is one of two backends (memory or disk)
//! under everything that is the same for both: atomic changes, scans, claims, feeders, files.
//!
//! Bounds: keys have 1 to [`MAX_KEY`] bytes and are UTF-8, values at most [`MAX_VALUE`] bytes;
//! what returns many entries has a limit, and a memory store has a budget of bytes. Claims and
//! the places of feeders live in this process and end with the run.

mod atomic;
mod backend;
mod batch;
mod claims;
mod clock;
mod disk;
mod error;
mod feeder;
mod files;
mod index;
mod memory;
mod open;
mod options;
mod query;
mod slot;
mod store;
mod value;

pub use atomic::{Compared, Loaded};
pub use batch::{Expected, Write};
pub use claims::{
    AllocationStats, Claim, ClaimKeys, ClaimRef, DEFAULT_CLAIM, MAX_CLAIM, MAX_OWNER,
};
pub use clock::Clock;
pub use error::{Error, ErrorKind, Result};
pub use files::{CsvFormat, Exported, Imported, RestoreLimits, Validated};
pub use options::{
    Backend, DEFAULT_MEMORY, DEFAULT_PATH, MAX_BATCH, MAX_KEY, MAX_LIST, MAX_PAGE, MAX_RANDOM,
    MAX_SHARDS, MAX_VALUE, Options, Serialization,
};
pub use query::{Item, Page};
pub use slot::Slot;
pub use store::{Stats, Store};
