//! Deadlines without a timer per request. A timer that is set for a moment before the
//! deadline is left alone: when it goes off too early it is set again. So a VU that makes
//! thousands of calls a second, each with a minute to go, touches the timer once a minute.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use tokio::time::{Instant, Sleep, sleep_until};

/// A timer that is kept from call to call.
#[derive(Debug)]
pub(crate) struct Timer(Pin<Box<Sleep>>);

impl Timer {
    pub fn new(deadline: Instant) -> Self {
        Self(Box::pin(sleep_until(deadline)))
    }

    /// The outcome of `work`, or none at the deadline.
    pub async fn limit<F: Future>(
        &mut self,
        deadline: Instant,
        mut work: Pin<&mut F>,
    ) -> Option<F::Output> {
        if self.0.deadline() > deadline {
            self.0.as_mut().reset(deadline);
        }
        poll_fn(|cx| {
            if let Poll::Ready(output) = work.as_mut().poll(cx) {
                return Poll::Ready(Some(output));
            }
            while self.0.as_mut().poll(cx).is_ready() {
                if Instant::now() >= deadline {
                    return Poll::Ready(None);
                }
                self.0.as_mut().reset(deadline);
            }
            Poll::Pending
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::time::Duration;

    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn a_kept_timer_serves_later_and_earlier_deadlines() {
        let start = Instant::now();
        let mut timer = Timer::new(start + Duration::from_millis(20));
        let never = pin!(std::future::pending::<()>());
        let deadline = start + Duration::from_millis(60);
        assert_eq!(timer.limit(deadline, never).await, None);
        assert!(start.elapsed() >= Duration::from_millis(60));
        let done = pin!(std::future::ready(7));
        assert_eq!(
            timer
                .limit(Instant::now() + Duration::from_secs(60), done)
                .await,
            Some(7)
        );
        let never = pin!(std::future::pending::<()>());
        assert_eq!(
            timer
                .limit(Instant::now() + Duration::from_millis(5), never)
                .await,
            None
        );
        assert!(start.elapsed() < Duration::from_secs(30));
    }
}
