//! Replies, read from a stream of bytes.
//!
//! The server is not trusted: a length that it announces reserves nothing, and a whole reply is
//! bounded in bytes, depth and line length. After any error the stream is of no further use,
//! because nobody knows where the next reply begins.

use std::io::{self, BufRead, Read};

use thiserror::Error;

use crate::value::Value;

/// Most bytes of a reply, counting each value for [`COST`] more.
pub const LARGEST: usize = 64 << 20;
/// What a value costs beside its text: a list of a million nils is not free.
const COST: usize = 64;
/// Longest line: statuses, errors, lengths.
const LONGEST_LINE: u64 = 64 << 10;
/// Lists in lists.
const DEEPEST: usize = 32;

/// Why there is no reply.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The stream failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The stream ended before the reply did.
    #[error("the server closed the connection")]
    Closed,
    /// It is no reply.
    #[error("the server sent what is no reply: {0}")]
    Malformed(String),
    /// It is more than the client takes.
    #[error("the reply is larger than {} MiB", LARGEST >> 20)]
    TooLarge,
}

/// Reads one reply. Pushed messages before it are passed over.
///
/// # Errors
/// Where the stream fails or ends, and for anything that is no reply.
pub fn read(stream: &mut impl BufRead) -> Result<Value, ReadError> {
    let mut reader = Reader {
        stream,
        line: Vec::new(),
        left: LARGEST,
    };
    loop {
        if let Some(value) = reader.value(0)? {
            return Ok(value);
        }
    }
}

struct Reader<'a, S> {
    stream: &'a mut S,
    line: Vec<u8>,
    left: usize,
}

