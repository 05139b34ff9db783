//! Advances the epoch, so that a script that never returns can be stopped and shares its core.
//!
//! One thread for the whole process; it ends with the last [`Ticker`].

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use wasmtime::Engine;

/// Time between two epochs: the longest that a busy VU keeps its thread from the others.
pub const TICK: Duration = Duration::from_millis(5);

/// Ticks while it lives.
#[derive(Debug)]
pub struct Ticker {
    stop: Arc<AtomicBool>,
}

impl Ticker {
    /// Starts ticking `engine`. Errors when the thread cannot be started.
    pub fn start(engine: &Engine) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        // A weak handle: the ticker does not keep a finished run's pool mapped.
        let engine = engine.weak();
        let stopped = Arc::clone(&stop);
        thread::Builder::new().name("epoch".into()).spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                thread::sleep(TICK);
                let Some(engine) = engine.upgrade() else {
                    break;
                };
                engine.increment_epoch();
            }
        })?;
        Ok(Self { stop })
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}
