//! Reading an archive. Everything is checked before anything runs: the tar file must be whole,
//! names must stay inside, and what is not part of the layout is refused, because a script that
//! finds half of its files is worse than one that does not start.

use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;

use tar::{Entry, EntryType};

use super::metadata::Metadata;
use super::{ArchiveError, names};

const BLOCK: usize = 512;
const METADATA: &str = "metadata.json";
const DATA: &str = "data";

/// An archive in memory.
#[derive(Debug)]
pub struct Archive {
    metadata: Metadata,
    main: Arc<[u8]>,
    /// By the name in the tar file, such as `file/work/lib.js`.
    files: HashMap<String, Arc<[u8]>>,
}

/// A header of a tar file: the mark of its kind, and a checksum that fits.
pub(crate) fn is_tar(bytes: &[u8]) -> bool {
    let Some(block) = bytes.get(..BLOCK) else {
        return false;
    };
    if block.get(257..262) != Some(b"ustar") {
        return false;
    }
    // The checksum counts its own field as spaces.
    let sum: u32 = block
        .iter()
        .enumerate()
        .map(|(at, byte)| {
            if (148..156).contains(&at) {
                32
            } else {
                u32::from(*byte)
            }
        })
        .sum();
    let mut header = tar::Header::new_old();
    header.as_mut_bytes().copy_from_slice(block);
    header.cksum().is_ok_and(|given| given == sum)
}

impl Archive {
    /// Reads a whole tar file.
    ///
    /// # Errors
    /// It is cut off, damaged, of something else, or has names that are not allowed.
    pub fn read(bytes: &[u8]) -> Result<Self, ArchiveError> {
        if !is_tar(bytes) {
            return Err(ArchiveError::NotTar);
        }
        let mut files: HashMap<String, Arc<[u8]>> = HashMap::new();
        let mut end = 0;
        let mut archive = tar::Archive::new(bytes);
        let entries = archive.entries().map_err(|e| damage(&e, bytes))?;
        for entry in entries {
            let mut entry = entry.map_err(|e| damage(&e, bytes))?;
            let name = name_of(&entry)?;
            end = end_of(&entry);
            match entry.header().entry_type() {
                EntryType::Directory => {
                    known(&name)?;
                }
                EntryType::Regular | EntryType::Continuous => {
                    known(&name)?;
                    let content = content(&mut entry, bytes)?;
                    files.insert(name, content);
                }
                EntryType::Link => {
                    known(&name)?;
                    let target = entry
                        .link_name_bytes()
                        .map(|target| String::from_utf8_lossy(&target).into_owned())
                        .unwrap_or_default();
                    let content = files.get(&target).cloned().ok_or_else(|| {
                        ArchiveError::Damaged(format!(
                            "\"{name}\" is a link to \"{target}\", which is not in it"
                        ))
                    })?;
                    files.insert(name, content);
                }
                // Says something about the writer, not about a file.
                EntryType::XGlobalHeader => {}
                other => {
                    return Err(ArchiveError::Entry {
                        name,
                        kind: kind(other),
                    });
                }
            }
        }
        // Every tar file ends with empty blocks; without them the rest may be missing.
        if !bytes
            .get(end..end + BLOCK)
            .is_some_and(|block| block.iter().all(|b| *b == 0))
        {
            return Err(ArchiveError::Truncated { size: bytes.len() });
        }
        let mut take = |name: &str| {
            files
                .remove(name)
                .ok_or_else(|| ArchiveError::Foreign(format!("{name} is missing")))
        };
        let metadata = Metadata::parse(&take(METADATA)?)?;
        let main = take(DATA)?;
        Ok(Self {
            metadata,
            main,
            files,
        })
    }

    /// What it says about itself.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The main script.
    pub fn main(&self) -> &Arc<[u8]> {
        &self.main
    }

    /// The module of that id.
    pub(crate) fn module(&self, id: &str) -> Option<Arc<[u8]>> {
        self.files.get(&names::of_id(id)?).cloned()
    }

    /// The local file of that absolute path.
    pub(crate) fn file(&self, path: &std::path::Path) -> Option<Arc<[u8]>> {
        self.files.get(&names::of_path(path)?).cloned()
    }
}

/// UTF-8, relative, and without `..`.
fn name_of(entry: &Entry<'_, &[u8]>) -> Result<String, ArchiveError> {
    let bytes = entry.path_bytes();
    let name = String::from_utf8_lossy(&bytes);
    let name = name
        .strip_prefix("./")
        .unwrap_or(&name)
        .trim_end_matches('/');
    let outside = name.starts_with('/')
        || name.contains(['\\', '\0'])
        || name.split('/').any(|part| part == "..")
        || std::str::from_utf8(&bytes).is_err();
    if outside {
        return Err(ArchiveError::UnsafeName(name.to_owned()));
    }
    Ok(name.to_owned())
}

/// Refuses what is not part of the layout.
fn known(name: &str) -> Result<(), ArchiveError> {
    let top = name.split('/').next().unwrap_or_default();
    match top {
        "" | "." | "file" | "https" => Ok(()),
        METADATA | DATA if name == top => Ok(()),
        _ => Err(ArchiveError::Foreign(format!("it has \"{name}\""))),
    }
}

fn content(entry: &mut Entry<'_, &[u8]>, all: &[u8]) -> Result<Arc<[u8]>, ArchiveError> {
    let size = usize::try_from(entry.size()).unwrap_or(usize::MAX);
    if size > all.len() {
        return Err(ArchiveError::Truncated { size: all.len() });
    }
    let mut content = Vec::with_capacity(size);
    entry
        .read_to_end(&mut content)
        .map_err(|e| damage(&e, all))?;
    if content.len() < size {
        return Err(ArchiveError::Truncated { size: all.len() });
    }
    Ok(content.into())
}

/// Where the entry's last block ends.
fn end_of(entry: &Entry<'_, &[u8]>) -> usize {
    let size = match entry.header().entry_type() {
        EntryType::Regular | EntryType::Continuous | EntryType::XGlobalHeader => entry.size(),
        _ => 0,
    };
    let end = entry
        .raw_file_position()
        .saturating_add(size.div_ceil(BLOCK as u64).saturating_mul(BLOCK as u64));
    // One block less than the most there can be: a block is looked for behind it.
    usize::try_from(end)
        .unwrap_or(usize::MAX)
        .min(usize::MAX - BLOCK)
}

fn damage(error: &std::io::Error, all: &[u8]) -> ArchiveError {
    let text = error.to_string();
    // The tar crate has no kind of error for this.
    if error.kind() == std::io::ErrorKind::UnexpectedEof
        || text.contains("unexpected EOF")
        || text.contains("failed to read entire block")
    {
        return ArchiveError::Truncated { size: all.len() };
    }
    ArchiveError::Damaged(text)
}

fn kind(entry: EntryType) -> &'static str {
    match entry {
        EntryType::Symlink => "symbolic link",
        EntryType::Char | EntryType::Block => "device",
        EntryType::Fifo => "pipe",
        EntryType::GNUSparse => "sparse file",
        _ => "special entry",
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
