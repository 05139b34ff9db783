//! The files that a script opens with `open()`, each read once per run.
//!
//! Relative names start at the folder of the main script, or of the module that is given as
//! referrer: that which was being evaluated. While VU 0 is initialised any file can be read; after [`Files::seal`] only those
//! are there, with the content that they had then. Content is shared, never copied per VU.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::RwLock;

use crate::contents::Contents;
use crate::location::{self, Base};
use crate::nearby;
use crate::snapshot::{FileRead, FilesSnapshot};
use crate::source::Source;

/// Largest file that is read, in bytes: a guest's memory cannot hold more.
const MAX_LEN: u64 = 2 << 30;

/// Why a file cannot be opened. Each text is what the user should see.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// There is no such file.
    #[error("{0}")]
    NotFound(String),
    /// The name is empty or a folder, or VU 0 did not open the file.
    #[error("{0}")]
    Invalid(String),
    /// The system refused.
    #[error("{0}")]
    Other(String),
}

#[derive(Debug, Default)]
struct State {
    content: BTreeMap<PathBuf, Arc<[u8]>>,
    reads: BTreeSet<FileRead>,
}

/// All files that the script of one run opened. Share it in an [`Arc`].
#[derive(Debug)]
pub struct Files {
    base: Base,
    contents: Contents,
    state: RwLock<State>,
    sealed: AtomicBool,
}

impl Files {
    /// No file yet; relative names start at the folder of `source`.
    pub fn new(source: &Source) -> Self {
        Self {
            base: source.base().clone(),
            contents: source.contents().clone(),
            state: RwLock::default(),
            sealed: AtomicBool::new(false),
        }
    }

    /// The content of file `name`, which may be a `file://` URL. Relative names start at the
    /// folder of module `referrer`, or of the main script.
    ///
    /// # Errors
    /// The name is empty or a folder; the file is missing, unreadable or larger than 2 GiB;
    /// or the files are sealed and VU 0 did not open it.
    pub fn read(&self, name: &str, referrer: Option<&str>) -> Result<Arc<[u8]>, FileError> {
        let path = self.locate(name, referrer)?;
        if self.sealed.load(Ordering::Acquire) {
            return self
                .state
                .read()
                .content
                .get(&path)
                .cloned()
                .ok_or_else(|| {
                    FileError::Invalid(format!(
                        "open() can't be used with files that weren't previously opened during \
                     initialization (__VU==0), path: \"{}\"",
                        path.display()
                    ))
                });
        }
        let known = self.state.read().content.get(&path).cloned();
        let content = match known {
            Some(content) => content,
            None => match self.contents.packed_file(&path) {
                Some(packed) => packed.map_err(|why| {
                    FileError::NotFound(format!("open(\"{name}\"): {}: {why}", path.display()))
                })?,
                None => read(name, &path, referrer)?,
            },
        };
        let mut state = self.state.write();
        let content = state.content.entry(path.clone()).or_insert(content).clone();
        state.reads.insert(FileRead {
            referrer: referrer.map(str::to_owned),
            name: name.to_owned(),
            path,
        });
        Ok(content)
    }

    fn locate(&self, name: &str, referrer: Option<&str>) -> Result<PathBuf, FileError> {
        if name.is_empty() {
            return Err(FileError::Invalid(
                "open() can't be used with an empty filename".into(),
            ));
        }
        if name.starts_with("https://") {
            return Err(FileError::Invalid(format!(
                "open(\"{name}\"): only local files can be opened; use http.get() in setup()"
            )));
        }
        let path = if name.starts_with("file://") {
            location::path_of(name)
        } else if name.starts_with('/') {
            Some(PathBuf::from(name))
        } else {
            self.base
                .dir_of(referrer.unwrap_or(""))
                .map(|dir| dir.join(name))
        };
        path.map(|path| location::normalize(&path)).ok_or_else(|| {
            FileError::Invalid(format!(
                "open(\"{name}\"): {} comes from the web and has no folder on this disk; name the \
                 file by its absolute path",
                referrer.unwrap_or("the script")
            ))
        })
    }

    /// Ends the time in which new files can be opened: VU 0 is initialised.
    pub fn seal(&self) {
        self.sealed.store(true, Ordering::Release);
    }

    /// Everything that was opened so far.
    pub fn snapshot(&self) -> FilesSnapshot {
        let state = self.state.read();
        FilesSnapshot {
            files: state
                .content
                .iter()
                .map(|(p, c)| (p.clone(), c.clone()))
                .collect(),
            reads: state.reads.iter().cloned().collect(),
        }
    }
}

