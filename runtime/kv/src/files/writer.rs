//! A file that appears when it is complete.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Error, Result};

/// Written beside its place, and moved there at the end.
pub(super) struct Writer {
    name: String,
    path: PathBuf,
    file: BufWriter<NamedTempFile>,
    pub written: u64,
}

impl Writer {
    /// `name` is what the caller calls `path`.
    pub fn create(name: &str, path: PathBuf) -> Result<Self> {
        if name.is_empty() {
            return Err(Error::options("fileName must not be empty"));
        }
        let failed = |error: io::Error| Error::writing(name, &error);
        if path.is_dir() {
            return Err(failed(io::Error::other("it is a folder")));
        }
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        fs::create_dir_all(folder).map_err(failed)?;
        let file = NamedTempFile::new_in(folder).map_err(failed)?;
        Ok(Self {
            name: name.to_owned(),
            path,
            file: BufWriter::new(file),
            written: 0,
        })
    }

    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.written += bytes.len() as u64;
        let result = self.file.write_all(bytes);
        result.map_err(|error| Error::writing(&self.name, &error))
    }

    pub fn finish(self) -> Result<()> {
        let failed = |error: io::Error| Error::writing(&self.name, &error);
        let file = self
            .file
            .into_inner()
            .map_err(|error| failed(error.into_error()))?;
        file.as_file().sync_data().map_err(failed)?;
        file.persist(&self.path)
            .map_err(|error| failed(error.error))?;
        Ok(())
    }
}
