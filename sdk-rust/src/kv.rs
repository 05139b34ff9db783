//! The key-value store that all VUs of a run share, in any language.
//!
//! [`open`] belongs into `init:`; from then on [`store`] is the store, in this VU and all others.
//! Values are JSON, of any type that serde knows; what one language stores another can read.
//!
//! ```no_run
//! use runner_sdk::prelude::*;
//!
//! fn init() -> Result {
//!     kv::open(&kv::Options::memory())?;
//!     Ok(())
//! }
//!
//! fn iteration() -> Result {
//!     let kv = kv::store();
//!     let visits = kv.increment("visits", 1.0)?;
//!     kv.set("last", &json!({ "visit": visits }))?;
//!     if let Some(user) = kv.next_circular::<Value>("user:")? {
//!         log::info!("{}", user.key);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! What is not here (files, batches of claims, expiry by hand) is in
//! [`bindings::runner::kv`](crate::bindings::runner::kv).

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bindings::runner::kv::claims as raw_claims;
use crate::bindings::runner::kv::manage::{
    self as raw_manage, Backend, DiskOptions, MemoryOptions,
};
use crate::bindings::runner::kv::store as raw;

pub use crate::bindings::runner::kv::store::ErrorKind;

/// Why the store refused something.
#[derive(Debug, Clone)]
pub struct KvError {
    /// The case; `ErrorKind::Serializer` also for values that serde refuses.
    pub kind: ErrorKind,
    /// What went wrong, and what to do.
    pub message: String,
}

impl fmt::Display for KvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for KvError {}

impl From<raw::Error> for KvError {
    fn from(error: raw::Error) -> Self {
        Self {
            kind: error.kind,
            message: error.message,
        }
    }
}

impl From<serde_json::Error> for KvError {
    fn from(error: serde_json::Error) -> Self {
        Self {
            kind: ErrorKind::Serializer,
            message: error.to_string(),
        }
    }
}

/// What functions of the store return.
pub type Result<T, E = KvError> = std::result::Result<T, E>;

/// Where the store is.
#[derive(Debug, Clone)]
pub struct Options {
    path: Option<String>,
    sync: bool,
    track_keys: bool,
}

impl Options {
    /// In memory, for one run.
    pub fn memory() -> Self {
        Self {
            path: None,
            sync: false,
            track_keys: false,
        }
    }

    /// In a folder that outlives the run.
    pub fn disk(path: impl Into<String>) -> Self {
        Self {
            path: Some(path.into()),
            ..Self::memory()
        }
    }

    /// Writes are on the disk before they are acknowledged.
    #[must_use]
    pub fn synced(mut self) -> Self {
        self.sync = true;
        self
    }

    /// Keeps all keys in memory and in order, which makes random keys cheap.
    #[must_use]
    pub fn tracked(mut self) -> Self {
        self.track_keys = true;
        self
    }
}

/// The run's store.
#[derive(Debug, Clone, Copy)]
pub struct Kv(());

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<T> {
    /// The key.
    pub key: String,
    /// The value.
    pub value: T,
}

/// A key that this VU has for itself.
#[derive(Debug, Clone)]
pub struct Claim<T> {
    reference: raw_claims::ClaimRefResult,
    /// The value when it was claimed.
    pub value: T,
}

/// The run's store; only while the script is initialised, and with the same options everywhere.
///
/// # Errors
/// The store cannot be opened, or is open with other options.
pub fn open(options: &Options) -> Result<Kv> {
    let backend = match &options.path {
        None => Backend::Memory(MemoryOptions {
            shards: 0,
            max_bytes: 0,
        }),
        Some(path) => Backend::Disk(DiskOptions {
            path,
            lock_timeout: nanoseconds(Duration::from_secs(1)),
            sync: options.sync,
            read_only: false,
        }),
    };
    raw_manage::open(raw_manage::Options {
        backend,
        json: true,
        track_keys: options.track_keys,
    })?;
    Ok(Kv(()))
}

/// The run's store; its functions say so where nobody has opened it.
pub fn store() -> Kv {
    Kv(())
}

