//! The last words of a guest: what Rust's library writes to standard error when it panics, put
//! together so that the error that follows can begin with it.
//!
//! Its advice to set `RUST_BACKTRACE` is left out: a guest cannot unwind, so there is nothing to
//! set it for, and to look at the variable the library asks for the environment, which looks as if
//! something had to be granted.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::lines::Stream;

/// How the advice begins.
const ADVICE: &str = "note: run with `RUST_BACKTRACE";
/// Lines of a panic's message that are kept.
const MOST_LINES: usize = 8;
/// Bytes that are kept.
const MOST: usize = 2 << 10;

/// What the last panic of an instance said.
#[derive(Debug, Clone, Default)]
pub struct LastWords(Arc<Mutex<Words>>);

#[derive(Debug, Default)]
struct Words {
    panic: Option<String>,
    /// Lines that may still belong to it.
    more: usize,
}

impl LastWords {
    /// Hears a line of standard error, and says what it is; none where nobody needs to read it.
    pub(crate) fn hear(&self, line: &str) -> Option<Stream> {
        let mut words = self.0.lock();
        if line.starts_with(ADVICE) {
            words.more = 0;
            return None;
        }
        if let Some(place) = place(line) {
            words.more = if place.ends_with(':') { MOST_LINES } else { 0 };
            words.panic = Some(format!("panicked at {place}"));
            return Some(Stream::Panic);
        }
        if words.more == 0 {
            return Some(Stream::Error);
        }
        let is_first = words.more == MOST_LINES;
        words.more -= 1;
        if let Some(panic) = &mut words.panic
            && panic.len() + line.len() < MOST
        {
            panic.push(if is_first { ' ' } else { '\n' });
            panic.push_str(line);
        }
        Some(Stream::Panic)
    }

    /// `panicked at PLACE: MESSAGE`, once.
    #[must_use]
    pub fn take(&self) -> Option<String> {
        let mut words = self.0.lock();
        words.more = 0;
        words.panic.take()
    }
}

/// Of `thread 'main' panicked at src/lib.rs:1:2:`, the end.
fn place(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("thread ")?;
    let (_, place) = rest.split_once(" panicked at ")?;
    Some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_put_together() {
        let words = LastWords::default();
        assert_eq!(words.hear("working"), Some(Stream::Error));
        for line in [
            "thread '<unnamed>' (1) panicked at src/lib.rs:1:2:",
            "no: luck",
            "at all",
        ] {
            assert_eq!(words.hear(line), Some(Stream::Panic));
        }
        assert_eq!(
            words.hear("note: run with `RUST_BACKTRACE=1` environment variable to display"),
            None
        );
        assert_eq!(words.hear("working"), Some(Stream::Error));
        let said = words.take();
        assert_eq!(
            said.as_deref(),
            Some("panicked at src/lib.rs:1:2: no: luck\nat all")
        );
        assert_eq!(words.take(), None);
    }

    #[test]
    fn a_panic_has_a_bound() {
        let words = LastWords::default();
        words.hear("thread 'main' panicked at src/lib.rs:1:2:");
        let long = "x".repeat(MOST / 2);
        for _ in 0..MOST_LINES {
            assert_eq!(words.hear(&long), Some(Stream::Panic));
        }
        assert_eq!(words.hear(&long), Some(Stream::Error));
        assert!(words.take().unwrap().len() < MOST);
    }

    #[test]
    fn the_older_form_has_its_message_in_front() {
        let words = LastWords::default();
        words.hear("thread 'main' panicked at 'boom', src/lib.rs:1:2");
        assert_eq!(words.hear("working"), Some(Stream::Error));
        let said = words.take();
        assert_eq!(said.as_deref(), Some("panicked at 'boom', src/lib.rs:1:2"));
    }
}
