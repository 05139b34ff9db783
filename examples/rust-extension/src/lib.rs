//! A script that uses the extension `compare` by its WIT interface.

use runner_sdk::prelude::*;

use runner::compare::compare::{self, Comparator};

// The interface's package, the packages that it refers to, and the world of this script.
wit_bindgen::generate!({
    path: ["../../wit", "../../plugins/compare/wit", "wit"],
    world: "example:script/script",
    generate_all,
});

runner_sdk::script! {
    options: json!({ "vus": 2, "iterations": 6, "thresholds": { "checks": ["rate==1"] } }),
    default: iteration,
}

fn iteration() {
    let comparator = Comparator::new();
    let prices = [19, 7, 42, 23];
    let highest = prices.into_iter().reduce(|best, price| {
        if comparator.is_greater(price, best) {
            price
        } else {
            best
        }
    });
    check! {
        "the highest price was found" => highest == Some(42),
        "in three comparisons" => comparator.count() == 3,
        "numbers are compared" => compare::is_greater(2, 1),
    };
    let state = compare::get_internal_state();
    log::info!(
        "VU {} of {}, iteration {}",
        state.vu_id,
        state.active_vu_s,
        state.iteration
    );
}
