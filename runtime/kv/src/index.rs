//! All keys in order, for random access by position: a list of sorted blocks.
//!
//! Finding a key is a binary search over blocks and one within a block; finding a position adds
//! up the lengths of blocks, which for a million keys are about two thousand numbers.

use std::sync::Arc;

/// A block is divided when it grows to twice this.
const BLOCK: usize = 512;

/// Distinct keys in order.
#[derive(Debug, Default)]
pub(crate) struct SortedKeys {
    blocks: Vec<Vec<Arc<str>>>,
    length: usize,
}

impl SortedKeys {
    /// From keys that are already in order and distinct.
    pub fn from_sorted(keys: impl Iterator<Item = Arc<str>>) -> Self {
        let mut all = Self::default();
        for key in keys {
            match all.blocks.last_mut() {
                Some(block) if block.len() < BLOCK => block.push(key),
                _ => {
                    let mut block = Vec::with_capacity(BLOCK);
                    block.push(key);
                    all.blocks.push(block);
                }
            }
            all.length += 1;
        }
        all
    }

    pub fn len(&self) -> usize {
        self.length
    }

    pub fn contains(&self, key: &str) -> bool {
        let block = self.block_of(key);
        self.blocks
            .get(block)
            .is_some_and(|keys| keys.binary_search_by(|other| (**other).cmp(key)).is_ok())
    }

    /// False when the key was there.
    pub fn insert(&mut self, key: Arc<str>) -> bool {
        let last = self.blocks.len().saturating_sub(1);
        let at = self.block_of(&key).min(last);
        let Some(block) = self.blocks.get_mut(at) else {
            self.blocks.push(vec![key]);
            self.length = 1;
            return true;
        };
        let Err(position) = block.binary_search(&key) else {
            return false;
        };
        block.insert(position, key);
        self.length += 1;
        if block.len() >= 2 * BLOCK {
            let upper = block.split_off(BLOCK);
            self.blocks.insert(at + 1, upper);
        }
        true
    }

    /// False when the key was not there.
    pub fn remove(&mut self, key: &str) -> bool {
        let at = self.block_of(key);
        let Some(block) = self.blocks.get_mut(at) else {
            return false;
        };
        let Ok(position) = block.binary_search_by(|other| (**other).cmp(key)) else {
            return false;
        };
        block.remove(position);
        self.length -= 1;
        if block.is_empty() {
            self.blocks.remove(at);
        }
        true
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Positions of the keys with that prefix: from, and up to but without.
    pub fn positions(&self, prefix: &str) -> (usize, usize) {
        if prefix.is_empty() {
            return (0, self.length);
        }
        let start = self.rank(|key| key < prefix);
        let end = self.rank(|key| key < prefix || key.starts_with(prefix));
        (start, end)
    }

    /// The key at a position.
    pub fn nth(&self, mut position: usize) -> Option<&Arc<str>> {
        for block in &self.blocks {
            if let Some(key) = block.get(position) {
                return Some(key);
            }
            position -= block.len();
        }
        None
    }

    /// How many keys `before` holds for; it must hold for a first part of them.
    fn rank(&self, before: impl Fn(&str) -> bool) -> usize {
        let block = self
            .blocks
            .partition_point(|keys| keys.last().is_some_and(|last| before(last)));
        let whole: usize = self.blocks.iter().take(block).map(Vec::len).sum();
        let part = self
            .blocks
            .get(block)
            .map_or(0, |keys| keys.partition_point(|key| before(key)));
        whole + part
    }

    /// The first block whose last key is not before `key`.
    fn block_of(&self, key: &str) -> usize {
        self.blocks
            .partition_point(|keys| keys.last().is_some_and(|last| &**last < key))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_agrees_with_a_set(steps in prop::collection::vec((any::<bool>(), 0_u32..3000), 1..4000)) {
            let (mut keys, mut set) = (SortedKeys::default(), BTreeSet::new());
            for (insert, number) in steps {
                let key = format!("{number:05}");
                if insert {
                    prop_assert_eq!(keys.insert(key.as_str().into()), set.insert(key));
                } else {
                    prop_assert_eq!(keys.remove(&key), set.remove(&key));
                }
            }
            prop_assert_eq!(keys.len(), set.len());
            for (position, key) in set.iter().enumerate() {
                prop_assert_eq!(keys.nth(position).map(|key| &**key), Some(key.as_str()));
                prop_assert!(keys.contains(key));
            }
            for prefix in ["", "0", "01", "012", "9"] {
                let (start, end) = keys.positions(prefix);
                let expected = set.iter().filter(|key| key.starts_with(prefix)).count();
                prop_assert_eq!(end - start, expected);
                if let Some(first) = set.iter().find(|key| key.starts_with(prefix)) {
                    prop_assert_eq!(keys.nth(start).map(|key| &**key), Some(first.as_str()));
                }
            }
        }
    }
}
