//! A store: one backend, with claims and feeders beside it. Single keys are in this file; what
//! looks at a value before it changes it is in `atomic`, many keys in `batch` and `query`.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use parking_lot::Mutex;

use crate::backend::{Change, Entry, Storage};
use crate::claims::Claims;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::feeder::Feeders;
use crate::open;
use crate::options::{
    Backend, DEFAULT_PATH, Options, Serialization, check_key, check_value, shown,
};

/// An open store. All methods can be called from any thread.
pub struct Store {
    pub(crate) storage: Box<dyn Storage>,
    pub(crate) options: Options,
    pub(crate) clock: Clock,
    pub(crate) claims: Mutex<Claims>,
    pub(crate) feeders: Feeders,
    /// A backup or a restore is going on.
    pub(crate) copying: AtomicBool,
    /// Where relative paths start; empty to take them as they are.
    folder: PathBuf,
    closed: AtomicBool,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// What a store says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stats {
    /// Its options.
    pub options: Options,
    /// How many keys there are.
    pub count: u64,
    /// Claims that are held.
    pub claims_live: u64,
    /// Claims that ran out and were not yet taken over.
    pub claims_expired: u64,
    /// Keys in the index, where keys are tracked.
    pub index_keys: Option<u64>,
    /// Bytes on disk, or of keys and values in memory.
    pub bytes: u64,
}

impl Store {
    /// Opens a store.
    pub fn open(options: &Options) -> Result<Self> {
        Self::open_in(Path::new(""), options)
    }

    /// Opens a store that takes relative paths from `folder` on: its own, and those of its files.
    pub fn open_in(folder: &Path, options: &Options) -> Result<Self> {
        Self::made(folder, options, Clock::system())
    }

    /// Opens a store with a clock of its own.
    pub fn open_at(options: &Options, clock: Clock) -> Result<Self> {
        Self::made(Path::new(""), options, clock)
    }

    fn made(folder: &Path, options: &Options, clock: Clock) -> Result<Self> {
        Ok(Self {
            storage: open::open(folder, options, clock.clone())?,
            folder: folder.to_owned(),
            options: options.clone(),
            claims: Mutex::new(Claims::new(clock.now())),
            clock,
            feeders: Feeders::default(),
            copying: AtomicBool::new(false),
            closed: AtomicBool::new(false),
        })
    }

    /// The backend, unless the store was closed.
    pub(crate) fn storage(&self) -> Result<&dyn Storage> {
        if self.closed.load(Ordering::Relaxed) {
            return Err(Error::new(
                ErrorKind::Closed,
                "the store was closed; close it once, at the end of teardown",
            ));
        }
        Ok(&*self.storage)
    }

    /// Where a file is that is called `name`.
    pub(crate) fn at(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.join(name)
    }

    /// What the store was opened with.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// True where a call can wait for a disk for long: such a store is better not used on a
    /// thread that others need.
    pub fn waits(&self) -> bool {
        matches!(self.options.backend, Backend::Disk { sync: true, .. })
    }

    pub(crate) fn json(&self) -> bool {
        self.options.serialization == Serialization::Json
    }

    /// The path of a disk store, or where a memory store's backup goes by default.
    pub fn path(&self) -> String {
        match &self.options.backend {
            Backend::Disk { path, .. } => path.display().to_string(),
            Backend::Memory { .. } => DEFAULT_PATH.to_owned(),
        }
    }

    /// When something with that time to live ends; 0 for never.
    pub(crate) fn expiry(&self, ttl: Option<u64>) -> Result<u64> {
        match ttl {
            None => Ok(0),
            Some(0) => Err(Error::options("a ttl must be at least 1 ms")),
            Some(ttl) => Ok(self.clock.now().saturating_add(ttl)),
        }
    }

    pub(crate) fn entry(&self, key: &str, value: Bytes, ttl: Option<u64>) -> Result<Entry> {
        check_key(key)?;
        check_value(key, &value)?;
        Ok(Entry {
            value,
            expires: self.expiry(ttl)?,
        })
    }

