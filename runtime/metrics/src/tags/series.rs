//! How many different tag sets there are, here and in processes that told of theirs.
//!
//! Alone, an interner counts what it keeps and estimates the rest. Sets of several processes
//! overlap, so with those of others everything is an estimate; for it the sets that are kept are
//! hashed too, each once, when somebody asks.

use std::sync::Arc;

use super::TagSet;
use super::distinct::{Distinct, Register, hash_of};
use super::memory::SERIES_LIMIT;

/// What is known of sets that may be kept or not.
pub(super) struct Series {
    /// Sets that were not kept.
    beyond: Distinct,
    /// Sets that were kept, as far as they were looked at.
    kept: Distinct,
    looked_at: usize,
    /// Sets of other processes.
    received: Option<Distinct>,
    warn_above: usize,
}

impl Default for Series {
    fn default() -> Self {
        Self {
            beyond: Distinct::default(),
            kept: Distinct::default(),
            looked_at: 0,
            received: None,
            warn_above: SERIES_LIMIT,
        }
    }
}

impl Series {
    /// Counts a set that is not kept; whether the number may have changed.
    pub(super) fn add<'a>(&mut self, tags: impl Iterator<Item = (&'a str, &'a str)>) -> bool {
        self.beyond.add(hash_of(tags))
    }

    /// How many of the kept sets were looked at, in the order in which they came.
    pub(super) fn looked_at(&self) -> usize {
        self.looked_at
    }

    /// Looks at the kept sets that came since.
    pub(super) fn look_at(&mut self, sets: &[Arc<TagSet>]) {
        for set in sets {
            self.kept.add(hash_of(set.iter()));
        }
        self.looked_at += sets.len();
    }

    /// The sets of this process, once the kept ones were looked at.
    pub(super) fn own(&self) -> Distinct {
        let mut own = self.beyond.clone();
        own.merge(&self.kept);
        own
    }

    /// Adds sets of another process; whether the number may have changed.
    pub(super) fn receive(&mut self, registers: &[Register]) -> bool {
        let received = self.received.get_or_insert_default();
        let raised = registers
            .iter()
            .filter(|register| received.raise(**register));
        raised.count() > 0
    }

    /// How many sets there are, of which `kept` are kept here.
    pub(super) fn count(&self, kept: usize) -> usize {
        let Some(received) = &self.received else {
            return kept + self.beyond.estimate();
        };
        let mut all = self.own();
        all.merge(received);
        all.estimate()
    }

    /// Whether that number is worth a warning, for the first time or because it has doubled.
    pub(super) fn is_worth_a_warning(&mut self, count: usize) -> bool {
        let worth = count > self.warn_above;
        while count > self.warn_above {
            self.warn_above *= 2;
        }
        worth
    }
}
