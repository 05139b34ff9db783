//! Local time, for `Date`. The host knows the time zone; what it says of an instant holds for a
//! period (often half a year), so the last few periods are kept and a loop over dates costs no
//! call. The snapshot holds none of them, since it is older than any zone.
//!
//! Where clocks jump, a local time means the instant that it means in k6: one that clocks skip is
//! moved by the length of the jump, one that they show twice is one of the two.

use core::cell::{Cell, RefCell};

use rquickjs_sys::{self as q, JSValue};

use crate::api::room::Room;
use crate::atoms::atoms;
use crate::bindings::runner::time_zone::zone;
use crate::boot;
use crate::fork;
use crate::js::{Args, JsResult, Val, call, define_hidden, number};
use crate::local::Local;
use crate::native;
use crate::state::replace;

/// Kept periods; eight years where clocks change twice a year.
const KEPT: usize = 16;
/// The longest time that a `Date` has, in milliseconds, and a day for the way to a zone.
const FURTHEST: i64 = 8_640_000_000_000_000 + DAY;
const DAY: i64 = 86_400_000;

/// Times in milliseconds.
struct Period {
    start: i64,
    end: i64,
    offset: i64,
    abbreviation: String,
}

struct State {
    periods: RefCell<Vec<Period>>,
    /// Where the last answer was.
    last: Cell<usize>,
    /// Where the next period goes once there are [`KEPT`].
    next: Cell<usize>,
    /// QuickJS's own `getTime`, `toDateString` and `toLocaleDateString`.
    get_time: Cell<JSValue>,
    to_date: Cell<JSValue>,
    to_locale_date: Cell<JSValue>,
}

static STATE: Local<State> = Local::new(State {
    periods: RefCell::new(Vec::new()),
    last: Cell::new(0),
    next: Cell::new(0),
    get_time: Cell::new(q::JS_UNDEFINED),
    to_date: Cell::new(q::JS_UNDEFINED),
    to_locale_date: Cell::new(q::JS_UNDEFINED),
});

native! {
    js_get_timezone_offset = get_timezone_offset;
    js_to_string = to_string;
    js_to_time_string = to_time_string;
    js_to_locale_string = to_locale_string;
    js_to_locale_time_string = to_locale_time_string;
}

/// Gives `Date` the methods that must know the zone, in k6's formats.
pub const ROOM: Room = Room::new(install);

fn install(global: &Val) -> JsResult<()> {
    let date = global.get_str("Date")?.get(atoms().prototype)?;
    for (cell, name) in [
        (&STATE.get_time, "getTime"),
        (&STATE.to_date, "toDateString"),
        (&STATE.to_locale_date, "toLocaleDateString"),
    ] {
        replace(cell, date.get_str(name)?.into_raw());
    }
    define_hidden(&date, c"getTimezoneOffset", 0, js_get_timezone_offset)?;
    define_hidden(&date, c"toString", 0, js_to_string)?;
    define_hidden(&date, c"toTimeString", 0, js_to_time_string)?;
    define_hidden(&date, c"toLocaleString", 0, js_to_locale_string)?;
    define_hidden(&date, c"toLocaleTimeString", 0, js_to_locale_time_string)
}

/// Reads the period that `instant` is in.
fn at<T>(instant: i64, read: impl FnOnce(&Period) -> T) -> T {
    let instant = instant.clamp(-FURTHEST, FURTHEST);
    let holds = |period: &Period| (period.start..period.end).contains(&instant);
    let periods = STATE.periods.borrow();
    let last = periods.get(STATE.last.get());
    if let Some(period) = last.filter(|period| holds(period)) {
        return read(period);
    }
    if let Some(index) = periods.iter().position(holds) {
        STATE.last.set(index);
        if let Some(period) = periods.get(index) {
            return read(period);
        }
    }
    drop(periods);
    let period = ask(instant);
    let result = read(&period);
    if !boot::in_snapshot() {
        keep(period);
    }
    result
}

#[cold]
fn ask(instant: i64) -> Period {
    if boot::in_snapshot() {
        return Period {
            start: i64::MIN,
            end: i64::MAX,
            offset: 0,
            abbreviation: "UTC".to_string(),
        };
    }
    fork::touch_run("local time");
    let told = zone::period_at(instant);
    Period {
        start: told.start,
        end: told.end,
        offset: i64::from(told.offset) * 1000,
        abbreviation: told.abbreviation,
    }
}

