//! What is said of texts that are no JSON.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use super::message;
use crate::testing::wasm_tests;

#[track_caller]
fn says(text: &str, line: u32, character: u32, error: &str) {
    let expected = format!(
        "cannot parse json due to an error at line {line}, character {character} , error: {error}"
    );
    assert_eq!(message(text.as_bytes()), expected, "{text}");
}

wasm_tests! {
    fn the_place_and_the_reason() {
        says("<", 1, 1, "invalid character '<' looking for beginning of value");
        says("{\n  \"a\" 1}", 2, 9, "invalid character '1' after object key");
        says("[1,]", 1, 4, "invalid character ']' looking for beginning of value");
        says("", 1, 0, "unexpected end of JSON input");
        says("1 2", 1, 3, "invalid character '2' after top-level value");
    }
}
