//! Operations that look at a value and change it in one step.

use bytes::Bytes;

use crate::backend::{Change, Entry};
use crate::error::{Error, ErrorKind, Result};
use crate::options::{check_key, check_value, shown};
use crate::store::Store;
use crate::value::{delta, same, whole};

/// A value, and whether it was there before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The value; none where there is none to show.
    pub value: Option<Bytes>,
    /// The key was there.
    pub loaded: bool,
}

/// How a comparison ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compared {
    /// As expected: the change was made.
    Done,
    /// Not as expected: what is there.
    Mismatch(Option<Bytes>),
}

impl Compared {
    /// True when the change was made.
    pub fn is_done(&self) -> bool {
        *self == Self::Done
    }
}

impl Store {
    /// Adds to a whole number of 64 bits, which may be stored as a text; a key that is not there
    /// counts as 0. The time to live stays. The sum that is returned is rounded beyond 2^53, the
    /// one that is stored is not.
    pub fn increment(&self, key: &str, by: f64) -> Result<f64> {
        let storage = self.storage()?;
        check_key(key)?;
        let by = delta(by)?;
        let mut sum = 0;
        storage.update(key, &mut |entry| {
            let (current, expires) = match entry {
                Some(entry) => (whole(key, &entry.value)?, entry.expires),
                None => (0, 0),
            };
            sum = current.checked_add(by).ok_or_else(|| {
                Error::new(
                    ErrorKind::ValueParse,
                    format!(
                        "\"{}\" would leave the range of whole numbers of 64 bits",
                        shown(key)
                    ),
                )
            })?;
            Ok(Change::Put(Entry {
                value: sum.to_string().into(),
                expires,
            }))
        })?;
        Ok(sum as f64)
    }

    /// The value that is there, or else this one, which is then put.
    pub fn get_or_set(&self, key: &str, value: Bytes, ttl: Option<u64>) -> Result<Loaded> {
        let new = self.entry(key, value, ttl)?;
        let mut result = None;
        self.storage()?.update(key, &mut |entry| {
            let loaded = entry.is_some();
            let value = entry.unwrap_or(&new).value.clone();
            result = Some(Loaded {
                value: Some(value),
                loaded,
            });
            Ok(if loaded {
                Change::Keep
            } else {
                Change::Put(new.clone())
            })
        })?;
        result.ok_or_else(|| unchanged(key))
    }

    /// Puts a value and returns the one before.
    pub fn swap(&self, key: &str, value: Bytes, ttl: Option<u64>) -> Result<Loaded> {
        let new = self.entry(key, value, ttl)?;
        let mut result = None;
        self.storage()?.update(key, &mut |entry| {
            result = Some(Loaded {
                value: entry.map(|entry| entry.value.clone()),
                loaded: entry.is_some(),
            });
            Ok(Change::Put(new.clone()))
        })?;
        result.ok_or_else(|| unchanged(key))
    }

    /// Puts `new` where the value is `old`; none stands for a key that is not there.
    pub fn compare_and_swap(
        &self,
        key: &str,
        old: Option<&[u8]>,
        new: Bytes,
        ttl: Option<u64>,
    ) -> Result<Compared> {
        let new = self.entry(key, new, ttl)?;
        self.compare(key, old, || Change::Put(new.clone()))
    }

    /// Removes a key where its value is `old`.
    pub fn compare_and_delete(&self, key: &str, old: &[u8]) -> Result<Compared> {
        check_key(key)?;
        check_value(key, old)?;
        self.compare(key, Some(old), || self.removed(key))
    }

    fn compare(
        &self,
        key: &str,
        old: Option<&[u8]>,
        change: impl Fn() -> Change,
    ) -> Result<Compared> {
        let mut result = Compared::Done;
        self.storage()?.update(key, &mut |entry| {
            let matches = match (entry, old) {
                (None, None) => true,
                (Some(entry), Some(old)) => same(self.options.serialization, &entry.value, old),
                _ => false,
            };
            if matches {
                return Ok(change());
            }
            result = Compared::Mismatch(entry.map(|entry| entry.value.clone()));
            Ok(Change::Keep)
        })?;
        Ok(result)
    }
}

/// A backend always asks what to do.
fn unchanged(key: &str) -> Error {
    Error::new(
        ErrorKind::DiskWrite,
        format!("\"{}\" was not changed", shown(key)),
    )
}
