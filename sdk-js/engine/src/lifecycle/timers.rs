//! `setTimeout`, `setInterval` and their clear functions. Ids count from 1 and are not used
//! twice by a VU. Timers live until the iteration (or init, setup, …) that made them ends.

use rquickjs_sys::{self as q, JSValue};

use crate::api::room::Room;
use crate::bindings::runner::log::log::{self, Level};
use crate::bindings::runner::tasks::tasks;
use crate::fork;
use crate::js::{Args, JsResult, Val, define_magic, host_error, is_function, number, type_error};
use crate::native;
use crate::source::register;
use crate::state::engine;

const INTERVAL: i32 = 1;

struct Timer {
    id: u32,
    /// Nanoseconds of `tasks.now`.
    due: u64,
    /// Nanoseconds between calls of an interval.
    every: Option<u64>,
    callback: Val,
    arguments: Vec<Val>,
}

/// Running timers, and the last id given out.
pub struct Timers {
    list: Vec<Timer>,
    last_id: u32,
}

/// A timer whose time has come.
pub struct Due {
    pub callback: Val,
    pub arguments: Vec<Val>,
}

impl Timers {
    pub fn new() -> Timers {
        Timers {
            list: Vec::new(),
            last_id: 0,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// When the next timer is due; earlier ids first where two are due together.
    pub fn next_due(&self) -> Option<u64> {
        self.list.iter().map(|timer| timer.due).min()
    }

    /// Takes the next timer that is due at `now`; an interval is started again.
    pub fn take_due(&mut self, now: u64) -> Option<Due> {
        let due = self.next_due().filter(|due| *due <= now)?;
        let index = self.list.iter().position(|timer| timer.due == due)?;
        let timer = self.list.get_mut(index)?;
        if let Some(every) = timer.every {
            timer.due = now + every;
            return Some(Due {
                callback: timer.callback.clone(),
                arguments: timer.arguments.clone(),
            });
        }
        let timer = self.list.remove(index);
        Some(Due {
            callback: timer.callback,
            arguments: timer.arguments,
        })
    }

    /// Stops what still runs when an iteration is cut short, with k6's warning for each.
    pub fn interrupt(&mut self) {
        for timer in self.list.drain(..) {
            let kind = if timer.every.is_some() {
                "setInterval"
            } else {
                "setTimeout"
            };
            let id = timer.id;
            let message =
                format!("{kind} {id} was stopped because the VU iteration was interrupted");
            log::write(Level::Warn, "", &message, &[]);
        }
    }
}

native! { magic
    js_start = start;
}
native! {
    js_clear = clear;
}

/// Defines the four functions on `target`.
/// The globals and `k6/timers`.
pub const TIMERS: Room = Room::new(|global| {
    install(global)?;
    let module = Val::object()?;
    install(&module)?;
    register("k6/timers", module)
});

fn install(target: &Val) -> JsResult<()> {
    define_magic(target, c"setTimeout", 2, js_start, 0)?;
    define_magic(target, c"setInterval", 2, js_start, INTERVAL)?;
    crate::js::define(target, c"clearTimeout", 1, js_clear)?;
    crate::js::define(target, c"clearInterval", 1, js_clear)
}

fn start(_: JSValue, args: Args, magic: i32) -> JsResult<Val> {
    let name = if magic == INTERVAL {
        "setInterval"
    } else {
        "setTimeout"
    };
    let callback = args.at(0);
    if !is_function(callback) {
        let message = format!("{name}'s callback isn't a callable function");
        return Err(if crate::js::is_nullish(callback) {
            host_error(&message)
        } else {
            type_error(&message)
        });
    }
    let delay = milliseconds(args.at(1))?;
    let arguments = args
        .0
        .get(2..)
        .unwrap_or_default()
        .iter()
        .map(|value| Val::dup(*value))
        .collect();
    fork::touch(name);
    let now = tasks::now();
    let mut timers = engine().timers.borrow_mut();
    timers.last_id += 1;
    let id = timers.last_id;
    timers.list.push(Timer {
        id,
        due: now + delay,
        // An interval of nothing would never let go of the VU.
        every: (magic == INTERVAL).then_some(delay.max(1_000_000)),
        callback: Val::dup(callback),
        arguments,
    });
    Ok(Val::num(id as f64))
}

fn clear(_: JSValue, args: Args) -> JsResult<Val> {
    if !unsafe { q::JS_IsNumber(args.at(0)) } {
        return Ok(Val::UNDEFINED);
    }
    let id = number(args.at(0))?;
    // Taken out before it is freed: freeing may run code of the engine.
    let removed = {
        let mut timers = engine().timers.borrow_mut();
        let index = timers.list.iter().position(|timer| timer.id as f64 == id);
        index.map(|index| timers.list.remove(index))
    };
    drop(removed);
    Ok(Val::UNDEFINED)
}

fn milliseconds(value: JSValue) -> JsResult<u64> {
    if crate::js::is_undefined(value) {
        return Ok(0);
    }
    let delay = number(value)?;
    // NaN and negative delays are no delay; the cast saturates.
    Ok((delay.max(0.0) * 1e6) as u64)
}
