//! The VUs that wait for work. Scenarios borrow from it and give back, so that a scenario can
//! use the VUs of one that is over. First in, first out.
//!
//! A VU that was interrupted comes back as it is and is repaired only when it is needed again:
//! at the end of a run thousands are interrupted and none is needed.

use std::collections::VecDeque;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::timeout;

/// A borrower waits this long before it says so, and this many times before it gives up.
const WAIT: Duration = Duration::from_millis(400);
const WAITS: u32 = 5;

/// A VU out of the pool.
#[derive(Debug)]
pub(crate) struct Idle<V> {
    pub(crate) vu: V,
    /// It must be recovered before it is used.
    pub(crate) is_broken: bool,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Pool<V> {
    idle: Mutex<VecDeque<Idle<V>>>,
    returned: Notify,
}

impl<V> Pool<V> {
    pub(crate) fn new() -> Self {
        Self {
            idle: Mutex::new(VecDeque::new()),
            returned: Notify::new(),
        }
    }

    pub(crate) fn give_back(&self, vu: V, is_broken: bool) {
        self.idle.lock().push_back(Idle { vu, is_broken });
        self.returned.notify_one();
    }

    pub(crate) fn try_borrow(&self) -> Option<Idle<V>> {
        self.idle.lock().pop_front()
    }

    /// Waits for a VU to come back, and tells `late` how long it has waited. None when it is in
    /// vain, after 2 seconds.
    pub(crate) async fn borrow(&self, late: impl Fn(Duration)) -> Option<Idle<V>> {
        for waits in 1..=WAITS {
            let found = timeout(WAIT, async {
                loop {
                    if let Some(idle) = self.try_borrow() {
                        return idle;
                    }
                    self.returned.notified().await;
                }
            });
            if let Ok(idle) = found.await {
                // One notification may stand for several returns: pass it on.
                self.returned.notify_one();
                return Some(idle);
            }
            late(WAIT * waits);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn lends_in_the_order_of_return() {
        let pool = Pool::new();
        for vu in 1..=3 {
            pool.give_back(vu, vu == 2);
        }
        let order: Vec<_> = std::iter::from_fn(|| pool.try_borrow())
            .map(|idle| (idle.vu, idle.is_broken))
            .collect();
        assert_eq!(order, [(1, false), (2, true), (3, false)]);
    }

    #[tokio::test(start_paused = true)]
    async fn all_who_wait_are_served_when_vus_come_back_together() {
        let pool = Arc::new(Pool::new());
        let waiting: Vec<_> = (0..5)
            .map(|_| {
                let pool = pool.clone();
                tokio::spawn(async move { pool.borrow(|_| {}).await.map(|idle| idle.vu) })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(100)).await;
        for vu in 0..5 {
            pool.give_back(vu, false);
        }
        for task in waiting {
            assert!(task.await.unwrap().is_some());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn gives_up_after_two_seconds() {
        let pool = Pool::<u8>::new();
        let started = tokio::time::Instant::now();
        let late = Mutex::new(Vec::new());
        assert!(
            pool.borrow(|waited| late.lock().push(waited.as_millis()))
                .await
                .is_none()
        );
        assert_eq!(started.elapsed(), Duration::from_secs(2));
        assert_eq!(late.into_inner(), [400, 800, 1200, 1600, 2000]);
    }
}
