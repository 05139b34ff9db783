//! Values that several rooms share: how they are written, what they mean, how they print.
//!
//! Each exists once and is handed from room to room as the type it is. Nothing here does I/O,
//! knows an option's name or which layer it came from.

mod system_tag;

pub use system_tag::{SystemTag, SystemTags};
