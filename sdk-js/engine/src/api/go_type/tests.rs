//! The names, of values that scripts pass.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use super::go_type;
use crate::testing::{evaluate, wasm_tests};

wasm_tests! {
    fn values_have_the_names_of_their_types_in_go() {
        let cases = [
            ("null", "<nil>"),
            ("true", "bool"),
            ("1", "int64"),
            ("1.5", "float64"),
            ("[]", "[]interface {}"),
            ("10n", "*big.Int"),
            ("new Uint16Array(1)", "[]uint16"),
            ("new ArrayBuffer(1)", "sobek.ArrayBuffer"),
            ("Promise.resolve()", "*sobek.Promise"),
            ("({})", "map[string]interface {}"),
        ];
        for (source, name) in cases {
            assert_eq!(go_type(evaluate(source).raw()), name, "{source}");
        }
    }
}
