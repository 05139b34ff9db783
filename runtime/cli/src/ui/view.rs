//! Banner, description and progress of one run, on a terminal or in a file.

use std::io::Write;
use std::time::Duration;

use super::description::{self, Description};
use super::progress::{self, BarShape, Progress};
use super::screen::Screen;
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
}

impl Ui {
    /// Shows itself on `out`.
    pub fn new(options: UiOptions, out: impl Write + Send + 'static) -> Self {
        Self {
            options,
            screen: Screen::new(out),
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
            self.screen
                .print(&description::render(description, self.style()));
        }
    }

    /// Shows the progress of the moment.
    pub fn tick(&self, progress: &Progress) {
        if self.options.quiet {
            return;
        }
        let mut lines = vec![String::new()];
        if self.options.tty {
            let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
            let shape = BarShape::Drawn { width };
            lines.extend(progress::render(progress, shape, self.style()));
            self.screen.draw(&lines);
        } else {
            lines.extend(progress::render(progress, BarShape::Percent, self.style()));
            self.screen.print(&(lines.join("\n") + "\n"));
        }
    }

    /// Prints text that ends with a line end, the summary above all. Shown with `quiet` too.
    pub fn print(&self, text: &str) {
        self.screen.print(text);
    }

    /// Shows the progress at the end, and leaves it.
    pub fn finish(&self, progress: &Progress) {
        self.tick(progress);
        self.screen.leave();
    }

    fn style(&self) -> Style {
        Style {
            color: self.options.color && self.options.tty,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
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
        let sink = Sink::default();
        (
            Ui::new(
                UiOptions {
                    tty,
                    color: false,
                    quiet,
                },
                sink.clone(),
            ),
            sink,
        )
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
        ui.print("the summary\n");
        assert!(
            sink.take()
                .starts_with("\r\x1b[3A\x1b[Jthe summary\n\x1b[K\nrunning")
        );
        ui.finish(&progress("2.0s", 1.0));
        sink.take();
        ui.print("after\n");
        assert_eq!(sink.take(), "after\n");
    }

    #[test]
    fn quiet_shows_only_what_is_printed() {
        let (ui, sink) = ui(true, true);
        ui.start(&Description::default());
        ui.tick(&progress("1.0s", 0.5));
        ui.finish(&progress("2.0s", 1.0));
        assert_eq!(sink.take(), "");
        ui.print("the summary\n");
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
