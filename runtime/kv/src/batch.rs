//! Many keys in one call, and transactions.
//!
//! A transaction is a list of what its writer saw and a list of what it wants to change: it is
//! carried out as a whole where all of the first still holds, and not at all otherwise. Whoever
//! loses reads again and tries again; nobody ever holds a lock while a script thinks.

use std::collections::HashMap;
use std::ops::ControlFlow;

use bytes::Bytes;

use crate::backend::{Change, Entry};
use crate::error::{Error, ErrorKind, Result};
use crate::options::{MAX_PAGE, check_batch, check_key, check_prefix, check_value, shown};
use crate::store::Store;
use crate::value::same;

/// What a transaction saw at a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The key.
    pub key: String,
    /// Its value; none where it was not there.
    pub value: Option<Bytes>,
}

/// What a transaction does to a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// The key.
    pub key: String,
    /// The value to put; none removes the key.
    pub value: Option<Bytes>,
    /// How long the value stays, in milliseconds.
    pub ttl: Option<u64>,
}

impl Store {
    /// The values of keys, in the order of the keys, as of one moment. The empty key is never
    /// there.
    pub fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>> {
        let storage = self.storage()?;
        check_batch(keys.len())?;
        let mut asked = Vec::with_capacity(keys.len());
        for key in keys.iter().filter(|key| !key.is_empty()) {
            check_key(key)?;
            asked.push(key.as_str());
        }
        let mut entries = storage.get_many(&asked)?.into_iter();
        let value = |key: &String| match key.as_str() {
            "" => None,
            _ => entries.next().flatten().map(|entry| entry.value),
        };
        Ok(keys.iter().map(value).collect())
    }

    /// Puts all or none. Of a key that is named twice the last value counts. Returns how many
    /// were put.
    pub fn set_many(&self, entries: Vec<(String, Bytes)>, ttl: Option<u64>) -> Result<u64> {
        check_batch(entries.len())?;
        let expires = self.expiry(ttl)?;
        let mut last = HashMap::with_capacity(entries.len());
        let count = entries.len() as u64;
        for (key, value) in entries {
            check_key(&key)?;
            check_value(&key, &value)?;
            last.insert(key, value);
        }
        let keys: Vec<&str> = last.keys().map(String::as_str).collect();
        self.storage()?.update_many(&keys, &mut |_| {
            let put = |value: &Bytes| {
                Change::Put(Entry {
                    value: value.clone(),
                    expires,
                })
            };
            Ok(last.values().map(put).collect())
        })?;
        Ok(count)
    }

    /// Removes keys. Returns how many there were, and how many were missing.
    pub fn delete_many(&self, keys: &[String]) -> Result<(u64, u64)> {
        check_batch(keys.len())?;
        for key in keys {
            check_key(key)?;
        }
        let total = keys.len() as u64;
        let mut keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut deleted = 0;
        self.storage()?.update_many(&keys, &mut |entries| {
            deleted = entries.iter().flatten().count() as u64;
            let change = |(key, entry): (&&str, &Option<Entry>)| match entry {
                Some(_) => self.removed(key),
                None => Change::Keep,
            };
            Ok(keys.iter().zip(entries).map(change).collect())
        })?;
        Ok((deleted, total - deleted))
    }

    /// Removes keys with a prefix, `limit` of them at most. Returns how many, and whether that
    /// was all.
    pub fn delete_by_prefix(&self, prefix: &str, limit: usize) -> Result<(u64, bool)> {
        check_prefix(prefix)?;
        if prefix.is_empty() {
            return Err(Error::options(
                "deleteByPrefix needs a prefix; clear() removes everything",
            ));
        }
        if limit == 0 || limit > MAX_PAGE {
            return Err(Error::options(format!(
                "the limit of deleteByPrefix must be 1 to {MAX_PAGE}, not {limit}"
            )));
        }
        let mut keys: Vec<String> = Vec::new();
        let mut done = true;
        self.storage()?.range(prefix, None, &mut |key, _, _| {
            if keys.len() == limit {
                done = false;
                return ControlFlow::Break(());
            }
            keys.push(key.to_owned());
            ControlFlow::Continue(())
        })?;
        Ok((self.delete_many(&keys)?.0, done))
    }

    /// Makes all changes where all expectations hold; false, and nothing done, otherwise.
    pub fn commit(&self, expected: &[Expected], writes: &[Write]) -> Result<bool> {
        check_batch(expected.len() + writes.len())?;
        let mut plan: HashMap<&str, (Option<&Expected>, Option<Change>)> = HashMap::new();
        for seen in expected {
            check_key(&seen.key)?;
            let before = plan.entry(&seen.key).or_default().0.replace(seen);
            if before.is_some_and(|before| before.value != seen.value) {
                return Err(Error::options(format!(
                    "a transaction cannot expect two values of \"{}\"",
                    shown(&seen.key)
                )));
            }
        }
        for write in writes {
            let change = match &write.value {
                Some(value) => Change::Put(self.entry(&write.key, value.clone(), write.ttl)?),
                None => {
                    check_key(&write.key)?;
                    Change::Remove
                }
            };
            plan.entry(&write.key).or_default().1 = Some(change);
        }
        let (keys, plan): (Vec<&str>, Vec<_>) = plan.into_iter().unzip();
        let mut holds = true;
        let serialization = self.options.serialization;
        let result = self.storage()?.update_many(&keys, &mut |entries| {
            holds = entries.iter().zip(&plan).all(|(entry, (expected, _))| {
                match (entry, expected.map(|expected| &expected.value)) {
                    (_, None) | (None, Some(None)) => true,
                    (Some(entry), Some(Some(value))) => same(serialization, &entry.value, value),
                    _ => false,
                }
            });
            if !holds {
                return Err(Error::new(
                    ErrorKind::Conflict,
                    "others changed what was read",
                ));
            }
            let change = |(key, (_, change)): (&&str, &(_, Option<Change>))| match change {
                Some(Change::Remove) => self.removed(key),
                Some(change) => change.clone(),
                None => Change::Keep,
            };
            Ok(keys.iter().zip(&plan).map(change).collect())
        });
        match result {
            Err(_) if !holds => Ok(false),
            Err(error) => Err(error),
            Ok(()) => Ok(true),
        }
    }
}
