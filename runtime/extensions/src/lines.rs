//! Standard output and error of an extension, line by line into the log. A panic's message
//! arrives here, so nothing that an extension says before it traps is lost; it is kept for the
//! error that follows, too.

use bytes::Bytes;
use parking_lot::Mutex;
use std::sync::Arc;

use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

use crate::LastWords;

/// Where a line comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Output,
    /// Standard error.
    Error,
    /// Standard error, where it is what a panic says of itself.
    Panic,
}

/// Receives whole lines without their ends.
pub type LineSink = Arc<dyn Fn(Stream, &str) + Send + Sync>;

/// A line is cut here: an extension that never ends one must not fill the host's memory.
const LONGEST: usize = 16 << 10;
/// How much a guest may write at once.
const AT_ONCE: usize = 64 << 10;

/// One of the two streams.
#[derive(Clone)]
pub(crate) struct Lines {
    sink: LineSink,
    /// There where it is standard error.
    words: Option<LastWords>,
    partial: Arc<Mutex<Vec<u8>>>,
}

impl Lines {
    /// Standard error, which `words` listens to, or without them standard output.
    pub(crate) fn new(sink: LineSink, words: Option<LastWords>) -> Self {
        Self {
            sink,
            words,
            partial: Arc::default(),
        }
    }

    fn take(&self, bytes: &[u8]) {
        let mut partial = self.partial.lock();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            partial.extend_from_slice(piece);
            if piece.ends_with(b"\n") || partial.len() >= LONGEST {
                let line = String::from_utf8_lossy(&partial);
                let line = line.trim_end();
                if !line.is_empty() {
                    self.hand_on(line);
                }
                partial.clear();
            }
        }
    }

    fn hand_on(&self, line: &str) {
        let stream = match &self.words {
            None => Some(Stream::Output),
            Some(words) => words.hear(line),
        };
        if let Some(stream) = stream {
            (self.sink)(stream, line);
        }
    }
}

/// The last words of a guest that ended without ending its line.
impl Drop for Lines {
    fn drop(&mut self) {
        if Arc::strong_count(&self.partial) == 1 && !self.partial.lock().is_empty() {
            self.take(b"\n");
        }
    }
}

impl IsTerminal for Lines {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Lines {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        // WASI 0.2 asks for the other one.
        Box::new(tokio::io::sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Lines {
    async fn ready(&mut self) {}
}

impl OutputStream for Lines {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.take(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(AT_ONCE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_put_together_and_bounded() {
        let seen: Arc<Mutex<Vec<String>>> = Arc::default();
        let sink = Arc::clone(&seen);
        let lines = Lines::new(
            Arc::new(move |_, line| sink.lock().push(line.to_owned())),
            Some(LastWords::default()),
        );
        lines.take(b"one\ntw");
        lines.take(b"o\n\n");
        lines.take(&vec![b'x'; LONGEST]);
        lines.take(b"last");
        drop(lines.clone());
        assert_eq!(seen.lock().len(), 3);
        drop(lines);
        let seen = seen.lock();
        assert_eq!(&seen[..2], ["one", "two"]);
        assert_eq!(seen[2].len(), LONGEST);
        assert_eq!(seen[3], "last");
    }
}
