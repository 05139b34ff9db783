//! What can go wrong before the first VU exists.

use thiserror::Error;

/// Why an engine or a component could not be made ready.
#[derive(Debug, Error)]
pub enum EngineError {
    /// The file is a core module; only components have typed imports and exports.
    #[error(
        "{0} is a core WebAssembly module, not a component; build it for wasm32-wasip2, or make a \
         component of it with `runner build {0} --wit FOLDER -o FILE`"
    )]
    CoreModule(String),
    /// Not WebAssembly at all, or damaged.
    #[error("{file} is not a valid WebAssembly component: {reason}")]
    Invalid {
        /// The file as the user named it.
        file: String,
        /// What the parser says.
        reason: String,
    },
    /// No component can be made of the file.
    #[error("cannot make a component of {file}: {reason}")]
    NoComponent {
        /// The file as the user named it.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// WIT files that cannot be used.
    #[error("cannot use the WIT in {path}: {reason}")]
    Wit {
        /// The folder or file as the user named it.
        path: String,
        /// What is wrong, with the place in the text.
        reason: String,
    },
    /// The component does not export the script lifecycle.
    #[error(
        "{file} does not target the world runner:script/script: it exports no {expected} \
         (it exports: {found})"
    )]
    NotAScript {
        /// The file as the user named it.
        file: String,
        /// The interface that is missing.
        expected: String,
        /// What it exports instead.
        found: String,
    },
    /// An import that this build does not provide.
    #[error("{file} wants the import {import}, which this runner does not provide{hint}")]
    UnknownImport {
        /// The file as the user named it.
        file: String,
        /// Full name of the import.
        import: String,
        /// Remedy, starting with a separator, or empty.
        hint: String,
    },
    /// A contract version that this build does not speak.
    #[error(
        "{file} was built for {wanted}, but this runner provides {provided}; rebuild it with a \
         matching SDK or use a runner of that version"
    )]
    Version {
        /// The file as the user named it.
        file: String,
        /// What the component asks for.
        wanted: String,
        /// What this build has.
        provided: String,
    },
    /// Components that cannot be made one.
    #[error("{file} cannot be put together with its extensions: {reason}")]
    Compose {
        /// The component that imports the others.
        file: String,
        /// Which import, and what is wrong with it.
        reason: String,
    },
    /// The machine cannot hold that many VUs in one process.
    #[error(
        "{vus} VUs need about {needed} memory mappings, but this system allows {limit} per process \
         (vm.max_map_count); raise it with `sysctl -w vm.max_map_count={needed}` or use fewer VUs"
    )]
    TooManyMappings {
        /// VUs asked for.
        vus: u32,
        /// Mappings they need.
        needed: u64,
        /// What the system allows.
        limit: u64,
    },
    /// wasmtime refused.
    #[error("{what}: {reason}")]
    Wasmtime {
        /// What was attempted.
        what: &'static str,
        /// wasmtime's own message with its causes.
        reason: String,
    },
}

impl EngineError {
    /// Keeps wasmtime's whole cause chain, on one line.
    pub(crate) fn wasmtime(what: &'static str) -> impl FnOnce(wasmtime::Error) -> Self {
        move |error| Self::Wasmtime {
            what,
            reason: format!("{error:#}"),
        }
    }
}
