//! Joins the log to the rest: options become a [`Logger`], and a [`Logger`] hears of a session what
//! goes to the log.

use std::path::PathBuf;

use runner_session::{Event, Events, Level as SessionLevel};

use crate::args::GlobalOptions;
use crate::logging::{Level, LogConfigError, LogOptions, Logger};
use crate::words;

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

impl Events for Logger {
    fn event(&self, event: Event<'_>) {
        match event {
            Event::Log {
                level,
                source,
                message,
                fields,
            } => self.log(of_session(level), source, message, fields),
            Event::Busy(what) => self.busy(what),
            Event::Notice(notice) => {
                let Some(line) = words::line(notice) else {
                    return;
                };
                let fields = line.fields.iter();
                let fields: Vec<_> = fields.map(|(name, value)| (*name, &**value)).collect();
                self.log(line.level, "", &line.message, &fields);
            }
            _ => {}
        }
    }
}

fn of_session(level: SessionLevel) -> Level {
    match level {
        SessionLevel::Debug => Level::Debug,
        SessionLevel::Info => Level::Info,
        SessionLevel::Warn => Level::Warning,
        SessionLevel::Error => Level::Error,
    }
}
