//! Entries in a folder, by fjall: a log-structured store whose journal makes every acknowledged
//! write survive the end of this process, however it ends.
//!
//! A value is stored behind eight bytes that say when it ends. What ends is listed once more by
//! time. Changes of one key are serialised by one of a number of locks; fjall takes a lock of
//! its own while it appends to the journal, and syncing happens with no lock of ours but the
//! one that lets those who wait share a sync. Reads take no lock.

use std::ops::{Bound, ControlFlow};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use fjall::{Database, Keyspace, PersistMode, Readable};
use parking_lot::{Mutex, MutexGuard, RwLock};

use crate::backend::{Change, Decide, DecideAll, Entry, Key, Storage, Visit};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result, is_full};
use crate::index::SortedKeys;

/// Locks among which keys are divided.
const STRIPES: u64 = 128;
/// Entries that are over and are forgotten at a time.
const PURGE_AT_ONCE: usize = 1000;
/// Bytes before the value.
const HEADER: usize = 8;
/// What a batch of a restore holds.
const REPLACE_AT_ONCE: usize = 5000;

pub(crate) struct Disk {
    db: Database,
    entries: Keyspace,
    due: Keyspace,
    path: PathBuf,
    stripes: Box<[Mutex<()>]>,
    index: Option<RwLock<SortedKeys>>,
    clock: Clock,
    sync: bool,
    read_only: bool,
    /// No entry is over before this; `u64::MAX` where none ever is.
    next_due: AtomicU64,
    purging: Mutex<()>,
    written: AtomicU64,
    synced: Mutex<u64>,
    /// The first write that failed, which fjall then refuses all others for.
    broken: OnceLock<(ErrorKind, String)>,
}

/// What was opened, by [`crate::open`].
pub(crate) struct Opened {
    pub db: Database,
    pub entries: Keyspace,
    pub due: Keyspace,
    pub path: PathBuf,
    pub sync: bool,
    pub read_only: bool,
}

impl Disk {
    pub fn new(opened: Opened, track_keys: bool, clock: Clock) -> Result<Self> {
        let disk = Self {
            db: opened.db,
            entries: opened.entries,
            due: opened.due,
            path: opened.path,
            stripes: (0..STRIPES).map(|_| Mutex::new(())).collect(),
            index: track_keys.then(RwLock::default),
            clock,
            sync: opened.sync,
            read_only: opened.read_only,
            next_due: AtomicU64::new(u64::MAX),
            purging: Mutex::new(()),
            written: AtomicU64::new(0),
            synced: Mutex::new(0),
            broken: OnceLock::new(),
        };
        if let Some(first) = disk.due.first_key_value() {
            let key = first.key().map_err(|error| disk.reading(&error))?;
            disk.next_due.store(due_time(&key), Ordering::Relaxed);
        }
        disk.rebuild()?;
        Ok(disk)
    }

    fn reading(&self, error: &fjall::Error) -> Error {
        Error::new(
            ErrorKind::DiskRead,
            format!(
                "cannot read from \"{}\": {}",
                self.path.display(),
                text(error)
            ),
        )
    }

    fn writing(&self, error: &fjall::Error) -> Error {
        let path = self.path.display();
        let kind = if let fjall::Error::Io(error) = error
            && is_full(error)
        {
            ErrorKind::DiskFull
        } else {
            ErrorKind::DiskWrite
        };
        if matches!(error, fjall::Error::Poisoned)
            && let Some((kind, first)) = self.broken.get()
        {
            return Error::new(
                *kind,
                format!(
                    "cannot write to \"{path}\", because an earlier write failed: {first}; what \
                     was acknowledged before is safe: make room or repair the disk, and run again"
                ),
            );
        }
        let message = text(error);
        let _ = self.broken.set((kind, message.clone()));
        Error::new(kind, format!("cannot write to \"{path}\": {message}"))
    }

