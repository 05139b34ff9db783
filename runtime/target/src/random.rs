//! Random bytes for bodies, ids and nonces: fast, repeatable with a seed, and no secret.
//!
//! The generator is SplitMix64. Nothing here protects anything, so no crate is pulled in for
//! it; an unseeded generator starts from the keys of the standard library's hash maps.

use std::hash::{BuildHasher, RandomState};

use bytes::Bytes;

/// A stream of random numbers.
pub(crate) struct Random(u64);

impl Random {
    /// Differs from call to call.
    pub(crate) fn new() -> Self {
        Self(RandomState::new().hash_one(0_u8))
    }

    /// The same numbers for the same `seed`.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A float in `[0, 1)`.
    pub(crate) fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// `length` random bytes.
    pub(crate) fn bytes(&mut self, length: usize) -> Bytes {
        let mut bytes = Vec::with_capacity(length.saturating_add(8));
        while bytes.len() < length {
            bytes.extend_from_slice(&self.next().to_le_bytes());
        }
        bytes.truncate(length);
        bytes.into()
    }

    /// A version 4 UUID in its usual spelling.
    pub(crate) fn uuid(&mut self) -> String {
        let high = (self.next() & 0xffff_ffff_ffff_0fff) | 0x4000;
        let low = (self.next() & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000;
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_no_seed_does_not() {
        assert_eq!(Random::seeded(7).bytes(33), Random::seeded(7).bytes(33));
        assert_ne!(Random::seeded(7).bytes(33), Random::seeded(8).bytes(33));
        assert_ne!(Random::new().bytes(33), Random::new().bytes(33));
        assert_eq!(Random::new().bytes(33).len(), 33);
    }

    #[test]
    fn uuids_say_version_four() {
        let uuid = Random::seeded(1).uuid();
        assert_eq!(uuid.len(), 36);
        assert_eq!(uuid.as_bytes()[14], b'4');
        assert!(b"89ab".contains(&uuid.as_bytes()[19]));
    }

    #[test]
    fn fractions_stay_below_one() {
        let mut random = Random::seeded(3);
        assert!(
            (0..1000)
                .map(|_| random.fraction())
                .all(|f| (0.0..1.0).contains(&f))
        );
    }
}
