//! A terminal on which a block of lines is redrawn in place while other lines are printed above
//! it. Whoever writes to that terminal meanwhile does so through [`Screen::around`].
//!
//! The window may have been made narrower since the block was drawn: its lines then take several
//! rows each, as terminals wrap them anew.
//!
//! Failures to write are ignored: a reader that went away is no reason to end a run.

use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::size::{Size, columns};

/// Clones share one terminal.
#[derive(Clone)]
pub struct Screen(Arc<Mutex<Inner>>);

struct Inner {
    out: Box<dyn Write + Send>,
    size: fn() -> Option<Size>,
    /// What is drawn at the moment, each line ended; the cursor stands below it.
    block: String,
    /// Columns of each line of the block.
    columns: Vec<usize>,
}

impl Screen {
    /// Writes to `out`, whose size `size` tells.
    pub(super) fn new(out: impl Write + Send + 'static, size: fn() -> Option<Size>) -> Self {
        Self(Arc::new(Mutex::new(Inner {
            out: Box::new(out),
            size,
            block: String::new(),
            columns: Vec::new(),
        })))
    }

    /// Standard error, where it is a terminal.
    #[must_use]
    pub fn of_stderr() -> Option<Self> {
        let out = std::io::stderr();
        out.is_terminal().then(|| Self::new(out, Size::of_stderr))
    }

    /// Columns that a line may take, where the terminal tells.
    #[must_use]
    pub fn width(&self) -> Option<usize> {
        (self.lock().size)().map(Size::line)
    }

    /// Runs `print`, which may write to the same terminal, with the block out of the way.
    pub fn around(&self, print: impl FnOnce()) {
        let mut inner = self.lock();
        let erase = inner.to_top() + if inner.block.is_empty() { "" } else { "\x1b[J" };
        inner.write(&erase);
        print();
        let block = inner.block.clone();
        inner.write(&block);
    }

    /// Prints `text`, which ends with a line end, above the block.
    pub(super) fn print(&self, text: &str) {
        let mut inner = self.lock();
        let erase = if inner.block.is_empty() { "" } else { "\x1b[J" };
        let all = format!("{}{erase}{text}{}", inner.to_top(), inner.block);
        inner.write(&all);
    }

    /// Draws `lines` in place of the block.
    pub fn draw(&self, lines: &[String]) {
        let mut inner = self.lock();
        // Each line is overwritten and then cleared to its end: no flicker.
        let block: String = lines.iter().map(|line| format!("{line}\x1b[K\n")).collect();
        let all = format!("{}{block}\x1b[J", inner.to_top());
        inner.block = block;
        inner.columns = lines.iter().map(|line| columns(line)).collect();
        inner.write(&all);
    }

    /// Leaves the block where it is; what follows is printed below it.
    pub(super) fn leave(&self) {
        let mut inner = self.lock();
        inner.block.clear();
        inner.columns.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Moves the cursor to the block's first line.
    fn to_top(&self) -> String {
        let width = (self.size)().map_or(usize::MAX, |size| size.columns);
        let rows = |columns: &usize| columns.div_ceil(width).max(1);
        match self.columns.iter().map(rows).sum::<usize>() {
            0 => String::new(),
            rows => format!("\r\x1b[{rows}A"),
        }
    }

    fn write(&mut self, text: &str) {
        if !text.is_empty() {
            let _ = self.out.write_all(text.as_bytes());
            let _ = self.out.flush();
        }
    }
}
