//! Where the content of modules and files comes from: an archive and nothing else, or the local
//! disk and the web.

use std::path::Path;
use std::sync::Arc;

use url::Url;

use crate::archive::Archive;
use crate::remote::{self, Fetch};

/// What one run reads from. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contents {
    archive: Option<Arc<Archive>>,
    fetch: Option<Arc<dyn Fetch>>,
}

/// Largest source map that is read, in bytes.
const MAX_MAP: u64 = 128 << 20;

/// Why something is not in an archive.
pub(crate) const NOT_PACKED: &str = "it is not in the archive, which has what the script loaded \
                                     while the archive was made";

impl Contents {
    /// The disk, and the web where there is a way to it.
    pub(crate) fn open(fetch: Option<Arc<dyn Fetch>>) -> Self {
        Self {
            archive: None,
            fetch,
        }
    }

    /// An archive alone.
    pub(crate) fn of_archive(archive: Arc<Archive>) -> Self {
        Self {
            archive: Some(archive),
            fetch: None,
        }
    }

    pub(crate) fn archive(&self) -> Option<&Archive> {
        self.archive.as_deref()
    }

    /// A local file as the archive has it; none where there is no archive, and the disk decides.
    pub(crate) fn packed_file(&self, path: &Path) -> Option<Result<Arc<[u8]>, &'static str>> {
        let archive = self.archive.as_ref()?;
        Some(archive.file(path).ok_or(NOT_PACKED))
    }

    /// The same for a module.
    pub(crate) fn packed_module(&self, id: &str) -> Option<Result<Arc<[u8]>, &'static str>> {
        let archive = self.archive.as_ref()?;
        Some(archive.module(id).ok_or(NOT_PACKED))
    }

    /// The source map of module `id`, from where the module is from. It is a convenience: none
    /// is fetched, and none is not an error.
    pub(crate) fn source_map(&self, id: &str, url: &Url) -> Option<String> {
        if let Some(archive) = &self.archive {
            let bytes = archive.module(url.as_str())?;
            return std::str::from_utf8(&bytes).ok().map(str::to_owned);
        }
        if !id.starts_with("file://") {
            return None;
        }
        let path = url.to_file_path().ok()?;
        if std::fs::metadata(&path).ok()?.len() > MAX_MAP {
            return None;
        }
        std::fs::read_to_string(path).ok()
    }

    /// Something from the web, or why not.
    pub(crate) fn remote(&self, url: &str) -> Result<Vec<u8>, String> {
        let fetch = self
            .fetch
            .as_deref()
            .ok_or("nothing can be fetched over https here; download the file first")?;
        remote::retrieve(fetch, url).map_err(|error| error.to_string())
    }
}
