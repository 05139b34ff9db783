//! Which tags the samples of a VU carry at this moment.
//!
//! The set is interned once per change (activation, group, own tag), so a sample costs a copy
//! of its id. Order of precedence: run < scenario < VU < call; system tags over all of them.

use std::collections::BTreeMap;
use std::time::Instant;

use runner_metrics::{SystemTag, TagSetId};

use crate::context::LoadContext;
use crate::samples::HttpTagCache;
use crate::state::ScenarioContext;

/// The current tags of one VU.
#[derive(Debug, Default)]
pub(crate) struct VuTags {
    base: TagSetId,
    current: TagSetId,
    own: BTreeMap<String, String>,
    metadata: BTreeMap<String, String>,
    group: String,
    open: Vec<OpenGroup>,
    pub(crate) http: HttpTagCache,
}

#[derive(Debug)]
struct OpenGroup {
    parent: String,
    parent_tags: TagSetId,
    started: Instant,
}

impl VuTags {
    /// Starts afresh for a scenario, or for setup and teardown where there is none.
    pub(crate) fn activate(
        &mut self,
        load: &LoadContext,
        scenario: Option<&ScenarioContext>,
        group: &str,
    ) {
        let mut tags: Vec<(&str, &str)> = pairs(&load.run_tags).collect();
        if let Some(scenario) = scenario {
            tags.extend(pairs(&scenario.tags));
            if load.system_tags.contains(SystemTag::Scenario) {
                tags.push(("scenario", &scenario.name));
            }
        }
        self.base = load.metrics.tags().intern(tags);
        self.own.clear();
        self.metadata.clear();
        self.open.clear();
        self.group = group.to_owned();
        self.rebuild(load);
    }

    /// The set that a sample without tags of its own carries.
    pub(crate) fn current(&self) -> TagSetId {
        self.current
    }

    /// Path of the open group, `""` at the root.
    pub(crate) fn group(&self) -> &str {
        &self.group
    }

    /// All tags of the VU.
    pub(crate) fn all(&self, load: &LoadContext) -> Vec<(String, String)> {
        let tags = load.metrics.tags().get(self.current);
        tags.iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    pub(crate) fn set(&mut self, load: &LoadContext, name: String, value: String) {
        self.own.insert(name, value);
        self.rebuild(load);
    }

    pub(crate) fn delete(&mut self, load: &LoadContext, name: &str) -> bool {
        let existed = self.own.remove(name).is_some();
        if existed {
            self.rebuild(load);
        }
        existed
    }

    pub(crate) fn metadata(&mut self) -> &mut BTreeMap<String, String> {
        &mut self.metadata
    }

    /// Opens a group in the current one.
    pub(crate) fn enter(&mut self, load: &LoadContext, name: &str) {
        let path = format!("{}::{name}", self.group);
        let parent = std::mem::replace(&mut self.group, path);
        self.open.push(OpenGroup {
            parent,
            parent_tags: self.current,
            started: Instant::now(),
        });
        self.rebuild(load);
    }

    /// Closes the innermost group: its tags, and how long it was open in milliseconds.
    pub(crate) fn leave(&mut self) -> Option<(TagSetId, f64)> {
        let group = self.open.pop()?;
        let tags = std::mem::replace(&mut self.current, group.parent_tags);
        self.group = group.parent;
        Some((tags, group.started.elapsed().as_secs_f64() * 1e3))
    }

    fn rebuild(&mut self, load: &LoadContext) {
        let mut tags: Vec<(&str, &str)> = self
            .own
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        if load.system_tags.contains(SystemTag::Group) {
            tags.push(("group", &self.group));
        }
        self.current = load.metrics.tags().with(self.base, &tags);
    }
}

/// Borrows a list of tags.
pub(crate) fn pairs(tags: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    tags.iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
}
