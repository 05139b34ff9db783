//! Interns tag sets: a sample carries one small number instead of a list of strings.
//!
//! Looking up a set that is known takes one hash and a read lock, and allocates nothing. How
//! much is kept, and what that means, says `memory.rs`.

use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::{Arc, OnceLock};

use hashbrown::{DefaultHashBuilder, HashTable};
use parking_lot::{Mutex, MutexGuard, RwLock};

use super::distinct::{Distinct, Register};
use super::memory::{Stage, Wanted};
use super::series::Series;
use super::{TagSet, TagSetId, Tags};

/// Pairs that are sorted on the stack; longer lists take one allocation per look-up.
const INLINE_PAIRS: usize = 32;

/// Is told how many distinct tag sets there are.
pub type SeriesWarning = Box<dyn Fn(usize) + Send + Sync>;

#[derive(Default)]
struct Sets {
    sets: Vec<Arc<TagSet>>,
    /// Positions in `sets` by the hash of their content.
    index: HashTable<u32>,
    /// What the sets take.
    bytes: usize,
}

/// What another process was told of the sets of an interner.
#[derive(Debug, Default)]
pub(crate) struct Told(Distinct);

/// A set that was made from another one, found again without merging the two.
struct Derived {
    base: TagSetId,
    added: TagSet,
    result: TagSetId,
}

#[derive(Default)]
struct DerivedSets {
    index: HashTable<Derived>,
    bytes: usize,
}

/// All tag sets of a run. Thread-safe.
pub struct TagInterner {
    hasher: DefaultHashBuilder,
    sets: RwLock<Sets>,
    derived: RwLock<DerivedSets>,
    series: Mutex<Series>,
    wanted: OnceLock<Wanted>,
    warning: Option<SeriesWarning>,
}

impl Default for TagInterner {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for TagInterner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TagInterner")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

impl TagInterner {
    /// An interner that holds the empty set only.
    #[must_use]
    pub fn new() -> Self {
        let interner = Self {
            hasher: DefaultHashBuilder::default(),
            sets: RwLock::default(),
            derived: RwLock::default(),
            series: Mutex::default(),
            wanted: OnceLock::new(),
            warning: None,
        };
        interner.intern_sorted(&[]);
        interner
    }

    /// An interner that calls `warning` with the number of sets when there are more than
    /// [`crate::SERIES_LIMIT`], and again whenever that number has doubled; above the limit the number
    /// is an estimate. The hook runs on the thread that added the set and must not call the
    /// interner's adding functions.
    #[must_use]
    pub fn with_warning(warning: SeriesWarning) -> Self {
        Self {
            warning: Some(warning),
            ..Self::new()
        }
    }

    /// Says what must be known of sets that are not kept. The first call counts.
    pub(crate) fn want(&self, pairs: Vec<(String, String)>, whole: bool) {
        let _ = self.wanted.set(Wanted { pairs, whole });
    }

    /// The id of the set with these tags; of a name given twice the last value counts. The set
    /// is kept whatever the limits are, so this is for sets whose number the plan of a run
    /// bounds.
    pub fn intern<'a>(&self, tags: impl IntoIterator<Item = (&'a str, &'a str)>) -> TagSetId {
        let mut inline = [("", ""); INLINE_PAIRS];
        let mut heap = Vec::new();
        let mut len = 0;
        for pair in tags {
            match inline.get_mut(len) {
                Some(slot) if heap.is_empty() => *slot = pair,
                _ => {
                    if heap.is_empty() {
                        heap.extend_from_slice(&inline);
                    }
                    heap.push(pair);
                }
            }
            len += 1;
        }
        let pairs = if heap.is_empty() {
            inline.get_mut(..len).unwrap_or_default()
        } else {
            heap.as_mut_slice()
        };
        let len = sort_last_wins(pairs);
        self.intern_sorted(pairs.get(..len).unwrap_or_default())
    }

    /// The id of the set `base` with `tags` added, or in place of those of the same name. Kept
    /// as by [`Self::intern`].
    pub fn with(&self, base: TagSetId, tags: &[(&str, &str)]) -> TagSetId {
        if tags.is_empty() {
            return base;
        }
        let hash = self.hash_derived(base, tags);
        if let Some(result) = self.find_derived(hash, base, tags) {
            return result;
        }
        let set = self.get(base);
        let result = self.intern(set.iter().chain(tags.iter().copied()));
        self.remember(hash, base, tags, result);
        result
    }