    fn stripe(&self, key: &str) -> usize {
        // FNV-1a: the keys are the script's own, nobody attacks the choice of a lock.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in key.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
        usize::try_from((hash ^ (hash >> 32)) % STRIPES).unwrap_or(0)
    }

    fn lock(&self, number: usize) -> MutexGuard<'_, ()> {
        #[expect(
            clippy::indexing_slicing,
            reason = "`number` is below the number of stripes by its making"
        )]
        self.stripes[number].lock()
    }

    fn lock_all(&self) -> Vec<MutexGuard<'_, ()>> {
        self.stripes.iter().map(Mutex::lock).collect()
    }

    fn check_writable(&self) -> Result<()> {
        if self.read_only {
            return Err(Error::new(
                ErrorKind::ReadOnly,
                format!(
                    "\"{}\" was opened with disk.readOnly; nothing can be written",
                    self.path.display()
                ),
            ));
        }
        Ok(())
    }

    fn live(&self, stored: &[u8]) -> Option<Entry> {
        let (expires, value) = split(stored);
        (!self.clock.is_over(expires)).then(|| Entry {
            value: Bytes::copy_from_slice(value),
            expires,
        })
    }

    fn note(&self, key: &str, there: bool) {
        let Some(index) = &self.index else { return };
        if index.read().contains(key) == there {
            return;
        }
        if there {
            index.write().insert(Key::from(key));
        } else {
            index.write().remove(key);
        }
    }

    /// One change, under the lock of its key.
    fn apply(&self, key: &str, change: Change) -> Result<()> {
        match change {
            Change::Keep => return Ok(()),
            Change::Remove => {
                let removed = self.entries.remove(key);
                removed.map_err(|error| self.writing(&error))?;
                self.note(key, false);
            }
            Change::Put(entry) if entry.expires == 0 => {
                let stored = join(&entry);
                let inserted = self.entries.insert(key, stored);
                inserted.map_err(|error| self.writing(&error))?;
                self.note(key, true);
            }
            Change::Put(entry) => self.apply_all(vec![(key, Change::Put(entry))])?,
        }
        Ok(())
    }

    /// Several changes at once, under the locks of their keys.
    fn apply_all(&self, changes: Vec<(&str, Change)>) -> Result<()> {
        let mut batch = self.db.batch();
        let mut earliest = u64::MAX;
        for (key, change) in &changes {
            match change {
                Change::Keep => {}
                Change::Remove => batch.remove(&self.entries, *key),
                Change::Put(entry) => {
                    batch.insert(&self.entries, *key, join(entry));
                    if entry.expires != 0 {
                        batch.insert(&self.due, due_key(entry.expires, key), Vec::new());
                        earliest = earliest.min(entry.expires);
                    }
                }
            }
        }
        batch.commit().map_err(|error| self.writing(&error))?;
        self.next_due.fetch_min(earliest, Ordering::Relaxed);
        for (key, change) in changes {
            match change {
                Change::Keep => {}
                Change::Remove => self.note(key, false),
                Change::Put(_) => self.note(key, true),
            }
        }
        Ok(())
    }

    /// After a write: syncs where that was asked for. Those who wait share one sync.
    fn acknowledge(&self) -> Result<()> {
        if !self.sync {
            return Ok(());
        }
        let mine = self.written.fetch_add(1, Ordering::AcqRel) + 1;
        let mut synced = self.synced.lock();
        if *synced >= mine {
            return Ok(());
        }
        let all = self.written.load(Ordering::Acquire);
        let persisted = self.db.persist(PersistMode::SyncData);
        persisted.map_err(|error| self.writing(&error))?;
        *synced = all;
        Ok(())
    }

    fn purge_some(&self) -> Result<bool> {
        let next = self.next_due.load(Ordering::Relaxed);
        if next == u64::MAX || self.read_only {
            return Ok(false);
        }
        let now = self.clock.now();
        let Some(_purging) = (now >= next).then(|| self.purging.try_lock()).flatten() else {
            return Ok(false);
        };
        // Lowered by whoever adds something that ends earlier, also while this goes on.
        self.next_due.store(u64::MAX, Ordering::Relaxed);
        let mut count = 0;
        for guard in self.due.iter() {
            let record = guard.key().map_err(|error| self.reading(&error))?;
            let expires = due_time(&record);
            if expires > now || count == PURGE_AT_ONCE {
                self.next_due.fetch_min(expires, Ordering::Relaxed);
                break;
            }
            count += 1;
            let key = record.get(HEADER..).unwrap_or_default();
            if let Ok(key) = std::str::from_utf8(key) {
                let _lock = self.lock(self.stripe(key));
                let stored = self
                    .entries
                    .get(key)
                    .map_err(|error| self.reading(&error))?;
                // It may have been given another time since.
                if stored.is_some_and(|stored| split(&stored).0 == expires) {
                    self.apply(key, Change::Remove)?;
                }
            }
            let removed = self.due.remove(record);
            removed.map_err(|error| self.writing(&error))?;
        }
        Ok(count == PURGE_AT_ONCE)
    }
}

