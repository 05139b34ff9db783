//! Whether the quotes of a CSV file are right, which the parser does not mind: it would take
//! what follows a quote that nobody closes, all rows of it, for one field.
//!
//! Wrong are a quote within a field that does not begin with one, anything but a delimiter or the
//! end of a line behind a closing quote, and a file that ends in quotes. The file is passed on up
//! to there, so that the rows before are read.

use std::fmt;
use std::io::{self, Read};

/// Bytes that may stand before the first row.
const BOM: [u8; 3] = [0xef, 0xbb, 0xbf];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before the first byte of a field.
    Start,
    Plain,
    Quoted,
    /// Behind a quote in quotes: it closed them, or it is the first of two.
    Closing,
}

/// What is wrong, and where.
#[derive(Debug, Clone, Copy, thiserror::Error)]
pub(super) struct BadQuote {
    line: u64,
    why: &'static str,
}

impl fmt::Display for BadQuote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.why)
    }
}

impl From<BadQuote> for io::Error {
    fn from(bad: BadQuote) -> Self {
        Self::new(io::ErrorKind::InvalidData, bad)
    }
}

/// Passes a file on until a quote is wrong.
pub(super) struct Quotes<R> {
    inner: R,
    delimiter: u8,
    place: Place,
    /// Bytes of the mark at the start of the file that were seen; none when it cannot be there.
    bom: Option<usize>,
    line: u64,
    /// Where the quotes were opened.
    opened: u64,
    bad: Option<BadQuote>,
}

impl<R> Quotes<R> {
    pub fn new(inner: R, delimiter: u8) -> Self {
        Self {
            inner,
            delimiter,
            place: Place::Start,
            bom: Some(0),
            line: 1,
            opened: 1,
            bad: None,
        }
    }

    fn step(&mut self, byte: u8) -> Result<(), BadQuote> {
        if let Some(seen) = self.bom {
            let fits = BOM.get(seen) == Some(&byte);
            self.bom = fits.then_some(seen + 1);
            if fits {
                return Ok(());
            }
        }
        let ends = byte == self.delimiter || byte == b'\n' || byte == b'\r';
        let bad = |why| {
            let line = self.line;
            Err(BadQuote { line, why })
        };
        self.place = match (self.place, byte) {
            (Place::Start, b'"') => {
                self.opened = self.line;
                Place::Quoted
            }
            (Place::Closing, b'"') => Place::Quoted,
            (Place::Quoted, b'"') => Place::Closing,
            (Place::Plain, b'"') => return bad("a quote in a field that is not in quotes"),
            (Place::Quoted, _) => Place::Quoted,
            (_, _) if ends => Place::Start,
            (Place::Closing, _) => return bad("text behind a closing quote"),
            (Place::Start | Place::Plain, _) => Place::Plain,
        };
        self.line += u64::from(byte == b'\n');
        Ok(())
    }
}

impl<R: Read> Read for Quotes<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(bad) = self.bad {
            return Err(bad.into());
        }
        let read = self.inner.read(buffer)?;
        if read == 0 && self.place == Place::Quoted && !buffer.is_empty() {
            return Err(BadQuote {
                line: self.opened,
                why: "a quote that nobody closes",
            }
            .into());
        }
        for (good, byte) in buffer.iter().take(read).enumerate() {
            if let Err(bad) = self.step(*byte) {
                self.bad = Some(bad);
                return if good == 0 { Err(bad.into()) } else { Ok(good) };
            }
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes through, and what is wrong then; read in pieces of `size`.
    fn pass(text: &str, size: usize) -> (String, Option<String>) {
        let mut quotes = Quotes::new(text.as_bytes(), b',');
        let (mut passed, mut piece) = (Vec::new(), vec![0; size]);
        loop {
            match quotes.read(&mut piece) {
                Ok(0) => return (String::from_utf8(passed).unwrap(), None),
                Ok(read) => passed.extend_from_slice(&piece[..read]),
                Err(error) => {
                    return (String::from_utf8(passed).unwrap(), Some(error.to_string()));
                }
            }
        }
    }

    #[test]
    fn good_quotes_pass() {
        for text in [
            "",
            "a,b\n1,2",
            "\"a\",\"b,\"\"c\"\"\"\r\n\"two\nlines\",\"\"\n",
            "\u{feff}\"a\",b\n",
        ] {
            for size in [1, 3, 100] {
                assert_eq!(pass(text, size), (text.to_owned(), None), "{text:?}");
            }
        }
    }

    #[test]
    fn bad_quotes_end_the_file() {
        for (text, before, why) in [
            ("a\nx\"y,1\n", "a\nx", "line 2: a quote in a field"),
            ("a\n\"x\"y,1\n", "a\n\"x\"", "line 2: text behind a closing"),
            (
                "a\n\"x,1\nb\n",
                "a\n\"x,1\nb\n",
                "line 2: a quote that nobody",
            ),
        ] {
            for size in [1, 3, 100] {
                let (passed, error) = pass(text, size);
                assert_eq!(passed, before, "{text:?}");
                assert!(error.unwrap().starts_with(why), "{text:?}");
            }
        }
    }
}
