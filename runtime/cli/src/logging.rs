//! Where log lines go: the tool's own messages and the script's `console`.
//!
//! A record is handed to one writer thread, which formats it and writes what has come together
//! in one go; a VU that logs neither waits for the terminal nor shares a lock with it. The queue
//! is bounded: a script that logs faster than the output takes it is slowed down, and nothing is
//! lost. An output that fails (a closed pipe, a full disk) is ignored: logs never end a run.

mod busy;
mod format;
mod options;
mod writer;

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::{Instant, SystemTime};

pub use options::{Level, LogConfigError, LogFormat, LogOptions, LogOutput};

use crate::ui::Screen;
use format::{Formatter, Record};
use writer::{Message, Sink, Writer};

/// Records that may wait for the writer.
const QUEUE: usize = 8192;

/// A handle to the log; clones share it.
#[derive(Clone)]
pub struct Logger(Arc<Shared>);

struct Shared {
    level: Level,
    is_silent: bool,
    started: Instant,
    sender: SyncSender<Message>,
}

impl Logger {
    /// Opens the outputs and starts the writer.
    ///
    /// # Errors
    /// When a file cannot be opened or the thread cannot be started.
    pub fn new(options: LogOptions) -> Result<Self, LogConfigError> {
        let main = writer::open(&options)?;
        let console = match &options.console_output {
            Some(path) => Some(Sink::file(path, Formatter::plain(options.format))?),
            None => None,
        };
        Self::start(options.level, main, console)
    }

    fn start(
        level: Level,
        main: Option<Sink>,
        console: Option<Sink>,
    ) -> Result<Self, LogConfigError> {
        let (sender, receiver) = sync_channel(QUEUE);
        let is_silent = main.is_none() && console.is_none();
        let writer = Writer::new(main, console);
        std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || writer.run(&receiver))
            .map_err(LogConfigError::Thread)?;
        Ok(Self(Arc::new(Shared {
            level,
            is_silent,
            started: Instant::now(),
            sender,
        })))
    }

    /// True when records of this level are written: spares the caller building them.
    #[must_use]
    pub fn is_enabled(&self, level: Level) -> bool {
        !self.0.is_silent && level <= self.0.level
    }

    /// Writes a record. `source` says where it comes from (`console`, `stacktrace`, or empty for
    /// the tool itself), `fields` are further keys and values.
    pub fn log(&self, level: Level, source: &str, message: &str, fields: &[(&str, &str)]) {
        if !self.is_enabled(level) {
            return;
        }
        let record = Record {
            level,
            source: source.to_owned(),
            message: message.to_owned(),
            fields: fields
                .iter()
                .map(|(key, value)| ((*key).into(), (*value).into()))
                .collect(),
            at: SystemTime::now(),
            since_start: self.0.started.elapsed(),
        };
        // Fails only when the writer is gone, which it never is before its last logger.
        let _ = self.0.sender.send(Message::Record(record));
    }

    /// Says what takes its time before a run can begin; None when it has ended. On a terminal the
    /// writer shows it after a moment, elsewhere as a line of the log after a longer one.
    pub fn busy(&self, what: Option<&str>) {
        let _ = self.0.sender.send(Message::Busy(what.map(Box::from)));
    }

    /// From now on, lines that go to a terminal are written around what is drawn on `screen`.
    pub fn attach(&self, screen: Screen) {
        let _ = self.0.sender.send(Message::Attach(screen));
    }

    /// Returns when everything logged so far is written. Call it before the process ends.
    pub fn flush(&self) {
        let (done, written) = sync_channel(1);
        if self.0.sender.send(Message::Flush(done)).is_ok() {
            let _ = written.recv();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::Mutex;

    use super::*;

    #[derive(Clone, Default)]
    struct Shelf(Arc<Mutex<Vec<u8>>>);

    impl Shelf {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Shelf {
        fn write(&mut self, data: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(data);
            Ok(data.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn sink(shelf: &Shelf, format: LogFormat) -> Sink {
        Sink::new(shelf.clone(), Formatter::plain(format))
    }

    #[test]
    fn records_are_written_in_order_and_filtered_by_level() {
        let shelf = Shelf::default();
        let main = sink(&shelf, LogFormat::Raw);
        let logger = Logger::start(Level::Info, Some(main), None).unwrap();
        for number in 0..1000 {
            logger
                .clone()
                .log(Level::Info, "console", &number.to_string(), &[]);
            logger.log(Level::Debug, "", "not shown", &[]);
        }
        logger.flush();
        let expected: String = (0..1000).map(|number| format!("{number}\n")).collect();
        assert_eq!(shelf.text(), expected);
    }

    #[test]
    fn console_lines_go_to_their_own_file_without_the_source() {
        let (main, console) = (Shelf::default(), Shelf::default());
        let logger = Logger::start(
            Level::Info,
            Some(sink(&main, LogFormat::Text)),
            Some(sink(&console, LogFormat::Text)),
        )
        .unwrap();
        logger.log(Level::Info, "console", "hello there", &[]);
        logger.log(Level::Error, "stacktrace", "boo", &[("scenario", "a")]);
        logger.flush();
        assert!(
            console
                .text()
                .ends_with(" level=info msg=\"hello there\"\n"),
            "{}",
            console.text()
        );
        let expected = " level=error msg=boo scenario=a source=stacktrace\n";
        assert!(main.text().ends_with(expected), "{}", main.text());
        assert_eq!(main.text().lines().count(), 1);
    }

    #[test]
    fn files_are_appended_to_and_have_a_level_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.txt");
        std::fs::write(&path, "before\n").unwrap();
        let options = LogOptions {
            format: LogFormat::Raw,
            output: format!("file={},level=warning", path.display())
                .parse()
                .unwrap(),
            ..LogOptions::default()
        };
        let logger = Logger::new(options).unwrap();
        logger.log(Level::Info, "", "info", &[]);
        logger.log(Level::Error, "", "error", &[]);
        logger.flush();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "before\nerror\n");
    }

    #[test]
    fn a_broken_output_is_no_failure() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
        }
        let main = Sink::new(Closed, Formatter::plain(LogFormat::Text));
        let logger = Logger::start(Level::Info, Some(main), None).unwrap();
        logger.log(Level::Info, "", "lost", &[]);
        logger.flush();
    }

    #[test]
    fn no_output_means_nothing_is_built() {
        let output = LogOutput::None;
        let logger = Logger::new(LogOptions {
            output,
            ..LogOptions::default()
        })
        .unwrap();
        assert!(!logger.is_enabled(Level::Error));
    }
}
