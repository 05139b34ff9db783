//! `Math.random`, `randomSeed`, and the secure random numbers behind the global `crypto`.

use core::cell::{Cell, RefCell};

use rquickjs_sys::{self as q, JSValue};

use crate::api::gorand::{self, GoSource};
use crate::api::room::Room;
use crate::bindings::runner::execution::execution;
use crate::fork;
use crate::js::{Args, JsResult, Val, define, define_hidden, number, type_error};
use crate::local::Local;
use crate::native;
use crate::state::ctx;

struct State {
    /// xorshift64*; zero until the first number is wanted, so that an image holds no seed.
    fast: Cell<u64>,
    /// Set by `randomSeed`: k6's numbers from then on, in init or after it. Boxed, because few VUs
    /// have one.
    seeded: RefCell<Option<Box<GoSource>>>,
    /// What every seeded generator starts from; part of the snapshot.
    table: RefCell<Option<Box<[u64; 607]>>>,
}

static STATE: Local<State> = Local::new(State {
    fast: Cell::new(0),
    seeded: RefCell::new(None),
    table: RefCell::new(None),
});

native! {
    js_random = random;
    js_random_bytes = random_bytes;
}

/// Replaces `Math.random`: the engine's own generator starts alike in every VU.
pub const ROOM: Room = Room {
    initialised: forget_seed,
    ..Room::new(install)
};

fn install(global: &Val) -> JsResult<()> {
    *STATE.table.borrow_mut() = Some(gorand::table());
    define_hidden(&global.get_str("Math")?, c"random", 0, js_random)
}

pub fn natives(native: &Val) -> JsResult<()> {
    define(native, c"randomBytes", 1, js_random_bytes)
}

/// Starts this VU's generator from random bytes of the host.
#[cold]
fn seed() -> u64 {
    fork::touch("Math.random");
    let mut seed = 0u64;
    for byte in execution::random(8) {
        seed = (seed << 8) | u64::from(byte);
    }
    seed | 1
}

fn random(_: JSValue, _: Args) -> JsResult<Val> {
    if let Some(source) = STATE.seeded.borrow_mut().as_mut() {
        return Ok(Val::num(source.float64()));
    }
    let mut x = STATE.fast.get();
    if x == 0 {
        x = seed();
    }
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    STATE.fast.set(x);
    let bits = x.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11;
    Ok(Val::num(bits as f64 / (1u64 << 53) as f64))
}

/// After init: `randomSeed` called there was for init alone, and each VU draws numbers of its own.
fn forget_seed() {
    *STATE.seeded.borrow_mut() = None;
}

/// `randomSeed(int)` of module `k6`.
pub fn random_seed(_: JSValue, args: Args) -> JsResult<Val> {
    let mut seed = 0i64;
    if unsafe { q::JS_ToInt64(ctx(), &mut seed, args.at(0)) } < 0 {
        return Err(crate::js::Thrown);
    }
    if let Some(table) = STATE.table.borrow().as_ref() {
        *STATE.seeded.borrow_mut() = Some(Box::new(GoSource::new(seed, table)));
    }
    Ok(Val::UNDEFINED)
}

/// `(length) => ArrayBuffer`, at most 65536 bytes.
fn random_bytes(_: JSValue, args: Args) -> JsResult<Val> {
    let length = number(args.at(0))?;
    if !(0.0..=65536.0).contains(&length) {
        return Err(type_error("at most 65536 random bytes can be had at once"));
    }
    fork::touch("secure random numbers");
    Val::array_buffer(&execution::random(length as u32))
}

#[cfg(feature = "tests")]
mod tests;
