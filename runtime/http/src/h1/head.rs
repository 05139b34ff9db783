//! The head of an HTTP/1 answer: what framing and the client need to know is picked out in
//! one pass as the bytes arrive, the rest stays in the raw bytes till somebody asks. Accepts
//! and refuses what Go does, so that a server that k6 can talk to can be talked to here.

use bytes::Bytes;

use super::field::{self, Next};
use crate::error::{Fault, quoted};
use crate::exchange::Protocol;

/// Longest head that is accepted, with the interim ones before it.
pub(super) const MAX_HEAD: usize = 10 * 1024 * 1024;

/// How the end of a body is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    None,
    Length(u64),
    Chunked,
    Close,
}

/// A parsed head.
#[derive(Debug)]
pub(crate) struct Head {
    pub raw: Bytes,
    pub hidden: Hidden,
    pub status: u16,
    pub protocol: Protocol,
    pub framing: Framing,
    /// The peer will take another request on this connection.
    pub keep_alive: bool,
    /// There is a `Content-Encoding`.
    pub encoded: bool,
    /// There is a `Set-Cookie`.
    pub cookies: bool,
}

/// Headers that are about how the answer was sent and have done their work. `Transfer-Encoding`
/// always is one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Hidden {
    pub connection: bool,
    pub length: bool,
    pub trailer: bool,
}

/// A head on its way in. Positions are those in the bytes that each call is given, which must
/// be the same bytes with more behind them.
#[derive(Debug)]
pub(super) struct Parser {
    start: usize,
    at: usize,
    /// Before here there is no end of the line at `at`.
    scanned: usize,
    begun: bool,
    status: u16,
    protocol: Protocol,
    close: bool,
    keep: bool,
    encoded: bool,
    cookies: bool,
    trailer: bool,
    lengths: u32,
    codings: u32,
    chunked: bool,
    length: Option<u64>,
}

impl Parser {
    /// For a head that starts at this position.
    pub fn new(start: usize) -> Self {
        Self {
            start,
            at: start,
            scanned: start,
            begun: false,
            status: 0,
            protocol: Protocol::HTTP_11,
            close: false,
            keep: false,
            encoded: false,
            cookies: false,
            trailer: false,
            lengths: 0,
            codings: 0,
            chunked: false,
            length: None,
        }
    }

    /// The head and where it ends; none while it is not complete. `to_head`: of a HEAD.
    pub fn feed(&mut self, data: &[u8], to_head: bool) -> Result<Option<(Head, usize)>, Fault> {
        if !self.begun {
            let Some(end) = field::newline(data, self.scanned) else {
                self.scanned = data.len();
                return Ok(None);
            };
            self.status_line(field::line(data, self.at, end))?;
            self.at = end + 1;
            self.begun = true;
        }
        loop {
            if let Some((name, value, after)) = field::usual(data, self.at) {
                self.note(name, value);
                self.at = after;
                continue;
            }
            match field::next(data, self.at, self.scanned) {
                Next::Partial => {
                    if field::newline(data, self.at.max(self.scanned)).is_none() {
                        self.scanned = data.len();
                    }
                    return Ok(None);
                }
                Next::Field(text, after) => {
                    // Later on, such a line would continue the one before it.
                    if matches!(data.get(self.at), Some(b' ' | b'\t')) {
                        let end = field::newline(data, self.at).unwrap_or(after);
                        let line = field::line(data, self.at, end);
                        return Err(field::malformed("initial line", line));
                    }
                    let (name, value) = field::split(&text)?;
                    self.note(name, value);
                    self.at = after;
                }
                Next::End(end) => {
                    let raw = data.get(self.start..end).unwrap_or(data);
                    return self.finish(raw, to_head).map(|head| Some((head, end)));
                }
            }
        }
    }
    fn status_line(&mut self, line: &[u8]) -> Result<(), Fault> {
        let bad = |what: &str, text: &[u8]| {
            Err(Fault::other(format!(
                "malformed HTTP {what} {}",
                quoted(text)
            )))
        };
        let Some((version, code)) = version_and_code(line) else {
            return bad("response", line);
        };
        match status(code) {
            Some(status) => self.status = status,
            None => return bad("status code", code),
        }
        match version {
            [
                b'H',
                b'T',
                b'T',
                b'P',
                b'/',
                major @ b'0'..=b'9',
                b'.',
                minor @ b'0'..=b'9',
            ] => {
                self.protocol = Protocol::new(major - b'0', minor - b'0');
                Ok(())
            }
            _ => bad("version", version),
        }
    }

