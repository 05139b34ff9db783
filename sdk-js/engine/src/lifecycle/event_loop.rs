//! The event loop: promise jobs, timers, started operations. A call into the script is over
//! when none of them is left; an error in any of them cuts it short.

use rquickjs_sys::{self as q, JSValue};

use crate::bindings::exports::runner::script::lifecycle::{Failure, FailureKind};
use crate::bindings::runner::tasks::tasks;
use crate::js::{Val, call, caught};
use crate::lifecycle::failure::{self, IN_PROMISE};
use crate::state::{engine, rt};

/// Jobs that are run out after a failure before the rest is left alone.
const ABANDONED_JOBS: u32 = 10_000;

/// Calls a function of the script and waits for everything that it started. The result is
/// what it returned, awaited.
pub fn run(function: JSValue, args: &[JSValue]) -> Result<Val, Failure> {
    let result = match call(function, q::JS_UNDEFINED, args) {
        Ok(result) => result,
        Err(thrown) => return Err(abandon(failure::from_thrown(thrown))),
    };
    settle(result)
}

/// Waits for everything that is under way; `result` is awaited where it is a promise.
#[inline]
pub fn settle(result: Val) -> Result<Val, Failure> {
    let engine = engine();
    // What most iterations are: nothing was left to do.
    if !result.is_object()
        && !unsafe { q::JS_IsJobPending(rt()) }
        && engine.timers.borrow().is_empty()
        && engine.pending.borrow().is_empty()
    {
        return finished(result);
    }
    turn(result)
}

fn turn(result: Val) -> Result<Val, Failure> {
    match spin() {
        Ok(()) => {}
        Err(failure) => return Err(abandon(failure)),
    }
    let result = if unsafe { q::JS_IsPromise(result.raw()) } {
        awaited(&result)?
    } else {
        result
    };
    finished(result)
}

/// A rejected promise that is awaited here counts as handled only for its own sake.
fn awaited(promise: &Val) -> Result<Val, Failure> {
    unsafe {
        let value = q::JS_PromiseResult(crate::state::ctx(), promise.raw());
        match q::JS_PromiseState(crate::state::ctx(), promise.raw()) {
            q::JSPromiseStateEnum_JS_PROMISE_FULFILLED => Ok(Val::own(value)),
            q::JSPromiseStateEnum_JS_PROMISE_REJECTED => {
                Err(failure::from_error(&Val::own(value), IN_PROMISE))
            }
            // Nothing is left that could ever settle it; k6 ends the iteration then.
            _ => Ok(Val::UNDEFINED),
        }
    }
}

fn finished(result: Val) -> Result<Val, Failure> {
    if let Some(failure) = aborted() {
        return Err(abandon(failure));
    }
    match engine().rejections.take() {
        None => Ok(result),
        Some(reason) => Err(abandon(failure::from_error(&reason, IN_PROMISE))),
    }
}

fn aborted() -> Option<Failure> {
    let message = engine().vu.aborted.borrow();
    let message = message.as_ref()?.clone();
    Some(failure::plain(FailureKind::Aborted, message))
}

fn spin() -> Result<(), Failure> {
    let engine = engine();
    loop {
        drain_jobs();
        if let Some(failure) = aborted() {
            return Err(failure);
        }
        if let Some(reason) = engine.rejections.take() {
            return Err(failure::from_error(&reason, IN_PROMISE));
        }
        let due = engine.timers.borrow().next_due();
        let waiting = !engine.pending.borrow().is_empty();
        let now = match due {
            Some(_) => tasks::now(),
            None if !waiting => return Ok(()),
            None => 0,
        };
        let delay = due.map(|due| due.saturating_sub(now));
        if waiting {
            // A due timer does not keep completed tasks waiting, nor the other way round.
            if let Some(id) = tasks::next(delay) {
                let task = engine.pending.borrow_mut().take(id);
                if let Some(task) = task {
                    task.complete().map_err(failure::from_thrown)?;
                }
                drain_jobs();
            } else if due.is_none() {
                // The host has nothing under way, whatever this side believes.
                engine.pending.borrow_mut().cancel();
                continue;
            }
        } else if let Some(delay @ 1..) = delay {
            tasks::sleep(delay);
        }
        if due.is_some() {
            fire(tasks::now())?;
        }
    }
}

fn fire(now: u64) -> Result<(), Failure> {
    let due = engine().timers.borrow_mut().take_due(now);
    let Some(due) = due else { return Ok(()) };
    let args: Vec<JSValue> = due.arguments.iter().map(Val::raw).collect();
    match due.callback.call(q::JS_UNDEFINED, &args) {
        Ok(_) => Ok(()),
        Err(thrown) => Err(failure::from_thrown(thrown)),
    }
}

/// Runs promise jobs until there is none.
pub fn drain_jobs() {
    let mut context = core::ptr::null_mut();
    loop {
        match unsafe { q::JS_ExecutePendingJob(rt(), &mut context) } {
            0 => return,
            1.. => {}
            // Only errors that cannot be caught get here; what they mean is noted elsewhere.
            _ => drop(caught(crate::js::Thrown)),
        }
    }
}

/// Clears what a failed call left behind, so that the next one starts clean.
#[cold]
fn abandon(failure: Failure) -> Failure {
    let engine = engine();
    engine.timers.borrow_mut().interrupt();
    engine.pending.borrow_mut().cancel();
    // Jobs cannot be removed. With no stack to run on, each fails before it does anything.
    unsafe {
        q::JS_SetMaxStackSize(rt(), 1);
        let mut context = core::ptr::null_mut();
        for _ in 0..ABANDONED_JOBS {
            match q::JS_ExecutePendingJob(rt(), &mut context) {
                0 => break,
                1.. => {}
                _ => drop(caught(crate::js::Thrown)),
            }
        }
        q::JS_SetMaxStackSize(rt(), crate::boot::JS_STACK as _);
    }
    engine.rejections.clear();
    failure
}
