//! The one thing that an executor and the task of a VU share while it runs: go on, finish the
//! current iteration, or stop in the middle of it.
//!
//! Hand-made instead of a cancellation token because the VU reads it before every iteration
//! and at every wake-up: here that is one load, there it is a lock.

use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, Waker};

use parking_lot::Mutex;

/// Iterations follow each other.
const RUNNING: u8 = 0;
/// The current iteration is the last one, unless the VU is resumed first.
const STOPPING: u8 = 1;
/// The current iteration is to be dropped.
const INTERRUPTED: u8 = 2;
/// The task starts no further iteration.
const EXITED: u8 = 3;

/// Controls one activation of one VU.
#[derive(Debug, Default)]
pub(crate) struct VuControl {
    state: AtomicU8,
    waker: Mutex<Option<Waker>>,
}

impl VuControl {
    /// Lets the current iteration finish and no other start.
    pub(crate) fn stop(&self) {
        let _ = self.replace(RUNNING, STOPPING);
    }

    /// Takes back a [`VuControl::stop`]. False when the VU has stopped already.
    pub(crate) fn resume(&self) -> bool {
        self.replace(STOPPING, RUNNING)
    }

    /// Lets iterations follow each other, as they do or again. False when the VU has stopped.
    pub(crate) fn go_on(&self) -> bool {
        self.state.load(Ordering::Acquire) == RUNNING || self.resume()
    }

    /// Drops the current iteration.
    pub(crate) fn interrupt(&self) {
        let is_new = self.replace(RUNNING, INTERRUPTED) || self.replace(STOPPING, INTERRUPTED);
        if is_new && let Some(waker) = self.waker.lock().take() {
            waker.wake();
        }
    }

    /// For the VU's task, before each iteration: may it start?
    #[inline]
    pub(crate) fn may_iterate(&self) -> bool {
        // Twice in the worst case: the executor may resume between the load and the exchange.
        loop {
            match self.state.load(Ordering::Relaxed) {
                RUNNING => return true,
                STOPPING => {
                    if self.replace(STOPPING, EXITED) {
                        return false;
                    }
                }
                _ => return false,
            }
        }
    }

    /// For the VU's task: it ends by itself.
    pub(crate) fn exit(&self) {
        self.state.store(EXITED, Ordering::Release);
    }

    /// For the VU's task, at each wake-up: ready when the iteration is to be dropped.
    /// `registered` is the task's own note of the waker that it left here.
    pub(crate) fn poll_interrupted(
        &self,
        cx: &Context<'_>,
        registered: &mut Option<Waker>,
    ) -> Poll<()> {
        if registered
            .as_ref()
            .is_none_or(|waker| !waker.will_wake(cx.waker()))
        {
            *registered = Some(cx.waker().clone());
            *self.waker.lock() = Some(cx.waker().clone());
        }
        // Read after the waker is in place, so that no interrupt falls between the two.
        if self.state.load(Ordering::Acquire) == INTERRUPTED {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    fn replace(&self, from: u8, to: u8) -> bool {
        self.state
            .compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_can_be_taken_back_until_the_vu_sees_it() {
        let control = VuControl::default();
        assert!(control.may_iterate());
        control.stop();
        assert!(control.resume());
        assert!(control.may_iterate());
        control.stop();
        assert!(!control.may_iterate());
        assert!(!control.resume());
    }

    #[test]
    fn an_interrupt_wakes_the_task_and_stands() {
        let control = VuControl::default();
        let mut registered = None;
        let cx = Context::from_waker(Waker::noop());
        assert!(control.poll_interrupted(&cx, &mut registered).is_pending());
        control.interrupt();
        assert!(control.poll_interrupted(&cx, &mut registered).is_ready());
        assert!(!control.may_iterate());
        assert!(!control.resume());
    }

    #[test]
    fn an_exited_vu_is_not_interrupted() {
        let control = VuControl::default();
        control.exit();
        control.interrupt();
        let cx = Context::from_waker(Waker::noop());
        assert!(control.poll_interrupted(&cx, &mut None).is_pending());
    }
}
