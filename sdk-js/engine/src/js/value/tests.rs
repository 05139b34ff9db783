//! Values on their way between Rust and QuickJS.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use super::{Val, buffer_bytes, is_async_function, number, truthy};
use crate::js::{Keys, Text};
use crate::testing::{evaluate, try_evaluate, wasm_tests};

wasm_tests! {
    fn texts_cross_both_ways() {
        for text in ["", "plain", "h\u{e4}\u{df}", "\u{1f600}", "a\0b"] {
            evaluate("0");
            assert_eq!(Val::str(text).unwrap().text().unwrap().as_str(), text);
        }
        // Half a character cannot be a text of Rust's.
        let halves = evaluate("'a\\ud83d\\ude00\\ude00 \\ud83d\u{fffd}\u{d000}'");
        assert_eq!(halves.text().unwrap().as_str(), "a\u{1f600}\u{fffd} \u{fffd}\u{fffd}\u{d000}");
        assert!(matches!(evaluate("'plain'").text(), Ok(Text::Shared { .. })));
    }

    fn numbers_and_truth() {
        assert_eq!(number(evaluate("' 12.5 '").raw()).unwrap(), 12.5);
        assert!(number(evaluate("Symbol()").raw()).is_err());
        assert_eq!(number(Val::count(1 << 53).raw()).unwrap(), 9_007_199_254_740_992.0);
        for (source, is) in [("''", false), ("'0'", true), ("NaN", false), ("[]", true), ("0n", false)] {
            assert_eq!(truthy(evaluate(source).raw()).unwrap(), is, "{source}");
        }
    }

    fn bytes_of_all_that_has_some() {
        let whole = "const b = new Uint8Array([1, 2, 3, 4]).buffer;";
        for (source, bytes) in [
            ("b", &[1, 2, 3, 4][..]),
            ("new Uint8Array(b, 1, 2)", &[2, 3]),
            ("new Uint16Array(b, 2, 1)", &[3, 4]),
            ("new Uint8Array(0)", &[]),
        ] {
            let value = evaluate(&format!("(() => {{ {whole} return {source}; }})()"));
            assert_eq!(buffer_bytes(value.raw()), Some(bytes), "{source}");
        }
        assert_eq!(buffer_bytes(evaluate("[1, 2]").raw()), None);
    }

    fn own_properties_are_defined_whatever_is_inherited() {
        let value = evaluate("Object.create({ set a(x) { throw new Error('called'); } })");
        value.set_str("a", Val::int(1)).unwrap();
        assert_eq!(number(value.get_str("a").unwrap().raw()).unwrap(), 1.0);
        assert_eq!(Keys::of(value.raw()).unwrap().iter().count(), 1);
    }

    fn functions_that_are_async() {
        for (source, is) in [
            ("(async () => {})", true),
            ("(async () => {}).bind(null)", true),
            ("(() => {})", false),
            ("({})", false),
        ] {
            assert_eq!(is_async_function(evaluate(source).raw()), is, "{source}");
        }
    }

    fn exceptions_say_what_was_no_function() {
        let said = try_evaluate("const res = { json() {} }; res.jsonn()").unwrap_err();
        assert!(said.contains("res.jsonn is not a function; did you mean json?"), "{said}");
        let said = try_evaluate("JSON.parse('{').x").unwrap_err();
        assert!(said.starts_with("SyntaxError"), "{said}");
    }
}
