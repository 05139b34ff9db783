//! Test archives: a script with everything that its init code loaded, in one tar file, laid out
//! as k6 does it, so that an archive made by either runs in both.
//!
//! ```text
//! metadata.json      options, environment, where the script was
//! data               the main script, or a component
//! file/…             local modules and opened files, by absolute path
//! https/…            modules from the web, by host and path
//! ```
//!
//! The main script stands under its own name too, as a hard link to `data`. Nothing is ever
//! unpacked to disk: an archive is read into memory, and only names that a script asks for are
//! looked up in it.

mod error;
mod metadata;
mod names;
mod read;
mod write;

pub use error::ArchiveError;
pub use metadata::{COMPONENT, JS, Metadata};
pub use read::Archive;
pub(crate) use read::is_tar;
pub use write::Pack;
