//! Custom metrics. Declare them in [`script!`](crate::script), use them anywhere.
//!
//! ```no_run
//! use runner_sdk::prelude::*;
//!
//! runner_sdk::script! {
//!     metrics: {
//!         LOGINS: Counter = Counter::new("total_logins");
//!         LOGIN_TIME: Trend = Trend::time("login_duration");
//!     },
//!     default: iteration,
//! }
//!
//! fn iteration() {
//!     LOGINS.add(1);
//!     LOGIN_TIME.add(12.5);
//! }
//! ```

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::bindings::runner::metrics::metrics as raw;
use crate::{Error, Result, state};

pub use raw::{Kind, Unit};

/// The id of a metric that is not declared yet.
const UNKNOWN: u32 = u32::MAX;

/// What all metrics have: a name, and an id once the host knows them.
#[derive(Debug)]
struct Metric {
    name: &'static str,
    kind: Kind,
    unit: Unit,
    /// Atomic only because a `static` must be `Sync`; it costs nothing here.
    id: AtomicU32,
}

impl Metric {
    const fn new(name: &'static str, kind: Kind, unit: Unit) -> Self {
        Self {
            name,
            kind,
            unit,
            id: AtomicU32::new(UNKNOWN),
        }
    }

    fn declare(&self) -> Result {
        match raw::define(self.name, self.kind, self.unit) {
            Ok(id) => {
                self.id.store(id, Ordering::Relaxed);
                Ok(())
            }
            Err(error) => Err(Error::new(format!("metric \"{}\": {error:?}", self.name))),
        }
    }

    fn add(&self, value: f64, tags: &[(&str, &str)]) {
        let id = self.id.load(Ordering::Relaxed);
        if id == UNKNOWN {
            return state::fault(format!(
                "metric \"{}\" was never declared: put it under `metrics:` in script!",
                self.name
            ));
        }
        if let Err(error) = raw::add(id, value, tags) {
            state::fault(format!("metric \"{}\": {error:?}", self.name));
        }
    }
}

/// A value that a metric takes: a number, a [`Duration`] (as milliseconds) or a `bool` (as 1
/// or 0).
pub trait Sample {
    /// The number that is recorded.
    fn value(self) -> f64;
}

macro_rules! numbers {
    ($($ty:ty),+) => { $( impl Sample for $ty {
        fn value(self) -> f64 { self as f64 }
    } )+ };
}
numbers!(f64, f32, i32, i64, u32, u64, usize, u16, u8);

impl Sample for bool {
    fn value(self) -> f64 {
        f64::from(u8::from(self))
    }
}

impl Sample for Duration {
    fn value(self) -> f64 {
        self.as_secs_f64() * 1e3
    }
}

macro_rules! metric {
    ($(#[$doc:meta])* $name:ident, $kind:ident) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name(Metric);

        impl $name {
            /// A metric of plain numbers. Names match `^[a-zA-Z_][a-zA-Z0-9_]{1,128}$`.
            pub const fn new(name: &'static str) -> Self {
                Self(Metric::new(name, Kind::$kind, Unit::Plain))
            }

            /// A metric of times in milliseconds.
            pub const fn time(name: &'static str) -> Self {
                Self(Metric::new(name, Kind::$kind, Unit::Time))
            }

            /// A metric of bytes.
            pub const fn data(name: &'static str) -> Self {
                Self(Metric::new(name, Kind::$kind, Unit::Data))
            }

            /// Tells the host about the metric; only while the script is initialised.
            /// [`script!`](crate::script) does it for those under its `metrics:`.
            ///
            /// # Errors
            /// The name cannot be used, or is that of another metric of another kind.
            pub fn declare(&self) -> Result {
                self.0.declare()
            }

            /// Records one value. A metric that was not declared fails the iteration.
            pub fn add(&self, value: impl Sample) {
                self.0.add(value.value(), &[]);
            }

            /// Records one value with tags.
            pub fn add_tagged(&self, value: impl Sample, tags: &[(&str, &str)]) {
                self.0.add(value.value(), tags);
            }

            /// The metric's name.
            pub fn name(&self) -> &'static str {
                self.0.name
            }
        }
    };
}

metric!(
    /// A sum that only grows.
    Counter, Counter
);
metric!(
    /// The last value, with the smallest and largest.
    Gauge, Gauge
);
metric!(
    /// How many of the values are not zero.
    Rate, Rate
);
metric!(
    /// A distribution: average, median, percentiles.
    Trend, Trend
);
