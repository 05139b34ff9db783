//! Tag sets, interned: a sample carries one small number instead of a list of strings.
//!
//! An interner only grows, because samples may name a set at any later time. Few sets are
//! the normal case; every distinct set is a time series that outputs and memory pay for,
//! so a hook is told when there are more than [`SERIES_LIMIT`], and at each doubling.
//! Looking up a set that is known takes one hash and a read lock, and allocates nothing.

use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;

use hashbrown::{DefaultHashBuilder, HashTable};
use parking_lot::RwLock;

/// The number of distinct tag sets from which on the warning hook is called.
pub const SERIES_LIMIT: usize = 100_000;

/// Pairs that are sorted on the stack; longer lists take one allocation per look-up.
const INLINE_PAIRS: usize = 32;

/// Index of a tag set in its [`TagInterner`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TagSetId(pub u32);

impl TagSetId {
    /// The set without tags, which every interner has.
    pub const EMPTY: Self = Self(0);

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Tags sorted by key; a key occurs once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagSet {
    pairs: Box<[(Box<str>, Box<str>)]>,
}

impl TagSet {
    /// The value of `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        let at = self.pairs.binary_search_by(|(k, _)| (**k).cmp(key)).ok()?;
        self.pairs.get(at).map(|(_, value)| &**value)
    }

    /// Keys and values, sorted by key.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(key, value)| (&**key, &**value))
    }

    /// The number of tags.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there is no tag.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    fn equals(&self, sorted: &[(&str, &str)]) -> bool {
        self.len() == sorted.len() && self.iter().eq(sorted.iter().copied())
    }
}

/// Is told how many distinct tag sets there are.
pub type SeriesWarning = Box<dyn Fn(usize) + Send + Sync>;

struct Sets {
    sets: Vec<Arc<TagSet>>,
    /// Positions in `sets` by the hash of their content.
    index: HashTable<u32>,
    warn_above: usize,
}

/// A set that was made from another one, found again without merging the two.
struct Derived {
    base: TagSetId,
    pairs: Box<[(Box<str>, Box<str>)]>,
    result: TagSetId,
}

/// All tag sets of a run. Thread-safe.
pub struct TagInterner {
    hasher: DefaultHashBuilder,
    sets: RwLock<Sets>,
    derived: RwLock<HashTable<Derived>>,
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
            sets: RwLock::new(Sets {
                sets: Vec::new(),
                index: HashTable::new(),
                warn_above: SERIES_LIMIT,
            }),
            derived: RwLock::new(HashTable::new()),
            warning: None,
        };
        interner.intern_sorted(&[]);
        interner
    }

    /// An interner that calls `warning` with the number of sets when there are more than
    /// [`SERIES_LIMIT`], and again whenever that number has doubled. The hook runs on the
    /// thread that added the set and must not call the interner's adding functions.
    #[must_use]
    pub fn with_warning(warning: SeriesWarning) -> Self {
        Self {
            warning: Some(warning),
            ..Self::new()
        }
    }

    /// The id of the set with these tags; of a key given twice the last value counts.
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

    /// The id of the set `base` with `tags` added, or in place of those of the same key.
    pub fn with(&self, base: TagSetId, tags: &[(&str, &str)]) -> TagSetId {
        if tags.is_empty() {
            return base;
        }
        let hash = self.hash_derived(base, tags.iter().copied());
        let known = self
            .derived
            .read()
            .find(hash, |entry| {
                entry.base == base
                    && entry.pairs.len() == tags.len()
                    && entry
                        .pairs
                        .iter()
                        .map(|(k, v)| (&**k, &**v))
                        .eq(tags.iter().copied())
            })
            .map(|entry| entry.result);
        if let Some(result) = known {
            return result;
        }
        let set = self.get(base);
        let result = self.intern(set.iter().chain(tags.iter().copied()));
        let entry = Derived {
            base,
            pairs: own(tags),
            result,
        };
        // Two threads may add the same entry; the second copy is never found and harmless.
        self.derived.write().insert_unique(hash, entry, |entry| {
            self.hash_derived(entry.base, entry.pairs.iter().map(|(k, v)| (&**k, &**v)))
        });
        result
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

    /// The number of distinct sets.
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
        let Sets {
            sets: stored,
            index,
            warn_above,
        } = &mut *sets;
        let id = u32::try_from(stored.len()).unwrap_or(u32::MAX);
        stored.push(Arc::new(TagSet { pairs: own(sorted) }));
        index.insert_unique(hash, id, |id| {
            stored
                .get(*id as usize)
                .map_or(0, |set| self.hash_pairs(set.iter()))
        });
        let count = stored.len();
        let warn = count > *warn_above;
        if warn {
            *warn_above *= 2;
        }
        drop(sets);
        if let (true, Some(warning)) = (warn, &self.warning) {
            warning(count);
        }
        TagSetId(id)
    }

    fn hash_pairs<'a>(&self, pairs: impl Iterator<Item = (&'a str, &'a str)>) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        pairs.for_each(|pair| pair.hash(&mut hasher));
        hasher.finish()
    }

    fn hash_derived<'a>(
        &self,
        base: TagSetId,
        pairs: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        base.hash(&mut hasher);
        pairs.for_each(|pair| pair.hash(&mut hasher));
        hasher.finish()
    }
}

