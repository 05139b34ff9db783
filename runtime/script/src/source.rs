//! What the command line named: a script to read, from a path, a `file://` URL or standard
//! input, and what kind of thing it is.
//!
//! The content decides, not the name: WebAssembly is recognised by its first bytes, and the
//! rest must be UTF-8 text. Nothing is parsed here. Limits: a script may have 256 MiB;
//! `https://` and archives are refused by name until they are supported.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::location::{self, Base, STDIN_ID};

/// What names standard input on the command line.
pub const STDIN: &str = "-";

/// Largest script that is read, in bytes.
const MAX_LEN: u64 = 256 << 20;

/// What a source is, by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// JavaScript or TypeScript text: the JS engine runs it.
    Js,
    /// A WebAssembly component.
    Component,
    /// A WebAssembly core module. It cannot be run; the message that says so is the engine's.
    CoreModule,
}

/// A script that was read but not yet looked into.
#[derive(Debug, Clone)]
pub struct Source {
    name: String,
    id: String,
    base: Base,
    kind: SourceKind,
    bytes: Vec<u8>,
}

/// Why a script cannot be read. The messages name the file and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// There is no such file.
    #[error(
        "the script \"{name}\" couldn't be found on local disk: there is no file {}; check the \
         path and the folder you are in, and inside a container check that the folder with the \
         script is mounted", path.display()
    )]
    NotFound {
        /// As typed.
        name: String,
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The path is a folder.
    #[error("{} is a folder; name the script file in it", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// The system refused to give the content.
    #[error("cannot read {name}: {source}")]
    Unreadable {
        /// As typed.
        name: String,
        /// What the system said.
        source: io::Error,
    },
    /// There is nothing in it.
    #[error("{name} is empty; a script needs at least one exported function")]
    Empty {
        /// As typed.
        name: String,
    },
    /// It is neither text nor WebAssembly.
    #[error(
        "{name} is not UTF-8 text (byte {offset} in line {line}) and not WebAssembly; save the \
         script as UTF-8"
    )]
    NotUtf8 {
        /// As typed.
        name: String,
        /// Offset of the first byte that is wrong, from 0.
        offset: usize,
        /// Its line, from 1.
        line: usize,
    },
    /// It is larger than a script can be.
    #[error("{name} has more than {} MiB; that is no script", MAX_LEN >> 20)]
    TooLarge {
        /// As typed.
        name: String,
    },
    /// A kind of source that is known but cannot be run.
    #[error("cannot run {name}: {reason}")]
    Unsupported {
        /// As typed.
        name: String,
        /// What it is, and what to do instead.
        reason: &'static str,
    },
}

impl Source {
    /// Reads the script that the command line names: a path, a `file://` URL, or `-` for
    /// standard input.
    ///
    /// # Errors
    /// The file is missing, a folder, unreadable, empty, too large, or no script.
    pub fn open(name: impl AsRef<OsStr>) -> Result<Self, SourceError> {
        let name = name.as_ref();
        let shown = name.to_string_lossy().into_owned();
        let unreadable = |source| SourceError::Unreadable {
            name: shown.clone(),
            source,
        };
        let cwd = std::env::current_dir().map_err(unreadable)?;
        if name == STDIN {
            return Self::from_reader(io::stdin().lock(), &cwd);
        }
        let path = if shown.starts_with("file://") {
            location::path_of(&shown).ok_or(SourceError::Unsupported {
                name: shown.clone(),
                reason: "this file URL names no local file; write file:///folder/script.js",
            })?
        } else if shown.starts_with("https://") {
            let reason = "scripts cannot be fetched over https yet; download the file first";
            return Err(SourceError::Unsupported {
                name: shown,
                reason,
            });
        } else if shown.starts_with("http://") {
            let reason = "scripts are never fetched over plain http; download the file first";
            return Err(SourceError::Unsupported {
                name: shown,
                reason,
            });
        } else {
            PathBuf::from(name)
        };
        let path = location::normalize(&cwd.join(path));
        if path.is_dir() {
            return Err(SourceError::Folder { path });
        }
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(e)
                if matches!(
                    e.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                return Err(SourceError::NotFound { name: shown, path });
            }
            Err(source) => {
                return Err(SourceError::Unreadable {
                    name: shown,
                    source,
                });
            }
        };
        let bytes = read_limited(file, &shown)?;
        Self::from_file_bytes(shown, &path, bytes)
    }

    /// Reads a script as from standard input: TypeScript is allowed, and relative names start
    /// at `dir`, which must be absolute.
    ///
    /// # Errors
    /// The reader fails, or what it gives is no script.
    pub fn from_reader(reader: impl Read, dir: &Path) -> Result<Self, SourceError> {
        let name = "standard input".to_owned();
        let bytes = read_limited(reader, &name)?;
        let kind = kind_of(&bytes, &name)?;
        let base = Base {
            dir: location::normalize(dir),
        };
        Ok(Self {
            name,
            id: STDIN_ID.to_owned(),
            base,
            kind,
            bytes,
        })
    }

    fn from_file_bytes(name: String, path: &Path, bytes: Vec<u8>) -> Result<Self, SourceError> {
        let kind = kind_of(&bytes, &name)?;
        let bad_path = || SourceError::Unsupported {
            name: name.clone(),
            reason: "its path cannot be written as a file URL",
        };
        let id = location::id_of(path).ok_or_else(bad_path)?;
        let dir = path.parent().ok_or_else(bad_path)?.to_path_buf();
        Ok(Self {
            name,
            id,
            base: Base { dir },
            kind,
            bytes,
        })
    }

    /// What the content is.
    pub fn kind(&self) -> SourceKind {
        self.kind
    }

    /// As typed on the command line; `standard input` for `-`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Absolute `file://` URL; `file:///-` for standard input.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The folder that relative names start from: the script's own, or the working directory
    /// for standard input.
    pub fn dir(&self) -> &Path {
        &self.base.dir
    }

    /// The content.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The content, by value.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(crate) fn base(&self) -> &Base {
        &self.base
    }
}

