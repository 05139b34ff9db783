//! Writing an archive in k6's order: metadata, the main script, folders, files, and the main
//! script's own name as a hard link.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use tar::{Builder, EntryType, Header};

use super::metadata::Metadata;
use super::{ArchiveError, names};

/// What goes into an archive.
#[derive(Debug)]
pub struct Pack {
    metadata: Metadata,
    main: Arc<[u8]>,
    /// The main script's name.
    link: String,
    /// Contents by name.
    files: BTreeMap<String, Arc<[u8]>>,
}

impl Pack {
    /// An archive of one script. Names of users in `metadata` are taken out.
    ///
    /// # Errors
    /// The script's name cannot be one in an archive.
    pub fn new(mut metadata: Metadata, main: Arc<[u8]>) -> Result<Self, ArchiveError> {
        let link = names::of_id(&metadata.filename)
            .ok_or_else(|| ArchiveError::Name(metadata.filename.clone()))?;
        metadata.filename = names::anonymous_id(&metadata.filename);
        metadata.pwd = names::anonymous_id(&metadata.pwd);
        Ok(Self {
            metadata,
            main,
            link,
            files: BTreeMap::new(),
        })
    }

    /// Adds a module by its id.
    ///
    /// # Errors
    /// Its name cannot be one in an archive.
    pub fn module(&mut self, id: &str, content: Arc<[u8]>) -> Result<(), ArchiveError> {
        let name = names::of_id(id).ok_or_else(|| ArchiveError::Name(id.to_owned()))?;
        self.add(name, content)
    }

    /// Adds an opened file by its absolute path.
    ///
    /// # Errors
    /// Its name cannot be one in an archive.
    pub fn file(&mut self, path: &Path, content: Arc<[u8]>) -> Result<(), ArchiveError> {
        let name =
            names::of_path(path).ok_or_else(|| ArchiveError::Name(path.display().to_string()))?;
        self.add(name, content)
    }

    fn add(&mut self, name: String, content: Arc<[u8]>) -> Result<(), ArchiveError> {
        let known = if name == self.link {
            Some(&self.main)
        } else {
            self.files.get(&name)
        };
        match known {
            Some(known) if *known == content => Ok(()),
            Some(_) => Err(ArchiveError::Clash(name)),
            None => {
                self.files.insert(name, content);
                Ok(())
            }
        }
    }

    /// Writes the tar file.
    ///
    /// # Errors
    /// Whatever `out` says.
    pub fn write(self, out: impl Write) -> Result<(), ArchiveError> {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs();
        let mut tar = Builder::new(out);
        let metadata = self.metadata.to_json();
        append(&mut tar, "metadata.json", metadata.as_bytes(), now)?;
        append(&mut tar, "data", &self.main, now)?;
        for folder in folders(self.files.keys().chain([&self.link])) {
            let mut header = header(EntryType::Directory, 0o755, 0, now);
            tar.append_data(&mut header, folder, std::io::empty())?;
        }
        for (name, content) in &self.files {
            append(&mut tar, name, content, now)?;
        }
        let mut header = header(EntryType::Link, 0o644, 0, now);
        tar.append_link(&mut header, &self.link, "data")?;
        tar.finish()?;
        tar.into_inner()?.flush()?;
        Ok(())
    }
}

fn append(
    tar: &mut Builder<impl Write>,
    name: &str,
    content: &[u8],
    now: u64,
) -> Result<(), ArchiveError> {
    let mut header = header(EntryType::Regular, 0o644, content.len() as u64, now);
    Ok(tar.append_data(&mut header, name, content)?)
}

/// Belongs to nobody: archives are passed on.
fn header(kind: EntryType, mode: u32, size: u64, now: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_size(size);
    header.set_mtime(now);
    header
}

/// All folders above the names, those above first.
fn folders<'a>(names: impl Iterator<Item = &'a String>) -> BTreeSet<String> {
    let above = |name: &'a String| {
        name.match_indices('/')
            .map(|(at, _)| name.get(..at).unwrap_or_default().to_owned())
    };
    names
        .flat_map(above)
        .filter(|folder| !folder.is_empty())
        .collect()
}
