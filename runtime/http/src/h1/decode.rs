//! One answer, from the first byte to the last, fed in whatever pieces the network brings.

use bytes::{Bytes, BytesMut};

use super::chunked::Chunked;
use super::head::{Framing, Head, MAX_HEAD, Parser};
use crate::error::Fault;

/// Memory is set aside for a body before it arrives only up to here, whatever its
/// `Content-Length` says.
const MAX_TRUST: u64 = 4 * 1024 * 1024;

#[derive(Debug)]
enum Body {
    None,
    Length(u64),
    Chunked(Chunked),
    Close,
}

/// An answer on its way in.
#[derive(Debug)]
pub(super) struct Decoder {
    to_head: bool,
    keep: bool,
    parser: Parser,
    /// Bytes of a head that came in pieces, with the interim ones before it.
    partial: Vec<u8>,
    head: Option<Head>,
    body: Body,
    /// A body that came in one piece.
    whole: Option<Bytes>,
    pieces: BytesMut,
    done: bool,
}

impl Decoder {
    /// `to_head`: of a HEAD, so without a body whatever it says. `keep`: the body is wanted.
    pub fn new(to_head: bool, keep: bool) -> Self {
        Self {
            to_head,
            keep,
            parser: Parser::new(0),
            partial: Vec::new(),
            head: None,
            body: Body::None,
            whole: None,
            pieces: BytesMut::new(),
            done: false,
        }
    }

    pub fn done(&self) -> bool {
        self.done
    }

    /// The head has been read.
    pub fn has_head(&self) -> bool {
        self.head.is_some()
    }

    /// Takes bytes; returns how many belonged to this answer, less than all only at its end.
    pub fn feed(&mut self, data: &[u8]) -> Result<usize, Fault> {
        if self.head.is_some() {
            return self.feed_body(data);
        }
        if self.partial.is_empty() {
            if let Some(used) = self.feed_head(data)? {
                return Ok(used);
            }
            self.partial = data.to_vec();
            return Ok(data.len());
        }
        let before = self.partial.len();
        let mut joined = std::mem::take(&mut self.partial);
        joined.extend_from_slice(data);
        if let Some(used) = self.feed_head(&joined)? {
            return Ok(used.saturating_sub(before));
        }
        self.partial = joined;
        Ok(data.len())
    }

    /// `data` starts at the first status line. None where the head is not complete.
    fn feed_head(&mut self, data: &[u8]) -> Result<Option<usize>, Fault> {
        loop {
            let Some((head, end)) = self.parser.feed(data, self.to_head)? else {
                if data.len() > MAX_HEAD {
                    return Err(Fault::other(format!(
                        "net/http: server response headers exceeded {MAX_HEAD} bytes; aborted"
                    )));
                }
                return Ok(None);
            };
            // Interim answers precede the real one and are skipped; 101 is final.
            if matches!(head.status, 100 | 102..=199) {
                self.parser = Parser::new(end);
                continue;
            }
            self.body = match head.framing {
                Framing::None | Framing::Length(0) => Body::None,
                Framing::Length(length) => Body::Length(length),
                Framing::Chunked => Body::Chunked(Chunked::new()),
                Framing::Close => Body::Close,
            };
            self.head = Some(head);
            let used = self.feed_body(data.get(end..).unwrap_or_default())?;
            return Ok(Some(end + used));
        }
    }

    fn feed_body(&mut self, data: &[u8]) -> Result<usize, Fault> {
        match &mut self.body {
            Body::None => {
                self.done = true;
                Ok(0)
            }
            Body::Length(left) => {
                let len = data.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
                let piece = data.get(..len).unwrap_or_default();
                if self.keep && len > 0 {
                    if self.pieces.is_empty() && len as u64 == *left {
                        self.whole = Some(Bytes::copy_from_slice(piece));
                    } else {
                        if self.pieces.is_empty() {
                            let room = (*left).min(MAX_TRUST);
                            self.pieces.reserve(usize::try_from(room).unwrap_or(len));
                        }
                        self.pieces.extend_from_slice(piece);
                    }
                }
                *left -= len as u64;
                self.done = *left == 0;
                Ok(len)
            }
            Body::Chunked(chunked) => {
                let (keep, pieces) = (self.keep, &mut self.pieces);
                let used = chunked.feed(data, |piece| {
                    if keep {
                        pieces.extend_from_slice(piece);
                    }
                })?;
                self.done = chunked.done();
                Ok(used)
            }
            Body::Close => {
                if self.keep {
                    self.pieces.extend_from_slice(data);
                }
                Ok(data.len())
            }
        }
    }

    /// Where a long body of known length can be read into without a detour, and how much of
    /// it is left. What was read must be told to [`Decoder::read_in_place`].
    pub fn in_place(&mut self) -> Option<(&mut BytesMut, usize)> {
        match self.body {
            Body::Length(left) if self.keep && !self.pieces.is_empty() && !self.done => {
                let left = usize::try_from(left).ok()?;
                if self.pieces.capacity() == self.pieces.len() {
                    self.pieces.reserve(left.min(1024 * 1024));
                }
                Some((&mut self.pieces, left))
            }
            _ => None,
        }
    }

    pub fn read_in_place(&mut self, len: usize) {
        if let Body::Length(left) = &mut self.body {
            *left = left.saturating_sub(len as u64);
            self.done = *left == 0;
        }
    }

