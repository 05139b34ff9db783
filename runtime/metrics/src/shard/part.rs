//! What was recorded in some stretch of time, apart from whoever recorded it.
//!
//! A shard hands over what it knows as a part and begins anew, which moves a few pointers per
//! metric while it is locked. Parts add up: those of all shards are the difference that another
//! process is told, and all that were ever taken or received are kept as one.

use indexmap::IndexMap;

use super::checks::{CheckCount, CheckKey};
use super::route::SectionKey;
use crate::sink::{Slot, Table};

/// Aggregates of some samples.
#[derive(Debug, Default)]
pub(crate) struct Part {
    pub(crate) totals: Table,
    /// By index of the submetric.
    pub(crate) submetrics: Vec<Slot>,
    pub(crate) sections: IndexMap<SectionKey, Table>,
    /// Groups, and when their first sample came.
    pub(crate) groups: IndexMap<SectionKey, u64>,
    pub(crate) checks: IndexMap<CheckKey, CheckCount>,
}

impl Part {
    /// Adds what another part knows.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.totals.merge(&other.totals);
        if self.submetrics.len() < other.submetrics.len() {
            self.submetrics
                .resize_with(other.submetrics.len(), Slot::default);
        }
        for (slot, theirs) in self.submetrics.iter_mut().zip(&other.submetrics) {
            slot.merge(theirs);
        }
        for (key, table) in &other.sections {
            match self.sections.get_mut(key) {
                Some(ours) => ours.merge(table),
                None => {
                    self.sections.insert(key.clone(), table.clone());
                }
            }
        }
        for (key, first) in &other.groups {
            self.group(key, *first);
        }
        for check in other.checks.values() {
            self.check(check);
        }
    }

    /// Adds a group whose first sample came at `first`.
    pub(crate) fn group(&mut self, key: &SectionKey, first: u64) {
        match self.groups.get_mut(key) {
            Some(known) => *known = first.min(*known),
            None => {
                self.groups.insert(key.clone(), first);
            }
        }
    }

    /// Adds the counts of a check.
    pub(crate) fn check(&mut self, check: &CheckCount) {
        let key = check.key();
        match self.checks.get_mut(&key) {
            Some(known) => {
                known.first = known.first.min(check.first);
                known.passes = known.passes.saturating_add(check.passes);
                known.fails = known.fails.saturating_add(check.fails);
            }
            None => {
                self.checks.insert(key, check.clone());
            }
        }
    }
}
