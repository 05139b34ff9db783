//! `runner:log`.

use crate::VuState;
use crate::bindings::runner::log::log::{Host, Level as WitLevel};
use crate::context::Level;
use crate::tags::pairs;

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
        if self.keep_line(level, &source, &message, &fields) {
            return;
        }
        let fields: Vec<_> = pairs(&fields).collect();
        self.script.log.log(level, &source, &message, &fields);
    }
}
