//! Extensions and outputs as files: where they are, what they were granted, and what they
//! export. Nothing here runs one; `host` does that for extensions, `output-plugins` for outputs.
//!
//! - [`Catalog`] knows every name: from the command line, from `runner.toml`, from the folders;
//! - [`Grants`] is what one of them may reach, [`sandbox`] makes WASI of it, and [`Reach`] answers
//!   for one instance;
//! - [`Description`] is its exports in terms of [`Shape`]s, read from the compiled component;
//! - [`typescript`] prints a description as declarations, with what [`Docs`] says of it.

mod catalog;
mod check;
mod clocks;
mod denials;
mod describe;
mod docs;
mod error;
mod grants;
mod guard;
mod lines;
mod manifest;
mod natural;
mod places;
mod reach;
mod sandbox;
mod shape;
mod tools;
mod type_names;
mod type_text;
mod typescript;
mod words;

pub use catalog::{Catalog, CatalogSettings, Found};
pub use check::check;
pub use denials::Denials;
pub use describe::{describe, describe_interface};
pub use docs::Docs;
pub use error::ExtensionError;
pub use grants::{Folder, Grant, Grants, NetGrant, ScopedGrant};
pub use guard::{ReachView, add_script_wasi_to_linker, add_wasi_to_linker};
pub use lines::{LineSink, Stream};
pub use places::Places;
pub use reach::Reach;
pub use sandbox::{Sandbox, sandbox};
pub use shape::{Description, Function, Resource, Role, Shape};
pub use typescript::typescript;
pub use words::LastWords;