impl<S: BufRead> Reader<'_, S> {
    /// None for a pushed message.
    fn value(&mut self, depth: usize) -> Result<Option<Value>, ReadError> {
        self.charge(COST)?;
        let mut kind = self.header()?;
        // Attributes say something about the value that follows.
        while kind == b'|' {
            self.pairs(depth)?;
            self.charge(COST)?;
            kind = self.header()?;
        }
        Ok(Some(match kind {
            b'+' | b'(' => Value::Simple(self.text()),
            b'-' => Value::Error(self.text()),
            b':' => Value::Integer(self.number()?),
            b',' => Value::Double(self.double()?),
            b'#' => match self.line.as_slice() {
                b"t" => Value::Boolean(true),
                b"f" => Value::Boolean(false),
                _ => return Err(self.malformed("a boolean")),
            },
            b'_' => Value::Nil,
            b'$' => self.bulk()?.map_or(Value::Nil, Value::Bulk),
            b'!' => {
                let text = self.bulk()?.unwrap_or_default();
                Value::Error(String::from_utf8_lossy(&text).into_owned())
            }
            b'=' => {
                let mut text = self.bulk()?.unwrap_or_default();
                // Three letters of format, and a colon.
                if text.get(3) != Some(&b':') {
                    return Err(ReadError::Malformed(
                        "a verbatim string without format".into(),
                    ));
                }
                text.drain(..4);
                Value::Bulk(text)
            }
            b'*' | b'~' => self.list(depth)?.map_or(Value::Nil, Value::List),
            b'>' if depth == 0 => {
                self.list(depth)?;
                return Ok(None);
            }
            b'%' => Value::Map(self.pairs(depth)?),
            other => {
                let shown = char::from(other).escape_default();
                return Err(ReadError::Malformed(format!(
                    "a line that begins with '{shown}'"
                )));
            }
        }))
    }

    fn charge(&mut self, bytes: usize) -> Result<(), ReadError> {
        self.left = self.left.checked_sub(bytes).ok_or(ReadError::TooLarge)?;
        Ok(())
    }

    /// Reads a line, keeps what follows its first byte, and returns that byte.
    fn header(&mut self) -> Result<u8, ReadError> {
        self.line.clear();
        let stream = &mut *self.stream;
        stream
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut self.line)?;
        if !self.line.ends_with(b"\r\n") {
            if self.line.len() as u64 >= LONGEST_LINE {
                return Err(ReadError::Malformed("a line without end".into()));
            }
            if self.line.ends_with(b"\n") {
                return Err(ReadError::Malformed(
                    "a line that does not end with CR LF".into(),
                ));
            }
            return Err(ReadError::Closed);
        }
        self.line.truncate(self.line.len() - 2);
        self.charge(self.line.len())?;
        match self.line.first().copied() {
            Some(kind) => {
                self.line.remove(0);
                Ok(kind)
            }
            None => Err(ReadError::Malformed("an empty line".into())),
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.line).into_owned()
    }

    fn number(&self) -> Result<i64, ReadError> {
        let text = std::str::from_utf8(&self.line).ok();
        text.and_then(|text| text.parse().ok())
            .ok_or_else(|| self.malformed("an integer"))
    }

    fn double(&self) -> Result<f64, ReadError> {
        let text = std::str::from_utf8(&self.line).ok();
        text.and_then(|text| text.parse().ok())
            .ok_or_else(|| self.malformed("a number"))
    }

    /// How many follow; none for -1.
    fn count(&self) -> Result<Option<usize>, ReadError> {
        match self.number()? {
            -1 => Ok(None),
            number => usize::try_from(number)
                .map(Some)
                .map_err(|_| self.malformed("a length")),
        }
    }

    fn bulk(&mut self) -> Result<Option<Vec<u8>>, ReadError> {
        let Some(length) = self.count()? else {
            return Ok(None);
        };
        self.charge(length)?;
        // Grows with what arrives, not with what was announced.
        let mut text = Vec::with_capacity(length.min(64 << 10));
        (&mut *self.stream)
            .take(length as u64)
            .read_to_end(&mut text)?;
        if text.len() < length {
            return Err(ReadError::Closed);
        }
        let mut end = [0; 2];
        self.stream.read_exact(&mut end).map_err(ended)?;
        if end != *b"\r\n" {
            return Err(ReadError::Malformed(
                "a string longer than announced".into(),
            ));
        }
        Ok(Some(text))
    }

    fn list(&mut self, depth: usize) -> Result<Option<Vec<Value>>, ReadError> {
        let Some(count) = self.count()? else {
            return Ok(None);
        };
        let mut list = Vec::with_capacity(count.min(256));
        for _ in 0..count {
            list.push(self.inner(depth)?);
        }
        Ok(Some(list))
    }

    fn pairs(&mut self, depth: usize) -> Result<Vec<(Value, Value)>, ReadError> {
        let count = self.count()?.unwrap_or_default();
        let mut pairs = Vec::with_capacity(count.min(128));
        for _ in 0..count {
            let key = self.inner(depth)?;
            pairs.push((key, self.inner(depth)?));
        }
        Ok(pairs)
    }

    fn inner(&mut self, depth: usize) -> Result<Value, ReadError> {
        if depth + 1 >= DEEPEST {
            return Err(ReadError::Malformed(format!(
                "lists in lists, deeper than {DEEPEST}"
            )));
        }
        let value = self.value(depth + 1)?;
        value.ok_or_else(|| ReadError::Malformed("a pushed message inside a reply".into()))
    }

    fn malformed(&self, expected: &str) -> ReadError {
        let shown: String = self.text().chars().take(40).collect();
        ReadError::Malformed(format!("{shown:?} in place of {expected}"))
    }
}

