//! Adds shards up to a snapshot. Each shard is locked once, while its values are copied;
//! sorting and percentiles happen outside.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;

use super::{
    CheckResult, Group, GroupSection, MetricSnapshot, ScenarioSection, Snapshot, SubmetricSnapshot,
};
use crate::metrics::{Shared, SummaryMode};
use crate::shard::{
    CheckCount, GroupSeen, Part, SectionKey, Shard, ShardHandle, is_lifecycle_group,
};
use crate::sink::{Merged, Slot, Table};
use crate::{MetricInfo, builtin};

/// Sums of all metrics of a run or a section, by metric id.
struct Sums(Vec<Merged>);

impl Sums {
    fn new(len: usize) -> Self {
        Self(std::iter::repeat_with(Merged::default).take(len).collect())
    }

    fn add(&mut self, infos: &[MetricInfo], table: &Table) {
        for (sum, info) in self.0.iter_mut().zip(infos) {
            if let Some(slot) = table.get(info.id) {
                sum.add(slot);
            }
        }
    }

    fn finish(self, infos: &[MetricInfo]) -> Vec<MetricSnapshot> {
        let finish = |(sum, info): (Merged, &MetricInfo)| MetricSnapshot {
            id: info.id,
            name: Arc::clone(&info.name),
            kind: info.kind,
            unit: info.unit,
            observed: sum.observed(),
            values: sum.finish(info.kind),
            submetrics: Vec::new(),
        };
        self.0.into_iter().zip(infos).map(finish).collect()
    }
}

/// Everything that adds up to a snapshot.
struct Whole<'a> {
    infos: &'a [MetricInfo],
    totals: Sums,
    submetrics: Sums,
    sections: HashMap<SectionKey, Sums>,
    checks: Vec<CheckCount>,
    seen: Vec<GroupSeen>,
}

impl<'a> Whole<'a> {
    fn new(shared: &Shared, infos: &'a [MetricInfo]) -> Self {
        Self {
            infos,
            totals: Sums::new(infos.len()),
            submetrics: Sums::new(shared.submetrics.len()),
            sections: HashMap::new(),
            checks: Vec::new(),
            seen: Vec::new(),
        }
    }

    fn tables<'b>(
        &mut self,
        totals: &Table,
        submetrics: &[Slot],
        sections: impl Iterator<Item = (&'b SectionKey, &'b Table)>,
    ) {
        self.totals.add(self.infos, totals);
        for (sum, slot) in self.submetrics.0.iter_mut().zip(submetrics) {
            sum.add(slot);
        }
        for (key, table) in sections {
            let sums = self.sections.entry(key.clone());
            let sums = sums.or_insert_with(|| Sums::new(self.infos.len()));
            sums.add(self.infos, table);
        }
    }

    fn shard(&mut self, shard: &Shard) {
        let sections = shard.router.sections.iter();
        let sections = sections.map(|section| (&section.key, &section.table));
        self.tables(&shard.totals, &shard.submetrics, sections);
        self.checks.extend_from_slice(shard.checks.entries());
        self.seen.extend_from_slice(shard.groups());
    }

    fn part(&mut self, part: &Part) {
        self.tables(&part.totals, &part.submetrics, part.sections.iter());
        self.checks.extend(part.checks.values().cloned());
        self.seen
            .extend(part.groups.iter().map(|(key, first)| GroupSeen {
                key: key.clone(),
                first: *first,
            }));
    }
}

/// `kept` is locked by the caller, so that nothing moves between it and the shards.
pub(crate) fn build(shared: &Shared, shards: &[ShardHandle], kept: &Part) -> Snapshot {
    let infos = shared.registry.all();
    let mut whole = Whole::new(shared, &infos);
    whole.part(kept);
    for handle in shards {
        whole.shard(&handle.lock());
    }
    let Whole {
        totals,
        submetrics,
        sections,
        mut checks,
        mut seen,
        ..
    } = whole;
    checks.sort_by_key(|check| check.first);
    seen.sort_by_key(|group| group.first);

    let mut metrics = totals.finish(&infos);
    for (sum, definition) in submetrics.0.into_iter().zip(&shared.submetrics) {
        let Some(metric) = metrics.get_mut(definition.metric.index()) else {
            continue;
        };
        metric.submetrics.push(SubmetricSnapshot {
            name: Arc::clone(&definition.name),
            suffix: Arc::clone(&definition.suffix),
            tags: Arc::clone(&definition.tags),
            observed: sum.observed(),
            values: sum.finish(metric.kind),
        });
    }
    let mut snapshot = Snapshot {
        metrics,
        checks: by_name(checks.iter()),
        root_group: root_group(&seen, &checks),
        ..Snapshot::default()
    };
    if shared.mode == SummaryMode::Full {
        let builder = SectionBuilder {
            infos: &infos,
            checks: &checks,
            seen: &seen,
        };
        builder.build(sections, &mut snapshot);
    }
    snapshot
}

/// Sums checks of the same name, in the order of their first use.
fn by_name<'a>(checks: impl Iterator<Item = &'a CheckCount>) -> Vec<CheckResult> {
    let mut results: IndexMap<&str, CheckResult> = IndexMap::new();
    for check in checks {
        let result = results.entry(&*check.name).or_insert_with(|| CheckResult {
            name: Arc::clone(&check.name),
            passes: 0,
            fails: 0,
        });
        result.passes += check.passes;
        result.fails += check.fails;
    }
    results.into_values().collect()
}