    /// `base` with `tags` added, or in place of those of the same name; beyond the limits the
    /// set is not kept.
    pub fn extend<K: AsRef<str>, V: AsRef<str>>(&self, base: &Tags, tags: &[(K, V)]) -> Tags {
        if tags.is_empty() {
            return base.clone();
        }
        let hash = self.hash_derived(base.id, tags);
        if base.is_kept()
            && let Some(result) = self.find_derived(hash, base.id, tags)
        {
            return result.into();
        }
        self.extend_anew(hash, base, tags)
    }

    #[cold]
    fn extend_anew<K: AsRef<str>, V: AsRef<str>>(
        &self,
        derived: u64,
        base: &Tags,
        tags: &[(K, V)],
    ) -> Tags {
        let set = self.resolve(base);
        let mut pairs: Vec<(&str, &str)> = set.iter().chain(borrow(tags)).collect();
        let len = sort_last_wins(&mut pairs);
        pairs.truncate(len);
        let hash = self.hash_pairs(pairs.iter().copied());
        let (known, stage) = {
            let sets = self.sets.read();
            let stage = Stage::of(sets.sets.len(), sets.bytes);
            (sets.find(hash, &pairs), stage)
        };
        if known.is_some() || stage == Stage::Whole {
            let id = known.unwrap_or_else(|| self.intern_sorted(&pairs));
            if base.is_kept() {
                self.remember(derived, base.id, tags, id);
            }
            return id.into();
        }
        self.count(&pairs);
        let wanted = self.wanted.get();
        let whole = wanted
            .is_some_and(|wanted| wanted.whole)
            .then(|| Arc::new(TagSet::from_pairs(pairs.iter().copied())));
        pairs.retain(|(name, value)| match wanted {
            Some(wanted) => wanted.keeps(stage, name, value),
            None => false,
        });
        Tags {
            id: self.intern_sorted(&pairs),
            whole,
        }
    }

    /// The set of that id; the empty set for ids of other interners.
    #[must_use]
    pub fn get(&self, id: TagSetId) -> Arc<TagSet> {
        self.sets
            .read()
            .sets
            .get(id.index())
            .cloned()
            .unwrap_or_default()
    }

    /// The set, with as many of its tags as are known.
    #[must_use]
    pub fn resolve(&self, tags: &Tags) -> Arc<TagSet> {
        match &tags.whole {
            Some(whole) => Arc::clone(whole),
            None => self.get(tags.id),
        }
    }

