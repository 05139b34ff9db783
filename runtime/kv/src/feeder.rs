//! Circular feeders: each call gets the next entry with a prefix, and after the last the first.
//!
//! One place per prefix, shared by all VUs and kept in memory only. Entries may come and go; the
//! next one is the first after the key that was handed out last.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::error::{Error, Result};
use crate::options::check_prefix;
use crate::query::Item;
use crate::store::Store;

/// Prefixes that have a place at most.
const MAX_FEEDERS: usize = 10_000;

type Place = Arc<Mutex<Option<String>>>;

/// The places of all prefixes.
#[derive(Debug, Default)]
pub(crate) struct Feeders(Mutex<HashMap<String, Place>>);

impl Feeders {
    fn place(&self, prefix: &str) -> Result<Place> {
        let mut places = self.0.lock();
        if let Some(place) = places.get(prefix) {
            return Ok(Arc::clone(place));
        }
        if places.len() == MAX_FEEDERS {
            return Err(Error::options(format!(
                "nextCircular was called with more than {MAX_FEEDERS} different prefixes"
            )));
        }
        let place = Place::default();
        places.insert(prefix.to_owned(), Arc::clone(&place));
        Ok(place)
    }

    pub fn clear(&self) {
        self.0.lock().clear();
    }
}

impl Store {
    /// The next entry with that prefix; none where there is none at all.
    pub fn next_circular(&self, prefix: &str) -> Result<Option<Item>> {
        check_prefix(prefix)?;
        let storage = self.storage()?;
        let place = self.feeders.place(prefix)?;
        // Held while the next key is looked up: two callers must not get the same one.
        let mut last = place.lock();
        let mut next = None;
        let mut first_after = |after: Option<&str>| {
            storage.range(prefix, after, &mut |key, value, _| {
                next = Some(Item {
                    key: key.to_owned(),
                    value: value.clone(),
                });
                ControlFlow::Break(())
            })?;
            Ok(next.take())
        };
        let mut item = first_after(last.as_deref())?;
        if item.is_none() && last.is_some() {
            item = first_after(None)?;
        }
        *last = item.as_ref().map(|item| item.key.clone());
        Ok(item)
    }
}
