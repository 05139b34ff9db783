//! Where a run's log lines go.

/// How serious a log line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Only with `--verbose`.
    Debug,
    /// Ordinary.
    Info,
    /// Something that the user should look at.
    Warn,
    /// Something failed.
    Error,
}

/// Where log lines go. Must not block on a slow reader.
pub trait LogSink: Send + Sync {
    /// Writes one line; `source` says which part of the run it comes from, `fields` are further
    /// names and values.
    fn log(&self, level: Level, source: &str, message: &str, fields: &[(&str, &str)]);

    /// Says what takes its time before a run can begin, such as `compiling the JS engine`; None when
    /// it has ended. Of several that overlap the last one told is shown.
    fn busy(&self, what: Option<&str>) {
        let _ = what;
    }
}

/// Says to `log` that a file is compiled, with its size.
pub fn compiling(log: &dyn LogSink, what: &str, bytes: usize) {
    let size = match bytes as f64 {
        small if small < 1e6 => format!("{:.0} kB", small / 1e3),
        large => format!("{:.1} MB", large / 1e6),
    };
    log.busy(Some(&format!(
        "compiling {what} ({size}), once on this machine"
    )));
}
