//! How large the terminal is, and what fits on it.
//!
//! A block that is redrawn in place has to fit: the cursor cannot climb above the first row, so
//! a block that is too high would be printed again and again, ten times a second.

use terminal_size::{Height, Width};

use super::progress::BarStatus;

/// Columns and rows of a terminal; asked anew for every drawing, because windows are resized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) columns: usize,
    pub(super) rows: usize,
}

/// Columns of the terminal on standard output; none where it is none, or does not tell.
pub fn terminal_width() -> Option<usize> {
    Size::of_stdout().map(|size| size.columns)
}

impl Size {
    /// That of the terminal on standard output, where it is one that tells.
    pub(super) fn of_stdout() -> Option<Self> {
        Self::new(terminal_size::terminal_size_of(std::io::stdout())?)
    }

    /// That of the terminal on standard error.
    pub(super) fn of_stderr() -> Option<Self> {
        Self::new(terminal_size::terminal_size_of(std::io::stderr())?)
    }

    fn new((width, height): (Width, Height)) -> Option<Self> {
        let size = Self {
            columns: width.0.into(),
            rows: height.0.into(),
        };
        // Serial lines and some build servers say 0.
        (size.columns > 0 && size.rows > 0).then_some(size)
    }

    /// Columns that a line may take. The last one stays free: clearing the rest of a line whose
    /// last column is taken would take that character away.
    pub(super) fn line(self) -> usize {
        self.columns.saturating_sub(1).max(1)
    }
}

/// Picks the bars to show where there is room for `room` lines of them: those that run, then
/// those that wait, then those that are over, all in their own order. The last line then says
/// how many are left out.
pub(super) fn pick(statuses: &[BarStatus], room: usize) -> (Vec<usize>, Option<String>) {
    if statuses.len() <= room {
        return ((0..statuses.len()).collect(), None);
    }
    let mut order: Vec<usize> = (0..statuses.len()).collect();
    // Stable, so that equals keep their order.
    order.sort_by_key(|index| statuses.get(*index).map(|status| status.rank()));
    let (shown, hidden) = order.split_at(room.saturating_sub(1));
    let mut shown = shown.to_vec();
    shown.sort_unstable();
    (shown, Some(rest(statuses, hidden)))
}

/// `… 9 more: 2 running, 4 waiting, 3 done`.
fn rest(statuses: &[BarStatus], hidden: &[usize]) -> String {
    let count = |rank: u8| {
        let has = |index: &&usize| statuses.get(**index).is_some_and(|s| s.rank() == rank);
        hidden.iter().filter(has).count()
    };
    let parts: Vec<String> = [(0, "running"), (1, "waiting"), (2, "done")]
        .into_iter()
        .map(|(rank, what)| (count(rank), what))
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    format!("… {} more: {}", hidden.len(), parts.join(", "))
}

/// At most `width` columns of a line; escape sequences take none and are kept.
pub(super) fn cut(line: &str, width: usize) -> String {
    let mut kept = String::with_capacity(line.len());
    let mut columns = 0;
    let mut in_escape = false;
    for c in line.chars() {
        if in_escape {
            in_escape = !c.is_ascii_alphabetic();
        } else if c == '\x1b' {
            in_escape = true;
        } else {
            columns += 1;
            if columns > width {
                continue;
            }
        }
        kept.push(c);
    }
    kept
}

/// A line as several that take at most `width` columns, broken at spaces; those after the first begin
/// with `indent` spaces. A word that is longer than that stays whole.
pub(super) fn fold(line: &str, width: usize, indent: usize) -> String {
    let start = line.len() - line.trim_start().len();
    let mut folded = line[..start].to_owned();
    let mut taken = start;
    for (index, word) in line[start..].split(' ').enumerate() {
        let wanted = columns(word);
        if index > 0 {
            if taken + 1 + wanted > width && taken > indent {
                folded.push('\n');
                folded.extend(std::iter::repeat_n(' ', indent));
                taken = indent;
            } else {
                folded.push(' ');
                taken += 1;
            }
        }
        folded.push_str(word);
        taken += wanted;
    }
    folded
}

/// Columns that a line takes, escape sequences left out. Every character that is shown here
/// takes one.
pub(super) fn columns(line: &str) -> usize {
    let mut in_escape = false;
    let visible = |c: &char| {
        let hidden = in_escape || *c == '\x1b';
        in_escape = hidden && (*c == '\x1b' || !c.is_ascii_alphabetic());
        !hidden
    };
    line.chars().filter(visible).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_fits_is_shown() {
        assert_eq!(pick(&[BarStatus::Done; 3], 3), (vec![0, 1, 2], None));
        assert_eq!(pick(&[], 0), (vec![], None));
    }

    #[test]
    fn what_runs_is_shown_first() {
        use BarStatus::{Done, Plain, Stopping, Waiting};
        let statuses = [Done, Plain, Waiting, Done, Stopping, Waiting, Plain];
        let (shown, rest) = pick(&statuses, 5);
        assert_eq!(shown, [1, 2, 4, 6]);
        assert_eq!(rest.unwrap(), "… 3 more: 1 waiting, 2 done");
        let (shown, rest) = pick(&statuses, 1);
        assert_eq!(shown, Vec::<usize>::new());
        assert_eq!(rest.unwrap(), "… 7 more: 3 running, 2 waiting, 2 done");
        assert_eq!(pick(&statuses, 0).0, Vec::<usize>::new());
    }

    #[test]
    fn lines_are_folded_at_spaces() {
        let line = "  * a: three words \x1b[32mgreen\x1b[0m";
        assert_eq!(fold(line, 80, 4), line);
        let narrow = "  * a: three\n    words\n    \x1b[32mgreen\x1b[0m";
        assert_eq!(fold(line, 13, 4), narrow);
        assert_eq!(fold("  averylongword b", 5, 4), "  averylongword\n    b");
        assert_eq!(fold("", 5, 4), "");
    }

    #[test]
    fn colours_take_no_columns() {
        let line = "ab\x1b[32m✓\x1b[0m cd";
        assert_eq!(columns(line), 6);
        assert_eq!(cut(line, 3), "ab\x1b[32m✓\x1b[0m");
        assert_eq!(cut(line, 99), line);
        assert_eq!(columns(&cut(line, 1)), 1);
    }
}