impl Sets {
    fn find(&self, hash: u64, sorted: &[(&str, &str)]) -> Option<TagSetId> {
        let is_same = |id: &u32| {
            self.sets
                .get(*id as usize)
                .is_some_and(|set| set.equals(sorted))
        };
        self.index.find(hash, is_same).map(|id| TagSetId(*id))
    }
}

fn own(pairs: &[(&str, &str)]) -> Box<[(Box<str>, Box<str>)]> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).into(), (*value).into()))
        .collect()
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
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_order_of_tags_does_not_matter() {
        let interner = TagInterner::new();
        let a = interner.intern([("b", "2"), ("a", "1")]);
        let b = interner.intern([("a", "1"), ("b", "2")]);
        assert_eq!(a, b);
        assert_eq!(
            interner.get(a).iter().collect::<Vec<_>>(),
            [("a", "1"), ("b", "2")]
        );
        assert_eq!(interner.intern([]), TagSetId::EMPTY);
        assert_eq!(interner.len(), 2);
    }

    #[test]
    fn overriding_tags_win() {
        let interner = TagInterner::new();
        let base = interner.intern([("status", "200"), ("url", "x")]);
        let derived = interner.with(base, &[("status", "404"), ("a", "1")]);
        let set = interner.get(derived);
        assert_eq!(set.get("status"), Some("404"));
        assert_eq!(set.get("url"), Some("x"));
        assert_eq!(set.get("a"), Some("1"));
        assert_eq!(set.get("b"), None);
        assert_eq!(
            interner.with(base, &[("status", "404"), ("a", "1")]),
            derived
        );
        assert_eq!(interner.with(base, &[]), base);
    }

    #[test]
    fn the_hook_is_called_above_the_limit_and_at_doublings() {
        static CALLS: AtomicUsize = AtomicUsize::new(0);
        let interner = TagInterner::with_warning(Box::new(|_| {
            CALLS.fetch_add(1, Ordering::Relaxed);
        }));
        let mut text = String::new();
        for (count, calls) in [
            (SERIES_LIMIT, 0),
            (SERIES_LIMIT + 1, 1),
            (2 * SERIES_LIMIT + 1, 2),
        ] {
            while interner.len() < count {
                text.clear();
                text.push_str(&interner.len().to_string());
                interner.intern([("n", text.as_str())]);
            }
            assert_eq!(CALLS.load(Ordering::Relaxed), calls);
        }
    }

    proptest! {
        #[test]
        fn sets_behave_like_maps(
            base in prop::collection::vec(("[a-e]{1,2}", "[a-c]"), 0..40),
            extra in prop::collection::vec(("[a-e]{1,2}", "[a-c]"), 0..6),
        ) {
            let interner = TagInterner::new();
            let pairs = |list: &[(String, String)]| -> Vec<(String, String)> { list.to_vec() };
            let expected: std::collections::BTreeMap<_, _> =
                pairs(&base).into_iter().chain(pairs(&extra)).collect();
            let base = interner.intern(base.iter().map(|(k, v)| (k.as_str(), v.as_str())));
            let extra: Vec<_> = extra.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            let id = interner.with(base, &extra);
            prop_assert_eq!(interner.with(base, &extra), id);
            let set = interner.get(id);
            let direct = interner.intern(expected.iter().map(|(k, v)| (k.as_str(), v.as_str())));
            prop_assert_eq!(direct, id);
            prop_assert!(set.iter().eq(expected.iter().map(|(k, v)| (k.as_str(), v.as_str()))));
        }
    }
}
