//! What iterations say again and again: one mistake in a loop would fill a disk with the same lines,
//! and who looks for the second mistake would not find it.
//!
//! The first of its kind is written whole and at once. Of the others the log gets their number,
//! once a second, and the summary a table. Two of a kind have the same words, but for numbers in
//! them, and for exceptions the same place. What the script writes itself (`console`, an extension's
//! standard output) is data and is not touched.

use std::path::Path;
use std::sync::Arc;

use super::place::{Place, panicked_at};
use super::tally::{Key, Tally};
use crate::log::{Level, LogSink};

/// Characters of a message that are repeated.
const SHOWN: usize = 300;

/// Collapses repeated lines. One per run.
pub struct Repeats {
    log: Arc<dyn LogSink>,
    exceptions: Tally<Exception>,
    notices: Tally<Notice>,
}

/// Why iterations failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// The first line of the message.
    pub message: String,
    /// Where it happened, as far as known.
    pub place: Option<Place>,
    /// Of its log lines.
    source: &'static str,
}

#[derive(Debug)]
struct Notice {
    level: Level,
    source: String,
    message: String,
    fields: Vec<(String, String)>,
}

impl std::fmt::Debug for Repeats {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Repeats").finish_non_exhaustive()
    }
}

impl Exception {
    /// Of a message and its frames, one per line; see [`Place::find`].
    #[must_use]
    pub fn new(message: &str, stack: &str, here: &Path, source: &'static str) -> Self {
        Self {
            place: Place::find(message, stack, here),
            message: shortened(message),
            source,
        }
    }

    /// What tells it from others: positions may be those of the user's files or of what was made of
    /// them, as long as it is always the same.
    #[must_use]
    pub fn key(message: &str, stack: &str) -> Key {
        let innermost = stack.lines().next().unwrap_or_default();
        let panicked = panicked_at(message).unwrap_or_default();
        Key::default()
            .loose(message)
            .exact(innermost)
            .exact(panicked)
    }
}

impl Repeats {
    /// Of one run, whose lines go to `log`.
    #[must_use]
    pub fn new(log: Arc<dyn LogSink>) -> Self {
        Self {
            log,
            exceptions: Tally::default(),
            notices: Tally::default(),
        }
    }

    /// A warning of the host or the JS engine.
    pub fn notice(&self, level: Level, source: &str, message: &str, fields: &[(&str, &str)]) {
        let key = Key::default().exact(source).loose(message);
        let key = fields.iter().fold(key, |key, (_, value)| key.loose(value));
        if self.notices.again(key) {
            return;
        }
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), shortened(value));
        let first = Notice {
            level,
            source: source.to_owned(),
            message: shortened(message),
            fields: fields.iter().map(owned).collect(),
        };
        if self.notices.first(key, first) {
            self.log.log(level, source, message, fields);
        }
    }

    /// Counts an iteration that failed as others did. False asks for [`Repeats::failed`].
    pub fn failed_again(&self, key: Key) -> bool {
        self.exceptions.again(key)
    }

    /// Counts an iteration that failed as none did; whether it is to be logged.
    pub fn failed(&self, key: Key, exception: Exception) -> bool {
        self.exceptions.first(key, exception)
    }

    /// How many iterations failed.
    pub fn failures(&self) -> u64 {
        let mut sum = 0;
        self.exceptions.all(|_, count| sum += count);
        sum
    }

    /// Why iterations failed and how often, the most frequent reason first; none stands for reasons
    /// that are not told apart.
    pub fn exceptions(&self) -> Vec<(Option<Exception>, u64)> {
        let mut all = Vec::new();
        self.exceptions
            .all(|exception, count| all.push((exception.cloned(), count)));
        // Where numbers are equal, runs that are equal are to look it.
        let order = |exception: &Option<Exception>| {
            let place = exception.as_ref().and_then(|e| e.place.as_ref());
            let place = place.map(|place| (place.file.clone(), place.line));
            (place, exception.as_ref().map(|e| e.message.clone()))
        };
        all.sort_by_cached_key(|(exception, count)| (std::cmp::Reverse(*count), order(exception)));
        all
    }

    /// Says what was repeated since it was last said. To be called once a second.
    pub fn tell(&self) {
        self.tell_in(" in the last second");
    }

    /// The same at the end.
    pub fn tell_rest(&self) {
        self.tell_in("");
    }

    fn tell_in(&self, when: &str) {
        self.exceptions.news(|exception, count| {
            let Some(exception) = exception else {
                let text = format!("{}{when}: exceptions of other kinds", more(count));
                return self.log.log(Level::Error, "stacktrace", &text, &[]);
            };
            let place = exception.place.as_ref();
            let place = place.map_or_else(String::new, |place| format!(" at {place}"));
            let text = format!("{}{when}: {}{place}", more(count), exception.message);
            self.log.log(Level::Error, exception.source, &text, &[]);
        });
        self.notices.news(|notice, count| {
            let Some(notice) = notice else {
                let text = format!("{}{when}: warnings of other kinds", more(count));
                return self.log.log(Level::Warn, "", &text, &[]);
            };
            let text = format!("{}{when}: {}", more(count), notice.message);
            let fields: Vec<_> = crate::metrics::pairs(&notice.fields).collect();
            self.log.log(notice.level, &notice.source, &text, &fields);
        });
    }
}

