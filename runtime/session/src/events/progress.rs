//! Tells how far a run is at regular times, from a thread of its own: a terminal or pipe that does not
//! take what is written (a pager that waits, a stopped terminal) holds up this thread and no VU, and
//! VUs that keep every core busy do not hold up what a user sees.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};

use runner_scheduler::RunState;

use super::{Event, Events};

/// Ends when it is dropped, without waiting for a drawing that hangs.
pub(crate) struct Ticking {
    _until_dropped: Option<Sender<()>>,
}

impl Ticking {
    /// Starts telling; nothing where nobody wants to hear it.
    pub(crate) fn start(events: &Arc<dyn Events>, state: &Arc<RunState>) -> Self {
        let (sender, dropped) = channel::<()>();
        let (events, state) = (Arc::clone(events), Arc::clone(state));
        let tell = move || {
            while let Some(pause) = events.progress_every()
                && dropped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout)
            {
                events.event(Event::Progress(&state.progress()));
            }
        };
        let thread = std::thread::Builder::new().name("progress".to_owned());
        // A machine that has no thread left runs without progress.
        let started = thread.spawn(tell).is_ok();
        Self {
            _until_dropped: started.then_some(sender),
        }
    }
}
