//! What the HTTP clients of all VUs share.

use std::sync::Arc;

use runner_http::{DumpKind, Notices, Shared};

use crate::log::Repeats;
use crate::log::{Level, LogSink};

/// Connections' settings and rules, and where the clients' words go.
pub struct HttpContext {
    /// What all clients share.
    pub shared: Arc<Shared>,
    /// What they tell about besides outcomes.
    pub notices: Arc<dyn Notices>,
}

impl HttpContext {
    /// Clients that write what they have to say to the run's log.
    pub fn new(shared: Arc<Shared>, log: Arc<dyn LogSink>, repeats: Arc<Repeats>) -> Self {
        let notices = Arc::new(HttpLog { log, repeats });
        Self { shared, notices }
    }
}

/// Turns what the client has to say into log lines.
struct HttpLog {
    /// For what was asked for.
    log: Arc<dyn LogSink>,
    /// For warnings.
    repeats: Arc<Repeats>,
}

impl Notices for HttpLog {
    fn warn(&self, message: &str, url: &str) {
        self.repeats
            .notice(Level::Warn, "", message, &[("url", url)]);
    }

    fn dump(&self, kind: DumpKind, text: String) {
        let heading = match kind {
            DumpKind::Request => "Request:",
            DumpKind::Response => "Response:",
        };
        self.log.log(
            Level::Info,
            "http-debug",
            &format!("{heading}\n{text}\n"),
            &[],
        );
    }
}