    /// The peer has closed its side.
    pub fn eof(&mut self) -> Result<(), Fault> {
        match (&self.head, &self.body) {
            (Some(_), Body::Close) => {
                self.done = true;
                Ok(())
            }
            (None, _) if self.partial.is_empty() => Err(Fault::other("EOF")),
            (Some(_), Body::Chunked(chunked)) => Err(chunked.eof()),
            _ => Err(Fault::other("unexpected EOF")),
        }
    }

    /// What has been read: everything when done, else what there is.
    pub fn take(&mut self) -> (Option<Head>, Bytes) {
        let body = match self.whole.take() {
            Some(whole) => whole,
            None => std::mem::take(&mut self.pieces).freeze(),
        };
        (self.head.take(), body)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(input: &[u8], cuts: &[usize]) -> Result<(u16, Bytes, usize), Fault> {
        let mut decoder = Decoder::new(false, true);
        let (mut at, mut used, mut cuts) = (0, 0, cuts.iter().cycle());
        while at < input.len() && !decoder.done() {
            let end = (at + *cuts.next().unwrap_or(&input.len()).max(&1)).min(input.len());
            used += decoder.feed(&input[at..end])?;
            at = end;
        }
        if !decoder.done() {
            decoder.eof()?;
        }
        let (head, body) = decoder.take();
        Ok((head.unwrap().status, body, used))
    }

    proptest! {
        #[test]
        fn chunks_survive_any_cutting(
            chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..200), 0..8),
            cuts in prop::collection::vec(1usize..50, 1..10),
        ) {
            let mut wire = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
            for chunk in &chunks {
                wire.extend_from_slice(format!("{:x};ext=1\r\n", chunk.len()).as_bytes());
                wire.extend_from_slice(chunk);
                wire.extend_from_slice(b"\r\n");
            }
            wire.extend_from_slice(b"0\r\nTrailer: x\r\n\r\n");
            let (status, body, used) = decode(&wire, &cuts).unwrap();
            prop_assert_eq!(status, 200);
            prop_assert_eq!(&body[..], &chunks.concat()[..]);
            prop_assert_eq!(used, wire.len());
        }

        #[test]
        fn heads_survive_any_cutting(
            lines in prop::collection::vec(
                prop::sample::select(vec![
                    "X-A: 1\r\n", "X-B : 2\n", "X-C: 3\r\n  4\r\n", "X-D:\r\n", "Set-Cookie: a=b\n",
                ]),
                0..12,
            ),
            cuts in prop::collection::vec(1usize..12, 1..10),
        ) {
            let head = format!("HTTP/1.1 200 Fine\r\n{}\r\n", lines.concat());
            let wire = format!("HTTP/1.1 103 Early\r\nX: y\r\n\r\n{head}");
            let mut decoder = Decoder::new(true, true);
            let (mut at, mut cuts) = (0, cuts.iter().cycle());
            while !decoder.done() {
                let end = (at + cuts.next().unwrap()).min(wire.len());
                decoder.feed(&wire.as_bytes()[at..end]).unwrap();
                at = end;
            }
            let found = decoder.take().0.unwrap();
            prop_assert_eq!(&found.raw[..], head.as_bytes());
            prop_assert_eq!(found.cookies, lines.contains(&"Set-Cookie: a=b\n"));
        }

        #[test]
        fn lengths_survive_any_cutting(
            content in prop::collection::vec(any::<u8>(), 0..500),
            extra in 0usize..5,
            cut in 1usize..100,
        ) {
            let mut wire = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", content.len()).into_bytes();
            let len = wire.len() + content.len();
            wire.extend_from_slice(&content);
            wire.extend(std::iter::repeat_n(b'x', extra));
            let (_, body, used) = decode(&wire, &[cut]).unwrap();
            prop_assert_eq!(&body[..], &content[..]);
            prop_assert_eq!(used, len);
        }

        #[test]
        fn garbage_is_an_error_and_no_panic(
            wire in prop::collection::vec(any::<u8>(), 0..300),
            tail in prop::collection::vec(any::<u8>(), 0..100),
        ) {
            let _ = decode(&wire, &[7]);
            let mut chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
            chunked.extend_from_slice(&tail);
            let _ = decode(&chunked, &[3]);
        }
    }

    #[test]
    fn faults_are_named_as_in_k6() {
        for (wire, message) in [
            ("", "EOF"),
            ("HTTP/1.1 200 OK\r\nA", "unexpected EOF"),
            (
                "SSH-2.0\r\nhello\r\n\r\n",
                "malformed HTTP response \"SSH-2.0\"",
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
                "unexpected EOF",
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc",
                "bad Content-Length \"-5\"",
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "invalid byte in chunk length",
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n",
                "malformed chunked encoding",
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
                "unsupported transfer encoding: \"gzip\"",
            ),
        ] {
            let fault = decode(wire.as_bytes(), &[1000]).unwrap_err();
            assert_eq!(fault.message, message, "{wire:?}");
        }
    }

    #[test]
    fn a_body_without_length_ends_with_the_connection() {
        let (_, body, _) = decode(b"HTTP/1.0 200 OK\r\n\r\nabc", &[4]).unwrap();
        assert_eq!(body, "abc");
        let mut decoder = Decoder::new(false, true);
        decoder
            .feed(b"HTTP/1.1 200 OK\r\nConnection: Keep-Alive, Close\r\nContent-Length: 0\r\n\r\n")
            .unwrap();
        assert!(decoder.done() && !decoder.take().0.unwrap().keep_alive);
    }
}
