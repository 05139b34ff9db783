//! Operations that the script started and waits for with promises.

use crate::api::http;
use crate::bindings::runner::tasks::tasks;
use crate::js::{JsResult, Val, caught};
use rquickjs_sys as q;

/// One started operation: when the host says that it is done, a promise is settled.
pub struct Task {
    pub id: u64,
    pub resolve: Val,
    pub reject: Val,
    pub request: http::Started,
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

    pub fn add(&mut self, task: Task) {
        self.list.push(task);
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

impl Task {
    /// Settles the promise with what the host has.
    pub fn complete(self) -> JsResult<()> {
        match http::finish(self.id, self.request) {
            Ok(response) => self.resolve.call(q::JS_UNDEFINED, &[response.raw()])?,
            Err(thrown) => {
                let reason = caught(thrown);
                self.reject.call(q::JS_UNDEFINED, &[reason.raw()])?
            }
        };
        Ok(())
    }
}
