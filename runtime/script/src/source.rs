//! What the command line named: a script to read, from a path, a `file://` or `https://` URL or
//! standard input, and what kind of thing it is.
//!
//! The content decides, not the name: WebAssembly and archives are recognised by their first
//! bytes, and the rest must be UTF-8 text. No script is parsed here. Limits: a script may have
//! 256 MiB, an archive 2 GiB.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use url::Url;

use crate::archive::{self, Archive, ArchiveError, COMPONENT, Metadata};
use crate::contents::Contents;
use crate::location::{self, Base, STDIN_ID};
use crate::nearby;
use crate::remote::{self, Fetch};

/// A script that can be run, for whoever has none yet.
pub const SMALLEST_SCRIPT: &str = "\
export default function () {
  console.log(\"one iteration\");
}";

/// What names standard input on the command line.
pub const STDIN: &str = "-";

/// Largest script that is read, in bytes.
const MAX_LEN: u64 = 256 << 20;
/// Largest archive: it has the script's data files too.
const MAX_ARCHIVE: u64 = 2 << 30;
/// What an archive is recognised by: its first header.
const HEAD: u64 = 512;

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

/// What the user says that a source is, instead of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceType {
    /// JavaScript or TypeScript.
    Js,
    /// WebAssembly.
    Wasm,
    /// A tar file.
    Archive,
}

/// How a source is opened.
#[derive(Debug, Clone, Default)]
pub struct SourceOptions {
    /// What it is; its content decides where none.
    pub kind: Option<SourceType>,
    /// The way to the web; `https://` is refused where none.
    pub fetch: Option<Arc<dyn Fetch>>,
    /// Where relative names start; empty to take them as they are.
    pub folder: PathBuf,
}

/// A script that was read but not yet looked into.
#[derive(Debug, Clone)]
pub struct Source {
    name: String,
    id: String,
    base: Base,
    kind: SourceKind,
    bytes: Vec<u8>,
    contents: Contents,
}

/// A source's id, and where its relative names start.
struct Place {
    id: String,
    base: Base,
}

/// Why a script cannot be read. The messages name the file and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// There is no such file.
    #[error(
        "the script \"{name}\" couldn't be found on local disk: there is no file {}{}; check the \
         path and the folder you are in, and inside a container check that the folder with the \
         script is mounted", path.display(), nearby::hint(path, name)
    )]
    NotFound {
        /// As typed.
        name: String,
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The path is a folder.
    #[error(
        "{} is a folder; name the script file in it{}", path.display(), nearby::scripts_in(path)
    )]
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
    #[error(
        "{name} is empty; a script needs at least one exported function, such as:\n\n\
         {SMALLEST_SCRIPT}"
    )]
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
    #[error("{name} has more than {most} MiB; that is no script")]
    TooLarge {
        /// As typed.
        name: String,
        /// What is allowed, in MiB.
        most: u64,
    },
    /// It cannot be had over https.
    #[error(
        "the moduleSpecifier \"{name}\" couldn't be retrieved from the resolved url \"{url}\": \
         {problem}"
    )]
    Remote {
        /// As typed.
        name: String,
        /// What was asked for.
        url: String,
        /// What came instead.
        problem: String,
    },
    /// It is an archive that cannot be run.
    #[error("cannot read the archive {name}: {problem}")]
    Archive {
        /// As typed.
        name: String,
        /// What is wrong with it.
        problem: ArchiveError,
    },
    /// It is not what it was said to be.
    #[error("{name} is no {expected}, as --type says; leave --type out to have it found out")]
    WrongType {
        /// As typed.
        name: String,
        /// What it should be.
        expected: &'static str,
    },
    /// A kind of source that is known but cannot be run.
    #[error("cannot run {name}: {reason}")]
    Unsupported {
        /// As typed.
        name: String,
        /// What it is, and what to do instead.
        reason: String,
    },
}

impl Source {
    /// Reads the script that the command line names: a path, a `file://` URL, or `-` for
    /// standard input.
    ///
    /// # Errors
    /// The file is missing, a folder, unreadable, empty, too large, or no script.
    pub fn open(name: impl AsRef<OsStr>) -> Result<Self, SourceError> {
        Self::open_with(name, &SourceOptions::default())
    }

