//! Where this VU stands in the run, and how it can end the run.

use serde::de::DeserializeOwned;

use crate::bindings::runner::execution::execution as raw;
use crate::{Error, Result, state};

pub use raw::{InstanceInfo, Phase, ScenarioInfo, VuInfo};

/// What the host is calling the script for.
pub fn phase() -> Phase {
    raw::current_phase()
}

/// This VU: ids from 1, iteration counters from 0.
pub fn vu() -> VuInfo {
    raw::vu()
}

/// The scenario that runs this iteration; none outside iterations.
pub fn scenario() -> Option<ScenarioInfo> {
    raw::scenario()
}

/// The whole process.
pub fn instance() -> InstanceInfo {
    raw::instance()
}

/// The resolved options, as a type of yours or a [`serde_json::Value`].
///
/// # Errors
/// The script is still being initialised, or `T` does not fit.
pub fn options<T: DeserializeOwned>() -> Result<T> {
    Ok(serde_json::from_str(&raw::options())?)
}

/// Asks the host to end the whole run (exit code 108). Return what it returns:
///
/// ```no_run
/// use runner_sdk::prelude::*;
///
/// fn iteration() -> Result {
///     if env("TOKEN").is_none() {
///         return Err(execution::abort("no TOKEN given"));
///     }
///     Ok(())
/// }
/// ```
#[must_use = "return the error, so that the iteration ends here"]
pub fn abort(message: &str) -> Error {
    raw::abort(message);
    state::set_aborted();
    Error::new(message)
}

/// Marks the run as failed (exit code 110) and lets it go on.
pub fn fail_run(message: &str) {
    raw::fail(message);
}

/// A tag that every sample of this VU carries.
pub fn tag(name: &str) -> Option<String> {
    raw::tag(name)
}

/// All tags that every sample of this VU carries.
pub fn tags() -> Vec<(String, String)> {
    raw::tags()
}

/// Adds or changes a tag of every later sample of this VU, until its next scenario.
pub fn set_tag(name: &str, value: &str) {
    raw::set_tag(name, value);
}

/// Removes a tag; true when there was one.
pub fn delete_tag(name: &str) -> bool {
    raw::delete_tag(name)
}

/// Adds or changes a value that outputs get with every later sample of this VU and that
/// thresholds do not see.
pub fn set_metadata(name: &str, value: &str) {
    raw::set_metadata(name, value);
}

/// Removes such a value; true when there was one.
pub fn delete_metadata(name: &str) -> bool {
    raw::delete_metadata(name)
}

/// Cryptographically secure random bytes, at most 65,536.
pub fn random(length: u32) -> Vec<u8> {
    raw::random(length)
}
