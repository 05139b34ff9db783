//! Backups: all entries as of one moment, in one file with a checksum.
//!
//! Layout: a magic line; for each entry the lengths of key and value (u32), when it ends (u64),
//! key, value; a record of lengths 0 and `u32::MAX`; the number of entries (u64) and the CRC-32
//! of everything before it. Numbers are little-endian. Writers are not held up: entries are
//! shared while a memory store's are copied out, and a disk store has snapshots.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use crc32fast::Hasher;

use crate::backend::Entry;
use crate::error::{Error, ErrorKind, Result};
use crate::files::Exported;
use crate::files::writer::Writer;
use crate::options::{Backend, MAX_KEY, MAX_VALUE};
use crate::store::Store;

const MAGIC: &[u8] = b"runner-kv backup 1\n";
const END: u32 = u32::MAX;

/// What a restore may bring at most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RestoreLimits {
    /// Entries.
    pub entries: Option<u64>,
    /// Bytes of keys and values.
    pub bytes: Option<u64>,
}

/// One backup or restore at a time.
struct Turn<'a>(&'a Store);

impl<'a> Turn<'a> {
    fn take(store: &'a Store) -> Result<Self> {
        if store.copying.swap(true, Ordering::AcqRel) {
            return Err(Error::new(
                ErrorKind::Busy,
                "another backup or restore is going on; try again when it is done",
            ));
        }
        Ok(Self(store))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.copying.store(false, Ordering::Release);
    }
}

impl Store {
    /// Writes all entries to a file. A store on disk has what it holds in its own folder already:
    /// with the name of that nothing is copied.
    pub fn backup(&self, name: &str) -> Result<Exported> {
        let storage = self.storage()?;
        let _turn = Turn::take(self)?;
        if self.is_at(name) {
            storage.flush()?;
            return Ok(Exported {
                exported: storage.count("")?,
                bytes_written: storage.bytes()?,
            });
        }
        let mut file = Writer::create(name, self.at(name))?;
        let mut crc = Hasher::new();
        let mut write = |file: &mut Writer, bytes: &[u8]| {
            crc.update(bytes);
            file.write(bytes)
        };
        write(&mut file, MAGIC)?;
        // Values are shared, not copied, where they are in memory; nothing is written meanwhile.
        let mut entries: Vec<(String, Bytes, u64)> = Vec::new();
        let mut count = 0_u64;
        let in_memory = matches!(self.options.backend, Backend::Memory { .. });
        let mut failed = None;
        storage.range("", None, &mut |key, value, expires| {
            count += 1;
            if in_memory {
                entries.push((key.to_owned(), value.clone(), expires));
                return ControlFlow::Continue(());
            }
            match record(key, value, expires).and_then(|record| write(&mut file, &record)) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
        for (key, value, expires) in entries {
            write(&mut file, &record(&key, &value, expires)?)?;
        }
        let mut end = Vec::new();
        end.extend_from_slice(&0_u32.to_le_bytes());
        end.extend_from_slice(&END.to_le_bytes());
        end.extend_from_slice(&count.to_le_bytes());
        write(&mut file, &end)?;
        file.write(&crc.finalize().to_le_bytes())?;
        let bytes_written = file.written;
        file.finish()?;
        Ok(Exported {
            exported: count,
            bytes_written,
        })
    }

    /// Replaces all entries by those of a backup, which is read to its end and checked first.
    pub fn restore(&self, name: &str, limits: RestoreLimits) -> Result<u64> {
        let storage = self.storage()?;
        let _turn = Turn::take(self)?;
        if self.is_at(name) {
            return storage.count("");
        }
        let entries = Source::open(name, &self.at(name))?.read(limits)?;
        let live: Vec<_> = entries
            .into_iter()
            .filter(|(_, entry)| !self.clock.is_over(entry.expires))
            .collect();
        let count = live.len() as u64;
        storage.replace(live)?;
        self.claims.lock().clear();
        self.feeders.clear();
        Ok(count)
    }
}

impl Store {
    /// True for the folder of this store.
    fn is_at(&self, name: &str) -> bool {
        let Backend::Disk { path, .. } = &self.options.backend else {
            return false;
        };
        let place = |path: &Path| fs::canonicalize(path).ok();
        place(&self.at(name)).is_some_and(|named| place(&self.at(path)) == Some(named))
    }
}

fn record(key: &str, value: &[u8], expires: u64) -> Result<Vec<u8>> {
    let length = |length: usize| {
        u32::try_from(length).map_err(|_| Error::new(ErrorKind::SnapshotExport, "entry too large"))
    };
    let mut record = Vec::with_capacity(16 + key.len() + value.len());
    record.extend_from_slice(&length(key.len())?.to_le_bytes());
    record.extend_from_slice(&length(value.len())?.to_le_bytes());
    record.extend_from_slice(&expires.to_le_bytes());
    record.extend_from_slice(key.as_bytes());
    record.extend_from_slice(value);
    Ok(record)
}

struct Source<'a> {
    name: &'a str,
    reader: BufReader<File>,
    crc: Hasher,
}

impl<'a> Source<'a> {
    fn open(name: &'a str, path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|error| Error::reading(name, &error))?;
        Ok(Self {
            name,
            reader: BufReader::new(file),
            crc: Hasher::new(),
        })
    }

