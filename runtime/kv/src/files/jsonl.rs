//! JSON lines: `{"key": "...", "value": ...}` on each.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use bytes::Bytes;
use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::files::writer::Writer;
use crate::files::{Exported, Imported, Validated, rows, validate};
use crate::options::{check_key, check_value};
use crate::store::Store;

/// Bytes of a line at most.
const MAX_LINE: u64 = 64 << 20;
/// Entries that are read from the store at once.
const PAGE: usize = 1_000;

/// Reads a file line by line.
struct Lines<'a> {
    name: &'a str,
    reader: BufReader<File>,
    line: u64,
    read: u64,
    buffer: Vec<u8>,
}

impl<'a> Lines<'a> {
    fn open(name: &'a str, path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|error| Error::reading(name, &error))?;
        Ok(Self {
            name,
            reader: BufReader::new(file),
            line: 0,
            read: 0,
            buffer: Vec::new(),
        })
    }

    fn bad(&self, why: &str) -> Error {
        Error::new(
            ErrorKind::SnapshotRead,
            format!("\"{}\" line {}: {why}", self.name, self.line),
        )
    }

    /// The next entry; none at the end.
    fn next(&mut self, json: bool) -> Result<Option<(String, Bytes)>> {
        self.buffer.clear();
        self.line += 1;
        let mut limited = (&mut self.reader).take(MAX_LINE + 1);
        let read = limited.read_until(b'\n', &mut self.buffer);
        let read = read.map_err(|error| Error::reading(self.name, &error))? as u64;
        self.read += read;
        if read == 0 {
            return Ok(None);
        }
        if read > MAX_LINE {
            return Err(self.bad(&format!("longer than {MAX_LINE} bytes")));
        }
        let parsed = serde_json::from_slice::<Value>(&self.buffer);
        let mut record = parsed.map_err(|error| self.bad(&error.to_string()))?;
        let Some(Value::String(key)) = record.get_mut("key").map(Value::take) else {
            return Err(self.bad("no member \"key\" that is a string"));
        };
        check_key(&key).map_err(|error| self.bad(&error.message))?;
        let Some(value) = record.get_mut("value").map(Value::take) else {
            return Err(self.bad("no member \"value\""));
        };
        let value = match value {
            Value::String(text) if !json => text,
            other if !json => {
                return Err(self.bad(&format!(
                    "the value {other} is no string, as this store's are"
                )));
            }
            other => other.to_string(),
        };
        check_value(&key, value.as_bytes()).map_err(|error| self.bad(&error.message))?;
        Ok(Some((key, value.into())))
    }
}

impl Store {
    /// Puts the entries of a file, in batches. What was put before a bad line stays.
    pub fn import_jsonl(
        &self,
        name: &str,
        limit: Option<u64>,
        batch: Option<usize>,
    ) -> Result<Imported> {
        self.storage()?;
        let mut lines = Lines::open(name, &self.at(name))?;
        let imported = self.import(limit, batch, || lines.next(self.json()))?;
        Ok(Imported {
            imported,
            bytes_read: lines.read,
        })
    }

    /// Looks whether a file could be imported. Nothing is put.
    pub fn validate_jsonl(&self, name: &str, limit: Option<u64>) -> Result<Validated> {
        self.storage()?;
        let mut lines = Lines::open(name, &self.at(name))?;
        let mut found = validate(limit, || lines.next(self.json()))?;
        found.bytes_read = lines.read;
        Ok(found)
    }

    /// Writes entries with that prefix, all or the first `limit`, in the order of keys.
    pub fn export_jsonl(&self, name: &str, prefix: &str, limit: Option<u64>) -> Result<Exported> {
        self.storage()?;
        let limit = rows(limit)?;
        let mut writer = Writer::create(name, self.at(name))?;
        let exported = self.pages(prefix, limit, PAGE, |key, value| {
            let value = if self.json() {
                serde_json::from_slice(value).map_err(|error| not_json(key, &error))?
            } else {
                Value::String(String::from_utf8_lossy(value).into_owned())
            };
            let record = serde_json::json!({ "key": key, "value": value });
            writer.write(record.to_string().as_bytes())?;
            writer.write(b"\n")
        })?;
        let bytes_written = writer.written;
        writer.finish()?;
        Ok(Exported {
            exported,
            bytes_written,
        })
    }

    /// Walks through entries in pages, so that nothing is locked while `each` writes.
    pub(super) fn pages(
        &self,
        prefix: &str,
        limit: u64,
        page: usize,
        mut each: impl FnMut(&str, &[u8]) -> Result<()>,
    ) -> Result<u64> {
        let (mut count, mut cursor) = (0, String::new());
        loop {
            let found = self.scan(prefix, Some(page), &cursor, true)?;
            for item in &found.items {
                if count == limit {
                    return Ok(count);
                }
                each(&item.key, &item.value)?;
                count += 1;
            }
            if found.cursor.is_empty() {
                return Ok(count);
            }
            cursor = found.cursor;
        }
    }
}

pub(super) fn not_json(key: &str, error: &serde_json::Error) -> Error {
    Error::new(
        ErrorKind::Serializer,
        format!(
            "the value of \"{}\" is not JSON: {error}",
            crate::options::shown(key)
        ),
    )
}
