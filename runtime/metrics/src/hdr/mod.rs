//! Trends in the form that other tools read: HdrHistogram's V2, plain or compressed.
//!
//! That form holds whole numbers from 0 on. So times are written as nanoseconds, data as bytes,
//! and other numbers as thousandths; what does not fit is counted. Trends themselves are kept in
//! a histogram of our own, which holds any number (`sink/histogram.rs` and ARCHITECTURE.md say why).

mod form;
mod trend;

pub use form::{Form, HdrError};
pub use trend::{HIGHEST, HdrTrend, scale};
