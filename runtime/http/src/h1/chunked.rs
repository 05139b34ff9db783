//! The chunked transfer coding, byte by byte in whatever pieces the network brings.

use crate::error::Fault;

const MAX_LINE: usize = 16 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Size {
        digits: u8,
    },
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
}

impl Chunked {
    pub fn new() -> Self {
        Self {
            state: State::Size { digits: 0 },
            left: 0,
            line: 0,
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
            (State::Size { digits: 0 }, _) => return Err(invalid_length()),
            (State::Size { .. } | State::Extension, b'\r') => State::SizeLf,
            (State::Size { .. } | State::Extension | State::SizeLf, b'\n') => self.sized(),
            (State::Size { .. }, b';' | b' ' | b'\t') | (State::Extension, _) => State::Extension,
            (State::Size { .. } | State::SizeLf, _) => return Err(invalid_length()),
            (State::DataCr, b'\r') => State::DataLf,
            (State::DataCr | State::DataLf, b'\n') => {
                self.line = 0;
                State::Size { digits: 0 }
            }
            (State::DataCr | State::DataLf, _) => {
                return Err(Fault::other("malformed chunked encoding"));
            }
            (State::Trailer, b'\r') => State::EndLf,
            (State::Trailer | State::EndLf, b'\n') => State::Done,
            (State::TrailerLine, b'\n') => State::Trailer,
            (State::Trailer | State::TrailerLine, _) => State::TrailerLine,
            (State::EndLf, _) => return Err(Fault::other("malformed chunked encoding")),
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
}

fn invalid_length() -> Fault {
    Fault::other("invalid byte in chunk length")
}