fn read_limited(reader: impl Read, name: &str) -> Result<Vec<u8>, SourceError> {
    let mut bytes = Vec::new();
    reader
        .take(MAX_LEN + 1)
        .read_to_end(&mut bytes)
        .map_err(|source| SourceError::Unreadable {
            name: name.to_owned(),
            source,
        })?;
    if bytes.len() as u64 > MAX_LEN {
        return Err(SourceError::TooLarge {
            name: name.to_owned(),
        });
    }
    Ok(bytes)
}

/// Recognises WebAssembly by its magic number and its layer field (0 for core modules, 1 for
/// components); all else must be text.
fn kind_of(bytes: &[u8], name: &str) -> Result<SourceKind, SourceError> {
    if let Some(header) = bytes.strip_prefix(b"\0asm") {
        return Ok(match header.get(2..4) {
            Some([1, 0]) => SourceKind::Component,
            _ => SourceKind::CoreModule,
        });
    }
    // The magic of a tar archive stands after its first file name.
    if bytes.get(257..262) == Some(b"ustar") {
        return Err(SourceError::Unsupported {
            name: name.to_owned(),
            reason: "it is a tar archive, which cannot be run yet; unpack it and run its script",
        });
    }
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let offset = e.valid_up_to();
        let before = bytes.get(..offset).unwrap_or_default();
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        SourceError::NotUtf8 {
            name: name.to_owned(),
            offset,
            line,
        }
    })?;
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        return Err(SourceError::Empty {
            name: name.to_owned(),
        });
    }
    Ok(SourceKind::Js)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn open(name: &str, content: &[u8]) -> Result<Source, SourceError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        fs::write(&path, content).unwrap();
        Source::open(&path)
    }

    #[test]
    fn content_decides_the_kind() {
        assert_eq!(
            open("a.js", b"export default 1").unwrap().kind(),
            SourceKind::Js
        );
        // The name does not: a component is one whatever it is called.
        assert_eq!(
            open("a.js", b"\0asm\x0d\0\x01\0").unwrap().kind(),
            SourceKind::Component
        );
        assert_eq!(
            open("a.wasm", b"\0asm\x01\0\0\0").unwrap().kind(),
            SourceKind::CoreModule
        );
        assert_eq!(
            open("a.wasm", b"\0asm").unwrap().kind(),
            SourceKind::CoreModule
        );
    }

    #[test]
    fn a_missing_file_is_named_with_its_absolute_path() {
        let error = Source::open("no/such/script.js").unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, SourceError::NotFound { .. }), "{text}");
        assert!(
            text.contains("\"no/such/script.js\" couldn't be found on local disk"),
            "{text}"
        );
        let full = std::env::current_dir().unwrap().join("no/such/script.js");
        assert!(text.contains(full.to_str().unwrap()), "{text}");
    }

    #[test]
    fn a_file_used_as_a_folder_is_missing() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.js"), "1").unwrap();
        let error = Source::open(dir.path().join("a.js/b.js")).unwrap_err();
        assert!(matches!(error, SourceError::NotFound { .. }), "{error}");
    }

    #[test]
    fn folders_empty_files_and_other_encodings_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(
            Source::open(dir.path()),
            Err(SourceError::Folder { .. })
        ));
        assert!(matches!(open("a.js", b""), Err(SourceError::Empty { .. })));
        assert!(matches!(
            open("a.js", b"\xef\xbb\xbf \n"),
            Err(SourceError::Empty { .. })
        ));
        let error = open("a.js", b"let a;\nlet b = '\xff';").unwrap_err();
        assert!(
            matches!(
                error,
                SourceError::NotUtf8 {
                    offset: 16,
                    line: 2,
                    ..
                }
            ),
            "{error}"
        );
    }

    #[test]
    fn archives_and_remote_scripts_are_refused_by_name() {
        let mut tar = vec![0u8; 1024];
        tar[257..262].copy_from_slice(b"ustar");
        assert!(
            open("a.tar", &tar)
                .unwrap_err()
                .to_string()
                .contains("tar archive")
        );
        let https = Source::open("https://example.com/a.js")
            .unwrap_err()
            .to_string();
        assert!(https.contains("over https yet"), "{https}");
        let http = Source::open("http://example.com/a.js")
            .unwrap_err()
            .to_string();
        assert!(http.contains("plain http"), "{http}");
    }

    #[test]
    fn file_urls_name_paths() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a b.js");
        fs::write(&path, "1").unwrap();
        let id = location::id_of(&path).unwrap();
        let source = Source::open(&id).unwrap();
        assert_eq!(source.id(), id);
        assert_eq!(source.dir(), dir.path());
    }

    #[test]
    fn standard_input_has_ks_id() {
        let source = Source::from_reader(&b"let a"[..], Path::new("/x/../y")).unwrap();
        assert_eq!((source.id(), source.dir()), ("file:///-", Path::new("/y")));
        assert_eq!(source.name(), "standard input");
    }
}
