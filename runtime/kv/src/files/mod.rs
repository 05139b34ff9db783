//! Entries to and from files: CSV and JSON lines for other programs, backups for this one.
//!
//! A file that is written appears under its name when it is complete, never before. Relative
//! names start at the working directory.

mod backup;
mod csv_file;
mod jsonl;
mod quotes;
mod writer;

pub use backup::RestoreLimits;
pub use csv_file::CsvFormat;

use bytes::Bytes;

use crate::error::{Error, ErrorKind, Result};
use crate::store::Store;

/// Rows that a limit can name at most; without one there is none.
pub(crate) const MAX_ROWS: u64 = 1_000_000;
/// Entries that are put at once at most.
pub(crate) const MAX_IMPORT_BATCH: usize = 10_000;
/// Entries that are put at once unless told otherwise.
pub(crate) const IMPORT_BATCH: usize = 1_000;

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// Entries that were put.
    pub imported: u64,
    /// Bytes of the file that were read.
    pub bytes_read: u64,
}

/// What an export or a backup did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// Entries that were written.
    pub exported: u64,
    /// Bytes of the file.
    pub bytes_written: u64,
}

/// What a look at a file found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validated {
    /// Rows or records that are good.
    pub records: u64,
    /// Bytes that were read.
    pub bytes_read: u64,
    /// The whole file was looked at.
    pub checked_all: bool,
    /// What is wrong first, with its line.
    pub first_error: Option<String>,
}

/// How many rows of a file are read or written: all where nothing is said.
pub(crate) fn rows(limit: Option<u64>) -> Result<u64> {
    match limit {
        None => Ok(u64::MAX),
        Some(limit @ 1..=MAX_ROWS) => Ok(limit),
        Some(limit) => Err(Error::options(format!(
            "the limit of a file must be 1 to {MAX_ROWS} rows, not {limit}"
        ))),
    }
}

impl Store {
    /// Puts what `next` reads from a file, in batches; `limit` entries at most. Returns how many.
    fn import(
        &self,
        limit: Option<u64>,
        batch: Option<usize>,
        mut next: impl FnMut() -> Result<Option<(String, Bytes)>>,
    ) -> Result<u64> {
        let limit = rows(limit)?;
        let batch = batch.unwrap_or(IMPORT_BATCH);
        if batch == 0 || batch > MAX_IMPORT_BATCH {
            return Err(Error::options(format!(
                "the batchSize of an import must be 1 to {MAX_IMPORT_BATCH}, not {batch}"
            )));
        }
        let mut imported = 0;
        let mut entries = Vec::new();
        loop {
            let entry = if imported + (entries.len() as u64) < limit {
                next().map_err(|error| interrupted(error, imported))?
            } else {
                None
            };
            let at_end = entry.is_none();
            entries.extend(entry);
            if entries.len() == batch || at_end {
                let put = self.set_many(std::mem::take(&mut entries), None);
                imported += put.map_err(|error| interrupted(error, imported))?;
            }
            if at_end {
                return Ok(imported);
            }
        }
    }
}

/// Whoever meets a bad line has to know what is in the store by then.
fn interrupted(mut error: Error, imported: u64) -> Error {
    error
        .message
        .push_str(&format!(" (entries of this file in the store: {imported})"));
    error
}

/// Looks at what `next` reads, `limit` entries at most, up to the first bad one.
fn validate<T>(
    limit: Option<u64>,
    mut next: impl FnMut() -> Result<Option<T>>,
) -> Result<Validated> {
    let limit = rows(limit)?;
    let mut result = Validated {
        records: 0,
        bytes_read: 0,
        checked_all: false,
        first_error: None,
    };
    while result.records < limit {
        match next() {
            Ok(Some(_)) => result.records += 1,
            Ok(None) => {
                result.checked_all = true;
                break;
            }
            Err(error) if error.kind == ErrorKind::SnapshotRead => {
                result.first_error = Some(error.message);
                break;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(result)
}