fn read(name: &str, path: &Path, referrer: Option<&str>) -> Result<Arc<[u8]>, FileError> {
    let other =
        |e: io::Error| FileError::Other(format!("open(\"{name}\"): {}: {e}", path.display()));
    let found = match std::fs::metadata(path) {
        Ok(found) => found,
        Err(e)
            if matches!(
                e.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            let start = match referrer {
                Some(module) => format!("{module}, which is the module that is being evaluated"),
                None => "the main script".to_owned(),
            };
            return Err(FileError::NotFound(format!(
                "open(\"{name}\"): there is no file {}{}; relative names start at the folder of {start}",
                path.display(),
                nearby::hint(path, name)
            )));
        }
        Err(e) => return Err(other(e)),
    };
    if found.is_dir() {
        return Err(FileError::Invalid(format!(
            "open() can't be used with directories, path: \"{}\"",
            path.display()
        )));
    }
    if found.len() > MAX_LEN {
        return Err(FileError::Other(format!(
            "open(\"{name}\"): {} has more than {} GiB",
            path.display(),
            MAX_LEN >> 30
        )));
    }
    std::fs::read(path).map(Arc::from).map_err(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn fixture() -> (tempfile::TempDir, Files) {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("lib")).unwrap();
        fs::write(dir.path().join("main.js"), "1").unwrap();
        fs::write(dir.path().join("data.csv"), "a,b").unwrap();
        fs::write(dir.path().join("lib/data.csv"), "c,d").unwrap();
        let files = Files::new(&Source::open(dir.path().join("main.js")).unwrap());
        (dir, files)
    }

    #[test]
    fn names_start_at_the_main_script_or_the_referrer() {
        let (dir, files) = fixture();
        let module = location::id_of(&dir.path().join("lib/m.js")).unwrap();
        assert_eq!(&*files.read("./data.csv", None).unwrap(), b"a,b");
        assert_eq!(&*files.read("data.csv", Some(&module)).unwrap(), b"c,d");
        assert_eq!(&*files.read("../data.csv", Some(&module)).unwrap(), b"a,b");
        let url = location::id_of(&dir.path().join("data.csv")).unwrap();
        assert_eq!(&*files.read(&url, None).unwrap(), b"a,b");
    }

    #[test]
    fn content_is_read_once_and_shared() {
        let (dir, files) = fixture();
        let first = files.read("data.csv", None).unwrap();
        fs::write(dir.path().join("data.csv"), "changed").unwrap();
        let second = files.read("lib/../data.csv", None).unwrap();
        assert!(Arc::ptr_eq(&first, &second));
    }

    #[test]
    fn sealed_files_are_those_of_vu_0() {
        let (dir, files) = fixture();
        files.read("data.csv", None).unwrap();
        files.seal();
        files.read("./data.csv", None).unwrap();
        let path = dir.path().join("lib/data.csv");
        assert_eq!(
            files.read("lib/data.csv", None).unwrap_err().to_string(),
            format!(
                "open() can't be used with files that weren't previously opened during \
                 initialization (__VU==0), path: \"{}\"",
                path.display()
            )
        );
    }

    #[test]
    fn bad_names_say_what_is_wrong() {
        let (_dir, files) = fixture();
        assert!(matches!(files.read("", None), Err(FileError::Invalid(_))));
        assert!(matches!(
            files.read("lib", None),
            Err(FileError::Invalid(_))
        ));
        let error = files.read("nope.csv", None).unwrap_err();
        assert!(matches!(&error, FileError::NotFound(text) if text.contains("nope.csv")));
        let module = "file:///lib/m.js";
        let error = files.read("nope.csv", Some(module)).unwrap_err();
        assert!(matches!(&error, FileError::NotFound(text) if text.contains(module)));
        let error = files.read("x.csv", Some("https://h/m.js")).unwrap_err();
        assert!(matches!(&error, FileError::Invalid(text) if text.contains("https://h/m.js")));
        assert!(matches!(
            files.read("data.csv/x", None),
            Err(FileError::NotFound(_))
        ));
        assert!(files.snapshot().files.is_empty());
    }

    #[test]
    fn snapshots_have_content_and_names() {
        let (dir, files) = fixture();
        files.read("data.csv", None).unwrap();
        files.read("./data.csv", None).unwrap();
        let taken = files.snapshot();
        assert_eq!(taken.files.len(), 1);
        assert_eq!(&*taken.files[0].1, b"a,b");
        let names: Vec<&str> = taken.reads.iter().map(|read| read.name.as_str()).collect();
        assert_eq!(names, ["./data.csv", "data.csv"]);
        assert!(
            taken
                .reads
                .iter()
                .all(|read| read.path == dir.path().join("data.csv"))
        );
    }
}
