//! Periods that are kept: what the host said is not asked again, and what it never said would fail the test.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use super::{KEPT, Period, at, keep};
use crate::testing::wasm_tests;

fn period(number: i64) -> Period {
    Period {
        start: number * 100,
        end: (number + 1) * 100,
        offset: number,
        abbreviation: String::new(),
    }
}

wasm_tests! {
    fn kept_periods_are_found_wherever_the_last_answer_was() {
        for number in 0..KEPT as i64 {
            keep(period(number));
        }
        for instant in [0, 1599, 99, 100, 850, 1500] {
            assert_eq!(at(instant, |period| period.offset), instant / 100, "{instant}");
        }
    }

    fn the_oldest_one_makes_room() {
        let more = KEPT as i64 + 3;
        for number in 0..more {
            keep(period(number));
        }
        for number in 3..more {
            assert_eq!(at(number * 100, |period| period.offset), number);
        }
    }
}
