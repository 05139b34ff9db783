//! A script for the tests that calls extensions: every type that can cross, objects, misdeeds.
//! `FUNCTION` says what its iterations do, `MISDEED` what the first of them does wrong.

use std::cell::RefCell;
use std::hint::black_box;
use std::time::Instant;

use runner_sdk::prelude::*;

use bindings::runner::chain::chain;
use bindings::runner::compare::compare::{self, Comparator};
use bindings::runner::probe::probe::{self, Address, Colour, Counter, Figure, Rights, User};

mod bindings {
    wit_bindgen::generate!({
        inline: "
            package test:ext-user;

            world user {
                import runner:compare/compare@0.1.0;
                import runner:probe/probe@0.1.0;
                import runner:chain/chain@0.1.0;
            }
        ",
        path: [
            "../../../wit",
            "../../../plugins/compare/wit",
            "../ext-probe/wit",
            "../ext-chain/wit",
        ],
        additional_derives: [PartialEq, Clone],
        generate_all,
    });
}

runner_sdk::script! {
    default: iteration,
}

thread_local! {
    /// An object that lives as long as its VU.
    static KEPT: RefCell<Option<Counter>> = const { RefCell::new(None) };
}

fn iteration() -> Result {
    match env("FUNCTION").unwrap_or_default() {
        "values" => values(),
        "objects" => objects(),
        "metrics" => metrics()?,
        "network" => network(),
        "cost" => cost(),
        "error" => bail()?,
        "panic" => fall(execution::vu().iteration_in_instance),
        _ => misdeeds(),
    }
    Ok(())
}

fn bail() -> Result {
    Err(fail("no luck at all"))
}

#[inline(never)]
fn fall(depth: u64) {
    panic!("on purpose, {depth}");
}

fn misdeeds() {
    let misdeed = if execution::vu().iteration_in_instance == 0 {
        env("MISDEED").unwrap_or_default()
    } else {
        ""
    };
    match misdeed {
        "trap" => probe::trap(),
        "spin" => probe::spin(),
        "grow" => probe::grow(),
        "constructor" => drop(Counter::new(-1)),
        _ => {}
    }
    log::info!("{} {}", probe::add(20, 22), Counter::alive());
}

/// What crosses, both ways; each line is the same however script and extension are linked.
fn values() {
    log::info!(
        "{} {}",
        compare::is_greater(2, 1),
        compare::is_greater(1, 2)
    );
    let state = compare::get_internal_state();
    log::info!("{} {} {}", state.active_vu_s, state.iteration, state.vu_id);
    log::info!(
        "{} {}",
        probe::echo_u64(u64::MAX),
        probe::echo_s64(i64::MIN)
    );
    log::info!(
        "{} {:?}",
        probe::echo_string("häß 😀"),
        probe::echo_char('ß')
    );
    let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    log::info!("{}", probe::echo_bytes(&bytes) == bytes);
    let user = User {
        id: 7,
        name: "ann".into(),
        addresses: vec![
            Address {
                street: "a".into(),
                zip_code: Some(1),
            },
            Address {
                street: String::new(),
                zip_code: None,
            },
        ],
        rights: Rights::READ,
    };
    log::info!("{}", probe::echo_user(&user) == user);
    log::info!("{:?}", probe::echo_colour(Colour::DarkGreen));
    for figure in [
        Figure::Empty,
        Figure::Circle(1.5),
        Figure::Named("x".into()),
    ] {
        log::info!("{:?}", probe::echo_figure(&figure));
    }
    log::info!(
        "{:?}",
        probe::echo_list(&[vec![1, 2], vec![], vec![65_535]])
    );
    log::info!("{:?}", probe::echo_tuple(("x", true)));
    log::info!(
        "{:?} {:?}",
        probe::echo_option(Some("x")),
        probe::echo_option(None)
    );
    log::info!("{:?} {:?}", probe::half(8), probe::half(7));
    let found = ["here", "secret", "nowhere"].map(probe::find);
    log::info!("{found:?}");
    log::info!(
        "{} {}",
        chain::greatest(&[3, 9, 4]).unwrap_or(-1),
        chain::compared()
    );
}

/// Objects: methods, static functions, given away and lent, dropped with their owner.
fn objects() {
    let comparator = Comparator::new();
    comparator.is_greater(1, 2);
    comparator.is_greater(2, 1);
    let mut counter = Some(Counter::new(5));
    let seen = counter.as_ref().map(|c| (c.next(), c.next()));
    log::info!("{} {seen:?} {}", comparator.count(), Counter::alive());
    counter = None;
    log::info!("{:?} {}", counter.is_none(), Counter::alive());
    let (a, b) = (Counter::new(1), Counter::new(10));
    let both = Counter::merge(a, &b);
    log::info!("{} {} {}", both.next(), b.next(), Counter::alive());
    drop((both, b));
    let first = execution::vu().id_in_test as i32 * 100;
    let next = KEPT.with_borrow_mut(|kept| kept.get_or_insert_with(|| Counter::new(first)).next());
    let expected = first + execution::vu().iteration_in_scenario as i32;
    check! { "an object lives as long as its VU" => next == expected && Counter::alive() == 1 };
}

/// Metrics that the extension declared when the script was initialised.
fn metrics() -> Result {
    probe::record_latency(7.0, "odd").map_err(Error::new)
}

/// What needs a grant.
fn network() {
    let address = env("ADDRESS").unwrap_or_default();
    log::info!("connected: {}", probe::connect(address).is_ok());
    log::info!("{:?}", probe::variable("GRANTED_VARIABLE"));
}

/// What a call costs, in microseconds.
fn cost() {
    let text = "x".repeat(10 << 10);
    let time = |name: &str, call: &dyn Fn()| {
        let mut taken: Vec<f64> = (0..2_000)
            .map(|_| {
                let before = Instant::now();
                for _ in 0..10 {
                    call();
                }
                before.elapsed().as_secs_f64() * 1e5
            })
            .collect();
        taken.sort_by(f64::total_cmp);
        log::info!("{name}: {:.2} µs", taken[taken.len() / 2]);
    };
    time("two integers", &|| {
        black_box(compare::is_greater(black_box(2), 1));
    });
    time("10 KB text both ways", &|| {
        black_box(probe::echo_string(black_box(&text)));
    });
    let comparator = Comparator::new();
    time("a method", &|| {
        black_box(comparator.is_greater(black_box(2), 1));
    });
}