fn ended(error: io::Error) -> ReadError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => ReadError::Closed,
        _ => ReadError::Io(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &[u8]) -> Result<Value, ReadError> {
        let mut left = text;
        let value = read(&mut left)?;
        assert!(left.is_empty(), "{} bytes are left", left.len());
        Ok(value)
    }

    fn bulk(text: &str) -> Value {
        Value::Bulk(text.into())
    }

    #[test]
    fn every_kind_of_reply() {
        for (text, expected) in [
            ("+OK\r\n", Value::Simple("OK".into())),
            ("-ERR no\r\n", Value::Error("ERR no".into())),
            (":-42\r\n", Value::Integer(-42)),
            ("$5\r\na\r\nb\0\r\n", bulk("a\r\nb\0")),
            ("$0\r\n\r\n", bulk("")),
            ("$-1\r\n", Value::Nil),
            ("*-1\r\n", Value::Nil),
            ("_\r\n", Value::Nil),
            ("*0\r\n", Value::List(vec![])),
            (",1.5\r\n", Value::Double(1.5)),
            (",-inf\r\n", Value::Double(f64::NEG_INFINITY)),
            ("#t\r\n", Value::Boolean(true)),
            (
                "(12345678901234567890\r\n",
                Value::Simple("12345678901234567890".into()),
            ),
            ("!7\r\nERR two\r\n", Value::Error("ERR two".into())),
            ("=7\r\ntxt:abc\r\n", bulk("abc")),
            ("~1\r\n:1\r\n", Value::List(vec![Value::Integer(1)])),
            (
                "%1\r\n+a\r\n*2\r\n:1\r\n$-1\r\n",
                Value::Map(vec![(
                    Value::Simple("a".into()),
                    Value::List(vec![Value::Integer(1), Value::Nil]),
                )]),
            ),
            ("|1\r\n+ttl\r\n:9\r\n+OK\r\n", Value::Simple("OK".into())),
            (">2\r\n+message\r\n+x\r\n:1\r\n", Value::Integer(1)),
        ] {
            assert_eq!(one(text.as_bytes()).unwrap(), expected, "{text:?}");
        }
    }

    #[test]
    fn whatever_is_cut_off_is_closed_and_never_a_value() {
        let whole = b"*3\r\n$5\r\nhello\r\n%1\r\n+a\r\n,1.5\r\n-ERR x\r\n";
        assert!(one(whole).is_ok());
        for length in 0..whole.len() {
            let error = one(&whole[..length]).unwrap_err();
            assert!(matches!(error, ReadError::Closed), "{length}: {error}");
        }
    }

    #[test]
    fn what_is_no_reply_is_malformed() {
        for text in [
            "\r\n",
            "OK\r\n",
            "HTTP/1.1 400 Bad Request\r\n",
            ":\r\n",
            ":1x\r\n",
            ":+-1\r\n",
            ":99999999999999999999\r\n",
            "$-2\r\n",
            "$x\r\n",
            "*-2\r\n",
            "$2\r\nabc\r\n",
            "#x\r\n",
            ",x\r\n",
            "=3\r\nabc\r\n",
            "+OK\n",
            "*1\r\n>0\r\n",
            "$?\r\n",
            "\0\r\n",
        ] {
            let error = one(text.as_bytes()).unwrap_err();
            assert!(
                matches!(error, ReadError::Malformed(_)),
                "{text:?}: {error}"
            );
        }
    }

    #[test]
    fn what_is_huge_is_refused_without_being_stored() {
        for text in ["$9223372036854775807\r\n", "$67108865\r\nx"] {
            let error = one(text.as_bytes()).unwrap_err();
            assert!(matches!(error, ReadError::TooLarge), "{text:?}: {error}");
        }
        // Announces much and sends nothing.
        for text in [
            "*9223372036854775807\r\n",
            "$60000000\r\nx",
            "%4000000000000000000\r\n",
        ] {
            let error = one(text.as_bytes()).unwrap_err();
            assert!(matches!(error, ReadError::Closed), "{text:?}: {error}");
        }
        let nils = [b"*2000000\r\n".as_slice(), &b"_\r\n".repeat(2_000_000)].concat();
        assert!(matches!(one(&nils).unwrap_err(), ReadError::TooLarge));
        let line = [b"+".as_slice(), &b"x".repeat(100_000), b"\r\n"].concat();
        assert!(matches!(one(&line).unwrap_err(), ReadError::Malformed(_)));
        let deep = b"*1\r\n".repeat(100_000);
        assert!(matches!(one(&deep).unwrap_err(), ReadError::Malformed(_)));
        let attributes = [b"|0\r\n".repeat(2_000_000).as_slice(), b"+OK\r\n"].concat();
        assert!(matches!(one(&attributes).unwrap_err(), ReadError::TooLarge));
    }

    #[test]
    fn large_replies_come_whole() {
        let text = "x".repeat(1 << 20);
        let reply = format!("$1048576\r\n{text}\r\n");
        assert_eq!(one(reply.as_bytes()).unwrap(), bulk(&text));
    }

    /// Bytes that almost are replies, the same ones each time: nothing panics, and all is read to
    /// an end.
    #[test]
    fn damaged_replies_never_panic() {
        let whole: &[u8] =
            b"*4\r\n$5\r\nhello\r\n%1\r\n+a\r\n,1.5\r\n|1\r\n+k\r\n:1\r\n:7\r\n!3\r\nERR\r\n";
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as usize
        };
        let alphabet = b"+-:$*_,#(!=~>%|0123456789\r\n\0a";
        for _ in 0..20_000 {
            let mut bytes = whole.to_vec();
            for _ in 0..1 + next() % 4 {
                let place = next() % bytes.len();
                bytes[place] = alphabet[next() % alphabet.len()];
            }
            let mut left = bytes.as_slice();
            while !left.is_empty() && read(&mut left).is_ok() {}
        }
    }
}
