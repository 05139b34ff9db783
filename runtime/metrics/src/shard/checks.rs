//! How often each check passed and failed.
//!
//! Counted by scenario, group and name, which is what every list of the summary can be made
//! from. The entry of a tag set is remembered, because the tags of a check repeat.

use std::collections::HashMap;
use std::sync::Arc;

use crate::TagSetId;
use crate::metrics::Shared;

/// One check of one group of one scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CheckCount {
    pub(crate) scenario: Arc<str>,
    pub(crate) group: Arc<str>,
    pub(crate) name: Arc<str>,
    /// When it was first made, to order checks over shards.
    pub(crate) first: u64,
    pub(crate) passes: u64,
    pub(crate) fails: u64,
}

impl CheckCount {
    pub(crate) fn key(&self) -> CheckKey {
        let Self {
            scenario,
            group,
            name,
            ..
        } = self;
        (Arc::clone(scenario), Arc::clone(group), Arc::clone(name))
    }
}

/// Scenario, group and name.
pub(crate) type CheckKey = (Arc<str>, Arc<str>, Arc<str>);

/// The checks of one shard.
#[derive(Debug, Default)]
pub(crate) struct CheckTable {
    entries: Vec<CheckCount>,
    index: HashMap<CheckKey, usize>,
    /// By index of the tag set: the entry of the last check with these tags, plus one.
    recent: Vec<u32>,
}

impl CheckTable {
    pub(crate) fn record(
        &mut self,
        shared: &Shared,
        group: &str,
        name: &str,
        passed: bool,
        tags: TagSetId,
    ) {
        let recent = self
            .recent
            .get(tags.index())
            .and_then(|entry| entry.checked_sub(1));
        // Tags fix the scenario but not always group and name: those tags can be off.
        let recent = recent.map(|entry| entry as usize).filter(|entry| {
            self.entries
                .get(*entry)
                .is_some_and(|entry| *entry.name == *name && *entry.group == *group)
        });
        let entry = recent.unwrap_or_else(|| self.find(shared, group, name, tags));
        if let Some(entry) = self.entries.get_mut(entry) {
            entry.passes += u64::from(passed);
            entry.fails += u64::from(!passed);
        }
    }

    pub(crate) fn entries(&self) -> &[CheckCount] {
        &self.entries
    }

    /// Hands over the counts since the last time. What a check is called stays known.
    pub(crate) fn take(&mut self) -> impl Iterator<Item = CheckCount> {
        let made = |check: &&mut CheckCount| check.passes + check.fails > 0;
        self.entries.iter_mut().filter(made).map(|check| {
            let taken = check.clone();
            (check.passes, check.fails) = (0, 0);
            taken
        })
    }

    #[cold]
    fn find(&mut self, shared: &Shared, group: &str, name: &str, tags: TagSetId) -> usize {
        let set = shared.interner.get(tags);
        let key = (
            set.get("scenario").unwrap_or_default().into(),
            group.into(),
            name.into(),
        );
        let entry = *self
            .index
            .entry(key)
            .or_insert_with_key(|(scenario, group, name)| {
                self.entries.push(CheckCount {
                    scenario: Arc::clone(scenario),
                    group: Arc::clone(group),
                    name: Arc::clone(name),
                    first: shared.sequence.next(),
                    passes: 0,
                    fails: 0,
                });
                self.entries.len() - 1
            });
        if tags.index() >= self.recent.len() {
            self.recent.resize(tags.index() + 1, 0);
        }
        if let Some(recent) = self.recent.get_mut(tags.index()) {
            *recent = u32::try_from(entry + 1).unwrap_or(0);
        }
        entry
    }
}
