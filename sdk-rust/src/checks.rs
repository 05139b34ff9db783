//! Checks and groups.

use crate::bindings::runner::metrics::metrics as raw;
use crate::state;

/// Records one check in the `checks` metric and returns `passed`. A check that does not pass
/// does not fail the iteration; a threshold on `checks` can fail the run.
pub fn check(name: &str, passed: bool) -> bool {
    check_tagged(name, passed, &[])
}

/// [`check`] with tags on its sample.
pub fn check_tagged(name: &str, passed: bool, tags: &[(&str, &str)]) -> bool {
    if let Err(error) = raw::check(name, passed, tags) {
        state::fault(format!("check \"{name}\": {error:?}"));
    }
    passed
}

/// Records checks, in order, and tells whether all passed.
///
/// ```no_run
/// use runner_sdk::prelude::*;
///
/// let res = http::get("http://127.0.0.1:8080/get");
/// let ok = check! {
///     "status is 200" => res.status() == 200,
///     "faster than 200 ms" => res.timings().duration().as_millis() < 200,
/// };
/// ```
#[macro_export]
macro_rules! check {
    ($($name:expr => $passed:expr),+ $(,)?) => {{
        let mut all = true;
        $( all &= $crate::check($name, $passed); )+
        all
    }};
}

/// Runs `body` in a group: its samples carry the group's path in their `group` tag, and its
/// time is recorded in `group_duration`. Groups nest.
///
/// ```no_run
/// use runner_sdk::prelude::*;
///
/// let status = group("front page", || http::get("http://127.0.0.1:8080/get").status());
/// ```
pub fn group<T>(name: &str, body: impl FnOnce() -> T) -> T {
    match raw::enter_group(name) {
        Ok(()) => {
            let value = body();
            raw::leave_group();
            value
        }
        Err(error) => {
            state::fault(format!("group \"{name}\": {error:?}"));
            body()
        }
    }
}
