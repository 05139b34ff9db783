//! The end-of-test summary, as text for people and as JSON for `handleSummary`.

mod collate;
mod data;
mod format;
mod number;
mod options;
mod paint;
mod rows;
mod text;

pub use data::{DataOptions, data_json};
pub use options::{TextOptions, TimeUnit, TrendStat, TrendStatError, UnknownTimeUnit};
pub use text::render_text;
