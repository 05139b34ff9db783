//! Banner, description and progress of one run, on a terminal or in a file.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::description::{self, Description};
use super::progress::{self, BarShape, BarStatus, Progress};
use super::screen::Screen;
use super::size::{self, Size};
use super::style::Style;

/// How the interface shows itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UiOptions {
    /// The output is a terminal: progress is redrawn in place.
    pub tty: bool,
    /// Colours are wanted; they are used on terminals only.
    pub color: bool,
    /// Neither banner nor description nor progress.
    pub quiet: bool,
}

/// See the module. Writing never fails the run.
pub struct Ui {
    options: UiOptions,
    screen: Screen,
    size: fn() -> Option<Size>,
    /// Locked while progress is shown; true once the last one is. Progress is shown by a thread
    /// of its own, which may be late.
    is_over: Mutex<bool>,
}

impl Ui {
    /// Shows itself on `out`.
    pub fn new(options: UiOptions, out: impl Write + Send + 'static) -> Self {
        Self::sized(options, out, Size::of_stdout)
    }

    fn sized(
        options: UiOptions,
        out: impl Write + Send + 'static,
        size: fn() -> Option<Size>,
    ) -> Self {
        Self {
            options,
            screen: Screen::new(out, size),
            size,
            is_over: Mutex::new(false),
        }
    }

    /// How often to call [`Ui::tick`]: ten times a second on a terminal, else once.
    #[must_use]
    pub fn interval(&self) -> Duration {
        if self.options.tty {
            Duration::from_millis(100)
        } else {
            Duration::from_secs(1)
        }
    }

    /// The terminal, for the logger to share; None when nothing is redrawn in place.
    #[must_use]
    pub fn screen(&self) -> Option<Screen> {
        (self.options.tty && !self.options.quiet).then(|| self.screen.clone())
    }

    /// Prints banner and description.
    pub fn start(&self, description: &Description) {
        if !self.options.quiet {
            // Asked only where there is a terminal.
            let width = (self.size)().filter(|_| self.options.tty).map(Size::line);
            let text = description::render(description, self.style(), width);
            self.screen.print(&text);
        }
    }

    /// Shows the progress of the moment; nothing after [`Ui::finish`].
    pub fn tick(&self, progress: &Progress) {
        let is_over = self.is_over.lock().unwrap_or_else(PoisonError::into_inner);
        if !*is_over {
            self.show(progress, true);
        }
    }

    /// Writes to a standard stream, above the progress; the summary above all. Shown with `quiet`
    /// too. A stream that nobody reads any more is no failure.
    ///
    /// # Errors
    /// When it cannot be written, such as to a full disk.
    pub fn write(&self, content: &[u8], mut out: impl Write + IsTerminal) -> io::Result<()> {
        // The block starts on a line of its own.
        let ends = content.is_empty() || content.ends_with(b"\n") || !out.is_terminal();
        let mut written = Ok(());
        self.screen.around(|| {
            written = out
                .write_all(content)
                .and_then(|()| out.write_all(if ends { b"" } else { b"\n" }))
                .and_then(|()| out.flush());
        });
        // A terminal that is gone answers with EIO.
        let is_gone = |error: &io::Error| {
            error.kind() == ErrorKind::BrokenPipe || error.raw_os_error() == Some(libc::EIO)
        };
        written.or_else(|error| if is_gone(&error) { Ok(()) } else { Err(error) })
    }

    /// Prints a remark that ends with a line end, unless nothing but the summary is wanted.
    pub fn note(&self, text: &str) {
        if !self.options.quiet {
            self.screen.print(text);
        }
    }

    /// Shows the progress at the end, all of it, and leaves it.
    pub fn finish(&self, progress: &Progress) {
        let mut is_over = self.is_over.lock().unwrap_or_else(PoisonError::into_inner);
        self.show(progress, false);
        self.screen.leave();
        *is_over = true;
    }

    /// `will_redraw`: it has to fit on the terminal.
    fn show(&self, progress: &Progress, will_redraw: bool) {
        if self.options.quiet {
            return;
        }
        let mut lines = vec![String::new()];
        if !self.options.tty {
            lines.extend(progress::render(progress, BarShape::Percent, self.style()));
            self.screen.print(&(lines.join("\n") + "\n"));
            return;
        }
        let size = (self.size)();
        let width = size.map(Size::line);
        lines.extend(progress::render(
            progress,
            BarShape::Drawn { width },
            self.style(),
        ));
        if let Some(size) = size.filter(|_| will_redraw) {
            // The row below the block is where the cursor stands.
            lines = fit(lines, progress, size.rows.saturating_sub(1), size.line());
        }
        self.screen.draw(&lines);
    }

    fn style(&self) -> Style {
        Style {
            color: self.options.color && self.options.tty,
        }
    }
}

