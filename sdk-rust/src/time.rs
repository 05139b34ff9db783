//! Waiting, and the clock.

use std::time::Duration;

use crate::bindings::runner::tasks::tasks;

/// Suspends the VU for `seconds`, as think time. Values that are not above 0 do not wait.
pub fn sleep(seconds: f64) {
    if seconds > 0.0 {
        // Saturates at the largest number: there is no such long test.
        tasks::sleep((seconds * 1e9) as u64);
    }
}

/// Suspends the VU for `duration`.
pub fn sleep_for(duration: Duration) {
    tasks::sleep(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX));
}

/// Monotonic time since an arbitrary start, for measuring.
///
/// ```no_run
/// # use runner_sdk::prelude::*;
/// let start = runner_sdk::now();
/// http::get("http://127.0.0.1:8080/get");
/// let took = runner_sdk::now() - start;
/// ```
pub fn now() -> Duration {
    Duration::from_nanos(tasks::now())
}
