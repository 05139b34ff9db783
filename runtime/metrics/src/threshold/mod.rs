//! Thresholds: conditions on metrics that decide whether a run has passed.

mod expression;
mod key;
mod live;
mod set;

pub use expression::{Aggregation, Expression, ExpressionError, Operator};
pub use key::{KeyError, MetricKey};
pub use set::{Definition, ThresholdError, ThresholdResult, ThresholdSet};
