//! Turns a position in a text into what a person can use: line, column, and the line itself
//! with a mark under the place.
//!
//! Lines and columns count from 1; columns count characters, as editors do. Long lines (those
//! of minified libraries) are cut to a window around the place.

use oxc_diagnostics::OxcDiagnostic;

/// Widest excerpt of a line that is shown, in characters.
const WINDOW: usize = 100;

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    /// From 1.
    pub(crate) line: usize,
    /// From 1, in characters.
    pub(crate) column: usize,
}

/// The position of byte `offset`; past the end means the end.
pub(crate) fn position(text: &str, offset: usize) -> Position {
    let before = text.get(..floor(text, offset)).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    Position {
        line: before.bytes().filter(|b| *b == b'\n').count() + 1,
        column: before
            .get(line_start..)
            .map_or(0, |line| line.chars().count())
            + 1,
    }
}

/// The largest character boundary that is not above `offset`.
fn floor(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// `id:line:column: message`, the line, and a caret under the column.
pub(crate) fn render(id: &str, text: &str, at: Position, message: &str) -> String {
    let line = text.lines().nth(at.line - 1).unwrap_or("");
    let skip = if at.column > WINDOW {
        at.column - WINDOW / 2
    } else {
        0
    };
    let shown: String = line.chars().skip(skip).take(WINDOW).collect();
    // Tabs stay tabs, so that the caret stands under its column at any tab width.
    let pad: String = shown
        .chars()
        .take((at.column - 1).saturating_sub(skip))
        .map(|c| if c == '\t' { '\t' } else { ' ' })
        .collect();
    let number = at.line.to_string();
    let margin = " ".repeat(number.len());
    format!(
        "{id}:{}:{}: {message}\n {number} | {shown}\n {margin} | {pad}^",
        at.line, at.column
    )
}

/// A parser's first finding: where, what, and its advice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Byte offset in the text.
    pub(crate) offset: usize,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Finding {
    /// The finding that stands first in the text; none without findings.
    pub(crate) fn first<'d>(all: impl IntoIterator<Item = &'d OxcDiagnostic>) -> Option<Self> {
        all.into_iter()
            .map(|d| Finding {
                // Of two places (what was opened or declared, and what does not go with it) the later.
                offset: d
                    .labels
                    .iter()
                    .map(|label| label.offset() as usize)
                    .max()
                    .unwrap_or(0),
                message: d.message.to_string(),
                help: d.help.as_ref().map(ToString::to_string),
            })
            .min_by_key(|finding| finding.offset)
    }

    /// What the user sees.
    pub(crate) fn render(&self, id: &str, text: &str) -> String {
        let mut out = render(id, text, position(text, self.offset), &self.message);
        if let Some(help) = &self.help {
            out.push_str("\n  help: ");
            out.push_str(help);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters() {
        let text = "ab\nä=\tc\n";
        assert_eq!(position(text, 0), Position { line: 1, column: 1 });
        assert_eq!(position(text, 3), Position { line: 2, column: 1 });
        // Inside `ä` and after it.
        assert_eq!(position(text, 4), Position { line: 2, column: 1 });
        assert_eq!(position(text, 5), Position { line: 2, column: 2 });
        assert_eq!(position(text, 999), Position { line: 3, column: 1 });
    }

    #[test]
    fn shows_the_line_with_a_caret() {
        let text = "one\n\tlet a = = 3;\n";
        let shown = render(
            "file:///x.js",
            text,
            Position {
                line: 2,
                column: 10,
            },
            "oops",
        );
        assert_eq!(
            shown,
            "file:///x.js:2:10: oops\n 2 | \tlet a = = 3;\n   | \t        ^"
        );
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let text = format!("{}!{}", "a".repeat(5000), "b".repeat(5000));
        let shown = render("x", &text, position(&text, 5000), "m");
        let lines: Vec<&str> = shown.lines().collect();
        assert!(lines[1].len() < 120, "{}", lines[1]);
        let caret = lines[2].find('^').unwrap();
        assert_eq!(lines[1].as_bytes()[caret], b'!');
    }
}
