//! Lines for the person who runs the test.
//!
//! ```no_run
//! runner_sdk::log::info!("logged in as {}", "ann");
//! ```

use crate::bindings::runner::log::log as raw;

/// How serious a line is.
pub use raw::Level;

/// Writes one line to the run's log. `debug` lines are shown only with `--verbose`.
pub fn write(level: Level, message: &str) {
    raw::write(level, "console", message, &[]);
}

/// Says why the instance is about to end.
pub(crate) fn panicked(message: &str) {
    raw::write(Level::Error, "panic", message, &[]);
}

/// Logs one line at level debug, formatted as by [`format!`].
#[doc(hidden)]
#[macro_export]
macro_rules! __log_debug { ($($arg:tt)*) => { $crate::log::write($crate::log::Level::Debug, &::std::format!($($arg)*)) }; }
/// Logs one line at level info, formatted as by [`format!`].
#[doc(hidden)]
#[macro_export]
macro_rules! __log_info { ($($arg:tt)*) => { $crate::log::write($crate::log::Level::Info, &::std::format!($($arg)*)) }; }
/// Logs one line at level warning, formatted as by [`format!`].
#[doc(hidden)]
#[macro_export]
macro_rules! __log_warn { ($($arg:tt)*) => { $crate::log::write($crate::log::Level::Warn, &::std::format!($($arg)*)) }; }
/// Logs one line at level error, formatted as by [`format!`].
#[doc(hidden)]
#[macro_export]
macro_rules! __log_error { ($($arg:tt)*) => { $crate::log::write($crate::log::Level::Error, &::std::format!($($arg)*)) }; }

#[doc(inline)]
pub use crate::{
    __log_debug as debug, __log_error as error, __log_info as info, __log_warn as warn,
};