impl Kv {
    /// The value of a key; none where there is no such key.
    ///
    /// # Errors
    /// The value is not a `T`, or the store fails.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>> {
        raw::get(key)?.map(|value| decode(&value)).transpose()
    }

    /// Puts a value.
    ///
    /// # Errors
    /// The key or the value cannot be stored.
    pub fn set<T: Serialize + ?Sized>(&self, key: &str, value: &T) -> Result<()> {
        Ok(raw::set(key, &encode(value)?, None)?)
    }

    /// Puts a value that ends by itself.
    ///
    /// # Errors
    /// As for [`Kv::set`].
    pub fn set_for<T: Serialize + ?Sized>(
        &self,
        key: &str,
        value: &T,
        time: Duration,
    ) -> Result<()> {
        Ok(raw::set(key, &encode(value)?, Some(nanoseconds(time)))?)
    }

    /// Removes a key; false where it was not there.
    ///
    /// # Errors
    /// The store fails.
    pub fn delete(&self, key: &str) -> Result<bool> {
        Ok(raw::delete(key)?)
    }

    /// True where the key is there.
    ///
    /// # Errors
    /// The store fails.
    pub fn exists(&self, key: &str) -> Result<bool> {
        Ok(raw::exists(key)?)
    }

    /// Removes everything.
    ///
    /// # Errors
    /// The store fails.
    pub fn clear(&self) -> Result<()> {
        Ok(raw::clear()?)
    }

    /// How many keys start with `prefix`.
    ///
    /// # Errors
    /// The store fails.
    pub fn count(&self, prefix: &str) -> Result<u64> {
        Ok(raw::count(prefix)?)
    }

    /// Adds a whole number to one, 0 where there is none yet; returns the sum, which is exact up
    /// to 2^53 (what is stored has 64 bits).
    ///
    /// # Errors
    /// `delta` or the value is no whole number of 64 bits, or the sum would not be one.
    pub fn increment(&self, key: &str, delta: f64) -> Result<f64> {
        Ok(raw::increment(key, delta)?)
    }

    /// Puts `new` where the value is `old` (none: where there is no key); true when it did.
    ///
    /// # Errors
    /// A value cannot be stored.
    pub fn compare_and_swap<T: Serialize>(
        &self,
        key: &str,
        old: Option<&T>,
        new: &T,
    ) -> Result<bool> {
        let old = old.map(encode).transpose()?;
        let compared = raw::compare_and_swap(key, old.as_deref(), &encode(new)?, None)?;
        Ok(matches!(compared, raw::Compared::Done))
    }

    /// Changes a value in one step, whoever else changes it at the same time: `change` gets
    /// what is there and says what is to be there, and is called again when it was overtaken.
    ///
    /// # Errors
    /// The value is not a `T`, or the store fails.
    pub fn update<T: Serialize + DeserializeOwned>(
        &self,
        key: &str,
        mut change: impl FnMut(Option<T>) -> T,
    ) -> Result<T> {
        loop {
            let seen = raw::get(key)?;
            let new = change(seen.as_deref().map(decode).transpose()?);
            let compared = raw::compare_and_swap(key, seen.as_deref(), &encode(&new)?, None)?;
            if matches!(compared, raw::Compared::Done) {
                return Ok(new);
            }
        }
    }

    /// Entries whose key starts with `prefix`, in order: all, or the first `limit`.
    ///
    /// # Errors
    /// There are more than 250,000, or `limit` is more; or a value is not a `T`.
    pub fn list<T: DeserializeOwned>(
        &self,
        prefix: &str,
        limit: Option<u32>,
    ) -> Result<Vec<Entry<T>>> {
        let entries = raw::list(prefix, limit, true)?;
        entries.into_iter().map(entry).collect()
    }

    /// A key by chance; none where no key has the prefix.
    ///
    /// # Errors
    /// The store fails.
    pub fn random_key(&self, prefix: &str) -> Result<Option<String>> {
        Ok(raw::random_keys(prefix, 1, true)?.pop())
    }

    /// The next entry for whoever asks, and after the last the first.
    ///
    /// # Errors
    /// The value is not a `T`, or the store fails.
    pub fn next_circular<T: DeserializeOwned>(&self, prefix: &str) -> Result<Option<Entry<T>>> {
        raw::next_circular(prefix)?.map(entry).transpose()
    }

    /// Takes the first free key for this VU alone, for a time.
    ///
    /// # Errors
    /// The value is not a `T`, or the store fails.
    pub fn claim_next<T: DeserializeOwned>(
        &self,
        prefix: &str,
        time: Duration,
    ) -> Result<Option<Claim<T>>> {
        let terms = raw_claims::Terms {
            owner: None,
            ttl: Some(nanoseconds(time)),
        };
        let Some(claim) = raw_claims::claim_next(prefix, terms)? else {
            return Ok(None);
        };
        Ok(Some(Claim {
            value: decode(&claim.value)?,
            reference: claim.reference,
        }))
    }
}

impl<T> Claim<T> {
    /// The key.
    pub fn key(&self) -> &str {
        &self.reference.key
    }

    /// Greater than that of any earlier claim of the store.
    pub fn token(&self) -> u64 {
        self.reference.token
    }

    /// Gives the key back; false where the claim had ended, or the key is gone.
    ///
    /// # Errors
    /// The store fails.
    pub fn release(self) -> Result<bool> {
        Ok(raw_claims::release(self.named())?)
    }

    /// Removes the key; false where the claim had ended, or the key is gone.
    ///
    /// # Errors
    /// The store fails.
    pub fn complete(self) -> Result<bool> {
        Ok(raw_claims::complete(self.named(), true)?)
    }

    fn named(&self) -> raw_claims::ClaimRefParam<'_> {
        raw_claims::ClaimRefParam {
            id: &self.reference.id,
            key: &self.reference.key,
            token: self.reference.token,
        }
    }
}

fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>> {
    Ok(serde_json::to_vec(value)?)
}

fn decode<T: DeserializeOwned>(value: &[u8]) -> Result<T> {
    Ok(serde_json::from_slice(value)?)
}

fn entry<T: DeserializeOwned>(entry: raw::EntryResult) -> Result<Entry<T>> {
    Ok(Entry {
        value: decode(&entry.value)?,
        key: entry.key,
    })
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