    /// The value of a key; an error where there is none.
    pub fn get(&self, key: &str) -> Result<Bytes> {
        match self.find(key)? {
            Some(value) => Ok(value),
            None => Err(Error::new(
                ErrorKind::KeyNotFound,
                format!("key \"{}\" not found", shown(key)),
            )),
        }
    }

    /// The value of a key.
    pub fn find(&self, key: &str) -> Result<Option<Bytes>> {
        let storage = self.storage()?;
        check_key(key)?;
        Ok(storage.get(key)?.map(|entry| entry.value))
    }

    /// Puts a value, which ends after `ttl` milliseconds where that is given.
    pub fn set(&self, key: &str, value: Bytes, ttl: Option<u64>) -> Result<()> {
        let entry = self.entry(key, value, ttl)?;
        self.storage()?.put(key, entry)
    }

    /// Removes a key, whether or not it is there.
    pub fn delete(&self, key: &str) -> Result<()> {
        self.delete_if_exists(key).map(drop)
    }

    /// Removes a key; false when it was not there.
    pub fn delete_if_exists(&self, key: &str) -> Result<bool> {
        check_key(key)?;
        let mut there = false;
        self.storage()?.update(key, &mut |entry| {
            there = entry.is_some();
            Ok(if there {
                self.removed(key)
            } else {
                Change::Keep
            })
        })?;
        Ok(there)
    }

    /// Removes a key that is there, and the claim of it with it. For decisions of an update: the
    /// backend has the key locked then, so whoever puts it anew finds it free.
    pub(crate) fn removed(&self, key: &str) -> Change {
        self.claims.lock().drop_key(key);
        Change::Remove
    }

    /// True when the key is there.
    pub fn exists(&self, key: &str) -> Result<bool> {
        check_key(key)?;
        self.storage()?.contains(key)
    }

    /// Gives a key another time to live in milliseconds, or none; false when it is not there.
    pub fn expire(&self, key: &str, ttl: Option<u64>) -> Result<bool> {
        check_key(key)?;
        let expires = self.expiry(ttl)?;
        let mut there = false;
        self.storage()?.update(key, &mut |entry| {
            there = entry.is_some();
            Ok(match entry {
                Some(entry) => Change::Put(Entry {
                    value: entry.value.clone(),
                    expires,
                }),
                None => Change::Keep,
            })
        })?;
        Ok(there)
    }

    /// Milliseconds that a key has left; none inside for a key without end, none at all where
    /// there is no key.
    pub fn ttl(&self, key: &str) -> Result<Option<Option<u64>>> {
        check_key(key)?;
        let entry = self.storage()?.get(key)?;
        Ok(entry.map(|entry| match entry.expires {
            0 => None,
            expires => Some(expires.saturating_sub(self.clock.now())),
        }))
    }

    /// Removes everything, claims and places of feeders too.
    pub fn clear(&self) -> Result<()> {
        self.storage()?.clear()?;
        self.claims.lock().clear();
        self.feeders.clear();
        Ok(())
    }

    /// Makes the index of keys anew; does nothing where keys are not tracked.
    pub fn rebuild(&self) -> Result<()> {
        self.storage()?.rebuild()
    }

    /// Writes out what is left, and refuses all later calls.
    pub fn close(&self) -> Result<()> {
        if self.closed.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        self.claims.lock().clear();
        self.storage.flush()
    }

    /// What there is to say about the store.
    pub fn stats(&self) -> Result<Stats> {
        let storage = self.storage()?;
        let count = storage.count("")?;
        let (claims_live, claims_expired) = self.claims.lock().counts(self.clock.now());
        Ok(Stats {
            options: self.options.clone(),
            count,
            claims_live,
            claims_expired,
            index_keys: storage.index().map(|index| index.read().len() as u64),
            bytes: storage.bytes()?,
        })
    }
}
