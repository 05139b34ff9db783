//! Entries in this process: keys are divided among shards, each an ordered map under a lock of
//! its own, so that VUs on different keys do not wait for each other.
//!
//! Operations on several keys take the locks of their shards in the order of the shards, so a
//! range or a transaction sees all keys as of one moment and nothing can deadlock. Nothing but
//! memory is touched under a lock.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::hash::{BuildHasher, RandomState};
use std::ops::{Bound, ControlFlow};
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::backend::{Change, Decide, DecideAll, Entry, Key, Storage, Visit};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::index::SortedKeys;
use crate::options::MAX_SHARDS;

/// What an entry costs besides its bytes, roughly.
const OVERHEAD: u64 = 96;
/// Entries that are over and are forgotten with each write.
const PURGE_PER_WRITE: usize = 8;

#[derive(Debug, Default)]
struct Shard {
    entries: BTreeMap<Key, Entry>,
    /// What ends, by when.
    due: BTreeSet<(u64, Key)>,
}

pub(crate) struct Memory {
    shards: Box<[RwLock<Shard>]>,
    hasher: RandomState,
    index: Option<RwLock<SortedKeys>>,
    clock: Clock,
    bytes: AtomicU64,
    max_bytes: u64,
}

impl Memory {
    pub fn new(shards: usize, max_bytes: u64, track_keys: bool, clock: Clock) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        let shards = match shards {
            // Several per core: two VUs that run at the same time rarely meet.
            0 => (cores * 8).clamp(16, 512),
            given => given.min(MAX_SHARDS),
        };
        Self {
            shards: (0..shards).map(|_| RwLock::default()).collect(),
            hasher: RandomState::new(),
            index: track_keys.then(RwLock::default),
            clock,
            bytes: AtomicU64::new(0),
            max_bytes,
        }
    }

    fn number(&self, key: &str) -> usize {
        // Fewer shards than u32 has values: the product takes the upper bits.
        let hash = self.hasher.hash_one(key) >> 32;
        usize::try_from((hash * self.shards.len() as u64) >> 32).unwrap_or(0)
    }

    fn shard(&self, number: usize) -> &RwLock<Shard> {
        #[expect(
            clippy::indexing_slicing,
            reason = "`number` is below the number of shards by its making"
        )]
        &self.shards[number]
    }

    fn write(&self, key: &str) -> RwLockWriteGuard<'_, Shard> {
        let mut shard = self.shard(self.number(key)).write();
        self.forget(&mut shard, PURGE_PER_WRITE);
        shard
    }

    /// Forgets entries that are over, some at most.
    fn forget(&self, shard: &mut Shard, most: usize) {
        for _ in 0..most {
            let Some((expires, _)) = shard.due.first() else {
                return;
            };
            if !self.clock.is_over(*expires) {
                return;
            }
            if let Some((_, key)) = shard.due.pop_first() {
                self.remove(shard, &key);
            }
        }
    }

    fn live<'a>(&self, shard: &'a Shard, key: &str) -> Option<&'a Entry> {
        let entry = shard.entries.get(key)?;
        (!self.clock.is_over(entry.expires)).then_some(entry)
    }

    fn apply(&self, shard: &mut Shard, key: &str, change: Change) -> Result<()> {
        match change {
            Change::Keep => Ok(()),
            Change::Remove => {
                self.remove(shard, key);
                Ok(())
            }
            Change::Put(entry) => self.insert(shard, key, entry),
        }
    }

    fn insert(&self, shard: &mut Shard, key: &str, entry: Entry) -> Result<()> {
        let size = entry.value.len() as u64;
        if let Some(old) = shard.entries.get_mut(key) {
            let before = old.value.len() as u64;
            if size > before {
                self.reserve(size - before)?;
            } else if size < before {
                self.bytes.fetch_sub(before - size, Ordering::Relaxed);
            }
            let old = std::mem::replace(old, entry.clone());
            if old.expires != entry.expires {
                let key: Key = key.into();
                if old.expires != 0 {
                    shard.due.remove(&(old.expires, key.clone()));
                }
                if entry.expires != 0 {
                    shard.due.insert((entry.expires, key));
                }
            }
            return Ok(());
        }
        self.reserve(cost(key, size))?;
        let key: Key = key.into();
        if entry.expires != 0 {
            shard.due.insert((entry.expires, key.clone()));
        }
        if let Some(index) = &self.index {
            index.write().insert(key.clone());
        }
        shard.entries.insert(key, entry);
        Ok(())
    }

    fn remove(&self, shard: &mut Shard, key: &str) {
        let Some((key, entry)) = shard.entries.remove_entry(key) else {
            return;
        };
        let freed = cost(&key, entry.value.len() as u64);
        self.bytes.fetch_sub(freed, Ordering::Relaxed);
        if let Some(index) = &self.index {
            index.write().remove(&key);
        }
        if entry.expires != 0 {
            shard.due.remove(&(entry.expires, key));
        }
    }

    fn reserve(&self, more: u64) -> Result<()> {
        let before = self.bytes.fetch_add(more, Ordering::Relaxed);
        if before.saturating_add(more) <= self.max_bytes {
            return Ok(());
        }
        self.bytes.fetch_sub(more, Ordering::Relaxed);
        Err(Error::new(
            ErrorKind::StoreFull,
            format!(
                "the memory store holds {before} bytes and may hold {}; delete keys, give them a \
                 ttl, or raise memory.maxBytes",
                self.max_bytes
            ),
        ))
    }

    fn read_all(&self) -> Vec<RwLockReadGuard<'_, Shard>> {
        self.shards.iter().map(RwLock::read).collect()
    }

    fn write_all(&self) -> Vec<RwLockWriteGuard<'_, Shard>> {
        self.shards.iter().map(RwLock::write).collect()
    }

    /// Numbers of the shards of `keys`, each once and in order.
    fn numbers(&self, keys: &[&str]) -> Vec<usize> {
        let mut numbers: Vec<usize> = keys.iter().map(|key| self.number(key)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}

/// What an entry counts for.
fn cost(key: &str, value: u64) -> u64 {
    key.len() as u64 + value + OVERHEAD
}

/// The guard of the shard with that number.
fn position(numbers: &[usize], number: usize) -> usize {
    numbers.partition_point(|other| *other < number)
}

impl Storage for Memory {
    fn get(&self, key: &str) -> Result<Option<Entry>> {
        let shard = self.shard(self.number(key)).read();
        Ok(self.live(&shard, key).cloned())
    }

    fn contains(&self, key: &str) -> Result<bool> {
        let shard = self.shard(self.number(key)).read();
        Ok(self.live(&shard, key).is_some())
    }

    fn put(&self, key: &str, entry: Entry) -> Result<()> {
        let mut shard = self.write(key);
        self.insert(&mut shard, key, entry)
    }

    fn update(&self, key: &str, decide: Decide<'_>) -> Result<()> {
        let mut shard = self.write(key);
        let change = decide(self.live(&shard, key))?;
        self.apply(&mut shard, key, change)
    }

    fn update_many(&self, keys: &[&str], decide: DecideAll<'_>) -> Result<()> {
        let numbers = self.numbers(keys);
        let mut guards: Vec<_> = numbers
            .iter()
            .map(|number| self.shard(*number).write())
            .collect();
        let entries: Vec<Option<Entry>> = keys
            .iter()
            .map(|key| {
                let guard = guards.get(position(&numbers, self.number(key)))?;
                self.live(guard, key).cloned()
            })
            .collect();
        let changes = decide(&entries)?;
        // The budget is looked at first: half a transaction must not happen.
        let more: u64 = (keys.iter().zip(&entries).zip(&changes))
            .map(|((key, old), change)| match change {
                Change::Put(entry) => {
                    let old = old
                        .as_ref()
                        .map_or(0, |old| cost(key, old.value.len() as u64));
                    cost(key, entry.value.len() as u64).saturating_sub(old)
                }
                Change::Keep | Change::Remove => 0,
            })
            .sum();
        self.reserve(more)?;
        self.bytes.fetch_sub(more, Ordering::Relaxed);
        for (key, change) in keys.iter().zip(changes) {
            if let Some(guard) = guards.get_mut(position(&numbers, self.number(key))) {
                self.apply(guard, key, change)?;
            }
        }
        Ok(())
    }

    fn get_many(&self, keys: &[&str]) -> Result<Vec<Option<Entry>>> {
        let numbers = self.numbers(keys);
        let guards: Vec<_> = numbers
            .iter()
            .map(|number| self.shard(*number).read())
            .collect();
        let entry = |key: &&str| {
            let guard = guards.get(position(&numbers, self.number(key)))?;
            self.live(guard, key).cloned()
        };
        Ok(keys.iter().map(entry).collect())
    }

    fn range(&self, prefix: &str, after: Option<&str>, visit: Visit<'_>) -> Result<()> {
        let guards = self.read_all();
        let from = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix),
        };
        let mut ranges: Vec<_> = guards
            .iter()
            .map(|shard| shard.entries.range::<str, _>((from, Bound::Unbounded)))
            .collect();
        let mut next = BinaryHeap::with_capacity(ranges.len());
        for (number, range) in ranges.iter_mut().enumerate() {
            if let Some((key, entry)) = range.next() {
                next.push(Reverse(Head { key, number, entry }));
            }
        }
        while let Some(Reverse(head)) = next.pop() {
            if !head.key.starts_with(prefix) {
                // Keys are in order: no later one has the prefix.
                return Ok(());
            }
            if !self.clock.is_over(head.entry.expires)
                && visit(head.key, &head.entry.value, head.entry.expires) == ControlFlow::Break(())
            {
                return Ok(());
            }
            let number = head.number;
            if let Some((key, entry)) = ranges.get_mut(number).and_then(Iterator::next) {
                next.push(Reverse(Head { key, number, entry }));
            }
        }
        Ok(())
    }

    fn count(&self, prefix: &str) -> Result<u64> {
        self.purge()?;
        if prefix.is_empty() {
            let length = |shard: &RwLock<Shard>| shard.read().entries.len() as u64;
            return Ok(self.shards.iter().map(length).sum());
        }
        if let Some(index) = &self.index {
            let (start, end) = index.read().positions(prefix);
            return Ok((end - start) as u64);
        }
        let matching = |shard: &RwLock<Shard>| {
            let shard = shard.read();
            let from = (Bound::Included(prefix), Bound::Unbounded);
            let keys = shard.entries.range::<str, _>(from);
            keys.take_while(|(key, _)| key.starts_with(prefix)).count() as u64
        };
        Ok(self.shards.iter().map(matching).sum())
    }

    fn clear(&self) -> Result<()> {
        self.replace(Vec::new())
    }

    fn replace(&self, entries: Vec<(String, Entry)>) -> Result<()> {
        let size = |(key, entry): &(String, Entry)| cost(key, entry.value.len() as u64);
        let total: u64 = entries.iter().map(size).sum();
        if total > self.max_bytes {
            return Err(Error::new(
                ErrorKind::StoreFull,
                format!(
                    "{total} bytes do not fit into a memory store of {}; raise memory.maxBytes",
                    self.max_bytes
                ),
            ));
        }
        let mut guards = self.write_all();
        for shard in &mut guards {
            **shard = Shard::default();
        }
        self.bytes.store(0, Ordering::Relaxed);
        if let Some(index) = &self.index {
            index.write().clear();
        }
        for (key, entry) in entries {
            if let Some(shard) = guards.get_mut(self.number(&key)) {
                self.insert(shard, &key, entry)?;
            }
        }
        Ok(())
    }

    fn purge(&self) -> Result<()> {
        for shard in &self.shards {
            let over = |shard: &Shard| {
                let first = shard.due.first();
                first.is_some_and(|(expires, _)| self.clock.is_over(*expires))
            };
            if over(&shard.read()) {
                self.forget(&mut shard.write(), usize::MAX);
            }
        }
        Ok(())
    }

    fn index(&self) -> Option<&RwLock<SortedKeys>> {
        self.index.as_ref()
    }

    fn rebuild(&self) -> Result<()> {
        let Some(index) = &self.index else {
            return Ok(());
        };
        let guards = self.read_all();
        let keys = guards
            .iter()
            .flat_map(|shard| shard.entries.keys().cloned());
        let mut keys: Vec<Key> = keys.collect();
        keys.sort_unstable();
        *index.write() = SortedKeys::from_sorted(keys.into_iter());
        Ok(())
    }

    fn flush(&self) -> Result<()> {
        Ok(())
    }

    fn bytes(&self) -> Result<u64> {
        Ok(self.bytes.load(Ordering::Relaxed))
    }
}

/// The next entry of a shard; they are ordered by key, and no key is in two shards.
struct Head<'a> {
    key: &'a Key,
    number: usize,
    entry: &'a Entry,
}

impl PartialEq for Head<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Head<'_> {}

impl PartialOrd for Head<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Head<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key.cmp(other.key)
    }
}