/// The lines that there is room for. Those of the scenarios come last.
fn fit(mut lines: Vec<String>, progress: &Progress, room: usize, width: usize) -> Vec<String> {
    if lines.len() <= room {
        return lines;
    }
    let bars = lines.split_off(lines.len().saturating_sub(progress.bars.len()));
    let statuses: Vec<BarStatus> = progress.bars.iter().map(|bar| bar.status).collect();
    let (shown, rest) = size::pick(&statuses, room.saturating_sub(lines.len()));
    let bar = |index: usize| bars.get(index).cloned();
    lines.extend(shown.into_iter().filter_map(bar));
    lines.extend(rest.map(|rest| size::cut(&rest, width)));
    // Two or three rows: the run's own line says most.
    let excess = lines.len().saturating_sub(room.max(1));
    lines.drain(..excess);
    lines
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::ui::{Bar, BarStatus, Phase};

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Sink {
        fn take(&self) -> String {
            String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
        }
    }

    impl Write for Sink {
        fn write(&mut self, data: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(data);
            Ok(data.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }

    fn progress(elapsed: &str, fraction: f64) -> Progress {
        Progress {
            phase: Phase::Running {
                elapsed: elapsed.to_owned(),
                active_vus: 2,
                total_vus: 2,
                complete: 4,
                interrupted: 0,
            },
            bars: vec![Bar {
                name: "default".to_owned(),
                status: BarStatus::Plain,
                fraction,
                columns: vec!["2 VUs".to_owned(), format!("{elapsed}/2s")],
            }],
        }
    }

    fn ui(tty: bool, quiet: bool) -> (Ui, Sink) {
        sized(tty, quiet, || None)
    }

    fn sized(tty: bool, quiet: bool, size: fn() -> Option<Size>) -> (Ui, Sink) {
        let sink = Sink::default();
        let options = UiOptions {
            tty,
            color: false,
            quiet,
        };
        (Ui::sized(options, sink.clone(), size), sink)
    }

    #[test]
    fn a_short_terminal_shows_what_runs() {
        let short = || {
            Some(Size {
                columns: 60,
                rows: 5,
            })
        };
        let (ui, sink) = sized(true, false, short);
        let mut many = progress("1.0s", 0.5);
        for number in 0..9 {
            many.bars.push(Bar {
                name: format!("s{number}"),
                status: BarStatus::Done,
                fraction: 1.0,
                columns: vec![],
            });
        }
        many.bars.rotate_right(3);
        ui.tick(&many);
        let drawn = sink.take();
        let lines: Vec<&str> = drawn.lines().collect();
        assert_eq!(lines.len(), 5, "{drawn:?}");
        assert!(lines[1].starts_with("running"), "{drawn:?}");
        assert!(lines[2].starts_with("default"), "{drawn:?}");
        assert_eq!(lines[3], "… 9 more: 9 done\x1b[K");
        assert_eq!(lines[4], "\x1b[J");
        ui.tick(&many);
        assert!(sink.take().starts_with("\r\x1b[4A"));
        ui.finish(&many);
        assert!(sink.take().contains("s8 "), "the end shows all of them");
    }

    #[test]
    fn a_narrower_window_wraps_what_was_drawn() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static COLUMNS: AtomicUsize = AtomicUsize::new(100);
        let size = || {
            Some(Size {
                columns: COLUMNS.load(Ordering::Relaxed),
                rows: 30,
            })
        };
        let (ui, sink) = sized(true, false, size);
        ui.tick(&progress("1.0s", 0.5));
        sink.take();
        // The run's line has 66 columns, the scenario's 65: two rows each.
        COLUMNS.store(40, Ordering::Relaxed);
        ui.tick(&progress("1.1s", 0.5));
        let drawn = sink.take();
        assert!(drawn.starts_with("\r\x1b[5A"), "{drawn:?}");
    }

    #[test]
    fn late_progress_is_not_shown() {
        for tty in [true, false] {
            let (ui, sink) = ui(tty, false);
            ui.finish(&progress("2.0s", 1.0));
            sink.take();
            ui.tick(&progress("1.9s", 0.9));
            assert_eq!(sink.take(), "");
        }
    }

    #[test]
    fn files_get_one_block_after_the_other() {
        let (ui, sink) = ui(false, false);
        ui.tick(&progress("1.0s", 0.5));
        ui.finish(&progress("2.0s", 1.0));
        let expected = "
running (1.0s), 2/2 VUs, 4 complete and 0 interrupted iterations
default   [  50% ] 2 VUs  1.0s/2s

running (2.0s), 2/2 VUs, 4 complete and 0 interrupted iterations
default   [ 100% ] 2 VUs  2.0s/2s
";
        assert_eq!(sink.take(), expected);
        assert_eq!(ui.interval(), Duration::from_secs(1));
        assert!(ui.screen().is_none());
    }

    #[test]
    fn terminals_are_redrawn_in_place() {
        let (ui, sink) = ui(true, false);
        ui.tick(&progress("1.0s", 0.5));
        let first = sink.take();
        assert!(first.starts_with("\x1b[K\nrunning (1.0s)"), "{first:?}");
        ui.tick(&progress("1.1s", 0.6));
        assert!(sink.take().starts_with("\r\x1b[3A\x1b[K\nrunning (1.1s)"));
        let printed = sink.clone();
        ui.screen()
            .unwrap()
            .around(|| printed.clone().write_all(b"a log line\n").unwrap());
        let logged = sink.take();
        assert!(logged.starts_with("\r\x1b[3A\x1b[Ja log line\n\x1b[K\nrunning (1.1s)"));
        ui.screen.print("the summary\n");
        assert!(
            sink.take()
                .starts_with("\r\x1b[3A\x1b[Jthe summary\n\x1b[K\nrunning")
        );
        ui.finish(&progress("2.0s", 1.0));
        sink.take();
        ui.screen.print("after\n");
        assert_eq!(sink.take(), "after\n");
    }

    #[test]
    fn quiet_shows_only_what_is_printed() {
        let (ui, sink) = ui(true, true);
        ui.start(&Description::default());
        ui.tick(&progress("1.0s", 0.5));
        ui.finish(&progress("2.0s", 1.0));
        assert_eq!(sink.take(), "");
        ui.screen.print("the summary\n");
        assert_eq!(sink.take(), "the summary\n");
    }

    #[test]
    fn a_closed_output_is_no_failure() {
        let ui = Ui::new(
            UiOptions {
                tty: true,
                color: true,
                quiet: false,
            },
            Closed,
        );
        ui.start(&Description::default());
        ui.finish(&progress("2.0s", 1.0));
    }
}
