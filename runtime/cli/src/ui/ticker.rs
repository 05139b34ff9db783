//! Shows progress at regular times, in a thread of its own: a terminal or pipe that does not take
//! what is written (a pager that waits, a stopped terminal) holds up this thread and no VU.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};

use super::progress::Progress;
use super::view::Ui;

/// Ends when it is dropped, without waiting for a drawing that hangs.
pub struct Ticker {
    _until_dropped: Option<Sender<()>>,
}

impl Ticker {
    /// Starts showing what `progress` gives.
    pub fn start(ui: &Arc<Ui>, progress: impl Fn() -> Progress + Send + 'static) -> Self {
        let (sender, dropped) = channel::<()>();
        let ui = Arc::clone(ui);
        let show = move || {
            while dropped.recv_timeout(ui.interval()) == Err(RecvTimeoutError::Timeout) {
                ui.tick(&progress());
            }
        };
        let thread = std::thread::Builder::new().name("progress".to_owned());
        // A machine that has no thread left runs without progress.
        let started = thread.spawn(show).is_ok();
        Self {
            _until_dropped: started.then_some(sender),
        }
    }
}
