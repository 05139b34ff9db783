//! What a sample is tagged with, in the hands of whoever records it.

use std::sync::Arc;

use super::{TagSet, TagSetId};

/// The tags of samples to come. Cloning costs nothing or a reference count.
#[derive(Clone, Debug, Default)]
pub struct Tags {
    pub(crate) id: TagSetId,
    /// All of the tags, where the interner keeps only some of them and an output wants all.
    pub(crate) whole: Option<Arc<TagSet>>,
}

impl Tags {
    /// The id by which aggregates know the set.
    #[must_use]
    pub fn id(&self) -> TagSetId {
        self.id
    }

    /// Whether the id stands for exactly these tags, so that it may be remembered in place of
    /// them. Not so for sets that an interner beyond its limit did not keep.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.whole.is_none()
    }
}

impl From<TagSetId> for Tags {
    fn from(id: TagSetId) -> Self {
        Self { id, whole: None }
    }
}

/// Borrowed [`Tags`].
#[derive(Clone, Copy, Debug)]
pub struct TagsRef<'a> {
    pub(crate) id: TagSetId,
    pub(crate) whole: Option<&'a Arc<TagSet>>,
}

impl<'a> From<&'a Tags> for TagsRef<'a> {
    fn from(tags: &'a Tags) -> Self {
        Self {
            id: tags.id,
            whole: tags.whole.as_ref(),
        }
    }
}

impl From<TagSetId> for TagsRef<'_> {
    fn from(id: TagSetId) -> Self {
        Self { id, whole: None }
    }
}
