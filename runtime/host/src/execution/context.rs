//! What `runner:execution` asks of the run.

use std::time::Duration;

/// Why a script wants to end the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AbortRequest {
    /// `exec.test.abort`: stop now, exit code 108.
    Abort(String),
    /// `exec.test.fail`: go on, exit code 110.
    Fail(String),
}

/// Live counters of the process, for `exec.instance`.
pub trait InstanceCounters: Send + Sync {
    /// Iterations that ran to their end.
    fn completed(&self) -> u64;
    /// Iterations that were cut short.
    fn interrupted(&self) -> u64;
    /// The id in the whole test of the VU with this id in this process.
    fn vu_in_test(&self, vu: u64) -> u64;
    /// VUs that are running an iteration.
    fn vus_active(&self) -> u64;
    /// VUs that exist.
    fn vus_initialized(&self) -> u64;
    /// Since the scenarios started; zero before.
    fn elapsed(&self) -> Duration;
    /// When the clock of the named scenario started, as Unix time in nanoseconds, and how far it
    /// is, 0 to 1.
    fn scenario(&self, name: &str) -> (u64, f64);
}
