//! Which of a test's numbers belong to this process, when the test is cut into segments.
//!
//! VUs, iterations and arrivals of the whole test are numbered from 0. Of each run of `length`
//! numbers this process has those at its `own` offsets, so the numbers of all processes together
//! are those of the whole test, each once.

use std::sync::Arc;

/// See the module. The default is the whole test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stripe {
    length: u64,
    /// Ascending, below `length`.
    own: Arc<[u64]>,
}

impl Default for Stripe {
    fn default() -> Self {
        Self::new(1, [0])
    }
}

impl Stripe {
    /// The numbers at `own` offsets, in ascending order, of each `length` numbers.
    #[must_use]
    pub fn new(length: u64, own: impl Into<Arc<[u64]>>) -> Self {
        Self {
            length: length.max(1),
            own: own.into(),
        }
    }

    /// The number in the whole test of this process's number `local`.
    #[inline]
    #[must_use]
    pub fn global(&self, local: u64) -> u64 {
        if self.length == 1 {
            return local;
        }
        let count = (self.own.len() as u64).max(1);
        let offset = usize::try_from(local % count)
            .ok()
            .and_then(|index| self.own.get(index));
        (local / count)
            .saturating_mul(self.length)
            .saturating_add(offset.copied().unwrap_or(0))
    }

    /// This process's part of all numbers, 0 to 1.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.own.len() as f64 / self.length as f64
    }

    /// How many of the numbers below `limit` belong to this process.
    #[must_use]
    pub fn below(&self, limit: u64) -> u64 {
        let rest = limit % self.length;
        let in_rest = self.own.partition_point(|own| *own < rest) as u64;
        (limit / self.length) * self.own.len() as u64 + in_rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_counts_agree() {
        let stripe = Stripe::new(4, [0, 2]);
        let numbers: Vec<_> = (0..5).map(|local| stripe.global(local)).collect();
        assert_eq!(numbers, [0, 2, 4, 6, 8]);
        let counts: Vec<_> = (0..7).map(|limit| stripe.below(limit)).collect();
        assert_eq!(counts, [0, 1, 1, 2, 2, 3, 3]);
        assert_eq!(Stripe::default().global(u64::MAX), u64::MAX);
        assert_eq!(Stripe::default().below(7), 7);
        assert_eq!(Stripe::new(4, []).below(100), 0);
    }
}
