//! The thread that writes: takes what has come together in the queue, formats it, and writes it
//! at once.

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::{Instant, SystemTime};

use super::busy::{Busy, FRAME};
use super::format::{Formatter, Record};
use super::options::{Level, LogConfigError, LogOptions, LogOutput};
use crate::ui::Screen;

/// A batch is written when it is this long, whatever still waits.
const BATCH_BYTES: usize = 64 * 1024;

/// What a logger tells the writer.
pub(super) enum Message {
    Record(Record),
    Attach(Screen),
    Busy(Option<Box<str>>),
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
    busy: Option<Busy>,
    started: Instant,
}

impl Writer {
    pub(super) fn new(main: Option<Sink>, console: Option<Sink>) -> Self {
        Self {
            main,
            console,
            screen: None,
            busy: None,
            started: Instant::now(),
        }
    }

    /// Returns when the last logger is gone.
    pub(super) fn run(mut self, queue: &Receiver<Message>) {
        loop {
            let first = match self.busy {
                None => queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(_) => queue.recv_timeout(FRAME),
            };
            match first {
                Ok(first) => self.take(first),
                Err(RecvTimeoutError::Timeout) => self.show_busy(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
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
            Message::Busy(what) => {
                self.busy = what.map(Busy::new);
                self.draw_busy(None);
            }
            Message::Flush(done) => {
                self.write();
                let _ = done.send(());
            }
        }
    }

    /// Shows what keeps the user waiting.
    fn show_busy(&mut self) {
        let Some(busy) = &mut self.busy else { return };
        if let Some(screen) = &self.screen {
            let line = busy.line(screen.width());
            self.draw_busy(line);
        } else if let Some(main) = &mut self.main
            && let Some(what) = busy.note()
        {
            let record = Record {
                level: Level::Info,
                source: String::new(),
                message: what.to_owned(),
                fields: Vec::new(),
                at: SystemTime::now(),
                since_start: self.started.elapsed(),
            };
            main.add(&record, true);
        }
    }

    fn draw_busy(&self, line: Option<String>) {
        if let Some(screen) = &self.screen {
            screen.draw(line.as_slice());
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
