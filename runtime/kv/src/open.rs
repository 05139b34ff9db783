//! Opening a store: what can be wrong with a folder is said here, by name.

use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use fjall::{Database, KeyspaceCreateOptions};

use crate::backend::Storage;
use crate::clock::Clock;
use crate::disk::{Disk, Opened, text};
use crate::error::{Error, ErrorKind, Result};
use crate::memory::Memory;
use crate::options::{Backend, Options};

/// Bytes of blocks that fjall keeps in memory.
const CACHE: u64 = 32 << 20;
/// Bytes of entries that fjall keeps in memory before it writes them out in order.
const MEMTABLE: u64 = 16 << 20;
/// Bytes of journal before entries are written out.
const JOURNAL: u64 = 128 << 20;
/// fjall's own marker in a folder.
const MARKER: &str = "version";
/// How entries are laid out; another number is another program's.
const LAYOUT: &[u8] = b"1";

/// `folder` is where a relative path starts; messages name the path as it was given.
pub(crate) fn open(folder: &Path, options: &Options, clock: Clock) -> Result<Box<dyn Storage>> {
    match &options.backend {
        Backend::Memory { shards, max_bytes } => Ok(Box::new(Memory::new(
            *shards,
            *max_bytes,
            options.track_keys,
            clock,
        ))),
        Backend::Disk {
            path,
            timeout,
            sync,
            read_only,
        } => {
            let place = folder.join(path);
            check(&place, path, *read_only)?;
            let db = database(&place, path, *timeout)?;
            let keyspace = |name: &str| {
                let options = || KeyspaceCreateOptions::default().max_memtable_size(MEMTABLE);
                db.keyspace(name, options)
                    .map_err(|error| unusable(path, &error))
            };
            let meta = keyspace("meta")?;
            match meta.get("layout").map_err(|error| unusable(path, &error))? {
                Some(layout) if &*layout == LAYOUT => {}
                Some(_) => {
                    return Err(Error::new(
                        ErrorKind::DiskOpen,
                        format!(
                            "\"{}\" was written by another version of runner; use that, or \
                             another path",
                            path.display()
                        ),
                    ));
                }
                None => meta
                    .insert("layout", LAYOUT)
                    .map_err(|error| unusable(path, &error))?,
            }
            let (entries, due) = (keyspace("entries")?, keyspace("due")?);
            let opened = Opened {
                entries,
                due,
                db,
                path: path.clone(),
                sync: *sync,
                read_only: *read_only,
            };
            Ok(Box::new(Disk::new(opened, options.track_keys, clock)?))
        }
    }
}

/// Refuses what fjall would misunderstand or overwrite.
fn check(path: &Path, name: &Path, read_only: bool) -> Result<()> {
    let shown = name.display();
    let wrong = |text: String| Err(Error::new(ErrorKind::DiskPath, text));
    if name.as_os_str().is_empty() {
        return wrong("the path of a disk store must not be empty".to_owned());
    }
    match fs::metadata(path) {
        Ok(about) if !about.is_dir() => {
            return wrong(format!(
                "\"{shown}\" is a file, and a store is a folder: give another path. A backup is \
                 read with restore(); a file made by xk6-kv cannot be"
            ));
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if read_only {
                return wrong(format!(
                    "\"{shown}\" does not exist, and disk.readOnly does not make one"
                ));
            }
            return fs::create_dir_all(path)
                .or_else(|error| wrong(format!("cannot create \"{shown}\": {error}")));
        }
        Err(error) => return wrong(format!("cannot open \"{shown}\": {error}")),
    }
    let mut names = match fs::read_dir(path) {
        Ok(names) => names,
        Err(error) => return wrong(format!("cannot read \"{shown}\": {error}")),
    };
    if path.join(MARKER).exists() {
        return Ok(());
    }
    if read_only || names.next().is_some_and(|name| !is_leftover(&name)) {
        return wrong(format!(
            "\"{shown}\" is a folder without a store in it; give the path of an empty folder, of \
             one that does not exist, or of a store"
        ));
    }
    Ok(())
}

/// What an interrupted first start leaves.
fn is_leftover(name: &io::Result<fs::DirEntry>) -> bool {
    name.as_ref().is_ok_and(|entry| {
        ["lock", "keyspaces", "0.jnl"]
            .iter()
            .any(|n| entry.file_name() == *n)
    })
}

/// Opens, and waits while another process has the folder.
fn database(path: &Path, name: &Path, timeout: Duration) -> Result<Database> {
    // None where it is too far away to be told: wait for ever.
    let deadline = Instant::now().checked_add(timeout);
    loop {
        let open = || {
            Database::builder(path)
                .cache_size(CACHE)
                .max_journaling_size(JOURNAL)
                .worker_threads(2)
                .open()
        };
        // What a damaged file makes it panic with is an error here.
        match catch_unwind(AssertUnwindSafe(open)) {
            Ok(Ok(db)) => return Ok(db),
            Ok(Err(fjall::Error::Locked)) if deadline.is_none_or(|end| Instant::now() < end) => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Ok(Err(error)) => return Err(unusable(name, &error)),
            Err(_) => return Err(damaged(name, "its files contradict each other")),
        }
    }
}

fn unusable(path: &Path, error: &fjall::Error) -> Error {
    let shown = path.display();
    match error {
        fjall::Error::Locked => Error::new(
            ErrorKind::DiskLocked,
            format!(
                "\"{shown}\" is in use by another process, probably another run; wait for its \
                 end, or give each run a path of its own"
            ),
        ),
        fjall::Error::Io(io) => match io.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Error::new(
                ErrorKind::DiskOpen,
                format!("\"{shown}\" cannot be written to: {io}"),
            ),
            io::ErrorKind::NotFound
            | io::ErrorKind::UnexpectedEof
            | io::ErrorKind::InvalidData
            | io::ErrorKind::InvalidInput => damaged(path, &io.to_string()),
            _ => Error::new(
                ErrorKind::DiskOpen,
                format!("cannot open \"{shown}\": {io}"),
            ),
        },
        other => damaged(path, &text(other)),
    }
}

fn damaged(path: &Path, why: &str) -> Error {
    Error::new(
        ErrorKind::DiskDamaged,
        format!(
            "\"{}\" is damaged ({why}); delete the folder, or put a backup in its place",
            path.display()
        ),
    )
}
