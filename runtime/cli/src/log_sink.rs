//! Joins the log to the rest: options become a [`Logger`], and a [`Logger`] is where a session's
//! lines go.

use std::path::PathBuf;

use runner_session::{Level as SessionLevel, LogSink};

use crate::args::GlobalOptions;
use crate::logging::{Level, LogConfigError, LogOptions, Logger};

/// Opens the log. `console` is a file for the script's `console.*`.
pub fn open(global: &GlobalOptions, console: Option<PathBuf>) -> Result<Logger, LogConfigError> {
    Logger::new(LogOptions {
        level: if global.verbose {
            Level::Debug
        } else {
            Level::Info
        },
        format: global.log_format,
        output: global.log_output.clone(),
        color: crate::ui::use_color(global.no_color),
        console_output: console,
    })
}

impl LogSink for Logger {
    fn log(&self, level: SessionLevel, source: &str, message: &str, fields: &[(&str, &str)]) {
        let level = match level {
            SessionLevel::Debug => Level::Debug,
            SessionLevel::Info => Level::Info,
            SessionLevel::Warn => Level::Warning,
            SessionLevel::Error => Level::Error,
        };
        Logger::log(self, level, source, message, fields);
    }

    fn busy(&self, what: Option<&str>) {
        Logger::busy(self, what);
    }
}
