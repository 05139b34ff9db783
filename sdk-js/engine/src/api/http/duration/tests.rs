//! Texts of durations.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use super::{from_milliseconds, parse};
use crate::testing::wasm_tests;

wasm_tests! {
    fn units_add_up() {
        let cases = [
            ("1", 1_000_000),
            ("1.5", 1_500_000),
            ("+2s", 2_000_000_000),
            ("1d2h3m4.5s", 93_784_500_000_000),
            ("1us1\u{b5}s1\u{3bc}s1ns", 3001),
            ("-1", 0),
            ("NaN", 0),
        ];
        for (text, nanoseconds) in cases {
            assert_eq!(parse(text), Ok(nanoseconds), "{text}");
        }
        assert_eq!(from_milliseconds(f64::INFINITY), u64::MAX);
    }

    fn what_is_no_duration_is_refused_in_the_words_of_k6() {
        let cases = [
            ("", "time: invalid duration \"\""),
            ("abc", "time: invalid duration \"abc\""),
            ("1s2", "time: missing unit in duration \"1s2\""),
            ("1w", "time: unknown unit \"w\" in duration \"1w\""),
        ];
        for (text, message) in cases {
            assert_eq!(parse(text), Err(message.to_string()), "{text}");
        }
    }
}