impl Storage for Disk {
    fn get(&self, key: &str) -> Result<Option<Entry>> {
        let stored = self
            .entries
            .get(key)
            .map_err(|error| self.reading(&error))?;
        Ok(stored.and_then(|stored| self.live(&stored)))
    }

    fn contains(&self, key: &str) -> Result<bool> {
        let stored = self
            .entries
            .get(key)
            .map_err(|error| self.reading(&error))?;
        Ok(stored.is_some_and(|stored| !self.clock.is_over(split(&stored).0)))
    }

    fn put(&self, key: &str, entry: Entry) -> Result<()> {
        self.check_writable()?;
        self.purge_some()?;
        {
            let _lock = self.lock(self.stripe(key));
            self.apply(key, Change::Put(entry))?;
        }
        self.acknowledge()
    }

    fn update(&self, key: &str, decide: Decide<'_>) -> Result<()> {
        self.check_writable()?;
        self.purge_some()?;
        {
            let _lock = self.lock(self.stripe(key));
            let current = self.get(key)?;
            let change = decide(current.as_ref())?;
            if matches!(change, Change::Keep) {
                return Ok(());
            }
            self.apply(key, change)?;
        }
        self.acknowledge()
    }

    fn update_many(&self, keys: &[&str], decide: DecideAll<'_>) -> Result<()> {
        self.check_writable()?;
        self.purge_some()?;
        {
            let mut stripes: Vec<usize> = keys.iter().map(|key| self.stripe(key)).collect();
            stripes.sort_unstable();
            stripes.dedup();
            let _locks: Vec<_> = stripes.iter().map(|stripe| self.lock(*stripe)).collect();
            let current: Result<Vec<_>> = keys.iter().map(|key| self.get(key)).collect();
            let changes = decide(&current?)?;
            self.apply_all(keys.iter().copied().zip(changes).collect())?;
        }
        self.acknowledge()
    }

    fn get_many(&self, keys: &[&str]) -> Result<Vec<Option<Entry>>> {
        let snapshot = self.db.snapshot();
        let entry = |key: &&str| {
            let stored = snapshot.get(&self.entries, key);
            let stored = stored.map_err(|error| self.reading(&error))?;
            Ok(stored.and_then(|stored| self.live(&stored)))
        };
        keys.iter().map(entry).collect()
    }

    fn range(&self, prefix: &str, after: Option<&str>, visit: Visit<'_>) -> Result<()> {
        let from = match after {
            Some(after) if after >= prefix => Bound::Excluded(after.as_bytes()),
            _ => Bound::Included(prefix.as_bytes()),
        };
        for guard in self.entries.range::<&[u8], _>((from, Bound::Unbounded)) {
            let (key, stored) = guard.into_inner().map_err(|error| self.reading(&error))?;
            if !key.starts_with(prefix.as_bytes()) {
                return Ok(());
            }
            let (expires, value) = split(&stored);
            if self.clock.is_over(expires) {
                continue;
            }
            let Ok(key) = std::str::from_utf8(&key) else {
                continue;
            };
            if visit(key, &Bytes::copy_from_slice(value), expires) == ControlFlow::Break(()) {
                return Ok(());
            }
        }
        Ok(())
    }

