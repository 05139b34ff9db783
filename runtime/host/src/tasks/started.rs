//! Started operations of one VU, of any capability.
//!
//! A started operation runs in a task of its own, so that it goes on while the VU is busy or
//! asleep; its result waits in a channel, and then for the capability that knows its type.
//! Nothing is allocated before the first start.

use std::any::Any;
use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::AbortHandle;

use crate::capability::{Turn, View};
use crate::context::LoadContext;

/// What an operation ended with: what that is, its capability knows.
type Finished = Box<dyn Any + Send>;

/// The started operations of one VU.
#[derive(Debug, Default)]
pub(crate) struct Tasks {
    last: u64,
    started: Option<Box<Started>>,
}

#[derive(Debug)]
struct Started {
    pending: HashMap<u64, AbortHandle>,
    finished: HashMap<u64, Finished>,
    sender: UnboundedSender<(u64, Finished)>,
    receiver: UnboundedReceiver<(u64, Finished)>,
}

impl Tasks {
    /// Runs `operation` beside the VU.
    pub(crate) fn start<T: Send + 'static>(
        &mut self,
        operation: impl Future<Output = T> + Send + 'static,
    ) -> u64 {
        self.last += 1;
        let id = self.last;
        let started = self.started.get_or_insert_with(|| {
            let (sender, receiver) = unbounded_channel();
            Box::new(Started {
                pending: HashMap::new(),
                finished: HashMap::new(),
                sender,
                receiver,
            })
        });
        let sender = started.sender.clone();
        let task = tokio::spawn(async move {
            // The receiver is gone only when the VU is: nobody is left to tell.
            let _ = sender.send((id, Box::new(operation.await)));
        });
        started.pending.insert(id, task.abort_handle());
        id
    }

    pub(super) async fn next(&mut self, timeout: Option<Duration>) -> Option<u64> {
        let pending = self
            .started
            .as_deref_mut()
            .filter(|started| !started.pending.is_empty());
        let Some(started) = pending else {
            if let Some(timeout) = timeout {
                tokio::time::sleep(timeout).await;
            }
            return None;
        };
        let deadline = timeout.map(|timeout| tokio::time::Instant::now() + timeout);
        loop {
            let received = match deadline {
                Some(deadline) => tokio::time::timeout_at(deadline, started.receiver.recv())
                    .await
                    .ok()??,
                None => started.receiver.recv().await?,
            };
            let (id, result) = received;
            // A cancelled operation may have finished just before.
            if started.pending.remove(&id).is_some() {
                started.finished.insert(id, result);
                return Some(id);
            }
        }
    }

    pub(super) fn cancel(&mut self, id: u64) {
        if let Some(started) = &mut self.started {
            if let Some(task) = started.pending.remove(&id) {
                task.abort();
            }
            started.finished.remove(&id);
        }
    }

    /// The result of a finished operation, once; none where it is of another type, which is an
    /// operation of another capability.
    pub(crate) fn take<T: Send + 'static>(&mut self, id: u64) -> Option<T> {
        let finished = &mut self.started.as_mut()?.finished;
        if !finished.get(&id)?.is::<T>() {
            return None;
        }
        let result = finished.remove(&id)?.downcast::<T>().ok()?;
        Some(*result)
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        for task in self.pending.values() {
            task.abort();
        }
    }
}

impl View for Tasks {
    type Image = ();

    fn new(_vu: u64, _load: Option<&LoadContext>) -> Self {
        Self::default()
    }

    /// Stops what an iteration left behind.
    fn end(&mut self, _turn: Turn) {
        self.started = None;
    }

    fn left_open(&self) -> Option<&'static str> {
        let started = self.started.is_some();
        started.then_some("an operation that has not ended")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn number_after(milliseconds: u64) -> u64 {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        milliseconds
    }

    #[tokio::test(start_paused = true)]
    async fn tasks_come_back_in_order_of_completion() {
        let mut tasks = Tasks::default();
        let slow = tasks.start(number_after(50));
        let fast = tasks.start(number_after(10));
        assert_eq!(tasks.next(Some(Duration::from_millis(1))).await, None);
        assert_eq!(tasks.next(None).await, Some(fast));
        // Who asks for something else leaves it where it is.
        assert_eq!(tasks.take::<String>(fast), None);
        assert_eq!(tasks.take::<u64>(fast), Some(10));
        assert_eq!(tasks.take::<u64>(fast), None);
        assert_eq!(tasks.next(None).await, Some(slow));
        assert_eq!(tasks.next(None).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancelled_task_is_never_returned() {
        let mut tasks = Tasks::default();
        let one = tasks.start(number_after(10));
        tasks.cancel(one);
        assert_eq!(tasks.next(Some(Duration::from_millis(100))).await, None);
        assert_eq!(tasks.take::<u64>(one), None);
    }
}
