//! The one edge that runs backwards through a run: the request to end it now, with its reason.
//!
//! The first reason wins, because it is the one that decides the exit code.

use std::sync::{Arc, OnceLock};

use tokio_util::sync::CancellationToken;

/// Why a run was ended before its scenarios were over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AbortReason {
    /// The process received a signal, named as in `interrupt` or `terminated`.
    Signal(String),
    /// The script called `exec.test.abort(message)`.
    Script(String),
    /// A threshold with `abortOnFail` was crossed.
    Threshold,
    /// A REST client stopped the run.
    Rest,
    /// The host cannot go on; the text says why.
    Fault(String),
}

/// Carries an abort from whoever asks for it to whoever must stop. Clones share one state.
#[derive(Debug, Clone, Default)]
pub struct Abort {
    token: CancellationToken,
    reason: Arc<OnceLock<AbortReason>>,
}

impl Abort {
    /// A handle on which nobody has asked for an abort yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends the run. Returns false when an earlier reason stands.
    pub fn abort(&self, reason: AbortReason) -> bool {
        let first = self.reason.set(reason).is_ok();
        self.token.cancel();
        first
    }

    /// The reason, once there is one.
    #[must_use]
    pub fn reason(&self) -> Option<&AbortReason> {
        self.reason.get()
    }

    /// True from the first call of [`Abort::abort`] on.
    #[must_use]
    pub fn is_aborted(&self) -> bool {
        self.reason.get().is_some()
    }

    /// Completes when the run is aborted.
    pub async fn aborted(&self) {
        self.token.cancelled().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_reason_stands() {
        let abort = Abort::new();
        assert!(!abort.is_aborted());
        assert!(abort.clone().abort(AbortReason::Threshold));
        assert!(!abort.abort(AbortReason::Rest));
        abort.aborted().await;
        assert_eq!(abort.reason(), Some(&AbortReason::Threshold));
    }
}
