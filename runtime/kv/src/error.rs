//! What can go wrong, as named cases. The names that scripts see are made from these
//! ([`ErrorKind::script_name`]); they are those that the documentation of xk6-kv lists.

use std::io;

/// The case of an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// `get` of a key that is not there.
    KeyNotFound,
    /// A key of no bytes, or of too many.
    InvalidKey,
    /// A value that is too large.
    ValueTooLarge,
    /// A cursor that `scan` did not make, or for another prefix.
    InvalidCursor,
    /// An argument that makes no sense.
    InvalidOptions,
    /// The store is open with other options.
    OptionsConflict,
    /// A value that should be a number is none.
    ValueParse,
    /// A value that cannot be read as what the store holds.
    Serializer,
    /// Nobody has opened a store.
    NotOpen,
    /// The store was closed.
    Closed,
    /// A memory store has used up its budget.
    StoreFull,
    /// The path cannot hold a store.
    DiskPath,
    /// Another process has the store open.
    DiskLocked,
    /// The store's files are not what they should be.
    DiskDamaged,
    /// The store cannot be opened.
    DiskOpen,
    /// Reading failed.
    DiskRead,
    /// Writing failed.
    DiskWrite,
    /// There is no space left.
    DiskFull,
    /// The store was opened for reading only.
    ReadOnly,
    /// A file to read does not exist.
    SnapshotNotFound,
    /// A file may not be read or written.
    SnapshotPermission,
    /// A file cannot be written.
    SnapshotExport,
    /// A file's content is not what it should be.
    SnapshotRead,
    /// A file cannot be read.
    SnapshotIo,
    /// A restore would exceed the limits that it was given.
    SnapshotBudget,
    /// A backup or restore is going on, so that another must wait; nothing else has to. xk6-kv, where either
    /// can hold up writers, names two cases.
    Busy,
    /// A transaction met changes of others.
    Conflict,
}

/// Why an operation was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// The case.
    pub kind: ErrorKind,
    /// What went wrong, and what to do.
    pub message: String,
}

/// What every operation returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of that kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    /// An argument that makes no sense.
    pub(crate) fn options(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidOptions, message)
    }

    /// A file that is read for an import or a restore.
    pub(crate) fn reading(file: &str, error: &io::Error) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::NotFound => ErrorKind::SnapshotNotFound,
            io::ErrorKind::PermissionDenied => ErrorKind::SnapshotPermission,
            io::ErrorKind::InvalidData => ErrorKind::SnapshotRead,
            _ => ErrorKind::SnapshotIo,
        };
        Self::new(kind, format!("cannot read \"{file}\": {error}"))
    }

    /// A file that is written by an export or a backup.
    pub(crate) fn writing(file: &str, error: &io::Error) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::PermissionDenied => ErrorKind::SnapshotPermission,
            _ => ErrorKind::SnapshotExport,
        };
        Self::new(kind, format!("cannot write \"{file}\": {error}"))
    }
}

/// True for what an operating system says when a disk or a quota is used up.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}
