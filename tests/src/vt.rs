//! As much of a terminal as the progress display needs: text that wraps and scrolls, the cursor
//! going up, lines and the rest of the screen being cleared, colours being ignored.

/// What a terminal shows, with everything that has scrolled out at its top.
pub(crate) struct Vt {
    columns: usize,
    rows: usize,
    lines: Vec<Vec<char>>,
    /// Index of the screen's first line.
    top: usize,
    row: usize,
    column: usize,
    /// The escape sequence that is being read.
    escape: Option<String>,
    /// The end of a character that was cut by the end of a read.
    rest: Vec<u8>,
}

impl Vt {
    pub(crate) fn new(columns: usize, rows: usize) -> Self {
        Self {
            columns,
            rows,
            lines: vec![Vec::new()],
            top: 0,
            row: 0,
            column: 0,
            escape: None,
            rest: Vec::new(),
        }
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
        let all = std::mem::take(&mut self.rest);
        let text = match std::str::from_utf8(&all) {
            Ok(text) => text,
            Err(error) => {
                let (good, rest) = all.split_at(error.valid_up_to());
                self.rest = rest.to_vec();
                std::str::from_utf8(good).unwrap()
            }
        };
        text.chars().for_each(|c| self.take(c));
    }

    /// Everything, oldest line first.
    pub(crate) fn text(&self) -> String {
        let line = |line: &Vec<char>| line.iter().collect::<String>().trim_end().to_owned() + "\n";
        self.lines.iter().map(line).collect()
    }

    fn take(&mut self, c: char) {
        if let Some(mut escape) = self.escape.take() {
            escape.push(c);
            if c == '[' || !c.is_ascii_alphabetic() {
                self.escape = Some(escape);
            } else {
                self.control(&escape);
            }
            return;
        }
        match c {
            '\x1b' => self.escape = Some(String::new()),
            '\r' => self.column = 0,
            '\n' => self.down(),
            c => {
                if self.column == self.columns {
                    self.column = 0;
                    self.down();
                }
                let column = self.column;
                let line = self.line();
                if line.len() <= column {
                    line.resize(column + 1, ' ');
                }
                line[column] = c;
                self.column += 1;
            }
        }
    }

    fn control(&mut self, escape: &str) {
        let number = escape.trim_matches(|c: char| !c.is_ascii_digit());
        match escape.chars().last() {
            Some('A') => self.row = self.row.saturating_sub(number.parse().unwrap_or(1)),
            Some('K') => {
                // A real terminal stands on the last column after it was written.
                let column = self.column.min(self.columns - 1);
                self.line().truncate(column);
            }
            Some('J') => {
                let column = self.column;
                self.line().truncate(column);
                self.lines.truncate(self.top + self.row + 1);
            }
            Some('m') => {}
            _ => panic!("escape sequence {escape:?} is new to the tests"),
        }
    }

    fn down(&mut self) {
        if self.row + 1 == self.rows {
            self.top += 1;
        } else {
            self.row += 1;
        }
        self.line();
    }

    fn line(&mut self) -> &mut Vec<char> {
        let index = self.top + self.row;
        if self.lines.len() <= index {
            self.lines.resize(index + 1, Vec::new());
        }
        &mut self.lines[index]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_in_place() {
        let mut vt = Vt::new(10, 4);
        vt.write(b"one\r\ntwo\r\n\r\x1b[2A\x1b[32mONE\x1b[0m\x1b[K\r\n\x1b[Jthree");
        assert_eq!(vt.text(), "ONE\nthree\n");
    }

    #[test]
    fn what_is_too_high_is_repeated() {
        let mut vt = Vt::new(10, 3);
        for _ in 0..2 {
            vt.write(b"\r\x1b[4Aa\r\nb\r\nc\r\nd\r\n");
        }
        assert_eq!(vt.text(), "a\nb\na\nb\nc\nd\n\n");
    }

    #[test]
    fn long_lines_wrap_and_characters_may_be_cut() {
        let mut vt = Vt::new(4, 3);
        vt.write(b"abcdef\xe2\x9c");
        vt.write(b"\x93");
        assert_eq!(vt.text(), "abcd\nef✓\n");
    }
}