fn root_group(seen: &[GroupSeen], checks: &[CheckCount]) -> Group {
    // Setup and teardown count as groups only if they have checks or groups.
    let seen = seen
        .iter()
        .filter(|group| !is_lifecycle_group(&group.key.group));
    let seen = seen.map(|group| (group.first, &*group.key.group));
    let checked = checks.iter().map(|check| (check.first, &*check.group));
    let mut paths: Vec<(u64, &str)> = seen.chain(checked).collect();
    paths.sort_unstable();
    let mut by_group: HashMap<&str, Vec<&CheckCount>> = HashMap::new();
    for check in checks {
        by_group.entry(&check.group).or_default().push(check);
    }
    let mut root = Group::default();
    let mut places = Places::default();
    for (_, path) in paths {
        descend(&mut root, &mut places, path, 0, |group: &mut Group| {
            if let Some(checks) = by_group.remove(path) {
                group.checks = by_name(checks.into_iter());
            }
        });
    }
    root
}

/// Where each path is among the children of its parent: a run may have very many groups.
type Places = HashMap<String, usize>;

/// A node of a tree of groups.
trait Node: Sized {
    fn new(name: &str, path: &str) -> Self;
    fn children(&mut self) -> &mut Vec<Self>;
}

impl Node for Group {
    fn new(name: &str, path: &str) -> Self {
        Self {
            name: name.to_owned(),
            path: path.to_owned(),
            ..Self::default()
        }
    }

    fn children(&mut self) -> &mut Vec<Self> {
        &mut self.groups
    }
}

impl Node for GroupSection {
    fn new(name: &str, path: &str) -> Self {
        Self {
            name: name.to_owned(),
            path: path.to_owned(),
            ..Self::default()
        }
    }

    fn children(&mut self) -> &mut Vec<Self> {
        &mut self.groups
    }
}

/// Calls `visit` with the descendant of `node` that has that path, created with all that
/// lies between if missing. `node` has the first `done` bytes of the path. Paths begin with
/// `::`, unless a script chose the `group` tag itself.
fn descend<N: Node>(
    node: &mut N,
    places: &mut Places,
    path: &str,
    done: usize,
    visit: impl FnOnce(&mut N),
) {
    let rest = path.get(done..).unwrap_or_default();
    if rest.is_empty() {
        return visit(node);
    }
    let body = rest.strip_prefix("::").unwrap_or(rest);
    let name = body.split("::").next().unwrap_or_default();
    let end = path.len() - body.len() + name.len();
    let prefix = path.get(..end).unwrap_or(path);
    let children = node.children();
    let at = match places.get(prefix) {
        Some(at) => *at,
        None => {
            children.push(N::new(name, prefix));
            places.insert(prefix.to_owned(), children.len() - 1);
            children.len() - 1
        }
    };
    if let Some(child) = children.get_mut(at) {
        descend(child, places, path, end, visit);
    }
}

struct SectionBuilder<'a> {
    infos: &'a [MetricInfo],
    checks: &'a [CheckCount],
    seen: &'a [GroupSeen],
}

impl SectionBuilder<'_> {
    fn build(&self, mut sections: HashMap<SectionKey, Sums>, snapshot: &mut Snapshot) {
        let mut names: Vec<Arc<str>> = sections
            .keys()
            .map(|key| Arc::clone(&key.scenario))
            .collect();
        names.sort_unstable();
        names.dedup();
        snapshot.groups = self.groups("", &mut sections);
        for name in names.iter().filter(|name| !name.is_empty()) {
            let key = SectionKey {
                scenario: Arc::clone(name),
                group: "".into(),
            };
            let checks = self.checks.iter().filter(|check| check.scenario == *name);
            snapshot.scenarios.push(ScenarioSection {
                name: name.to_string(),
                metrics: self.finish(sections.remove(&key)),
                checks: by_name(checks),
                groups: self.groups(name, &mut sections),
            });
        }
    }

    /// The groups of a scenario as a tree.
    fn groups(
        &self,
        scenario: &str,
        sections: &mut HashMap<SectionKey, Sums>,
    ) -> Vec<GroupSection> {
        let mut root = GroupSection::default();
        let mut places = Places::default();
        let seen = self
            .seen
            .iter()
            .filter(|group| *group.key.scenario == *scenario);
        for SectionKey { scenario, group } in seen.map(|group| &group.key) {
            if is_lifecycle_group(group) {
                continue;
            }
            let key = SectionKey {
                scenario: Arc::clone(scenario),
                group: Arc::clone(group),
            };
            let Some(sums) = sections.remove(&key) else {
                continue;
            };
            let is_here =
                |check: &&CheckCount| check.group == *group && top(&check.scenario) == &**scenario;
            let checks = by_name(self.checks.iter().filter(is_here));
            descend(
                &mut root,
                &mut places,
                group,
                0,
                |section: &mut GroupSection| {
                    section.metrics = self.finish(Some(sums));
                    section.checks = checks;
                },
            );
        }
        root.groups
    }

    fn finish(&self, sums: Option<Sums>) -> Vec<MetricSnapshot> {
        let mut metrics = sums.map(|sums| sums.finish(self.infos)).unwrap_or_default();
        metrics.retain(|metric| metric.observed && metric.id != builtin::GROUP_DURATION);
        metrics
    }
}

/// The scenario under whose name sections are kept: `default` is at the top.
fn top(scenario: &str) -> &str {
    if scenario == "default" { "" } else { scenario }
}
