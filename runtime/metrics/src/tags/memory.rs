//! What an interner keeps, and what it does with sets beyond that.
//!
//! Samples with ever new tag values (ids, URLs with numbers in them) would make it grow for as
//! long as a run lasts. Three stages bound it:
//!
//! 1. Up to [`SERIES_LIMIT`] sets of together [`BYTES_KEPT`] are kept as they are.
//! 2. Further sets are folded: only the tags are kept that an aggregate can ask for, which are
//!    `scenario`, `group` and the tag values of submetrics. Totals, submetrics, thresholds,
//!    groups and scenarios stay exact, and so do raw samples, which then carry their tags with
//!    them. What is lost is the number of different sets, which is estimated from there on.
//! 3. At twice the limits (a run with as many different groups) `scenario` and `group` are
//!    dropped too: totals, submetrics and thresholds stay exact, and samples of further groups
//!    count for the run as a whole.

/// Distinct tag sets that are kept as they are; the warning hook is called for each doubling
/// of it.
pub const SERIES_LIMIT: usize = 100_000;

/// Bytes that the kept sets may take together: 64 MiB.
pub const BYTES_KEPT: usize = 64 << 20;

/// Tags that decide where in the summary a sample is shown.
const PLACE: [&str; 2] = ["scenario", "group"];

/// Which of the three stages an interner is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Everything is kept.
    Whole,
    /// What aggregates ask for.
    Folded,
    /// What submetrics ask for.
    Least,
}

impl Stage {
    pub(super) fn of(sets: usize, bytes: usize) -> Self {
        if sets < SERIES_LIMIT && bytes < BYTES_KEPT {
            Self::Whole
        } else if sets < 2 * SERIES_LIMIT && bytes < 2 * BYTES_KEPT {
            Self::Folded
        } else {
            Self::Least
        }
    }
}

/// What must be known of every set.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// Tags of submetrics.
    pub(super) pairs: Vec<(String, String)>,
    /// Whether outputs want all tags of every sample.
    pub(super) whole: bool,
}

impl Wanted {
    pub(super) fn keeps(&self, stage: Stage, name: &str, value: &str) -> bool {
        let place = match stage {
            Stage::Whole => return true,
            Stage::Folded => PLACE.contains(&name),
            Stage::Least => false,
        };
        place || self.pairs.iter().any(|(n, v)| n == name && v == value)
    }
}