    fn note(&mut self, name: &[u8], value: &[u8]) {
        match name.len() {
            7 if name.eq_ignore_ascii_case(b"trailer") => self.trailer = true,
            10 if name.eq_ignore_ascii_case(b"connection") => {
                for token in elements(value) {
                    self.close |= token.eq_ignore_ascii_case(b"close");
                    self.keep |= token.eq_ignore_ascii_case(b"keep-alive");
                }
            }
            10 if name.eq_ignore_ascii_case(b"set-cookie") => self.cookies = true,
            14 if name.eq_ignore_ascii_case(b"content-length") => {
                self.lengths += 1;
                self.length = length(value);
            }
            16 if name.eq_ignore_ascii_case(b"content-encoding") => self.encoded = true,
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => {
                self.codings += 1;
                self.chunked = value.eq_ignore_ascii_case(b"chunked");
            }
            _ => {}
        }
    }

    fn finish(&self, raw: &[u8], to_head: bool) -> Result<Head, Fault> {
        let current = self.protocol >= Protocol::HTTP_11;
        let chunked = self.codings > 0 && current;
        if chunked && !(self.chunked && self.codings == 1) {
            return Err(bad_coding(raw));
        }
        let length = match (self.lengths, self.length) {
            (0, _) => None,
            (1, Some(length)) => Some(length),
            _ => Some(agreed_length(raw)?),
        };
        if chunked && self.trailer {
            check_trailer(raw)?;
        }
        let bodiless = to_head || is_bodiless(self.status);
        let framing = if bodiless {
            Framing::None
        } else if chunked {
            Framing::Chunked
        } else {
            length.map_or(Framing::Close, Framing::Length)
        };
        let persists = if current {
            !self.close
        } else {
            !self.close && self.keep && self.protocol == Protocol::HTTP_10
        };
        Ok(Head {
            raw: Bytes::copy_from_slice(raw),
            hidden: Hidden {
                connection: current && self.close,
                length: chunked && !bodiless,
                trailer: chunked,
            },
            status: self.status,
            protocol: self.protocol,
            framing,
            keep_alive: persists && framing != Framing::Close,
            encoded: self.encoded,
            cookies: self.cookies,
        })
    }
}

/// Answers of this kind never have a body.
pub(crate) fn is_bodiless(status: u16) -> bool {
    matches!(status, 100..=199 | 204 | 304)
}

/// What a status line says behind the version: `200 OK`.
pub(crate) fn status_text(head: &[u8]) -> &[u8] {
    let end = field::newline(head, 0).unwrap_or(head.len());
    let line = field::line(head, 0, end);
    let version = line.iter().take_while(|byte| **byte != b' ').count();
    let rest = line.get(version..).unwrap_or_default();
    let blanks = rest.iter().take_while(|byte| **byte == b' ').count();
    rest.get(blanks..).unwrap_or_default()
}

/// The first two words of a status line.
fn version_and_code(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let (version, _) = line.split_at_checked(line.iter().position(|byte| *byte == b' ')?)?;
    let code = status_text(line).split(|byte| *byte == b' ').next()?;
    Some((version, code))
}

/// A status has three characters; Go takes a sign for one.
fn status(code: &[u8]) -> Option<u16> {
    let text = std::str::from_utf8(code)
        .ok()
        .filter(|text| text.len() == 3)?;
    text.parse().ok()
}

fn elements(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|byte| *byte == b',').map(field::trim)
}

fn length(value: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(value).ok()?;
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let length = text.parse().ok().filter(|_| digits)?;
    (length <= i64::MAX as u64).then_some(length)
}

/// All values of a header.
fn values(raw: &[u8], wanted: &str) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    field::each_field(raw, |name, value| {
        if name.eq_ignore_ascii_case(wanted) {
            found.push(value.to_vec());
        }
    });
    found
}

/// Lengths may be said more than once if they are the same to the letter.
fn agreed_length(raw: &[u8]) -> Result<u64, Fault> {
    let values = values(raw, "content-length");
    let first = values.first().map(Vec::as_slice).unwrap_or_default();
    if values.iter().any(|value| value != first) {
        return Err(Fault::other(format!(
            "http: message cannot contain multiple Content-Length headers; got {}",
            list(&values)
        )));
    }
    let what = if first.is_empty() {
        "invalid empty"
    } else {
        "bad"
    };
    length(first).ok_or_else(|| Fault::other(format!("{what} Content-Length {}", quoted(first))))
}

fn bad_coding(raw: &[u8]) -> Fault {
    match values(raw, "transfer-encoding").as_slice() {
        [one] => Fault::other(format!("unsupported transfer encoding: {}", quoted(one))),
        more => Fault::other(format!("too many transfer encodings: {}", list(more))),
    }
}

/// A trailer cannot change how the answer is read.
fn check_trailer(raw: &[u8]) -> Result<(), Fault> {
    for value in values(raw, "trailer") {
        for key in elements(&value) {
            for bad in ["Transfer-Encoding", "Trailer", "Content-Length"] {
                if key.eq_ignore_ascii_case(bad.as_bytes()) {
                    return Err(Fault::other(format!("bad trailer key {bad:?}")));
                }
            }
        }
    }
    Ok(())
}

fn list(values: &[Vec<u8>]) -> String {
    let shown: Vec<_> = values.iter().take(8).map(|value| quoted(value)).collect();
    format!("[{}]", shown.join(" "))
}
