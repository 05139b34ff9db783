//! `runner:log/log`.
//!
//! A line with a source is the guest's own and is written each time; one without, or from `js`, is
//! the JS engine's (a request that failed, a metric that cannot be), which a loop may repeat without
//! end. An error from the source `panic` is the reason of the trap that follows, and is told with it.

use crate::VuState;
use crate::bindings::runner::log::log::{Host, Level as WitLevel};
use crate::log::Level;
use crate::metrics::pairs;

/// The source of warnings of the JS engine's modules.
const ENGINE: &str = "js";
/// The source of a panic's words.
const PANIC: &str = "panic";

impl Host for VuState {
    fn write(
        &mut self,
        level: WitLevel,
        source: String,
        message: String,
        fields: Vec<(String, String)>,
    ) {
        let level = match level {
            WitLevel::Debug => Level::Debug,
            WitLevel::Info => Level::Info,
            WitLevel::Warn => Level::Warn,
            WitLevel::Error => Level::Error,
        };
        if level == Level::Error && source == PANIC {
            return self.keep_panic(message);
        }
        if self.keep_line(level, &source, &message, &fields) {
            return;
        }
        let fields: Vec<_> = pairs(&fields).collect();
        self.say(level, &source, &message, &fields);
    }
}

impl VuState {
    /// Writes a guest's line.
    pub(crate) fn say(&self, level: Level, source: &str, message: &str, fields: &[(&str, &str)]) {
        if matches!(source, "" | ENGINE) {
            self.script.repeats.notice(level, source, message, fields);
        } else {
            self.script.log.log(level, source, message, fields);
        }
    }
}
