//! The chunked transfer coding, byte by byte in whatever pieces the network brings.

use super::field::{self, Next};
use crate::error::Fault;

const MAX_LINE: usize = 4096;
const MAX_TRAILER: usize = 4096;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Size {
        digits: u8,
    },
    /// Blanks between a size and the end of its line.
    Blank,
    /// Extensions after a size; ignored.
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    /// At the start of a line after the last chunk.
    Trailer,
    TrailerLine,
    EndLf,
    Done,
}

/// Where in a chunked body we are.
#[derive(Debug)]
pub(super) struct Chunked {
    state: State,
    left: u64,
    line: usize,
    /// What follows the last chunk; only looked at, not kept.
    trailer: Vec<u8>,
}

impl Chunked {
    pub fn new() -> Self {
        Self {
            state: State::Size { digits: 0 },
            left: 0,
            line: 0,
            trailer: Vec::new(),
        }
    }

    pub fn done(&self) -> bool {
        self.state == State::Done
    }

    /// Hands the data in `input` to `sink` and returns how much of the input was used; less
    /// than all only at the end of the body.
    pub fn feed(&mut self, input: &[u8], mut sink: impl FnMut(&[u8])) -> Result<usize, Fault> {
        let mut at = 0;
        while self.state != State::Done {
            if self.state == State::Data {
                let rest = input.get(at..).unwrap_or_default();
                let len = rest
                    .len()
                    .min(usize::try_from(self.left).unwrap_or(usize::MAX));
                if len == 0 {
                    break;
                }
                sink(rest.get(..len).unwrap_or_default());
                at += len;
                self.left -= len as u64;
                if self.left == 0 {
                    self.state = State::DataCr;
                }
                continue;
            }
            let Some(byte) = input.get(at) else { break };
            at += 1;
            self.step(*byte)?;
        }
        Ok(at)
    }

    /// The peer has closed its side before the end.
    pub fn eof(&self) -> Fault {
        match self.state {
            State::Trailer | State::TrailerLine | State::EndLf => {
                Fault::other("http: unexpected EOF reading trailer")
            }
            _ => Fault::other("unexpected EOF"),
        }
    }

    fn step(&mut self, byte: u8) -> Result<(), Fault> {
        self.line += 1;
        if self.line > MAX_LINE {
            return Err(Fault::other("header line too long"));
        }
        self.state = match (self.state, byte) {
            (State::Size { digits }, _) if byte.is_ascii_hexdigit() => {
                if digits == 16 {
                    return Err(Fault::other("http chunk length too large"));
                }
                let value = char::from(byte).to_digit(16).unwrap_or_default();
                self.left = self.left << 4 | u64::from(value);
                State::Size { digits: digits + 1 }
            }
            (State::Size { .. } | State::Blank | State::Extension, b'\n') => {
                return Err(Fault::other("chunked line ends with bare LF"));
            }
            (State::Size { digits: 0 }, b'\r' | b';') => {
                return Err(Fault::other("empty hex number for chunk length"));
            }
            (State::Size { .. } | State::Blank | State::Extension, b'\r') => State::SizeLf,
            (State::SizeLf, b'\n') => self.sized(),
            (State::SizeLf, _) => return Err(Fault::other("invalid CR in chunked line")),
            (State::Size { digits: 1.. } | State::Blank, b' ' | b'\t') => State::Blank,
            (State::Size { digits: 1.. }, b';') | (State::Extension, _) => State::Extension,
            (State::Size { .. } | State::Blank, _) => {
                return Err(Fault::other("invalid byte in chunk length"));
            }
            (State::DataCr, b'\r') => State::DataLf,
            (State::DataLf, b'\n') => {
                self.line = 0;
                State::Size { digits: 0 }
            }
            (State::DataCr | State::DataLf, _) => {
                return Err(Fault::other("malformed chunked encoding"));
            }
            (State::Trailer, b'\r') => State::EndLf,
            (State::Trailer | State::EndLf, b'\n') => {
                check_trailer(&self.trailer)?;
                State::Done
            }
            (State::EndLf, _) => return Err(Fault::other("malformed chunked encoding")),
            (State::Trailer | State::TrailerLine, _) => self.trailing(byte)?,
            (State::Data | State::Done, _) => self.state,
        };
        Ok(())
    }

    /// The line with a size has ended.
    fn sized(&mut self) -> State {
        self.line = 0;
        if self.left == 0 {
            State::Trailer
        } else {
            State::Data
        }
    }

    fn trailing(&mut self, byte: u8) -> Result<State, Fault> {
        if self.trailer.len() == MAX_TRAILER {
            return Err(Fault::other(
                "http: suspiciously long trailer after chunked body",
            ));
        }
        self.line = 0;
        self.trailer.push(byte);
        Ok(match byte {
            b'\n' => State::Trailer,
            _ => State::TrailerLine,
        })
    }
}

/// A trailer has the form of a head's fields.
fn check_trailer(trailer: &[u8]) -> Result<(), Fault> {
    if trailer.is_empty() {
        return Ok(());
    }
    let mut whole = trailer.to_vec();
    whole.extend_from_slice(b"\r\n");
    let mut at = 0;
    while let Next::Field(text, after) = field::next(&whole, at, 0) {
        field::split(&text)?;
        at = after;
    }
    Ok(())
}
