//! Where in the user's files something happened, read from what frames and panics say.

use std::fmt;
use std::path::Path;

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// As the user knows it: relative to the working folder where it is below it.
    pub file: String,
    /// From 1 on.
    pub line: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

impl Place {
    /// Of the innermost frame that has one, or of the panic that `message` tells of. Files below `here`
    /// are shown relative to it.
    #[must_use]
    pub fn find(message: &str, stack: &str, here: &Path) -> Option<Self> {
        let in_frames = stack
            .lines()
            .find_map(|frame| Self::parse(place_in_frame(frame), here));
        in_frames.or_else(|| Self::parse(panicked_at(message)?, here))
    }

    /// `FILE:LINE:COLUMN`.
    fn parse(text: &str, here: &Path) -> Option<Self> {
        let (rest, column) = text.rsplit_once(':')?;
        let (file, line) = rest.rsplit_once(':')?;
        column.parse::<u32>().ok()?;
        let line = line.parse().ok()?;
        Some(Self {
            file: shown(file, here),
            line,
        })
    }
}

/// The position in a message that tells of a panic.
pub(crate) fn panicked_at(message: &str) -> Option<&str> {
    let (_, said) = message.split_once("panicked at ")?;
    let (place, _) = said.split_once(": ")?;
    Some(place)
}

/// The position in a frame: `at name (place)` or `at place`.
pub fn place_in_frame(frame: &str) -> &str {
    let frame = frame.trim().trim_start_matches("at ");
    let inside = frame
        .split_once(" (")
        .and_then(|(_, rest)| rest.strip_suffix(')'));
    inside.unwrap_or(frame)
}

fn shown(file: &str, here: &Path) -> String {
    let Some(path) = file.strip_prefix("file://") else {
        return file.to_owned();
    };
    match Path::new(path).strip_prefix(here) {
        Ok(below) => below.to_string_lossy().into_owned(),
        Err(_) => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(message: &str, stack: &str) -> Option<String> {
        Place::find(message, stack, Path::new("/here")).map(|place| place.to_string())
    }

    #[test]
    fn frames_have_places() {
        let place = |stack: &str| found("", stack);
        assert_eq!(place("at file:///a.js:1:2").as_deref(), Some("/a.js:1"));
        let frames = "  at my::function\n  at f (file:///a (b).js:3:2)\nat file:///a.js:9:9";
        assert_eq!(place(frames).as_deref(), Some("/a (b).js:3"));
        assert_eq!(
            place("at https://x.org/a.js:1:2").as_deref(),
            Some("https://x.org/a.js:1")
        );
        assert_eq!(place("at runner:probe/probe@0.1.0#trap"), None);
        assert_eq!(place(""), None);
    }

    #[test]
    fn panics_have_places() {
        let said = "the script trapped: panicked at src/lib.rs:7:5: no: luck";
        assert_eq!(found(said, "at my::main").as_deref(), Some("src/lib.rs:7"));
        assert_eq!(found("it panicked at night", ""), None);
    }

    #[test]
    fn files_here_are_relative() {
        let stack = "at file:///here/sub/a.js:1:2";
        assert_eq!(found("", stack).as_deref(), Some("sub/a.js:1"));
    }
}
