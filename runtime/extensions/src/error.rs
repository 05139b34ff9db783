//! Why an extension cannot be used. Every message names the extension or its file, and a remedy.

use runner_engine::EngineError;
use thiserror::Error;

/// What is wrong with an extension, a grant or `runner.toml`.
#[derive(Debug, Error)]
pub enum ExtensionError {
    /// More was asked for than may be granted here.
    #[error(
        "{name} is to get {what}, which is more than whoever runs this service allows; leave it out"
    )]
    Ceiling {
        /// Extension, output or `script`.
        name: String,
        /// Flag and value.
        what: String,
    },
    /// `runner.toml` cannot be read or understood.
    #[error("{file}: {reason}")]
    Manifest {
        /// Its path.
        file: String,
        /// What is wrong, with the line where there is one.
        reason: String,
    },
    /// The same name twice on the command line.
    #[error("--ext {name} is given twice; each name belongs to one file")]
    Twice {
        /// The name.
        name: String,
    },
    /// A name that the tool itself has.
    #[error("{name} is built in; give the extension another name")]
    BuiltIn {
        /// The name.
        name: String,
    },
    /// A name that stands for something else in grants.
    #[error("{name} means the script itself in grants; give the extension another name")]
    Reserved {
        /// The name.
        name: String,
    },
    /// A script imports what none of the named extensions exports.
    #[error(
        "{file} imports {import}, which none of the extensions exports ({found}); name the one \
         that does with --ext NAME=FILE.wasm"
    )]
    NotExported {
        /// The script.
        file: String,
        /// The interface.
        import: String,
        /// Each extension with what it exports.
        found: String,
    },
    /// A script imports another version of what an extension exports.
    #[error(
        "{file} imports {import}, but extension {name} exports {export}; build the script from \
         the extension's WIT, or name an extension of that version"
    )]
    OtherVersion {
        /// The script.
        file: String,
        /// The interface as the script wants it.
        import: String,
        /// Of the extension.
        name: String,
        /// The interface as it is there.
        export: String,
    },
    /// A name that cannot stand in `k6/x/NAME`.
    #[error(
        "{name:?} is no name for an extension; use letters, digits, - and _, and / between them"
    )]
    Name {
        /// The name.
        name: String,
    },
    /// The file is missing or cannot be read.
    #[error("extension {name}: cannot read {file}: {reason}")]
    Read {
        /// Of the extension.
        name: String,
        /// Its path.
        file: String,
        /// What the system says.
        reason: String,
    },
    /// The file is not the one that was checked.
    #[error(
        "extension {name}: {file} has the SHA-256 {found}, but runner.toml expects {expected}; \
         if the file was changed on purpose, change runner.toml too"
    )]
    Digest {
        /// Of the extension.
        name: String,
        /// Its path.
        file: String,
        /// Of the file.
        found: String,
        /// In `runner.toml`.
        expected: String,
    },
    /// It is no component, or not one for this contract.
    #[error("extension {name}: {source}")]
    Engine {
        /// Of the extension.
        name: String,
        /// What is wrong.
        source: EngineError,
    },
    /// It is something else.
    #[error("extension {name}: {file} is {what}")]
    OtherKind {
        /// Of the extension.
        name: String,
        /// Its path.
        file: String,
        /// With what to do.
        what: &'static str,
    },
    /// It exports nothing that a script could use.
    #[error(
        "extension {name}: {file} exports no functions; an extension exports at least one \
         interface or function (found: {found})"
    )]
    NoExports {
        /// Of the extension.
        name: String,
        /// Its path.
        file: String,
        /// What it exports.
        found: String,
    },
    /// Something in its interface that scripts cannot have.
    #[error("extension {name}: {item} {reason}")]
    Unusable {
        /// Of the extension.
        name: String,
        /// Function or type.
        item: String,
        /// What it uses, and what to do.
        reason: String,
    },
    /// A value of `--allow-…` or of `runner.toml`.
    #[error("{0}")]
    Grant(String),
    /// A granted folder cannot be opened.
    #[error("extension {name}: {flag} {folder}: {reason}; name a folder that exists")]
    Folder {
        /// Of the extension.
        name: String,
        /// The flag that grants it.
        flag: &'static str,
        /// Its path.
        folder: String,
        /// What the system says.
        reason: String,
    },
    /// WASI could not be set up as granted.
    #[error("{name}: {reason}")]
    Sandbox {
        /// Of the extension.
        name: String,
        /// Which grant, and what the system says.
        reason: String,
    },
}
