//! The end-of-test summary, as text for people and as JSON for `handleSummary`.

mod collate;
mod data;
mod exceptions;
mod export;
mod format;
mod junit;
mod layout;
mod machine;
mod number;
mod options;
mod paint;
mod rows;
mod text;

pub use data::{DataOptions, data_json};
pub use exceptions::{ExceptionCount, add_exceptions, with_exceptions};
pub use export::{export_json, indented};
pub use junit::junit_xml;
pub use machine::{About, machine_readable_json};
pub use options::TextOptions;
pub use text::render_text;
