//! Where the samples of a tag set go, worked out once per set and shard.
//!
//! Every sample goes to the totals; besides, to the submetrics that its tags match, and, for
//! the full summary, to the sections of its scenario and group.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::metrics::{Shared, SummaryMode};
use crate::sink::Table;
use crate::{MetricId, TagSetId};

/// The scenario whose samples have no section of their own: they are at the top.
const DEFAULT_SCENARIO: &str = "default";

/// Scenario (`""` at the top) and group path (`""` for the scenario as a whole) of a section.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SectionKey {
    pub(crate) scenario: Arc<str>,
    pub(crate) group: Arc<str>,
}

/// Aggregates of a scenario or a group.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) key: SectionKey,
    pub(crate) table: Table,
}

/// A group that samples came from.
#[derive(Clone, Debug)]
pub(crate) struct GroupSeen {
    pub(crate) key: SectionKey,
    /// When its first sample came, to order groups over shards.
    pub(crate) first: u64,
}

/// Where else than to the totals the samples of one tag set go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Route {
    /// Metrics and the indexes of their matching submetrics.
    pub(crate) submetrics: Box<[(MetricId, usize)]>,
    /// Indexes of the scenario's and the group's section.
    pub(crate) sections: [Option<usize>; 2],
}

/// The routes of one shard.
#[derive(Debug, Default)]
pub(crate) struct Router {
    /// By index of the tag set: its place in `routes`, plus one.
    by_tags: Vec<u32>,
    /// Few, as most tag sets differ in tags that nobody asked for.
    routes: Vec<Route>,
    route_index: HashMap<Route, u32>,
    pub(crate) sections: Vec<Section>,
    section_index: HashMap<SectionKey, usize>,
    pub(crate) groups: Vec<GroupSeen>,
    group_index: HashSet<SectionKey>,
}

impl Router {
    /// The route of a tag set, and the sections that it speaks of.
    #[inline]
    pub(crate) fn route(
        &mut self,
        shared: &Shared,
        tags: TagSetId,
    ) -> (Option<&Route>, &mut [Section]) {
        let known = self.by_tags.get(tags.index()).copied().unwrap_or(0);
        let place = match known.checked_sub(1) {
            Some(place) => place,
            None => self.find(shared, tags),
        };
        (self.routes.get(place as usize), &mut self.sections)
    }

    #[cold]
    fn find(&mut self, shared: &Shared, id: TagSetId) -> u32 {
        let tags = shared.interner.get(id);
        let submetrics = shared
            .submetrics
            .iter()
            .enumerate()
            .filter(|(_, definition)| {
                definition
                    .tags
                    .iter()
                    .all(|(key, value)| tags.get(key) == Some(value))
            })
            .map(|(index, definition)| (definition.metric, index))
            .collect();
        let sections = self.sections_of(
            shared,
            tags.get("scenario").unwrap_or_default(),
            tags.get("group").unwrap_or_default(),
        );
        let route = Route {
            submetrics,
            sections,
        };
        let routes = &mut self.routes;
        let place = *self.route_index.entry(route).or_insert_with_key(|route| {
            routes.push(route.clone());
            u32::try_from(routes.len() - 1).unwrap_or(u32::MAX)
        });
        if id.index() >= self.by_tags.len() {
            self.by_tags.resize(id.index() + 1, 0);
        }
        if let Some(slot) = self.by_tags.get_mut(id.index()) {
            *slot = place.saturating_add(1);
        }
        place
    }

    fn sections_of(&mut self, shared: &Shared, scenario: &str, group: &str) -> [Option<usize>; 2] {
        let scenario: Arc<str> = if scenario == DEFAULT_SCENARIO {
            "".into()
        } else {
            scenario.into()
        };
        let group_key = SectionKey {
            scenario: Arc::clone(&scenario),
            group: group.into(),
        };
        if !group.is_empty() && self.group_index.insert(group_key.clone()) {
            let first = shared.sequence.next();
            self.groups.push(GroupSeen {
                key: group_key.clone(),
                first,
            });
        }
        if shared.mode == SummaryMode::Compact {
            return [None, None];
        }
        let of_scenario = (!scenario.is_empty()).then(|| {
            self.section(SectionKey {
                scenario,
                group: "".into(),
            })
        });
        let of_group =
            (!group.is_empty() && !is_lifecycle_group(group)).then(|| self.section(group_key));
        [of_scenario, of_group]
    }

    fn section(&mut self, key: SectionKey) -> usize {
        *self.section_index.entry(key).or_insert_with_key(|key| {
            self.sections.push(Section {
                key: key.clone(),
                table: Table::default(),
            });
            self.sections.len() - 1
        })
    }
}

/// Whether a group stands for setup or teardown, which have no section of their own.
pub(crate) fn is_lifecycle_group(path: &str) -> bool {
    path == "::setup" || path == "::teardown"
}
