//! Estimates how many different things there were, in a few kilobytes (HyperLogLog).
//!
//! Each hash goes to one of 4,096 registers, which remembers the longest run of leading zeros;
//! the estimate is within about 2 % for large counts, which is enough for a warning.

const REGISTER_BITS: u32 = 12;
const REGISTERS: usize = 1 << REGISTER_BITS;

/// Counts different hashes.
#[derive(Debug)]
pub(super) struct Distinct {
    registers: Box<[u8]>,
}

impl Default for Distinct {
    fn default() -> Self {
        Self {
            registers: vec![0; REGISTERS].into_boxed_slice(),
        }
    }
}

impl Distinct {
    /// Adds a hash; whether the estimate may have changed.
    pub(super) fn add(&mut self, hash: u64) -> bool {
        let hash = mix(hash);
        let at = (hash >> (u64::BITS - REGISTER_BITS)) as usize;
        // The marker bit bounds the run of zeros by the bits that are left.
        let rest = hash << REGISTER_BITS | 1 << (REGISTER_BITS - 1);
        let rank = u8::try_from(rest.leading_zeros() + 1).unwrap_or(u8::MAX);
        match self.registers.get_mut(at) {
            Some(register) if *register < rank => {
                *register = rank;
                true
            }
            _ => false,
        }
    }

    /// How many different hashes there were.
    pub(super) fn estimate(&self) -> usize {
        let count = REGISTERS as f64;
        let sum: f64 = self
            .registers
            .iter()
            .map(|rank| 2_f64.powi(-i32::from(*rank)))
            .sum();
        let raw = 0.7213 / (1.0 + 1.079 / count) * count * count / sum;
        let empty = self.registers.iter().filter(|rank| **rank == 0).count();
        let estimate = if raw <= 2.5 * count && empty > 0 {
            // Few: count the registers that were never hit.
            count * (count / empty as f64).ln()
        } else {
            raw
        };
        estimate.round() as usize
    }
}

/// Spreads what a fast hash leaves in some bits over all of them (the finisher of SplitMix64).
fn mix(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use std::hash::BuildHasher;

    use hashbrown::DefaultHashBuilder;

    use super::*;

    #[test]
    fn estimates_are_close() {
        let hasher = DefaultHashBuilder::default();
        let mut distinct = Distinct::default();
        assert_eq!(distinct.estimate(), 0);
        let mut next = 0_u64;
        for count in [100_u64, 10_000, 300_000] {
            while next < count {
                distinct.add(hasher.hash_one(next));
                distinct.add(hasher.hash_one(next / 2));
                next += 1;
            }
            let error = distinct.estimate() as f64 / count as f64 - 1.0;
            assert!(error.abs() < 0.1, "{count}: {error}");
        }
    }
}
