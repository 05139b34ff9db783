//! Operations that the script started and waits for with promises, of any module.

use rquickjs_sys as q;

use crate::bindings::runner::tasks::tasks;
use crate::js::{JsResult, Val, caught};
use crate::state::{ctx, engine};

/// Asks the host for the result of an operation that is done, by its id.
pub type Finish = Box<dyn FnOnce(u64) -> JsResult<Val>>;

/// One started operation: when the host says that it is done, a promise is settled.
pub struct Task {
    id: u64,
    resolve: Val,
    reject: Val,
    finish: Finish,
}

/// Everything that is under way.
pub struct Pending {
    list: Vec<Task>,
}

impl Pending {
    pub fn new() -> Pending {
        Pending { list: Vec::new() }
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The task with that id, which is then no longer pending.
    pub fn take(&mut self, id: u64) -> Option<Task> {
        let index = self.list.iter().position(|task| task.id == id)?;
        Some(self.list.swap_remove(index))
    }

    /// Stops everything.
    pub fn cancel(&mut self) {
        for task in self.list.drain(..) {
            tasks::cancel(task.id);
        }
    }
}

/// A promise for what `start` starts on the host: the operation's id, and how its result is asked for.
/// Where it cannot be started, what there is instead settles the promise at once.
pub fn promise(start: impl FnOnce() -> Result<(u64, Finish), JsResult<Val>>) -> JsResult<Val> {
    let mut functions = [q::JS_UNDEFINED; 2];
    let promise = Val::check(unsafe { q::JS_NewPromiseCapability(ctx(), functions.as_mut_ptr()) })?;
    let [resolve, reject] = functions.map(Val::own);
    match start() {
        Ok((id, finish)) => engine().pending.borrow_mut().list.push(Task {
            id,
            resolve,
            reject,
            finish,
        }),
        Err(result) => settle(&resolve, &reject, result)?,
    }
    Ok(promise)
}

impl Task {
    /// Settles the promise with what the host has.
    pub fn complete(self) -> JsResult<()> {
        settle(&self.resolve, &self.reject, (self.finish)(self.id))
    }
}

fn settle(resolve: &Val, reject: &Val, result: JsResult<Val>) -> JsResult<()> {
    let (function, value) = match result {
        Ok(value) => (resolve, value),
        Err(thrown) => (reject, caught(thrown)),
    };
    function.call(q::JS_UNDEFINED, &[value.raw()]).map(drop)
}
