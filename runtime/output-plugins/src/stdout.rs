//! Standard output of an output that is a component is the run's, as it is for the outputs that are built in: lines
//! are collected and written at the end of each call, or when there are many. What it writes to
//! standard error goes to the log.

use std::io::{Write, stdout};
use std::sync::Arc;

use parking_lot::Mutex;
use runner_extensions::{LineSink, Stream};

use crate::state::{Level, Log};

/// Written when there is more than this.
const MUCH: usize = 64 << 10;

/// Lines that wait to be written.
#[derive(Clone, Default)]
pub(crate) struct Stdout(Arc<Mutex<Vec<u8>>>);

impl Stdout {
    /// Takes the lines of both streams.
    pub(crate) fn sink(&self, name: &str, log: &Log) -> LineSink {
        let (waiting, log, name) = (self.clone(), Arc::clone(log), name.to_owned());
        Arc::new(move |stream, line| match stream {
            Stream::Output => waiting.add(line),
            Stream::Error | Stream::Panic => log(Level::Warn, &name, line, &[]),
        })
    }

    fn add(&self, line: &str) {
        let mut text = self.0.lock();
        text.extend_from_slice(line.as_bytes());
        text.push(b'\n');
        if text.len() > MUCH {
            write(&mut text);
        }
    }

    /// Writes what waits.
    pub(crate) fn flush(&self) {
        let mut text = self.0.lock();
        if !text.is_empty() {
            write(&mut text);
        }
    }
}

fn write(text: &mut Vec<u8>) {
    let mut stream = stdout().lock();
    // Nobody reads any more: as for a line of a script's, that is no reason to fail.
    let _ = stream.write_all(text).and_then(|()| stream.flush());
    text.clear();
}
