//! The clocks of extensions: steps of a tenth of a millisecond, unless more was granted.
//!
//! A fine clock is a privilege, because it lets code measure what it cannot see: caches, other
//! tenants' work, keystrokes. A tenth of a millisecond is what browsers give a page, and still
//! good enough for an extension that measures a round trip for a metric of its own. What waits
//! (timers, timeouts) is as exact as ever.

use std::time::Duration;

use wasmtime_wasi::clocks::{MonotonicClock, WallClock};
use wasmtime_wasi::{HostMonotonicClock, HostWallClock};

/// A step in nanoseconds.
const STEP: u64 = 100_000;

/// The last step at or before `nanoseconds`.
pub(crate) fn coarse(nanoseconds: u64) -> u64 {
    nanoseconds - nanoseconds % STEP
}

/// A clock that moves in steps.
pub(crate) struct Coarse<C>(pub(crate) C);

impl HostMonotonicClock for Coarse<MonotonicClock> {
    fn resolution(&self) -> u64 {
        STEP
    }

    fn now(&self) -> u64 {
        coarse(self.0.now())
    }
}

impl HostWallClock for Coarse<WallClock> {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(STEP)
    }

    fn now(&self) -> Duration {
        let now = self.0.now();
        let nanoseconds = coarse(now.subsec_nanos().into());
        // Less than what it was before.
        Duration::new(now.as_secs(), u32::try_from(nanoseconds).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_move_in_steps() {
        let clock = Coarse(MonotonicClock::new());
        let wall = Coarse(WallClock::new());
        for _ in 0..1000 {
            assert_eq!(clock.now() % STEP, 0);
            assert_eq!(u64::from(wall.now().subsec_nanos()) % STEP, 0);
        }
        assert_eq!(
            (coarse(99_999), coarse(100_000), coarse(100_001)),
            (0, STEP, STEP)
        );
    }
}
