//! The one store of a run.
//!
//! Options are fixed by whoever opens first; the store itself is opened when it is first needed,
//! so that a script that is only asked what it is (`runner inspect`) touches no file.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use crate::error::{Error, ErrorKind, Result};
use crate::options::Options;
use crate::store::Store;

/// Holds the store of a run.
#[derive(Default)]
pub struct Slot {
    options: OnceLock<Options>,
    store: OnceLock<Arc<Store>>,
    opening: Mutex<()>,
    folder: PathBuf,
}

impl std::fmt::Debug for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Slot")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl Slot {
    /// One whose store takes relative paths from `folder` on; the default takes them as they are.
    pub fn in_folder(folder: PathBuf) -> Self {
        Self {
            folder,
            ..Self::default()
        }
    }

    /// Says which store the run uses; every later call must say the same.
    pub fn configure(&self, options: Options) -> Result<()> {
        let first = self.options.get_or_init(|| options.clone());
        if *first == options {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::OptionsConflict,
            format!(
                "the store of this run is open already, with other options ({first}); each run \
                 has one store, so all calls of openKv must have the same options"
            ),
        ))
    }

    /// Whether somebody has said it.
    pub fn is_configured(&self) -> bool {
        self.options.get().is_some()
    }

    /// The store, opened at the first call.
    pub fn store(&self) -> Result<&Arc<Store>> {
        if let Some(store) = self.store.get() {
            return Ok(store);
        }
        self.open()
    }

    #[cold]
    fn open(&self) -> Result<&Arc<Store>> {
        let Some(options) = self.options.get() else {
            return Err(Error::new(
                ErrorKind::NotOpen,
                "no store is open; call openKv in the init code of the script",
            ));
        };
        let _opening = self.opening.lock();
        if let Some(store) = self.store.get() {
            return Ok(store);
        }
        let store = Arc::new(Store::open_in(&self.folder, options)?);
        Ok(self.store.get_or_init(|| store))
    }

    /// What the run's store was opened with.
    pub fn options(&self) -> Option<&Options> {
        self.options.get()
    }
}
