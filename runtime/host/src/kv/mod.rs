//! `runner:kv` and `runner:kv-pool`: the run's key-value store, from the types of the contract to
//! `runner-kv` and back.
//!
//! A call is one look into a map or one append to a journal, and is made where the VU runs.
//! What waits for a disk, or takes long by its nature, tells tokio that its thread is busy, so
//! that other VUs move to another one. In init code only `open` of a run that is planned
//! touches files; a script that is merely asked what it is does not.

mod claims;
mod manage;
mod pool;
mod store;

use runner_kv::{ErrorKind, Store};
use tokio::runtime::{Handle, RuntimeFlavor};
use wasmtime::component::Linker;

use crate::VuState;
use crate::bindings::runner::kv::store as wit;
use crate::bindings::runner::{kv as packages, kv_pool};
use crate::linker::{Find, Vu};

const MILLISECOND: u64 = 1_000_000;
/// What init code asks of it differs from one moment to the next.
const STORE: &str = "an entry of k6/x/kv";

/// Adds the room's interfaces.
pub(crate) fn add_to_linker<T: Send + 'static>(
    to: &mut Linker<T>,
    vu: Find<T>,
) -> wasmtime::Result<()> {
    packages::store::add_to_linker::<T, Vu>(to, vu)?;
    packages::claims::add_to_linker::<T, Vu>(to, vu)?;
    packages::manage::add_to_linker::<T, Vu>(to, vu)?;
    kv_pool::pool::add_to_linker::<T, Vu>(to, vu)
}

impl VuState {
    fn kv(&self) -> Result<&Store, wit::Error> {
        self.touched(STORE);
        match self.script.kv.store() {
            Ok(store) => Ok(store),
            Err(error) => Err(error.into()),
        }
    }

    /// For changes: they wait for the disk where every write is synced.
    fn kv_change<T>(
        &self,
        change: impl FnOnce(&Store) -> runner_kv::Result<T>,
    ) -> Result<T, wit::Error> {
        let store = self.kv()?;
        let result = if store.waits() {
            waiting(|| change(store))
        } else {
            change(store)
        };
        Ok(result?)
    }

    /// For what takes long by its nature.
    fn kv_long<T>(
        &self,
        call: impl FnOnce(&Store) -> runner_kv::Result<T>,
    ) -> Result<T, wit::Error> {
        self.touched(STORE);
        let kv = &self.script.kv;
        Ok(waiting(|| call(kv.store()?))?)
    }
}

/// Runs something that blocks. Only tokio's threads that have others beside them can make way.
fn waiting<T>(call: impl FnOnce() -> T) -> T {
    match Handle::try_current() {
        Ok(handle) if handle.runtime_flavor() == RuntimeFlavor::MultiThread => {
            tokio::task::block_in_place(call)
        }
        _ => call(),
    }
}

/// Nanoseconds as the store counts them: milliseconds, rounded up so that 0 stays an error and
/// nothing ends too early.
fn milliseconds(nanoseconds: Option<u64>) -> Option<u64> {
    nanoseconds.map(|time| time.div_ceil(MILLISECOND))
}

impl From<runner_kv::Error> for wit::Error {
    fn from(error: runner_kv::Error) -> Self {
        Self {
            kind: kind(error.kind),
            message: error.message,
        }
    }
}

fn kind(kind: ErrorKind) -> wit::ErrorKind {
    use wit::ErrorKind as Wit;
    match kind {
        ErrorKind::InvalidKey => Wit::InvalidKey,
        ErrorKind::ValueTooLarge => Wit::ValueTooLarge,
        ErrorKind::InvalidCursor => Wit::InvalidCursor,
        ErrorKind::InvalidOptions => Wit::InvalidOptions,
        ErrorKind::OptionsConflict => Wit::OptionsConflict,
        ErrorKind::ValueParse => Wit::ValueParse,
        ErrorKind::Serializer => Wit::Serializer,
        ErrorKind::NotOpen => Wit::NotOpen,
        ErrorKind::Closed => Wit::Closed,
        ErrorKind::StoreFull => Wit::StoreFull,
        ErrorKind::DiskPath => Wit::DiskPath,
        ErrorKind::DiskLocked => Wit::DiskLocked,
        ErrorKind::DiskDamaged => Wit::DiskDamaged,
        ErrorKind::DiskOpen => Wit::DiskOpen,
        ErrorKind::DiskRead => Wit::DiskRead,
        ErrorKind::DiskWrite => Wit::DiskWrite,
        ErrorKind::DiskFull => Wit::DiskFull,
        ErrorKind::ReadOnly => Wit::ReadOnly,
        ErrorKind::SnapshotNotFound => Wit::SnapshotNotFound,
        ErrorKind::SnapshotPermission => Wit::SnapshotPermission,
        ErrorKind::SnapshotExport => Wit::SnapshotExport,
        ErrorKind::SnapshotRead => Wit::SnapshotRead,
        ErrorKind::SnapshotIo => Wit::SnapshotIo,
        ErrorKind::SnapshotBudget => Wit::SnapshotBudget,
        ErrorKind::Busy => Wit::Busy,
        // Absent keys and lost transactions are results in the contract, not errors.
        ErrorKind::KeyNotFound | ErrorKind::Conflict => Wit::Other,
    }
}
