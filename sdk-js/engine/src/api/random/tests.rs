//! The numbers after `randomSeed` are those of Go: `rand.New(rand.NewSource(seed)).Float64()`.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::{GoSource, STATE};
use crate::testing::wasm_tests;

fn source(seed: i64) -> GoSource {
    let table = STATE.table.borrow();
    GoSource::new(seed, table.as_ref().unwrap())
}

wasm_tests! {
    fn the_first_numbers_are_those_of_go() {
        let mut one = source(1);
        let first = [0.604_660_287_979_619_6, 0.940_509_088_045_012_4, 0.664_560_053_218_490_4];
        assert_eq!(first.map(|_| one.float64()), first);
    }

    fn a_seed_of_zero_is_another() {
        let (mut zero, mut fixed) = (source(0), source(89_482_311));
        // More than the state holds, so that every word of it is used.
        for _ in 0..2000 {
            let number = zero.float64();
            assert_eq!(number, fixed.float64());
            assert!((0.0..1.0).contains(&number));
        }
    }
}
