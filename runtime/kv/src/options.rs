//! How a store is opened, and the bounds of what goes into it.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};

/// Bytes of a key: one at least, this many at most.
pub const MAX_KEY: usize = 32_768;
/// Bytes of a value at most.
pub const MAX_VALUE: usize = 64 << 20;
/// Entries that one page of a scan holds at most.
pub const MAX_PAGE: usize = 100_000;
/// Entries that a whole list holds at most.
pub const MAX_LIST: usize = 250_000;
/// Keys of one batch or transaction at most.
pub const MAX_BATCH: usize = 100_000;
/// Random keys that one call returns at most.
pub const MAX_RANDOM: usize = 1_000_000;
/// Shards of a memory store at most.
pub const MAX_SHARDS: usize = 65_536;
/// What a memory store may hold unless told otherwise, in bytes.
pub const DEFAULT_MEMORY: u64 = 2 << 30;
/// Where a disk store is unless told otherwise.
pub const DEFAULT_PATH: &str = "./.k6.kv";

/// Where entries live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Backend {
    /// In this process, for one run.
    Memory {
        /// Locks among which the keys are divided; 0 chooses by the number of cores.
        shards: usize,
        /// Bytes of keys and values at most.
        max_bytes: u64,
    },
    /// In a folder that outlives the run.
    Disk {
        /// The folder.
        path: PathBuf,
        /// How long to wait for another process to let go of it.
        timeout: Duration,
        /// Every write is on the disk before it is acknowledged. Otherwise it is with the
        /// operating system: it survives the end of this process, however that ends, and not
        /// a loss of power.
        sync: bool,
        /// Nothing may be written; the store must exist.
        read_only: bool,
    },
}

/// What values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Serialization {
    /// JSON texts; comparisons do not mind the order of members.
    Json,
    /// Bytes.
    String,
}

/// How a store is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Where entries live.
    pub backend: Backend,
    /// What values are.
    pub serialization: Serialization,
    /// Keeps all keys in memory, in order, which makes random keys cheap.
    pub track_keys: bool,
}

/// As the options of `openKv`.
impl fmt::Display for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.backend {
            Backend::Memory { shards, max_bytes } => {
                write!(
                    f,
                    "backend memory, shardCount {shards}, maxBytes {max_bytes}"
                )?;
            }
            Backend::Disk {
                path,
                timeout,
                sync,
                read_only,
            } => write!(
                f,
                "backend disk, path \"{}\", timeout {timeout:?}, sync {sync}, readOnly {read_only}",
                path.display()
            )?,
        }
        let serialization = match self.serialization {
            Serialization::Json => "json",
            Serialization::String => "string",
        };
        write!(
            f,
            ", serialization {serialization}, trackKeys {}",
            self.track_keys
        )
    }
}

impl Options {
    /// A memory store with everything else as usual.
    pub fn memory() -> Self {
        Self {
            backend: Backend::Memory {
                shards: 0,
                max_bytes: DEFAULT_MEMORY,
            },
            serialization: Serialization::Json,
            track_keys: false,
        }
    }

    /// A disk store with everything else as usual.
    pub fn disk(path: impl Into<PathBuf>) -> Self {
        Self {
            backend: Backend::Disk {
                path: path.into(),
                timeout: Duration::from_secs(1),
                sync: false,
                read_only: false,
            },
            serialization: Serialization::Json,
            track_keys: false,
        }
    }
}

/// Refuses keys that no store holds.
pub(crate) fn check_key(key: &str) -> Result<()> {
    match key.len() {
        0 => Err(Error::new(
            ErrorKind::InvalidKey,
            "a key must have at least one character",
        )),
        length if length > MAX_KEY => Err(Error::new(
            ErrorKind::InvalidKey,
            format!("a key of {length} bytes is too long; the limit is {MAX_KEY}"),
        )),
        _ => Ok(()),
    }
}

/// Refuses prefixes that no key can have.
pub(crate) fn check_prefix(prefix: &str) -> Result<()> {
    if prefix.len() > MAX_KEY {
        return Err(Error::options(format!(
            "a prefix of {} bytes is too long; keys have at most {MAX_KEY}",
            prefix.len()
        )));
    }
    Ok(())
}

/// Refuses values that are too large.
pub(crate) fn check_value(key: &str, value: &[u8]) -> Result<()> {
    if value.len() > MAX_VALUE {
        return Err(Error::new(
            ErrorKind::ValueTooLarge,
            format!(
                "the value of \"{}\" has {} bytes; the limit is {MAX_VALUE}",
                shown(key),
                value.len()
            ),
        ));
    }
    Ok(())
}

/// Refuses batches of too many keys.
pub(crate) fn check_batch(count: usize) -> Result<()> {
    if count > MAX_BATCH {
        return Err(Error::options(format!(
            "{count} keys at once are too many; the limit is {MAX_BATCH}"
        )));
    }
    Ok(())
}

/// A key as messages show it.
pub(crate) fn shown(key: &str) -> String {
    if key.chars().count() <= 80 {
        return key.to_owned();
    }
    let mut text: String = key.chars().take(80).collect();
    text.push('…');
    text
}
