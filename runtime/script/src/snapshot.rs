//! A run's modules and files as plain values: what `runner build` puts into one component, so
//! that the script needs no file system.

use std::path::PathBuf;
use std::sync::Arc;

use crate::compile::Format;

/// All modules of a script.
#[derive(Debug, Clone)]
pub struct ModulesSnapshot {
    /// Id of the main module.
    pub entry: String,
    /// By id.
    pub modules: Vec<ModuleSnapshot>,
    /// By referrer and specifier.
    pub resolutions: Vec<Resolution>,
}

/// One module.
#[derive(Debug, Clone)]
pub struct ModuleSnapshot {
    /// Absolute URL.
    pub id: String,
    /// How it is evaluated.
    pub format: Format,
    /// JavaScript without types, or JSON.
    pub source: Arc<str>,
    /// What the engine compiled, if it did.
    pub bytecode: Option<Arc<[u8]>>,
}

/// One import: `specifier` in module `referrer` means module `id`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Resolution {
    /// Id of the importing module.
    pub referrer: String,
    /// As the script has it.
    pub specifier: String,
    /// The module that it means.
    pub id: String,
}

/// All files that the script opened.
#[derive(Debug, Clone)]
pub struct FilesSnapshot {
    /// Absolute path and content, by path.
    pub files: Vec<(PathBuf, Arc<[u8]>)>,
    /// By referrer and name.
    pub reads: Vec<FileRead>,
}

/// One way in which a file was named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileRead {
    /// Id of the module that `name` is relative to; none for the main script.
    pub referrer: Option<String>,
    /// As the script has it.
    pub name: String,
    /// Absolute path, one of `files`.
    pub path: PathBuf,
}
