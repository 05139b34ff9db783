//! Estimates how many different things there were, in a few kilobytes (HyperLogLog).
//!
//! Each hash goes to one of 4,096 registers, which remembers the longest run of leading zeros;
//! the estimate is within about 2 % for large counts, which is enough for a warning. Registers
//! of several processes add up by taking the larger of each, so that what both have seen counts
//! once; therefore the hash of a tag set is the same everywhere.

const REGISTER_BITS: u32 = 12;
const REGISTERS: usize = 1 << REGISTER_BITS;

/// Most zeros that the rest of a hash can begin with, and one.
const MAX_RANK: u8 = (u64::BITS - REGISTER_BITS + 1) as u8;

/// A register, and what it holds at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Register {
    at: u16,
    rank: u8,
}

impl Register {
    /// A register that exists, with a rank that it can have.
    pub(crate) fn new(at: u16, rank: u8) -> Option<Self> {
        let exists = usize::from(at) < REGISTERS && (1..=MAX_RANK).contains(&rank);
        exists.then_some(Self { at, rank })
    }

    /// Its place.
    pub(crate) fn at(self) -> u16 {
        self.at
    }

    /// What it holds at least.
    pub(crate) fn rank(self) -> u8 {
        self.rank
    }
}

/// A hash that is the same in every process: FNV-1a over names and values, each followed by a
/// byte that no text has.
pub(super) fn hash_of<'a>(tags: impl Iterator<Item = (&'a str, &'a str)>) -> u64 {
    let add = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let mut hash = 0xcbf2_9ce4_8422_2325;
    for (name, value) in tags {
        hash = add(name.bytes().fold(hash, add), 0xff);
        hash = add(value.bytes().fold(hash, add), 0xff);
    }
    hash
}

/// Counts different hashes.
#[derive(Clone, Debug)]
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

    /// Adds what another one knows of a register; whether the estimate may have changed.
    pub(super) fn raise(&mut self, register: Register) -> bool {
        match self.registers.get_mut(usize::from(register.at)) {
            Some(rank) if *rank < register.rank => {
                *rank = register.rank;
                true
            }
            _ => false,
        }
    }

    /// Adds all that another one knows.
    pub(super) fn merge(&mut self, other: &Self) {
        for (rank, theirs) in self.registers.iter_mut().zip(&other.registers) {
            *rank = (*rank).max(*theirs);
        }
    }

    /// The registers that say more than those of `other`.
    pub(super) fn beyond(&self, other: &Self) -> Vec<Register> {
        let registers = (0..).zip(self.registers.iter().zip(&other.registers));
        registers
            .filter(|(_, (rank, theirs))| rank > theirs)
            .map(|(at, (rank, _))| Register { at, rank: *rank })
            .collect()
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

    #[test]
    fn hashes_do_not_depend_on_the_process() {
        let hash = |tags: &[(&'static str, &'static str)]| hash_of(tags.iter().copied());
        assert_eq!(hash(&[]), 0xcbf2_9ce4_8422_2325);
        assert_eq!(hash(&[("a", "b")]), 0xd2b3_7181_9297_f98a);
        assert_ne!(hash(&[("ab", "c")]), hash(&[("a", "bc")]));
        assert_ne!(hash(&[("a", "b")]), hash(&[("a", "b"), ("", "")]));
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        let hash = |n: u64| {
            let text = n.to_string();
            hash_of([("n", &*text)].into_iter())
        };
        let mut parts = [(); 3].map(|()| Distinct::default());
        let mut whole = Distinct::default();
        for n in 0..50_000 {
            whole.add(hash(n));
            parts[n as usize % 3].add(hash(n));
            parts[n as usize % 2].add(hash(n));
        }
        let mut merged = Distinct::default();
        for part in &parts {
            for register in part.beyond(&merged) {
                assert!(merged.raise(register));
                assert_eq!(Register::new(register.at, register.rank), Some(register));
            }
        }
        assert_eq!(merged.registers, whole.registers);
        assert!(whole.beyond(&merged).is_empty());
        let error = merged.estimate() as f64 / 50_000.0 - 1.0;
        assert!(error.abs() < 0.06, "{error}");
    }

    #[test]
    fn registers_have_bounds() {
        for (at, rank) in [(0, 0), (0, 54), (4096, 1), (u16::MAX, u8::MAX)] {
            assert_eq!(Register::new(at, rank), None);
        }
        // The rest of a hash that is all zeros.
        let mut distinct = Distinct::default();
        distinct.add(0);
        assert_eq!(distinct.registers.first(), Some(&MAX_RANK));
    }
}
