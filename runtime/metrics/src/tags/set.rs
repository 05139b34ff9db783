//! One set of tags, in two blocks of memory however many tags it has: a run may have a hundred
//! thousand of them.

/// Index of a tag set in its [`crate::TagInterner`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TagSetId(pub u32);

impl TagSetId {
    /// The set without tags, which every interner has.
    pub const EMPTY: Self = Self(0);

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Names and values. Those of an interner are sorted by name, and a name occurs once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagSet {
    /// Names and values one after the other.
    text: Box<str>,
    /// Where each name and its value end in `text`.
    ends: Box<[(u32, u32)]>,
}

impl TagSet {
    /// Keeps pairs in the order given. Text beyond 4 GiB is cut off.
    #[must_use]
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)> + Clone) -> Self {
        let length = pairs
            .clone()
            .into_iter()
            .map(|(name, value)| name.len() + value.len())
            .sum();
        let mut text = String::with_capacity(length);
        let end = |text: &String| u32::try_from(text.len()).unwrap_or(u32::MAX);
        let ends = pairs
            .into_iter()
            .map(|(name, value)| {
                text.push_str(name);
                let name_end = end(&text);
                text.push_str(value);
                (name_end, end(&text))
            })
            .collect();
        Self {
            text: text.into_boxed_str(),
            ends,
        }
    }

    /// The value of `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(own, _)| *own == name)
            .map(|(_, value)| value)
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> + Clone {
        let part = |from: u32, to: u32| {
            self.text
                .get(from as usize..to as usize)
                .unwrap_or_default()
        };
        (0..self.ends.len()).map(move |at| {
            let before = at.checked_sub(1).and_then(|at| self.ends.get(at));
            let start = before.map_or(0, |(_, end)| *end);
            let (name_end, end) = self.ends.get(at).copied().unwrap_or_default();
            (part(start, name_end), part(name_end, end))
        })
    }

    /// The number of tags.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no tag.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Bytes of memory that it takes, roughly.
    pub(crate) fn bytes(&self) -> usize {
        // The two blocks, with what an allocator adds to each.
        self.text.len() + self.ends.len() * 8 + 2 * 16 + size_of::<Self>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_come_back_as_given() {
        let pairs = [("a", "1"), ("", "x"), ("b", ""), ("é", "ü")];
        let set = TagSet::from_pairs(pairs);
        assert!(set.iter().eq(pairs));
        assert_eq!(
            (set.get("b"), set.get("é"), set.get("c")),
            (Some(""), Some("ü"), None)
        );
        assert_eq!(set.len(), 4);
        assert_ne!(
            TagSet::from_pairs([("ab", "c")]),
            TagSet::from_pairs([("a", "bc")])
        );
        assert!(TagSet::default().is_empty());
    }
}