/// Commands that run no test have nobody who calls [`Repeats::tell`].
impl Drop for Repeats {
    fn drop(&mut self) {
        self.tell_rest();
    }
}

/// `… 12,345 more times`.
fn more(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::from("… ");
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text.push_str(if count == 1 {
        " more time"
    } else {
        " more times"
    });
    text
}

/// The first line, as far as it is worth repeating.
fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parking_lot::Mutex;

    #[derive(Default)]
    struct Lines(Mutex<Vec<String>>);

    impl LogSink for Lines {
        fn log(&self, _: Level, source: &str, message: &str, fields: &[(&str, &str)]) {
            let fields: Vec<_> = fields.iter().map(|(k, v)| format!(" {k}={v}")).collect();
            let line = format!("{source}|{message}{}", fields.concat());
            self.0.lock().push(line);
        }
    }

    fn repeats() -> (Arc<Lines>, Repeats) {
        let lines = Arc::<Lines>::default();
        let repeats = Repeats::new(Arc::clone(&lines) as Arc<dyn LogSink>);
        (lines, repeats)
    }

    fn fail(repeats: &Repeats, message: &str, stack: &str) {
        let key = Exception::key(message, stack);
        if !repeats.failed_again(key) {
            repeats.failed(
                key,
                Exception::new(message, stack, Path::new("/here"), "stacktrace"),
            );
        }
    }

    #[test]
    fn warnings_are_written_once_and_counted() {
        let (lines, repeats) = repeats();
        for port in 0..1501 {
            let error = format!("dial 127.0.0.1:{port}: refused");
            repeats.notice(Level::Warn, "", "Request Failed", &[("error", &error)]);
        }
        let first = "|Request Failed error=dial 127.0.0.1:0: refused";
        assert_eq!(*lines.0.lock(), [first]);
        repeats.tell();
        repeats.tell();
        let second = "|… 1,500 more times in the last second: Request Failed error=dial 127.0.0.1:0: refused";
        assert_eq!(*lines.0.lock(), [first, second]);
        repeats.notice(Level::Warn, "", "other", &[]);
        repeats.notice(Level::Warn, "", "other", &[]);
        drop(repeats);
        assert_eq!(lines.0.lock()[2..], ["|other", "|… 1 more time: other"]);
    }

    #[test]
    fn exceptions_are_told_apart_by_place_and_sorted_by_number() {
        let (lines, repeats) = repeats();
        for n in 0..3 {
            fail(
                &repeats,
                &format!("Error: no {n}"),
                "at f (file:///a.js:7:1)",
            );
            fail(&repeats, "Error: no 1", "at f (file:///a.js:9:1)");
            fail(&repeats, "Error: no 1", "at f (file:///a.js:9:1)");
        }
        repeats.tell();
        let said = [
            "stacktrace|… 2 more times in the last second: Error: no 0 at /a.js:7",
            "stacktrace|… 5 more times in the last second: Error: no 1 at /a.js:9",
        ];
        let mut told = lines.0.lock().clone();
        told.sort_unstable();
        assert_eq!(told, said);
        assert_eq!(repeats.failures(), 9);
        let table: Vec<_> = repeats
            .exceptions()
            .into_iter()
            .map(|(e, count)| (e.and_then(|e| e.place).map(|p| p.line), count))
            .collect();
        assert_eq!(table, [(Some(9), 6), (Some(7), 3)]);
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(more(1), "… 1 more time");
        assert_eq!(more(999), "… 999 more times");
        assert_eq!(more(1_234_567), "… 1,234,567 more times");
    }

    #[test]
    fn what_is_repeated_is_short() {
        let long = "x".repeat(1 << 20);
        assert_eq!(shortened(&long).chars().count(), SHOWN + 1);
        assert_eq!(shortened("one\ntwo"), "one");
    }
}