    fn count(&self, prefix: &str) -> Result<u64> {
        self.purge()?;
        if let Some(index) = &self.index {
            let (start, end) = index.read().positions(prefix);
            return Ok((end - start) as u64);
        }
        let mut count = 0;
        for guard in self.entries.prefix(prefix) {
            let (_, stored) = guard.into_inner().map_err(|error| self.reading(&error))?;
            if !self.clock.is_over(split(&stored).0) {
                count += 1;
            }
        }
        Ok(count)
    }

    fn clear(&self) -> Result<()> {
        self.replace(Vec::new())
    }

    fn replace(&self, entries: Vec<(String, Entry)>) -> Result<()> {
        self.check_writable()?;
        {
            let _locks = self.lock_all();
            self.entries.clear().map_err(|error| self.writing(&error))?;
            self.due.clear().map_err(|error| self.writing(&error))?;
            self.next_due.store(u64::MAX, Ordering::Relaxed);
            if let Some(index) = &self.index {
                index.write().clear();
            }
            for chunk in entries.chunks(REPLACE_AT_ONCE) {
                let changes = chunk.iter();
                let changes = changes.map(|(key, entry)| (&**key, Change::Put(entry.clone())));
                self.apply_all(changes.collect())?;
            }
        }
        self.acknowledge()
    }

    fn purge(&self) -> Result<()> {
        while self.purge_some()? {}
        Ok(())
    }

    fn index(&self) -> Option<&RwLock<SortedKeys>> {
        self.index.as_ref()
    }

    fn rebuild(&self) -> Result<()> {
        let Some(index) = &self.index else {
            return Ok(());
        };
        // Writers wait, so that no key is missed.
        let _locks = self.lock_all();
        let mut keys: Vec<Key> = Vec::new();
        self.range("", None, &mut |key, _, _| {
            keys.push(key.into());
            ControlFlow::Continue(())
        })?;
        *index.write() = SortedKeys::from_sorted(keys.into_iter());
        Ok(())
    }

    fn flush(&self) -> Result<()> {
        if self.read_only {
            return Ok(());
        }
        let persisted = self.db.persist(PersistMode::SyncAll);
        persisted.map_err(|error| self.writing(&error))
    }

    fn bytes(&self) -> Result<u64> {
        self.db.disk_space().map_err(|error| self.reading(&error))
    }
}

/// What fjall says, without its own name for it.
pub(crate) fn text(error: &fjall::Error) -> String {
    match error {
        fjall::Error::Io(error) => error.to_string(),
        fjall::Error::Poisoned => "an earlier write failed".to_owned(),
        other => format!("{other:?}"),
    }
}

fn join(entry: &Entry) -> Vec<u8> {
    let mut stored = Vec::with_capacity(HEADER + entry.value.len());
    stored.extend_from_slice(&entry.expires.to_le_bytes());
    stored.extend_from_slice(&entry.value);
    stored
}

fn split(stored: &[u8]) -> (u64, &[u8]) {
    match stored.split_first_chunk::<HEADER>() {
        Some((expires, value)) => (u64::from_le_bytes(*expires), value),
        None => (0, &[]),
    }
}

/// Orders by time, then by key.
fn due_key(expires: u64, key: &str) -> Vec<u8> {
    let mut record = Vec::with_capacity(HEADER + key.len());
    record.extend_from_slice(&expires.to_be_bytes());
    record.extend_from_slice(key.as_bytes());
    record
}

fn due_time(record: &[u8]) -> u64 {
    match record.split_first_chunk::<HEADER>() {
        Some((expires, _)) => u64::from_be_bytes(*expires),
        None => 0,
    }
}