fn keep(period: Period) {
    let mut periods = STATE.periods.borrow_mut();
    let index = if periods.len() < KEPT {
        periods.push(period);
        periods.len() - 1
    } else {
        let index = STATE.next.get();
        STATE.next.set((index + 1) % KEPT);
        if let Some(slot) = periods.get_mut(index) {
            *slot = period;
        }
        index
    };
    STATE.last.set(index);
}

/// Milliseconds from UTC to local time, at an instant.
fn offset_at(instant: i64) -> i64 {
    at(instant, |period| period.offset)
}

/// Milliseconds from UTC to local time, at a local time.
fn offset_of_local(local: i64) -> i64 {
    let local = local.clamp(-FURTHEST, FURTHEST);
    let (offset, start, end) = at(local, |period| (period.offset, period.start, period.end));
    let instant = local - offset;
    if (start..end).contains(&instant) {
        offset
    } else {
        offset_at(instant)
    }
}

/// Called by QuickJS; see `quickjs-fixes.h`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn runner_minutes_west(instant: *mut i64) -> i32 {
    let Some(instant) = (unsafe { instant.as_mut() }) else {
        return 0;
    };
    let offset = offset_at(*instant);
    *instant += offset % 60_000;
    -(offset / 60_000) as i32
}

/// Called by QuickJS; see `quickjs-fixes.h`.
#[unsafe(no_mangle)]
pub extern "C" fn runner_minutes_to_utc(local: i64) -> f64 {
    -offset_of_local(local) as f64 / 60_000.0
}

/// The time value of a `Date`; none of an invalid one. Anything else is a TypeError.
fn time_of(this: JSValue) -> JsResult<Option<i64>> {
    let time = number(call(STATE.get_time.get(), this, &[])?.raw())?;
    Ok((!time.is_nan()).then_some(time as i64))
}

fn get_timezone_offset(this: JSValue, _: Args) -> JsResult<Val> {
    Ok(Val::num(time_of(this)?.map_or(f64::NAN, |time| {
        // Nobody's minus zero.
        0.0 - offset_at(time) as f64 / 60_000.0
    })))
}

/// `15:04:05`, of a local time.
fn clock(local: i64) -> String {
    let seconds = local.rem_euclid(DAY) / 1000;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    format!("{hours:02}:{minutes:02}:{:02}", seconds % 60)
}

/// `15:04:05`.
fn hours(time: i64) -> String {
    clock(time + offset_at(time))
}

/// `15:04:05 GMT+0100 (CET)`.
fn hours_and_zone(time: i64) -> String {
    at(time, |period| {
        let sign = if period.offset < 0 { '-' } else { '+' };
        let minutes = period.offset.abs() / 60_000;
        format!(
            "{} GMT{sign}{:02}{:02} ({})",
            clock(time + period.offset),
            minutes / 60,
            minutes % 60,
            period.abbreviation
        )
    })
}

/// The text of a date: what QuickJS makes of its day, something between, the time of day.
fn text(
    this: JSValue,
    day: Option<(&Cell<JSValue>, &str)>,
    hours: fn(i64) -> String,
) -> JsResult<Val> {
    let Some(time) = time_of(this)? else {
        return Val::str("Invalid Date");
    };
    let hours = hours(time);
    match day {
        None => Val::str(&hours),
        Some((day, between)) => {
            let day = call(day.get(), this, &[])?.text()?;
            Val::str(&format!("{}{between}{hours}", day.as_str()))
        }
    }
}

fn to_string(this: JSValue, _: Args) -> JsResult<Val> {
    text(this, Some((&STATE.to_date, " ")), hours_and_zone)
}

fn to_time_string(this: JSValue, _: Args) -> JsResult<Val> {
    text(this, None, hours_and_zone)
}

fn to_locale_string(this: JSValue, _: Args) -> JsResult<Val> {
    text(this, Some((&STATE.to_locale_date, ", ")), hours)
}

fn to_locale_time_string(this: JSValue, _: Args) -> JsResult<Val> {
    text(this, None, hours)
}

#[cfg(feature = "tests")]
mod tests;