    /// The number of sets that are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sets.read().sets.len()
    }

    /// Whether there is no set; never true, as there is always the empty one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn intern_sorted(&self, sorted: &[(&str, &str)]) -> TagSetId {
        let hash = self.hash_pairs(sorted.iter().copied());
        if let Some(id) = self.sets.read().find(hash, sorted) {
            return id;
        }
        let mut sets = self.sets.write();
        if let Some(id) = sets.find(hash, sorted) {
            return id;
        }
        let Sets { sets, index, bytes } = &mut *sets;
        let id = u32::try_from(sets.len()).unwrap_or(u32::MAX);
        let set = TagSet::from_pairs(sorted.iter().copied());
        *bytes += set.bytes();
        sets.push(Arc::new(set));
        index.insert_unique(hash, id, |id| {
            sets.get(*id as usize)
                .map_or(0, |set| self.hash_pairs(set.iter()))
        });
        TagSetId(id)
    }

    /// Counts a set that is not kept.
    fn count(&self, pairs: &[(&str, &str)]) {
        let mut series = self.series.lock();
        if series.add(pairs.iter().copied()) {
            self.warn(series);
        }
    }

    /// How many different sets there are: exact while all are kept here and no other process
    /// told of its own, an estimate (about 2 %) otherwise.
    #[must_use]
    pub fn distinct(&self) -> usize {
        self.looked().count(self.len())
    }

    /// What other processes must know to count the sets of this one.
    pub(crate) fn registers(&self, told: &mut Told) -> Vec<Register> {
        let own = self.looked().own();
        let registers = own.beyond(&told.0);
        told.0 = own;
        registers
    }

    /// Adds sets of another process.
    pub(crate) fn absorb(&self, registers: &[Register]) {
        let mut series = self.looked();
        if series.receive(registers) {
            self.warn(series);
        }
    }

    /// The series with every set that is kept by now.
    fn looked(&self) -> MutexGuard<'_, Series> {
        let mut series = self.series.lock();
        // Hashed outside of the lock that those wait for who make sets.
        let from = series.looked_at();
        let sets = self
            .sets
            .read()
            .sets
            .get(from..)
            .unwrap_or_default()
            .to_vec();
        series.look_at(&sets);
        series
    }

    fn warn(&self, mut series: MutexGuard<'_, Series>) {
        let count = series.count(self.len());
        let worth = series.is_worth_a_warning(count);
        drop(series);
        if let (true, Some(warning)) = (worth, &self.warning) {
            warning(count);
        }
    }

    fn find_derived<K: AsRef<str>, V: AsRef<str>>(
        &self,
        hash: u64,
        base: TagSetId,
        tags: &[(K, V)],
    ) -> Option<TagSetId> {
        let is_same = |entry: &Derived| entry.base == base && entry.added.iter().eq(borrow(tags));
        let derived = self.derived.read();
        derived.index.find(hash, is_same).map(|entry| entry.result)
    }

    fn remember<K: AsRef<str>, V: AsRef<str>>(
        &self,
        hash: u64,
        base: TagSetId,
        tags: &[(K, V)],
        result: TagSetId,
    ) {
        let mut derived = self.derived.write();
        let DerivedSets { index, bytes } = &mut *derived;
        if Stage::of(index.len(), *bytes) != Stage::Whole {
            return;
        }
        let added = TagSet::from_pairs(borrow(tags));
        *bytes += added.bytes();
        let entry = Derived {
            base,
            added,
            result,
        };
        // Two threads may add the same entry; the second copy is never found and harmless.
        index.insert_unique(hash, entry, |entry| {
            let mut hasher = self.hasher.build_hasher();
            entry.base.hash(&mut hasher);
            for pair in entry.added.iter() {
                hash_pair(pair, &mut hasher);
            }
            hasher.finish()
        });
    }

    fn hash_pairs<'a>(&self, pairs: impl Iterator<Item = (&'a str, &'a str)>) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        pairs.for_each(|pair| hash_pair(pair, &mut hasher));
        hasher.finish()
    }

    #[inline]
    fn hash_derived<K: AsRef<str>, V: AsRef<str>>(&self, base: TagSetId, tags: &[(K, V)]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        base.hash(&mut hasher);
        // A plain loop keeps the hasher in registers, for each request.
        for (name, value) in tags {
            hash_pair((name.as_ref(), value.as_ref()), &mut hasher);
        }
        hasher.finish()
    }
}

impl Sets {
    fn find(&self, hash: u64, sorted: &[(&str, &str)]) -> Option<TagSetId> {
        let is_same = |id: &u32| {
            self.sets
                .get(*id as usize)
                .is_some_and(|set| set.iter().eq(sorted.iter().copied()))
        };
        self.index.find(hash, is_same).map(|id| TagSetId(*id))
    }
}

/// Inlined, unlike the hash of a pair, where a request looks its tags up.
#[inline(always)]
fn hash_pair((name, value): (&str, &str), hasher: &mut impl Hasher) {
    name.hash(hasher);
    value.hash(hasher);
}

fn borrow<K: AsRef<str>, V: AsRef<str>>(
    tags: &[(K, V)],
) -> impl Iterator<Item = (&str, &str)> + Clone {
    tags.iter()
        .map(|(name, value)| (name.as_ref(), value.as_ref()))
}

/// Sorts by key in place, keeps the last of equal keys, and returns how many are left.
fn sort_last_wins(pairs: &mut [(&str, &str)]) -> usize {
    // The sort is stable, so that of equal keys the last given is the last found. It does
    // not allocate for the short lists that tags are.
    pairs.sort_by(|a, b| a.0.cmp(b.0));
    let mut kept = 0;
    for at in 0..pairs.len() {
        let Some(pair) = pairs.get(at).copied() else {
            break;
        };
        let replaces = kept > 0 && pairs.get(kept - 1).is_some_and(|last| last.0 == pair.0);
        if !replaces {
            kept += 1;
        }
        if let Some(slot) = pairs.get_mut(kept - 1) {
            *slot = pair;
        }
    }
    kept
}

#[cfg(test)]
#[path = "interner_tests.rs"]
mod tests;
