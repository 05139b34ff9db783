//! `runner:tasks`: started operations of one VU.
//!
//! A started operation runs in a task of its own, so that it goes on while the VU is busy or
//! asleep; its result waits in a channel. Nothing is allocated before the first start.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use runner_http::{Exchange, Failure};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::AbortHandle;

use crate::VuState;
use crate::bindings::runner::tasks::tasks::Host;

/// What an operation ends with.
pub(crate) type Finished = Result<Exchange, Failure>;

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
    pub(crate) fn start(
        &mut self,
        operation: impl Future<Output = Finished> + Send + 'static,
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
            let _ = sender.send((id, operation.await));
        });
        started.pending.insert(id, task.abort_handle());
        id
    }

    async fn next(&mut self, timeout: Option<Duration>) -> Option<u64> {
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

    fn cancel(&mut self, id: u64) {
        if let Some(started) = &mut self.started {
            if let Some(task) = started.pending.remove(&id) {
                task.abort();
            }
            started.finished.remove(&id);
        }
    }

    /// The result of a finished operation, once.
    pub(crate) fn take(&mut self, id: u64) -> Option<Finished> {
        self.started.as_mut()?.finished.remove(&id)
    }

    /// Whether anything was started and not cleared.
    pub(crate) fn any(&self) -> bool {
        self.started.is_some()
    }

    /// Stops what an iteration left behind.
    pub(crate) fn clear(&mut self) {
        self.started = None;
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        for task in self.pending.values() {
            task.abort();
        }
    }
}

impl Host for VuState {
    async fn sleep(&mut self, duration: u64) {
        self.touched("the clock");
        tokio::time::sleep(Duration::from_nanos(duration)).await;
    }

    async fn next(&mut self, timeout: Option<u64>) -> Option<u64> {
        self.touched("the clock");
        self.tasks.next(timeout.map(Duration::from_nanos)).await
    }

    fn cancel(&mut self, task: u64) {
        self.tasks.cancel(task);
    }

    fn now(&mut self) -> u64 {
        self.touched("the clock");
        let elapsed = Instant::now().saturating_duration_since(self.script.epoch);
        self.moment(u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn exchange_after(milliseconds: u64) -> Finished {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        let kind = runner_http::ErrorKind::Other;
        Err(Failure {
            kind,
            code: 1000,
            message: "made up".into(),
            exchange: None,
        })
    }

    #[tokio::test(start_paused = true)]
    async fn tasks_come_back_in_order_of_completion() {
        let mut tasks = Tasks::default();
        let slow = tasks.start(exchange_after(50));
        let fast = tasks.start(exchange_after(10));
        assert_eq!(tasks.next(Some(Duration::from_millis(1))).await, None);
        assert_eq!(tasks.next(None).await, Some(fast));
        assert!(tasks.take(fast).is_some());
        assert!(tasks.take(fast).is_none());
        assert_eq!(tasks.next(None).await, Some(slow));
        assert_eq!(tasks.next(None).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancelled_task_is_never_returned() {
        let mut tasks = Tasks::default();
        let one = tasks.start(exchange_after(10));
        tasks.cancel(one);
        assert_eq!(tasks.next(Some(Duration::from_millis(100))).await, None);
        assert!(tasks.take(one).is_none());
    }
}