    /// [`Source::open`], with a way to the web or a kind that the user gave. Blocks while it
    /// fetches.
    ///
    /// # Errors
    /// As there; and where the web has no such script, or the content is of another kind.
    pub fn open_with(
        name: impl AsRef<OsStr>,
        options: &SourceOptions,
    ) -> Result<Self, SourceError> {
        let name = name.as_ref();
        let shown = name.to_string_lossy().into_owned();
        if name == STDIN {
            return Self::from_input(io::stdin().lock(), &options.folder, options);
        }
        if shown.starts_with("https://") {
            return Self::from_web(shown, options);
        }
        let path = if shown.starts_with("file://") {
            location::path_of(&shown).ok_or(SourceError::Unsupported {
                name: shown.clone(),
                reason: "this file URL names no local file; write file:///folder/script.js".into(),
            })?
        } else if let Some((scheme, _)) = shown.split_once("://") {
            return Err(SourceError::Unsupported {
                reason: remote::wrong_scheme(&shown, scheme),
                name: shown,
            });
        } else {
            PathBuf::from(name)
        };
        let path = location::normalize(&options.folder.join(path));
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
        let bad_path = || SourceError::Unsupported {
            name: shown.clone(),
            reason: "its path cannot be written as a file URL".into(),
        };
        let place = Place {
            id: location::id_of(&path).ok_or_else(bad_path)?,
            base: Base::Folder(path.parent().ok_or_else(bad_path)?.to_path_buf()),
        };
        Self::of(shown, place, bytes, options)
    }

    /// Reads a script as from standard input: TypeScript is allowed, and relative names start
    /// at `dir`, which must be absolute.
    ///
    /// # Errors
    /// The reader fails, or what it gives is no script.
    pub(crate) fn from_input(
        reader: impl Read,
        dir: &Path,
        options: &SourceOptions,
    ) -> Result<Self, SourceError> {
        let name = "standard input".to_owned();
        let bytes = read_limited(reader, &name)?;
        let place = Place {
            id: STDIN_ID.to_owned(),
            base: Base::Folder(location::normalize(dir)),
        };
        Self::of(name, place, bytes, options)
    }

    fn from_web(name: String, options: &SourceOptions) -> Result<Self, SourceError> {
        let failed = |problem: String| SourceError::Remote {
            url: name.clone(),
            name: name.clone(),
            problem,
        };
        let url = Url::parse(&name).map_err(|error| failed(error.to_string()))?;
        let contents = Contents::open(options.fetch.clone());
        let bytes = contents.remote(url.as_str()).map_err(failed)?;
        let place = Place {
            id: url.to_string(),
            base: Base::Web(url),
        };
        Self::of(name, place, bytes, options)
    }

    /// Finds out what was read, unless the user said it.
    fn of(
        name: String,
        place: Place,
        bytes: Vec<u8>,
        options: &SourceOptions,
    ) -> Result<Self, SourceError> {
        let packed = match options.kind {
            Some(kind) => kind == SourceType::Archive,
            None => archive::is_tar(&bytes),
        };
        if packed {
            return Self::from_archive(name, &bytes);
        }
        let kind = kind_of(&bytes, &name, options.kind)?;
        Ok(Self {
            name,
            id: place.id,
            base: place.base,
            kind,
            bytes,
            contents: Contents::open(options.fetch.clone()),
        })
    }

