//! What the samples of a VU carry at this moment: tags, and metadata for outputs.
//!
//! The set is interned once per change (activation, group, own tag), so a sample costs a copy
//! of its id. Order of precedence: run < scenario < VU < call; of the system tags, `group` and
//! `scenario` can be chosen by the script, others lie over all of them. `vu` and `iter` are
//! metadata.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use runner_metrics::{SystemTag, TagSet, Tags};

use crate::context::LoadContext;
use crate::state::ScenarioContext;

/// What a sample without tags of its own carries. Cloning is cheap.
#[derive(Clone, Debug, Default)]
pub(crate) struct Carried {
    pub(crate) tags: Tags,
    /// Only where an output reads it.
    pub(crate) metadata: Option<Arc<TagSet>>,
    /// The tag `name`, which names the URLs of requests too.
    pub(crate) name: Option<Arc<str>>,
}

/// The current tags of one VU.
#[derive(Debug, Default)]
pub(crate) struct VuTags {
    /// Those of run and scenario.
    base: Tags,
    /// Those that the script set.
    own: BTreeMap<String, String>,
    /// The tag `group`: the path of the open group, unless the script chose another value or,
    /// with `None`, deleted it.
    group: Option<String>,
    /// Whether groups set that tag.
    tracks_group: bool,
    open: Vec<OpenGroup>,
    metadata: BTreeMap<String, String>,
    /// Counts changes by the script, which outlast the group that they were made in.
    changes: u64,
    pub(crate) carried: Carried,
}

#[derive(Debug)]
struct OpenGroup {
    parent: Option<String>,
    carried: Carried,
    changes: u64,
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
        self.base = load.metrics.tags().intern(tags).into();
        self.own.clear();
        self.metadata.clear();
        self.open.clear();
        self.tracks_group = load.system_tags.contains(SystemTag::Group);
        self.group = self.tracks_group.then(|| group.to_owned());
        self.rebuild(load);
        self.rebuild_metadata(load);
    }

    /// Says which iteration of which VU the samples to come belong to.
    pub(crate) fn set_position(&mut self, load: &LoadContext, vu: u64, iteration: u64) {
        let mut changed = false;
        for (tag, number) in [(SystemTag::Vu, vu), (SystemTag::Iter, iteration)] {
            if load.system_tags.contains(tag) {
                self.metadata
                    .insert(tag.name().to_owned(), number.to_string());
                changed = true;
            }
        }
        if changed {
            self.rebuild_metadata(load);
        }
    }

    /// The value of the tag `group`, `""` at the root.
    pub(crate) fn group(&self) -> &str {
        if self.tracks_group {
            self.group.as_deref().unwrap_or_default()
        } else {
            self.own.get("group").map_or("", String::as_str)
        }
    }

    /// All tags of the VU, sorted by name.
    pub(crate) fn all(&self, load: &LoadContext) -> Vec<(String, String)> {
        let base = load.metrics.tags().resolve(&self.base);
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let mut all: BTreeMap<_, _> = base.iter().map(own).collect();
        all.extend(self.own.clone());
        if let Some(group) = &self.group {
            all.insert("group".to_owned(), group.clone());
        }
        all.into_iter().collect()
    }

    /// The value of one tag.
    pub(crate) fn get(&self, load: &LoadContext, name: &str) -> Option<String> {
        if self.tracks_group && name == "group" {
            return self.group.clone();
        }
        let own = self.own.get(name).cloned();
        own.or_else(|| {
            let base = load.metrics.tags().resolve(&self.base);
            base.get(name).map(str::to_owned)
        })
    }

    pub(crate) fn set(&mut self, load: &LoadContext, name: String, value: String) {
        if self.tracks_group && name == "group" {
            self.group = Some(value);
        } else {
            self.own.insert(name, value);
        }
        self.changes += 1;
        self.rebuild(load);
    }

    pub(crate) fn delete(&mut self, load: &LoadContext, name: &str) -> bool {
        let interner = load.metrics.tags();
        let mut existed = if self.tracks_group && name == "group" {
            self.group.take().is_some()
        } else {
            self.own.remove(name).is_some()
        };
        let base = interner.resolve(&self.base);
        if base.get(name).is_some() {
            let rest: Vec<_> = base.iter().filter(|(own, _)| *own != name).collect();
            self.base = interner.extend(&Tags::default(), &rest);
            existed = true;
        }
        if existed {
            self.changes += 1;
            self.rebuild(load);
        }
        existed
    }

    pub(crate) fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    pub(crate) fn set_metadata(&mut self, load: &LoadContext, name: String, value: String) {
        self.metadata.insert(name, value);
        self.changes += 1;
        self.rebuild_metadata(load);
    }

    pub(crate) fn delete_metadata(&mut self, load: &LoadContext, name: &str) -> bool {
        let existed = self.metadata.remove(name).is_some();
        self.changes += 1;
        self.rebuild_metadata(load);
        existed
    }

    /// Opens a group in the current one.
    pub(crate) fn enter(&mut self, load: &LoadContext, name: &str) {
        let path = format!("{}::{name}", self.group());
        let carried = self.carried.clone();
        let parent = if self.tracks_group {
            self.group.replace(path)
        } else {
            None
        };
        self.open.push(OpenGroup {
            parent,
            carried,
            changes: self.changes,
            started: Instant::now(),
        });
        if self.tracks_group {
            self.rebuild(load);
        }
    }

    /// Whether a group is open.
    pub(crate) fn in_group(&self) -> bool {
        !self.open.is_empty()
    }

    /// Closes the innermost group: what its samples carried, and how long it was open in
    /// milliseconds.
    pub(crate) fn leave(&mut self, load: &LoadContext) -> Option<(Carried, f64)> {
        let open = self.open.pop()?;
        let carried = self.carried.clone();
        // A group that the script had deleted is there again afterwards, as in k6.
        let restored = open.parent.is_some() || !self.tracks_group;
        if self.tracks_group {
            self.group = Some(open.parent.unwrap_or_default());
        }
        if restored && self.changes == open.changes {
            self.carried = open.carried;
        } else {
            self.rebuild(load);
        }
        Some((carried, open.started.elapsed().as_secs_f64() * 1e3))
    }

    fn rebuild(&mut self, load: &LoadContext) {
        let mut tags: Vec<(&str, &str)> = self
            .own
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        if let Some(group) = &self.group {
            tags.push(("group", group));
        }
        let interner = load.metrics.tags();
        self.carried.tags = interner.extend(&self.base, &tags);
        self.carried.name = match self.own.get("name") {
            Some(name) => Some(name.as_str().into()),
            None => interner.resolve(&self.base).get("name").map(Arc::from),
        };
    }

    fn rebuild_metadata(&mut self, load: &LoadContext) {
        let wanted = load.metrics.is_tapped() && !self.metadata.is_empty();
        self.carried.metadata = wanted.then(|| {
            let metadata = self.metadata.iter();
            let pairs = metadata.map(|(name, value)| (name.as_str(), value.as_str()));
            Arc::new(TagSet::from_pairs(pairs))
        });
    }
}

/// Borrows a list of tags.
pub(crate) fn pairs(tags: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    tags.iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
}
