//! Where a script comes from: paths, modules, TypeScript, CommonJS, source maps.
//!
//! [`Source`] is what the command line named. A JavaScript source becomes a [`ModuleStore`],
//! which hands the engine the modules of the script, and a [`Files`], which serves `open()`;
//! both exist once per run and are shared by all VUs. No wasm is run here: a `.wasm` file is
//! only recognised, so that the engine knows which of its two ways to take.

mod archive;
mod compile;
mod contents;
mod dependencies;
mod diagnostic;
mod files;
mod link;
mod location;
mod modules;
mod nearby;
mod remote;
mod snapshot;
mod source;
mod source_map;
mod stack;

pub use archive::{Archive, ArchiveError, COMPONENT, JS, Metadata, Pack};
pub use compile::Format;
pub use dependencies::{Dependencies, is_extension};
pub use files::{FileError, Files};
pub use modules::{Module, ModuleError, ModuleStore};
pub use remote::{Fetch, FetchError};
pub use snapshot::{FileRead, FilesSnapshot, ModuleSnapshot, ModulesSnapshot, Resolution};
pub use source::{
    SMALLEST_SCRIPT, STDIN, Source, SourceError, SourceKind, SourceOptions, SourceType,
};
