//! Keeps the folder of compiled code from growing without end: whoever works on an extension makes
//! a new entry with every build, and one in Python has 35 MB.
//!
//! The time of a file's last change says when it was last used, to the day. What goes wrong here
//! harms nobody and is left for next time.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// What all entries may take together, in bytes.
pub const MOST: u64 = 1 << 30;

/// How old the note of a use may be.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Notes that an entry was used, so that it is kept.
pub fn used(entry: &Path) {
    let note = || {
        let old = fs::metadata(entry)?.modified()?.elapsed();
        if old.is_ok_and(|age| age > DAY) {
            let file = fs::File::options().append(true).open(entry)?;
            file.set_modified(SystemTime::now())?;
        }
        Ok::<_, std::io::Error>(())
    };
    let _ = note();
}

/// Removes what was not used for longest until the entries in `folder` take at most `most` bytes;
/// never `newest`.
pub fn prune(folder: &Path, newest: &Path, most: u64) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut entries: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "cwasm"))
        .filter_map(|path| {
            let metadata = fs::metadata(&path).ok()?;
            Some((metadata.modified().ok()?, metadata.len(), path))
        })
        .collect();
    entries.sort();
    let mut total: u64 = entries.iter().map(|(_, size, _)| size).sum();
    for (_, size, path) in entries {
        if total <= most {
            break;
        }
        if path != newest && fs::remove_file(&path).is_ok() {
            total -= size;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for (age, name) in ["a.cwasm", "b.cwasm", "c.cwasm", "other.txt"]
            .iter()
            .enumerate()
        {
            fs::write(path(name), [0; 100]).unwrap();
            let file = fs::File::options().append(true).open(path(name)).unwrap();
            file.set_modified(SystemTime::now() - DAY * (9 - age as u32))
                .unwrap();
        }
        let left = |names: [&str; 3]| names.map(|name| path(name).exists());
        prune(folder.path(), &path("c.cwasm"), 300);
        assert_eq!(left(["a.cwasm", "b.cwasm", "c.cwasm"]), [true; 3]);
        used(&path("a.cwasm"));
        prune(folder.path(), &path("c.cwasm"), 250);
        assert_eq!(left(["a.cwasm", "b.cwasm", "c.cwasm"]), [true, false, true]);
        prune(folder.path(), &path("c.cwasm"), 0);
        assert_eq!(
            left(["a.cwasm", "c.cwasm", "other.txt"]),
            [false, true, true]
        );
    }
}
