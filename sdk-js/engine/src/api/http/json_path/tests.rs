//! Paths with modifiers, without a response around them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use super::find;
use crate::testing::wasm_tests;

const JSON: &str = r#"{"a":{"b":[3,1,2]},"@x":7,"names":[{"n":"y"},{"n":"z"}],"text":"[4,5]"}"#;

wasm_tests! {
    fn values_are_found() {
        let cases = [
            ("a.b", "[3,1,2]"),
            ("a.b.1", "1"),
            ("a.b|@reverse", "[2,1,3]"),
            ("a.b.@reverse.0", "2"),
            ("@x", "7"),
            ("@keys.0", "\"a\""),
            ("names.#.n", "[\"y\",\"z\"]"),
            ("names.#.n|@reverse", "[\"z\",\"y\"]"),
            ("names.#.m.0", "[]"),
            ("text.@fromstr.1", "5"),
            ("!\"fixed\"", "\"fixed\""),
            ("{one:a.b.0,two:@x}", "{\"one\":3,\"two\":7}"),
            ("[a.b.0,@x]", "[3,7]"),
        ];
        for (path, value) in cases {
            assert_eq!(find(JSON, path).as_deref(), Some(value), "{path}");
        }
    }

    fn what_is_not_there_is_none() {
        for path in ["", "a.c", "a.b.9", "@nothing", "!\"no end"] {
            assert_eq!(find(JSON, path), None, "{path}");
        }
    }

    /// Whatever a script makes of a path, it is read to its end.
    fn no_path_is_a_trap() {
        let signs = ["a", ".", "|", "@", "#", "(", ")", "{", "}", "[", "]", "!", "\"", ":", "\\", "ä"];
        let mut state = 1_u32;
        for _ in 0..2000 {
            let mut path = String::new();
            for _ in 0..8 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                path.extend(signs.get((state >> 28) as usize).copied());
            }
            find(JSON, &path);
        }
    }
}
