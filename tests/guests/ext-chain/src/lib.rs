//! An extension for the tests that imports the interface of another one.

use std::cell::Cell;

use exports::runner::chain::chain::Guest;
use runner::compare::compare::Comparator;

wit_bindgen::generate!({
    path: ["../../../wit", "../../../plugins/compare/wit", "wit"],
    world: "runner:chain/plugin",
    generate_all,
});

struct Chain;

export!(Chain);

thread_local! {
    static COMPARED: Cell<u64> = const { Cell::new(0) };
}

impl Guest for Chain {
    fn greatest(numbers: Vec<i64>) -> Option<i64> {
        let comparator = Comparator::new();
        let greater = |a, b| if comparator.is_greater(b, a) { b } else { a };
        let found = numbers.into_iter().reduce(greater);
        COMPARED.set(comparator.count());
        found
    }

    fn compared() -> u64 {
        COMPARED.get()
    }
}
