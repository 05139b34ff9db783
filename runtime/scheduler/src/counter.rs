//! A counter for the hot path: written by every VU after every iteration, read ten times a
//! second. VUs write to separate cache lines, so that cores do not fight over one.

use std::sync::atomic::{AtomicU64, Ordering};

/// Keeps a value on cache lines of its own (two, as CPUs fetch lines in pairs).
#[derive(Debug, Default)]
#[repr(align(128))]
pub(crate) struct Padded<T>(pub(crate) T);

const SHARDS: usize = 16;

/// A sum of which each VU adds to its own part.
#[derive(Debug, Default)]
pub(crate) struct ShardedCounter {
    shards: [Padded<AtomicU64>; SHARDS],
}

impl ShardedCounter {
    /// The part to which the VU with this id adds.
    pub(crate) fn shard(&self, vu: u64) -> &AtomicU64 {
        let index = (vu % SHARDS as u64) as usize;
        let [first, ..] = &self.shards;
        &self.shards.get(index).unwrap_or(first).0
    }

    /// The sum. Not a snapshot: additions made meanwhile may or may not be in it.
    pub(crate) fn sum(&self) -> u64 {
        self.shards
            .iter()
            .map(|shard| shard.0.load(Ordering::Relaxed))
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_over_all_vus() {
        let counter = ShardedCounter::default();
        for vu in 0..100 {
            counter.shard(vu).fetch_add(vu, Ordering::Relaxed);
        }
        assert_eq!(counter.sum(), 4950);
    }
}
