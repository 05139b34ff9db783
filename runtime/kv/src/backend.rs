//! What a backend must be able to do. Everything that a script can ask for is made of this in
//! the other files, so that memory and disk cannot differ in what an operation means.

use std::ops::ControlFlow;
use std::sync::Arc;

use bytes::Bytes;
use parking_lot::RwLock;

use crate::error::Result;
use crate::index::SortedKeys;

/// One value and when it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub value: Bytes,
    /// Unix milliseconds; 0 for never.
    pub expires: u64,
}

/// What becomes of a key.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    Keep,
    Put(Entry),
    Remove,
}

/// Called for each entry of a range, in the order of keys.
pub(crate) type Visit<'a> = &'a mut dyn FnMut(&str, &Bytes, u64) -> ControlFlow<()>;

/// Decides what becomes of one key.
pub(crate) type Decide<'a> = &'a mut dyn FnMut(Option<&Entry>) -> Result<Change>;

/// Decides what becomes of several keys, in the order in which they were named.
pub(crate) type DecideAll<'a> = &'a mut dyn FnMut(&[Option<Entry>]) -> Result<Vec<Change>>;

/// A place for entries. Entries that are over are not there for any of these.
pub(crate) trait Storage: Send + Sync {
    fn get(&self, key: &str) -> Result<Option<Entry>>;

    fn contains(&self, key: &str) -> Result<bool>;

    /// Puts without a look at what was there.
    fn put(&self, key: &str, entry: Entry) -> Result<()>;

    /// Reads and changes one key in one step.
    fn update(&self, key: &str, decide: Decide<'_>) -> Result<()>;

    /// Reads and changes several keys in one step. `keys` are distinct.
    fn update_many(&self, keys: &[&str], decide: DecideAll<'_>) -> Result<()>;

    /// Several keys as of one moment.
    fn get_many(&self, keys: &[&str]) -> Result<Vec<Option<Entry>>>;

    /// Entries whose key starts with `prefix` and comes after `after`, as of one moment. The
    /// visitor must be quick and must not call the store.
    fn range(&self, prefix: &str, after: Option<&str>, visit: Visit<'_>) -> Result<()>;

    /// How many keys start with `prefix`.
    fn count(&self, prefix: &str) -> Result<u64>;

    fn clear(&self) -> Result<()>;

    /// All entries make room for these; done completely or not at all as far as readers see.
    fn replace(&self, entries: Vec<(String, Entry)>) -> Result<()>;

    /// Forgets entries that are over.
    fn purge(&self) -> Result<()>;

    /// The keys in order, where they are tracked.
    fn index(&self) -> Option<&RwLock<SortedKeys>>;

    /// Makes the index anew from the entries.
    fn rebuild(&self) -> Result<()>;

    /// Everything acknowledged is on the disk when this returns.
    fn flush(&self) -> Result<()>;

    /// Bytes that the store takes on disk, or that keys and values take in memory.
    fn bytes(&self) -> Result<u64>;
}

/// Keys are shared between the map, the index and the list of what ends.
pub(crate) type Key = Arc<str>;
