//! Gives an order to events of different shards, and of different processes.
//!
//! What came first or last (a gauge's value, the first sample of a group, a check) is decided by
//! these numbers. They are Unix times in nanoseconds, so that those of several machines can be
//! compared as well as their clocks agree; within a process each is greater than the one before.
//! They are made for gauges and for whatever is new, not for every sample.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Hands out moments.
#[derive(Debug, Default)]
pub(crate) struct Sequence(AtomicU64);

impl Sequence {
    /// Now, or a little later: greater than any number before. Apart from the code that records,
    /// which few samples leave for it.
    #[cold]
    #[inline(never)]
    pub(crate) fn next(&self) -> u64 {
        let now = now();
        let later = |last: u64| now.max(last.saturating_add(1));
        let update = |last| Some(later(last));
        let last = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, update);
        last.map_or(now, later)
    }
}

/// The wall clock as it was at first, and went on without being set back.
fn now() -> u64 {
    static START: OnceLock<(u64, Instant)> = OnceLock::new();
    let (wall, start) = START.get_or_init(|| {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let wall = u64::try_from(since.as_nanos()).unwrap_or(u64::MAX);
        (wall, Instant::now())
    });
    let passed = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
    wall.saturating_add(passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_is_greater_also_between_two_sequences() {
        let (one, other) = (Sequence::default(), Sequence::default());
        let mut last = one.next();
        for _ in 0..1000 {
            let next = one.next();
            assert!(next > last);
            last = next;
        }
        assert!(other.next() > 1_700_000_000_000_000_000);
    }
}
