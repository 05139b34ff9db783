//! What keeps a user waiting before a run can begin, such as compiling an extension for the first
//! time: shown while it lasts, with the time that it has taken, once it is longer than a blink.
//!
//! On a terminal it is one line that is redrawn and then goes. In a file it is one line of the log.

use std::time::{Duration, Instant};

/// Waiting that nobody notices.
const BLINK: Duration = Duration::from_millis(300);
/// How often the line is redrawn.
pub(super) const FRAME: Duration = Duration::from_millis(100);
/// In a file, a line is worth it after this.
const WORTH_A_LINE: Duration = Duration::from_secs(3);

/// One thing that takes its time.
pub(super) struct Busy {
    what: Box<str>,
    since: Instant,
    told: bool,
}

impl Busy {
    pub(super) fn new(what: Box<str>) -> Self {
        Self {
            what,
            since: Instant::now(),
            told: false,
        }
    }

    /// The line for a terminal, as wide as `width` at most; none while the wait is short.
    pub(super) fn line(&self, width: Option<usize>) -> Option<String> {
        const SIGNS: [char; 4] = ['|', '/', '-', '\\'];
        let elapsed = self.since.elapsed();
        if elapsed < BLINK {
            return None;
        }
        let turn = (elapsed.as_millis() / FRAME.as_millis()) as usize;
        let sign = SIGNS.get(turn % SIGNS.len()).unwrap_or(&' ');
        let line = format!("{sign} {}, {:.1} s", self.what, elapsed.as_secs_f64());
        Some(match width {
            Some(width) => line.chars().take(width).collect(),
            None => line,
        })
    }

    /// The line for a file, once.
    pub(super) fn note(&mut self) -> Option<&str> {
        if self.told || self.since.elapsed() < WORTH_A_LINE {
            return None;
        }
        self.told = true;
        Some(&self.what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(elapsed: Duration) -> Busy {
        Busy {
            since: Instant::now().checked_sub(elapsed).unwrap(),
            ..Busy::new("compiling x".into())
        }
    }

    #[test]
    fn a_short_wait_is_not_shown() {
        assert_eq!(after(Duration::ZERO).line(None), None);
        assert_eq!(after(Duration::ZERO).note(), None);
    }

    #[test]
    fn a_line_says_what_and_for_how_long_and_fits() {
        let mut busy = after(Duration::from_secs(12));
        let line = busy.line(None).unwrap();
        assert!(line[1..].starts_with(" compiling x, 12."), "{line}");
        assert_eq!(busy.line(Some(7)).unwrap().chars().count(), 7);
        assert_eq!(busy.note(), Some("compiling x"));
        assert_eq!(busy.note(), None);
    }
}
