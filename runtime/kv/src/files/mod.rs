//! Entries to and from files: CSV and JSON lines for other programs, backups for this one.
//!
//! A file that is written appears under its name when it is complete, never before. Relative
//! names start at the working directory.

mod backup;
mod csv_file;
mod jsonl;
mod writer;

pub use backup::RestoreLimits;
pub use csv_file::CsvFormat;

use crate::error::{Error, Result};

/// Rows that one import takes at most.
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

/// How much an import reads, and how much it puts at once.
pub(crate) fn bounds(limit: Option<u64>, batch: Option<usize>) -> Result<(u64, usize)> {
    let limit = limit.unwrap_or(MAX_ROWS);
    if limit == 0 || limit > MAX_ROWS {
        return Err(Error::options(format!(
            "the limit of an import must be 1 to {MAX_ROWS}, not {limit}"
        )));
    }
    let batch = batch.unwrap_or(IMPORT_BATCH);
    if batch == 0 || batch > MAX_IMPORT_BATCH {
        return Err(Error::options(format!(
            "the batchSize of an import must be 1 to {MAX_IMPORT_BATCH}, not {batch}"
        )));
    }
    Ok((limit, batch))
}
