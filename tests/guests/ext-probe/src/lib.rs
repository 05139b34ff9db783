//! An extension for the tests: every type that can cross, and every way to misbehave.

use std::cell::Cell;

use exports::runner::extension::lifecycle;
use exports::runner::probe::probe::{
    Address, Colour, Counter as OwnCounter, CounterBorrow, Figure, Guest, GuestBomb, GuestCounter,
    Problem, User,
};
use runner::metrics::metrics::{self, Kind, Unit};

wit_bindgen::generate!({
    path: ["../../../wit", "wit"],
    world: "runner:probe/plugin",
    generate_all,
});

struct Probe;

export!(Probe);

thread_local! {
    static ALIVE: Cell<u32> = const { Cell::new(0) };
    static LATENCY: Cell<u32> = const { Cell::new(u32::MAX) };
}

impl lifecycle::Guest for Probe {
    fn init() -> Result<(), String> {
        let metric = metrics::define("probe_latency", Kind::Trend, Unit::Time);
        LATENCY.set(metric.map_err(|error| format!("{error:?}"))?);
        match std::env::var("PROBE_INIT").as_deref() {
            Ok("error") => return Err("told to fail".into()),
            Ok("trap") => panic!("told to trap"),
            Ok("read") => panic!("{:?}", std::fs::read_to_string("secret.txt")),
            Ok("spin") => Self::spin(),
            _ => {}
        }
        Ok(())
    }
}

impl Guest for Probe {
    type Bomb = Bomb;
    type Counter = Counter;

    fn add(a: i32, b: i32) -> i32 {
        a.wrapping_add(b)
    }

    fn echo_string(text: String) -> String {
        text
    }

    fn echo_bytes(data: Vec<u8>) -> Vec<u8> {
        data
    }

    fn echo_u64(number: u64) -> u64 {
        number
    }

    fn echo_s64(number: i64) -> i64 {
        number
    }

    fn echo_u8(number: u8) -> u8 {
        number
    }

    fn echo_f64(number: f64) -> f64 {
        number
    }

    fn echo_char(letter: char) -> char {
        letter
    }

    fn echo_user(user: User) -> User {
        let address = |address: Address| Address { ..address };
        User {
            addresses: user.addresses.into_iter().map(address).collect(),
            ..user
        }
    }

    fn echo_colour(colour: Colour) -> Colour {
        colour
    }

    fn echo_figure(figure: Figure) -> Figure {
        figure
    }

    fn echo_list(numbers: Vec<Vec<u16>>) -> Vec<Vec<u16>> {
        numbers
    }

    fn echo_tuple(pair: (String, bool)) -> (String, bool) {
        pair
    }

    fn echo_option(text: Option<String>) -> Option<String> {
        text
    }

    fn half(number: u32) -> Result<u32, String> {
        if number.is_multiple_of(2) {
            Ok(number / 2)
        } else {
            Err(format!("{number} is odd"))
        }
    }

    fn find(name: String) -> Result<(), Problem> {
        match name.as_str() {
            "here" => Ok(()),
            "secret" => Err(Problem::Denied("not for you".into())),
            _ => Err(Problem::NotFound),
        }
    }

    fn nothing() {}

    fn trap() {
        panic!("on purpose");
    }

    fn spin() {
        loop {
            std::hint::black_box(0);
        }
    }

    fn grow() {
        let mut kept = Vec::new();
        loop {
            kept.push(std::hint::black_box(vec![1_u8; 1 << 20]));
        }
    }

    fn recurse(depth: u64) -> u64 {
        deeper(depth)
    }

    fn zeros(length: u32) -> Vec<u8> {
        vec![0; length as usize]
    }

    fn connect(address: String) -> Result<(), String> {
        std::net::TcpStream::connect(address)
            .map(drop)
            .map_err(|error| error.to_string())
    }

    fn read_file(path: String) -> Result<String, String> {
        std::fs::read_to_string(path).map_err(|error| error.to_string())
    }

    fn variable(name: String) -> Option<String> {
        std::env::var(name).ok()
    }

    fn record_latency(value: f64, tag: String) -> Result<(), String> {
        let tags = [("kind".to_owned(), tag)];
        metrics::add(LATENCY.get(), value, &tags).map_err(|error| format!("{error:?}"))
    }
}

/// Practically without end, and without a loop that the compiler could make of it.
fn deeper(depth: u64) -> u64 {
    let kept = std::hint::black_box([depth; 16]);
    match kept[0] {
        u64::MAX => 0,
        depth => deeper(depth + 1) + kept[1],
    }
}

/// Goes off when the script's object is collected.
struct Bomb;

impl GuestBomb for Bomb {
    fn new() -> Self {
        Self
    }
}

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("a destructor that panics");
    }
}

/// A counter of the script's.
struct Counter {
    next: Cell<i32>,
}

impl Counter {
    fn starting(start: i32) -> Self {
        ALIVE.set(ALIVE.get() + 1);
        Self {
            next: Cell::new(start),
        }
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        ALIVE.set(ALIVE.get() - 1);
    }
}

impl GuestCounter for Counter {
    fn new(start: i32) -> Self {
        assert!(start >= 0, "a counter cannot start at {start}");
        Self::starting(start)
    }

    fn next(&self) -> i32 {
        let next = self.next.get();
        self.next.set(next + 1);
        next
    }

    fn alive() -> u32 {
        ALIVE.get()
    }

    fn merge(a: OwnCounter, b: CounterBorrow<'_>) -> OwnCounter {
        let sum = a.get::<Self>().next.get() + b.get::<Self>().next.get();
        OwnCounter::new(Self::starting(sum))
    }
}
