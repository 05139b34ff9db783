//! Ranges of keys: pages, lists, counts, random keys.

use std::collections::HashSet;
use std::ops::ControlFlow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use crate::error::{Error, ErrorKind, Result};
use crate::options::{MAX_LIST, MAX_PAGE, MAX_RANDOM, check_prefix};
use crate::store::Store;

/// Random positions that are tried before the keys are walked through.
const TRIES: usize = 32;

/// A key and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The key.
    pub key: String,
    /// The value; empty where only keys were asked for.
    pub value: Bytes,
}

/// A part of a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// In the order of keys.
    pub items: Vec<Item>,
    /// Where the next page starts; empty when there is none.
    pub cursor: String,
}

impl Store {
    /// The next entries whose key starts with `prefix`, in the order of keys (by bytes). No
    /// `limit` means all, [`MAX_LIST`] at most. A key that is there for the whole scan is
    /// returned once; one that comes or goes meanwhile may be or not.
    pub fn scan(
        &self,
        prefix: &str,
        limit: Option<usize>,
        cursor: &str,
        with_values: bool,
    ) -> Result<Page> {
        check_prefix(prefix)?;
        if let Some(limit) = limit
            && (limit == 0 || limit > MAX_PAGE)
        {
            return Err(Error::options(format!(
                "the limit of a page must be 1 to {MAX_PAGE}, not {limit}"
            )));
        }
        let after = decode(cursor, prefix)?;
        let mut items: Vec<Item> = Vec::new();
        let mut more = false;
        let most = limit.unwrap_or(MAX_LIST);
        self.storage()?
            .range(prefix, after.as_deref(), &mut |key, value, _| {
                if items.len() == most {
                    more = true;
                    return ControlFlow::Break(());
                }
                items.push(Item {
                    key: key.to_owned(),
                    value: if with_values {
                        value.clone()
                    } else {
                        Bytes::new()
                    },
                });
                ControlFlow::Continue(())
            })?;
        if more && limit.is_none() {
            return Err(too_many());
        }
        let cursor = match items.last() {
            Some(last) if more => STANDARD.encode(&last.key),
            _ => String::new(),
        };
        Ok(Page { items, cursor })
    }

    /// Entries whose key starts with `prefix`, in order: all, or the first `limit`. More than
    /// [`MAX_LIST`] are an error.
    pub fn list(&self, prefix: &str, limit: Option<usize>, with_values: bool) -> Result<Vec<Item>> {
        check_prefix(prefix)?;
        let most = limit.unwrap_or(usize::MAX);
        if limit.is_some_and(|limit| limit > MAX_LIST) {
            return Err(Error::options(format!(
                "the limit of a list must be 1 to {MAX_LIST}, not {most}"
            )));
        }
        let (mut items, mut overflow) = (Vec::new(), false);
        if most == 0 {
            return Ok(items);
        }
        self.storage()?.range(prefix, None, &mut |key, value, _| {
            if items.len() == MAX_LIST {
                overflow = true;
                return ControlFlow::Break(());
            }
            items.push(Item {
                key: key.to_owned(),
                value: if with_values {
                    value.clone()
                } else {
                    Bytes::new()
                },
            });
            if items.len() == most {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        })?;
        if overflow { Err(too_many()) } else { Ok(items) }
    }

    /// How many keys start with `prefix`.
    pub fn count(&self, prefix: &str) -> Result<u64> {
        check_prefix(prefix)?;
        self.storage()?.count(prefix)
    }

    /// Keys by chance, each as likely as any other: `unique` ones, or with repetitions. Fewer
    /// than `count` where there are fewer.
    pub fn random_keys(&self, prefix: &str, count: usize, unique: bool) -> Result<Vec<String>> {
        if count > MAX_RANDOM {
            return Err(Error::options(format!(
                "{count} random keys are too many; the limit is {MAX_RANDOM}"
            )));
        }
        if unique || count == 1 {
            return self.sample(prefix, count, &mut |_| true);
        }
        check_prefix(prefix)?;
        let mut keys = Vec::with_capacity(count.min(1024));
        if self.storage()?.index().is_some() {
            for _ in 0..count {
                let Some(key) = self.sample(prefix, 1, &mut |_| true)?.pop() else {
                    break;
                };
                keys.push(key);
            }
            return Ok(keys);
        }
        let all = self.list(prefix, None, false)?;
        while let (true, Some(item)) = (keys.len() < count, fastrand::choice(&all)) {
            keys.push(item.key.clone());
        }
        Ok(keys)
    }

    /// Distinct keys by chance, of those that `fits` allows. With an index a few looks at random
    /// places; without one, or where few keys fit, a walk through all keys with the prefix.
    pub(crate) fn sample(
        &self,
        prefix: &str,
        count: usize,
        fits: &mut dyn FnMut(&str) -> bool,
    ) -> Result<Vec<String>> {
        check_prefix(prefix)?;
        let storage = self.storage()?;
        let mut chosen = Vec::new();
        if count == 0 {
            return Ok(chosen);
        }
        if let Some(index) = storage.index() {
            let mut seen = HashSet::new();
            for _ in 0..TRIES + 2 * count {
                let key = {
                    let index = index.read();
                    let (start, end) = index.positions(prefix);
                    if start == end {
                        return Ok(chosen);
                    }
                    index.nth(fastrand::usize(start..end)).cloned()
                };
                let Some(key) = key else { break };
                if seen.contains(&key) || !fits(&key) || !storage.contains(&key)? {
                    continue;
                }
                chosen.push(key.to_string());
                if chosen.len() == count {
                    return Ok(chosen);
                }
                seen.insert(key);
            }
            chosen.clear();
        }
        // Each key that fits takes a place with the chance that makes all equally likely.
        let mut fitting = 0_usize;
        storage.range(prefix, None, &mut |key, _, _| {
            if fits(key) {
                fitting += 1;
                if chosen.len() < count {
                    chosen.push(key.to_owned());
                } else if let Some(place) = chosen.get_mut(fastrand::usize(..fitting)) {
                    key.clone_into(place);
                }
            }
            ControlFlow::Continue(())
        })?;
        fastrand::shuffle(&mut chosen);
        Ok(chosen)
    }
}

fn too_many() -> Error {
    Error::options(format!(
        "there are more than {MAX_LIST} entries; read them in pages with scan(), or give a limit"
    ))
}

/// The key that a page ended with; none for the first page.
fn decode(cursor: &str, prefix: &str) -> Result<Option<String>> {
    if cursor.is_empty() {
        return Ok(None);
    }
    let invalid = |why: &str| {
        let text = format!("the cursor {why}; pass the one that the page before returned");
        Error::new(ErrorKind::InvalidCursor, text)
    };
    let bytes = STANDARD
        .decode(cursor)
        .map_err(|_| invalid("is not one that scan made"))?;
    let key = String::from_utf8(bytes).map_err(|_| invalid("is not one that scan made"))?;
    if !key.starts_with(prefix) {
        return Err(invalid("belongs to another prefix"));
    }
    Ok(Some(key))
}
