//! `runner:tasks/tasks`: sleeping, and waiting for what was started.

use std::time::{Duration, Instant};

use crate::VuState;
use crate::bindings::runner::tasks::tasks::Host;

impl Host for VuState {
    async fn sleep(&mut self, duration: u64) {
        self.touched("the clock");
        tokio::time::sleep(Duration::from_nanos(duration)).await;
    }

    async fn next(&mut self, timeout: Option<u64>) -> Option<u64> {
        self.touched("the clock");
        self.views
            .tasks
            .next(timeout.map(Duration::from_nanos))
            .await
    }

    fn cancel(&mut self, task: u64) {
        self.views.tasks.cancel(task);
    }

    fn now(&mut self) -> u64 {
        self.touched("the clock");
        let elapsed = Instant::now().saturating_duration_since(self.script.epoch);
        self.moment(u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX))
    }
}
