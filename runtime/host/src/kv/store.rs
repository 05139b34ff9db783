//! `runner:kv/store`: entries.

use bytes::Bytes;
use runner_kv::{Backend, Compared, Expected, Item, Loaded, Serialization, Write};

use super::{MILLISECOND, milliseconds};
use crate::VuState;
use crate::bindings::runner::kv::store as wit;

type Result<T> = std::result::Result<T, wit::Error>;

impl wit::Host for VuState {
    fn get(&mut self, key: String) -> Result<Option<Vec<u8>>> {
        Ok(self.kv()?.find(&key)?.map(|value| value.to_vec()))
    }

    fn set(&mut self, key: String, value: Vec<u8>, ttl: Option<u64>) -> Result<()> {
        self.kv_change(|store| store.set(&key, value.into(), milliseconds(ttl)))
    }

    fn delete(&mut self, key: String) -> Result<bool> {
        self.kv_change(|store| store.delete_if_exists(&key))
    }

    fn exists(&mut self, key: String) -> Result<bool> {
        Ok(self.kv()?.exists(&key)?)
    }

    fn clear(&mut self) -> Result<()> {
        self.kv_long(runner_kv::Store::clear)
    }

    fn count(&mut self, prefix: String) -> Result<u64> {
        Ok(self.kv()?.count(&prefix)?)
    }

    fn expire(&mut self, key: String, ttl: Option<u64>) -> Result<bool> {
        self.kv_change(|store| store.expire(&key, milliseconds(ttl)))
    }

    fn lifetime_of(&mut self, key: String) -> Result<wit::Lifetime> {
        Ok(match self.kv()?.ttl(&key)? {
            None => wit::Lifetime::Absent,
            Some(None) => wit::Lifetime::Endless,
            Some(Some(left)) => wit::Lifetime::Remaining(left.saturating_mul(MILLISECOND)),
        })
    }

    fn increment(&mut self, key: String, delta: f64) -> Result<f64> {
        self.kv_change(|store| store.increment(&key, delta))
    }

    fn get_or_set(&mut self, key: String, value: Vec<u8>, ttl: Option<u64>) -> Result<wit::Loaded> {
        let ttl = milliseconds(ttl);
        self.kv_change(|store| store.get_or_set(&key, value.into(), ttl))
            .map(loaded)
    }

    fn swap(&mut self, key: String, value: Vec<u8>, ttl: Option<u64>) -> Result<wit::Loaded> {
        let ttl = milliseconds(ttl);
        self.kv_change(|store| store.swap(&key, value.into(), ttl))
            .map(loaded)
    }

    fn compare_and_swap(
        &mut self,
        key: String,
        old: Option<Vec<u8>>,
        new: Vec<u8>,
        ttl: Option<u64>,
    ) -> Result<wit::Compared> {
        let ttl = milliseconds(ttl);
        self.kv_change(|store| store.compare_and_swap(&key, old.as_deref(), new.into(), ttl))
            .map(compared)
    }

    fn compare_and_delete(&mut self, key: String, old: Vec<u8>) -> Result<wit::Compared> {
        self.kv_change(|store| store.compare_and_delete(&key, &old))
            .map(compared)
    }

    fn get_many(&mut self, keys: Vec<String>) -> Result<Vec<Option<Vec<u8>>>> {
        let values = self.kv()?.get_many(&keys)?;
        let value = |value: Option<Bytes>| value.map(|value| value.to_vec());
        Ok(values.into_iter().map(value).collect())
    }

    fn set_many(&mut self, entries: Vec<wit::Entry>, ttl: Option<u64>) -> Result<u64> {
        let entry = |entry: wit::Entry| (entry.key, Bytes::from(entry.value));
        let entries = entries.into_iter().map(entry).collect();
        self.kv_change(|store| store.set_many(entries, milliseconds(ttl)))
    }

    fn delete_many(&mut self, keys: Vec<String>) -> Result<wit::Deleted> {
        let (deleted, missing) = self.kv_change(|store| store.delete_many(&keys))?;
        Ok(wit::Deleted { deleted, missing })
    }

    fn delete_by_prefix(&mut self, prefix: String, limit: u32) -> Result<wit::PrefixDeleted> {
        let limit = limit as usize;
        let (deleted, done) = self.kv_long(|store| store.delete_by_prefix(&prefix, limit))?;
        Ok(wit::PrefixDeleted { deleted, done })
    }

    fn commit(
        &mut self,
        expected: Vec<wit::Expectation>,
        changes: Vec<wit::Change>,
    ) -> Result<bool> {
        let expected: Vec<_> = expected
            .into_iter()
            .map(|expected| Expected {
                key: expected.key,
                value: expected.value.map(Bytes::from),
            })
            .collect();
        let changes: Vec<_> = changes
            .into_iter()
            .map(|change| Write {
                key: change.key,
                value: change.value.map(Bytes::from),
                ttl: milliseconds(change.ttl),
            })
            .collect();
        self.kv_change(|store| store.commit(&expected, &changes))
    }

    fn scan(
        &mut self,
        prefix: String,
        limit: Option<u32>,
        cursor: String,
        values: bool,
    ) -> Result<wit::Page> {
        let limit = limit.map(|limit| limit as usize);
        let page = self.kv()?.scan(&prefix, limit, &cursor, values)?;
        Ok(wit::Page {
            entries: entries(page.items),
            cursor: page.cursor,
        })
    }

    fn list(
        &mut self,
        prefix: String,
        limit: Option<u32>,
        values: bool,
    ) -> Result<Vec<wit::Entry>> {
        let limit = limit.map(|limit| limit as usize);
        Ok(entries(self.kv()?.list(&prefix, limit, values)?))
    }

    fn random_keys(&mut self, prefix: String, count: u32, unique: bool) -> Result<Vec<String>> {
        Ok(self.kv()?.random_keys(&prefix, count as usize, unique)?)
    }

    fn next_circular(&mut self, prefix: String) -> Result<Option<wit::Entry>> {
        Ok(self.kv()?.next_circular(&prefix)?.map(entry))
    }

    fn get_stats(&mut self) -> Result<wit::Stats> {
        let stats = self.kv()?.stats()?;
        let (memory, path, read_only) = match &stats.options.backend {
            Backend::Memory { .. } => (true, String::new(), false),
            Backend::Disk {
                path, read_only, ..
            } => (false, path.display().to_string(), *read_only),
        };
        Ok(wit::Stats {
            memory,
            json: stats.options.serialization == Serialization::Json,
            track_keys: stats.options.track_keys,
            count: stats.count,
            claims_live: stats.claims_live,
            claims_expired: stats.claims_expired,
            index_keys: stats.index_keys,
            bytes: stats.bytes,
            path,
            read_only,
        })
    }
}

pub(super) fn entry(item: Item) -> wit::Entry {
    wit::Entry {
        key: item.key,
        value: item.value.into(),
    }
}

pub(super) fn entries(items: Vec<Item>) -> Vec<wit::Entry> {
    items.into_iter().map(entry).collect()
}

fn loaded(loaded: Loaded) -> wit::Loaded {
    wit::Loaded {
        value: loaded.value.map(Vec::from),
        loaded: loaded.loaded,
    }
}

fn compared(compared: Compared) -> wit::Compared {
    match compared {
        Compared::Done => wit::Compared::Done,
        Compared::Mismatch(value) => wit::Compared::Mismatch(value.map(Vec::from)),
    }
}
