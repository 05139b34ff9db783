//! The extension `compare`: `import compare from "k6/x/compare"`.
//!
//! It is small on purpose, and has one of each thing that an extension can have: functions, a
//! class, a look at the run, a metric of its own.

use std::cell::Cell;

use exports::runner::compare::compare::{Guest, GuestComparator, InternalState};
use exports::runner::extension::lifecycle;
use runner::execution::execution;
use runner::metrics::metrics::{self, Kind, Unit};

wit_bindgen::generate!({
    path: ["../../wit", "wit"],
    world: "runner:compare/plugin",
    generate_all,
});

/// What a comparator records.
const METRIC: &str = "compare_comparisons";

struct Compare;

export!(Compare);

thread_local! {
    /// None where the host has not called `init`: nothing is recorded then.
    static COMPARISONS: Cell<Option<u32>> = const { Cell::new(None) };
}

impl lifecycle::Guest for Compare {
    /// Metrics are declared while the script is initialised, so that thresholds know them.
    fn init() -> Result<(), String> {
        let metric = metrics::define(METRIC, Kind::Counter, Unit::Plain);
        let metric = metric.map_err(|error| format!("{METRIC} cannot be declared: {error:?}"))?;
        COMPARISONS.set(Some(metric));
        Ok(())
    }
}

impl Guest for Compare {
    type Comparator = Comparator;

    fn is_greater(a: i64, b: i64) -> bool {
        a > b
    }

    fn get_internal_state() -> InternalState {
        let vu = execution::vu();
        InternalState {
            active_vu_s: execution::instance().vus_active,
            iteration: vu.iteration_in_instance,
            vu_id: vu.id_in_test,
            vu_id_from_runtime: vu.id_in_instance,
        }
    }
}

/// A comparator of the script's.
#[derive(Default)]
struct Comparator {
    count: Cell<u64>,
}

impl GuestComparator for Comparator {
    fn new() -> Self {
        Self::default()
    }

    fn is_greater(&self, a: i64, b: i64) -> bool {
        self.count.set(self.count.get() + 1);
        let greater = a > b;
        if let Some(metric) = COMPARISONS.get() {
            let tags = [("greater".to_owned(), greater.to_string())];
            // Refused while the script is initialised; comparing still works there.
            let _ = metrics::add(metric, 1.0, &tags);
        }
        greater
    }

    fn count(&self) -> u64 {
        self.count.get()
    }

    fn get_internal_state(&self) -> InternalState {
        <Compare as Guest>::get_internal_state()
    }
}
