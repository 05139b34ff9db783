//! Runs the host's own work on a stack of the thread instead of the VU's.
//!
//! A call into a guest runs on a fiber, and a host function that waits is polled there too. The
//! HTTP client's frames are many times the guest's, and every page that a fiber's stack has ever
//! touched stays the VU's own: with thousands of VUs, most of their memory was that. A poll never
//! suspends in its middle, so one stack per thread serves all VUs that the thread runs.
//!
//! Where the platform cannot switch stacks, or has no memory for one, work runs where it is.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

/// What tokio gives its own threads; TLS handshakes use a tenth of it.
const SIZE: usize = 2 << 20;

thread_local! {
    /// None while it is in use.
    static STACK: Cell<Option<Stack>> = Cell::new(Stack::new());
}

/// Awaits `future` with each poll on the thread's stack.
pub(crate) struct OnThreadStack<'a, F>(pub(crate) Pin<&'a mut F>);

impl<F: Future> Future for OnThreadStack<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let future = self.0.as_mut();
        on_thread_stack(move || future.poll(context))
    }
}

fn on_thread_stack<R>(run: impl FnOnce() -> R) -> R {
    // A thread that is ending has no stack any more.
    let Some(stack) = STACK.try_with(Cell::take).ok().flatten() else {
        return run();
    };
    let (stack, result) = stack.run(run);
    let _ = STACK.try_with(|slot| slot.set(Some(stack)));
    match result {
        Ok(result) => result,
        Err(panic) => resume_unwind(panic),
    }
}

#[cfg(unix)]
use unix::Stack;

#[cfg(unix)]
mod unix {
    use super::{AssertUnwindSafe, SIZE, catch_unwind};
    use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect, munmap};
    use std::ptr::null_mut;
    use std::thread::Result;

    /// Below a stack: whoever runs over its end meets this.
    const GUARD: usize = 64 << 10;

    /// Address space; pages come when they are touched.
    pub(super) struct Stack {
        base: *mut u8,
    }

    impl Stack {
        pub(super) fn new() -> Option<Self> {
            let all = ProtFlags::READ | ProtFlags::WRITE;
            // SAFETY: a fresh mapping that nothing else refers to.
            let base = unsafe { mmap_anonymous(null_mut(), GUARD + SIZE, all, MapFlags::PRIVATE) };
            let stack = Self {
                base: base.ok()?.cast(),
            };
            // SAFETY: the lowest part of that mapping.
            unsafe { mprotect(stack.base.cast(), GUARD, MprotectFlags::empty()) }.ok()?;
            Some(stack)
        }

        /// Runs `run` to its end; the stack is then free again.
        pub(super) fn run<R>(self, run: impl FnOnce() -> R) -> (Self, Result<R>) {
            psm::psm_stack_manipulation! {
                yes {
                    let callback = move || catch_unwind(AssertUnwindSafe(run));
                    // SAFETY: the stack is mapped, aligned to pages, guarded below, and nobody
                    // else's while `self` is here; the callback does not unwind.
                    let result = unsafe { psm::on_stack(self.base.add(GUARD), SIZE, callback) };
                    (self, result)
                }
                no {
                    (self, catch_unwind(AssertUnwindSafe(run)))
                }
            }
        }
    }

    impl Drop for Stack {
        fn drop(&mut self) {
            // SAFETY: made by `new`, and nothing runs on it. An error leaves it mapped.
            let _ = unsafe { munmap(self.base.cast(), GUARD + SIZE) };
        }
    }
}

#[cfg(not(unix))]
struct Stack;

#[cfg(not(unix))]
impl Stack {
    fn new() -> Option<Self> {
        None
    }

    fn run<R>(self, run: impl FnOnce() -> R) -> (Self, std::thread::Result<R>) {
        (self, catch_unwind(AssertUnwindSafe(run)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;

    /// Address of something on the current stack.
    #[inline(never)]
    fn here() -> usize {
        let mark = 0_u8;
        std::hint::black_box(&raw const mark).addr()
    }

    #[test]
    fn work_runs_elsewhere_and_gives_its_result() {
        let outside = here();
        let (first, nested) = on_thread_stack(|| (here(), on_thread_stack(here)));
        assert!(first.abs_diff(outside) > SIZE / 2);
        // There is one stack; work inside work stays on it.
        assert!(nested.abs_diff(first) < SIZE);
        let second = on_thread_stack(here);
        assert!(second.abs_diff(first) < SIZE);
    }

    #[test]
    fn a_panic_comes_through_and_leaves_the_stack_usable() {
        let caught = catch_unwind(|| on_thread_stack(|| panic!("inside")));
        let message = *caught.unwrap_err().downcast::<&str>().unwrap();
        assert_eq!(message, "inside");
        let outside = here();
        assert!(on_thread_stack(here).abs_diff(outside) > SIZE / 2);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 3)]
    async fn futures_that_wait_and_change_threads_end_well() {
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..50_u64 {
            tasks.spawn(async move {
                let work = async {
                    let text = number.to_string();
                    for _ in 0..20 {
                        tokio::task::yield_now().await;
                        tokio::time::sleep(std::time::Duration::from_micros(50)).await;
                    }
                    text
                };
                OnThreadStack(pin!(work)).await
            });
        }
        let mut sum = 0;
        while let Some(text) = tasks.join_next().await {
            sum += text.unwrap().parse::<u64>().unwrap();
        }
        assert_eq!(sum, 49 * 50 / 2);
    }
}
