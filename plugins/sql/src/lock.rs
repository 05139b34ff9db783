//! One virtual user at a time uses a file.
//!
//! SQLite's own locks are out of reach: WASI has none, and its substitute, a folder beside the
//! file, would stay there when an iteration is interrupted in mid-statement. So SQLite runs
//! without locks (`unix-none`) and the host's lock is held around every call, and from the first
//! statement of a transaction to its end. It is the host that ends it with this instance. What
//! an interrupted statement left behind is then undone by the next user, from SQLite's journal.
//!
//! A lock belongs to the file, whatever its path: two paths to it are one lock.

use std::ffi::CString;
use std::mem::MaybeUninit;

use crate::runner::lock::locks::{Guard, acquire};

/// How long a call waits for other virtual users, in seconds.
const PATIENCE: u64 = 10;

/// The lock of one open file.
pub struct Lock {
    name: String,
    held: Option<Guard>,
}

impl Lock {
    /// Of an existing file.
    pub fn of(path: &str) -> Result<Self, String> {
        Ok(Self {
            name: format!("sql-{}", identity(path)?),
            held: None,
        })
    }

    /// Waits for it, unless it is held already.
    pub fn take(&mut self) -> Result<(), String> {
        if self.held.is_some() {
            return Ok(());
        }
        self.held = acquire(&self.name, PATIENCE * 1_000_000_000)?;
        match &self.held {
            Some(_) => Ok(()),
            None => Err(format!(
                "database is locked: others used it for {PATIENCE} seconds"
            )),
        }
    }

    /// Lets others have it.
    pub fn give_back(&mut self) {
        self.held = None;
    }
}

/// Names a file, not its path. Rust's library has this for WASI only in its unstable part.
fn identity(path: &str) -> Result<String, String> {
    let unusable = || format!("unable to open database file {path}");
    let path = CString::new(path).map_err(|_| unusable())?;
    let mut about = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: the path ends with a zero, and `about` is only read where it was written.
    let about = unsafe {
        if libc::stat(path.as_ptr(), about.as_mut_ptr()) != 0 {
            return Err(unusable());
        }
        about.assume_init()
    };
    Ok(format!("{:x}-{:x}", about.st_dev, about.st_ino))
}
