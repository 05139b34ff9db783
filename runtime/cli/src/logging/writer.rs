//! The thread that writes: takes what has come together in the queue, formats it, and writes it
//! at once.

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender};

use super::format::{Formatter, Record};
use super::options::{Level, LogConfigError, LogOptions, LogOutput};
use crate::ui::Screen;

/// A batch is written when it is this long, whatever still waits.
const BATCH_BYTES: usize = 64 * 1024;

/// What a logger tells the writer.
pub(super) enum Message {
    Record(Record),
    Attach(Screen),
    Flush(SyncSender<()>),
}

/// One place where records go.
pub(super) struct Sink {
    out: Box<dyn Write + Send>,
    formatter: Formatter,
    level: Level,
    is_terminal: bool,
    batch: String,
}

impl Sink {
    pub(super) fn new(out: impl Write + Send + 'static, formatter: Formatter) -> Self {
        Self {
            out: Box::new(out),
            formatter,
            level: Level::Debug,
            is_terminal: false,
            batch: String::new(),
        }
    }

    pub(super) fn file(path: &Path, formatter: Formatter) -> Result<Self, LogConfigError> {
        let open = |path: &Path| -> io::Result<File> {
            OpenOptions::new().create(true).append(true).open(path)
        };
        let file = open(path).map_err(|error| LogConfigError::open(path, error))?;
        Ok(Self::new(file, formatter))
    }

    fn terminal(out: impl Write + IsTerminal + Send + 'static, options: &LogOptions) -> Self {
        let is_terminal = out.is_terminal();
        let formatter = if is_terminal && options.color {
            Formatter::colored(options.format)
        } else {
            Formatter::plain(options.format)
        };
        Self {
            is_terminal,
            ..Self::new(out, formatter)
        }
    }

    fn add(&mut self, record: &Record, with_source: bool) {
        if record.level <= self.level {
            self.formatter.format(record, with_source, &mut self.batch);
        }
    }

    fn write(&mut self, screen: Option<&Screen>) {
        if self.batch.is_empty() {
            return;
        }
        let (out, batch) = (&mut self.out, &self.batch);
        let mut print = || {
            let _ = out.write_all(batch.as_bytes());
            let _ = out.flush();
        };
        match screen.filter(|_| self.is_terminal) {
            Some(screen) => screen.around(print),
            None => print(),
        }
        self.batch.clear();
    }
}

/// Opens `--log-output`.
pub(super) fn open(options: &LogOptions) -> Result<Option<Sink>, LogConfigError> {
    Ok(match &options.output {
        LogOutput::None => None,
        LogOutput::Stderr => Some(Sink::terminal(io::stderr(), options)),
        LogOutput::Stdout => Some(Sink::terminal(io::stdout(), options)),
        LogOutput::File { path, level } => {
            let sink = Sink::file(path, Formatter::plain(options.format))?;
            Some(Sink {
                level: level.unwrap_or(Level::Debug),
                ..sink
            })
        }
    })
}

/// See the module.
pub(super) struct Writer {
    main: Option<Sink>,
    console: Option<Sink>,
    screen: Option<Screen>,
}

impl Writer {
    pub(super) fn new(main: Option<Sink>, console: Option<Sink>) -> Self {
        Self {
            main,
            console,
            screen: None,
        }
    }

    /// Returns when the last logger is gone.
    pub(super) fn run(mut self, queue: &Receiver<Message>) {
        while let Ok(first) = queue.recv() {
            self.take(first);
            while self.waiting_bytes() < BATCH_BYTES {
                let Ok(next) = queue.try_recv() else { break };
                self.take(next);
            }
            self.write();
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Record(record) => match &mut self.console {
                Some(console) if record.source == "console" => console.add(&record, false),
                _ => {
                    if let Some(main) = &mut self.main {
                        main.add(&record, true);
                    }
                }
            },
            Message::Attach(screen) => {
                self.write();
                self.screen = Some(screen);
            }
            Message::Flush(done) => {
                self.write();
                let _ = done.send(());
            }
        }
    }

    fn waiting_bytes(&self) -> usize {
        self.main
            .iter()
            .chain(&self.console)
            .map(|sink| sink.batch.len())
            .sum()
    }

    fn write(&mut self) {
        for sink in self.main.iter_mut().chain(&mut self.console) {
            sink.write(self.screen.as_ref());
        }
    }
}
