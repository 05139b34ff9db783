//! Signals that end a run: Ctrl-C, SIGTERM, and SIGHUP, which says that the terminal is gone.
//!
//! The first one ends the run in an orderly way: teardown, outputs and summary files still come.
//! One more ends the process at once, but never a SIGHUP: a terminal that is closed sends several
//! of them (the kernel one, the shell another), and nobody meant to throw the results away.
//!
//! A process that was started with SIGHUP ignored, as `nohup` does, goes on ignoring it.

use std::io;

/// Listens from its creation on: what comes later is not lost.
pub struct Signals(imp::Signals);

impl Signals {
    /// Starts to listen; in a runtime.
    ///
    /// # Errors
    /// When the system does not let the process handle them.
    pub fn listen() -> io::Result<Self> {
        imp::Signals::listen().map(Self)
    }

    /// Waits for any of them; returns its name.
    pub async fn any(&mut self) -> &'static str {
        self.0.any().await
    }

    /// Waits for one that insists: Ctrl-C or SIGTERM.
    pub async fn insisting(&mut self) -> &'static str {
        loop {
            let name = self.any().await;
            if name != imp::HANGUP {
                return name;
            }
        }
    }
}

#[cfg(unix)]
mod imp {
    use std::future::pending;
    use std::io;

    use tokio::signal::unix::{Signal, SignalKind, signal};

    pub(super) const HANGUP: &str = "hangup";

    pub(super) struct Signals {
        interrupt: Signal,
        terminate: Signal,
        hangup: Option<Signal>,
    }

    impl Signals {
        pub(super) fn listen() -> io::Result<Self> {
            // Asked before the handler is there.
            let hangup = if is_hangup_ignored() {
                None
            } else {
                Some(signal(SignalKind::hangup())?)
            };
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
                hangup,
            })
        }

        pub(super) async fn any(&mut self) -> &'static str {
            let hangup = async {
                match &mut self.hangup {
                    Some(hangup) => hangup.recv().await,
                    None => pending().await,
                }
            };
            tokio::select! {
                _ = self.interrupt.recv() => "interrupt",
                _ = self.terminate.recv() => "terminated",
                _ = hangup => HANGUP,
            }
        }
    }

    /// Whether the process was started with SIGHUP ignored.
    #[allow(
        unsafe_code,
        reason = "there is no safe way to ask for a signal's handler"
    )]
    fn is_hangup_ignored() -> bool {
        // SAFETY: all zeroes is a valid `sigaction`; with no new action the call only writes the
        // present one to the pointer, which is valid and outlives it.
        unsafe {
            let mut present: libc::sigaction = std::mem::zeroed();
            libc::sigaction(libc::SIGHUP, std::ptr::null(), &raw mut present) == 0
                && present.sa_sigaction == libc::SIG_IGN
        }
    }
}

#[cfg(not(unix))]
mod imp {
    use std::io;

    pub(super) const HANGUP: &str = "hangup";

    pub(super) struct Signals;

    impl Signals {
        pub(super) fn listen() -> io::Result<Self> {
            Ok(Self)
        }

        pub(super) async fn any(&mut self) -> &'static str {
            let _ = tokio::signal::ctrl_c().await;
            "interrupt"
        }
    }
}