    fn from_archive(name: String, bytes: &[u8]) -> Result<Self, SourceError> {
        let wrong = |problem| SourceError::Archive {
            name: name.clone(),
            problem,
        };
        let archive = Archive::read(bytes).map_err(wrong)?;
        let (id, base) = archive.metadata().place().map_err(wrong)?;
        let main = archive.main().to_vec();
        let kind = match archive.metadata().kind.as_str() {
            COMPONENT => kind_of(&main, &name, Some(SourceType::Wasm))?,
            _ => kind_of(&main, &name, Some(SourceType::Js))?,
        };
        Ok(Self {
            name,
            id,
            base,
            kind,
            bytes: main,
            contents: Contents::of_archive(Arc::new(archive)),
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

    /// URL of the folder that relative names start from: the script's own, or the working
    /// directory for standard input.
    pub fn folder(&self) -> String {
        self.base.url().unwrap_or_default()
    }

    /// The folder that files beside the script are in: the working directory for one that has no
    /// folder here, such as an archive's or a remote one.
    pub fn folder_here(&self) -> &Path {
        match &self.base {
            Base::Folder(path) if self.archive().is_none() => path,
            _ => Path::new("."),
        }
    }

    /// What the archive says that the script came from, if it did.
    pub fn archive(&self) -> Option<&Metadata> {
        self.contents.archive().map(Archive::metadata)
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

    pub(crate) fn contents(&self) -> &Contents {
        &self.contents
    }
}

/// Reads all there is, up to what a script or an archive may have.
fn read_limited(mut reader: impl Read, name: &str) -> Result<Vec<u8>, SourceError> {
    let unreadable = |source| SourceError::Unreadable {
        name: name.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    (&mut reader)
        .take(HEAD)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    let most = match archive::is_tar(&bytes) {
        true => MAX_ARCHIVE,
        false => MAX_LEN,
    };
    reader
        .take(most + 1 - HEAD)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > most {
        return Err(SourceError::TooLarge {
            name: name.to_owned(),
            most: most >> 20,
        });
    }
    Ok(bytes)
}

/// Recognises WebAssembly by its magic number and its layer field (0 for core modules, 1 for
/// components); all else must be text. `said` is what the user says that it is.
fn kind_of(bytes: &[u8], name: &str, said: Option<SourceType>) -> Result<SourceKind, SourceError> {
    let wrong = |expected| {
        Err(SourceError::WrongType {
            name: name.to_owned(),
            expected,
        })
    };
    if let Some(header) = bytes.strip_prefix(b"\0asm") {
        return match header.get(2..4) {
            _ if said == Some(SourceType::Js) => wrong("JavaScript"),
            Some([1, 0]) => Ok(SourceKind::Component),
            _ => Ok(SourceKind::CoreModule),
        };
    }
    if said == Some(SourceType::Wasm) {
        return wrong("WebAssembly");
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
    use crate::remote::tests::Table;
    use crate::{Files, ModuleStore};
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
        let dir = tempfile::tempdir().unwrap();
        let options = SourceOptions {
            folder: dir.path().to_owned(),
            ..SourceOptions::default()
        };
        let error = Source::open_with("no/such/script.js", &options).unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, SourceError::NotFound { .. }), "{text}");
        assert!(
            text.contains("\"no/such/script.js\" couldn't be found on local disk"),
            "{text}"
        );
        let full = dir.path().join("no/such/script.js");
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
    fn only_https_is_fetched() {
        let error = |name| Source::open(name).unwrap_err().to_string();
        let http = error("http://example.com/a.js");
        assert!(http.contains("has `http`; what is not encrypted"), "{http}");
        let ftp = error("ftp://example.com/a.js");
        assert!(ftp.contains("are file and https"), "{ftp}");
        // Nobody gave it a way to the web.
        let https = error("https://example.com/a.js");
        assert!(
            https.contains("cannot be fetched") || https.contains("download the file"),
            "{https}"
        );
    }

    #[test]
    fn scripts_from_the_web_import_from_the_web() {
        let table = Table::of(&[
            (
                "https://h/a/main.js?_k6=1",
                "import './lib.js'; import '/top.js'",
            ),
            ("https://h/a/lib.js", "export const x = 1"),
        ]);
        let options = SourceOptions {
            fetch: Some(Arc::new(table)),
            ..SourceOptions::default()
        };
        let source = Source::open_with("https://h/a/main.js", &options).unwrap();
        assert_eq!(source.id(), "https://h/a/main.js");
        assert_eq!(source.folder(), "https://h/a/");
        let store = ModuleStore::new(&source).unwrap();
        let id = store.resolve("./lib.js", "").unwrap();
        assert_eq!(id, "https://h/a/lib.js");
        assert_eq!(&*store.load(&id).unwrap().source, "export const x = 1");
        assert_eq!(store.resolve("/top.js", &id).unwrap(), "https://h/top.js");
        let missing = store.load("https://h/top.js").unwrap_err().to_string();
        assert!(
            missing.contains("couldn't be retrieved from the resolved url \"https://h/top.js\"")
                && missing.contains("status 404"),
            "{missing}"
        );
        let local = store
            .resolve("file:///etc/x.js", "")
            .unwrap_err()
            .to_string();
        assert!(local.contains("not allowed to load local file"), "{local}");
        let files = Files::new(&source);
        let error = files.read("./a.csv", None).unwrap_err().to_string();
        assert!(error.contains("absolute path"), "{error}");
    }

    #[test]
    fn a_type_that_is_wrong_is_said_to_be() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let open = |content: &[u8], kind| {
            fs::write(&path, content).unwrap();
            let kind = Some(kind);
            Source::open_with(
                &path,
                &SourceOptions {
                    kind,
                    ..SourceOptions::default()
                },
            )
        };
        assert!(open(b"let a", SourceType::Js).is_ok());
        assert!(open(b"\0asm\x0d\0\x01\0", SourceType::Wasm).is_ok());
        for (content, kind, part) in [
            (
                &b"\0asm\x0d\0\x01\0"[..],
                SourceType::Js,
                "is no JavaScript",
            ),
            (b"let a", SourceType::Wasm, "is no WebAssembly"),
            (b"let a", SourceType::Archive, "it is no tar file"),
        ] {
            let error = open(content, kind).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn file_urls_name_paths() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a b.js");
        fs::write(&path, "1").unwrap();
        let id = location::id_of(&path).unwrap();
        let source = Source::open(&id).unwrap();
        assert_eq!(source.id(), id);
        assert_eq!(source.folder(), location::id_of(dir.path()).unwrap());
    }

    #[test]
    fn standard_input_has_ks_id() {
        let source = Source::from_input(
            &b"let a"[..],
            Path::new("/x/../y"),
            &SourceOptions::default(),
        )
        .unwrap();
        assert_eq!(source.id(), "file:///-");
        assert_eq!(source.folder(), "file:///y");
        assert_eq!(source.name(), "standard input");
    }
}
