//! Joins the log to the rest: options become a [`Logger`], and a [`Logger`] is where a session's
//! lines go.

use std::path::PathBuf;

use runner_session::{Level as SessionLevel, LogSink};

use crate::args::{GlobalOptions, LogFormat, LogOutput};
use crate::logging::{self, Level, LogConfigError, LogOptions, Logger};

/// Opens the log. `console` is a file for the script's `console.*`.
pub fn open(global: &GlobalOptions, console: Option<PathBuf>) -> Result<Logger, LogConfigError> {
    let output = match &global.log_output {
        LogOutput::Stderr => logging::LogOutput::Stderr,
        LogOutput::Stdout => logging::LogOutput::Stdout,
        LogOutput::None => logging::LogOutput::None,
        LogOutput::File { path, level } => logging::LogOutput::File {
            path: path.clone(),
            level: level.as_deref().map(str::parse).transpose()?,
        },
    };
    let format = match global.log_format {
        LogFormat::Text => logging::LogFormat::Text,
        LogFormat::Json => logging::LogFormat::Json,
        LogFormat::Raw => logging::LogFormat::Raw,
    };
    Logger::new(LogOptions {
        level: if global.verbose { Level::Debug } else { Level::Info },
        format,
        output,
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
}