    fn bad(&self, why: &str) -> Error {
        Error::new(
            ErrorKind::SnapshotRead,
            format!(
                "\"{}\" cannot be restored: {why}; nothing was changed",
                self.name
            ),
        )
    }

    fn fill(&mut self, buffer: &mut [u8]) -> Result<()> {
        self.reader
            .read_exact(buffer)
            .map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => self.bad("it ends too early"),
                _ => Error::reading(self.name, &error),
            })?;
        self.crc.update(buffer);
        Ok(())
    }

    fn u32(&mut self) -> Result<u32> {
        let mut bytes = [0; 4];
        self.fill(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn u64(&mut self) -> Result<u64> {
        let mut bytes = [0; 8];
        self.fill(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn read(mut self, limits: RestoreLimits) -> Result<Vec<(String, Entry)>> {
        let mut magic = [0; MAGIC.len()];
        if self.fill(&mut magic).is_err() || magic != *MAGIC {
            return Err(self.bad("it is no backup made by runner"));
        }
        let mut entries = Vec::new();
        let mut bytes = 0_u64;
        loop {
            let (key, value) = (self.u32()? as usize, self.u32()?);
            if key == 0 && value == END {
                break;
            }
            let value = value as usize;
            if key == 0 || key > MAX_KEY || value > MAX_VALUE {
                return Err(self.bad("an entry has impossible lengths"));
            }
            bytes += (key + value) as u64;
            let too_many = limits
                .entries
                .is_some_and(|most| entries.len() as u64 >= most);
            if too_many || limits.bytes.is_some_and(|most| bytes > most) {
                return Err(Error::new(
                    ErrorKind::SnapshotBudget,
                    format!(
                        "\"{}\" has more than maxEntries or maxBytes allow; nothing was changed",
                        self.name
                    ),
                ));
            }
            let expires = self.u64()?;
            let (mut name, mut content) = (vec![0; key], vec![0; value]);
            self.fill(&mut name)?;
            self.fill(&mut content)?;
            let name = String::from_utf8(name).map_err(|_| self.bad("a key is not UTF-8"))?;
            let value = Bytes::from(content);
            entries.push((name, Entry { value, expires }));
        }
        let count = self.u64()?;
        let expected = self.crc.clone().finalize();
        if count != entries.len() as u64 || self.u32()? != expected {
            return Err(self.bad("its checksum is wrong"));
        }
        Ok(entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;

    #[test]
    fn a_second_one_is_refused_whichever_goes_on() {
        let store = Store::open(&Options::memory()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("copy").display().to_string();
        store.set("a", Bytes::from_static(b"1"), None).unwrap();
        store.backup(&name).unwrap();
        let turn = Turn::take(&store).unwrap();
        let restored = store.restore(&name, RestoreLimits::default());
        for error in [store.backup(&name).unwrap_err(), restored.unwrap_err()] {
            assert_eq!(error.kind, ErrorKind::Busy);
        }
        // Writers do not wait for it.
        store.set("b", Bytes::from_static(b"2"), None).unwrap();
        drop(turn);
        assert_eq!(store.restore(&name, RestoreLimits::default()).unwrap(), 1);
    }
}
