//! One HTTP/1.1 connection, driven inside the task that makes the request: no second task,
//! no channel, no buffer of its own. Request heads are put together and answers are read in
//! scratch space of the thread; only what cannot be finished at once is kept on the heap.
//!
//! Reading goes on while a long body is being written, so that an answer that comes early
//! (413 and the like) is seen even where the peer then stops reading.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use bytes::{BufMut, Bytes};
use runner_net::Stream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::io::poll_read_buf;

use super::decode::Decoder;
use super::encode::{Outgoing, encode_head};
use super::head::Head;
use crate::call::Progress;
use crate::error::Fault;

/// Bodies up to this size go out in the same packet as their head.
const INLINE_BODY: usize = 16 * 1024;
const SCRATCH: usize = 64 * 1024;

thread_local! {
    static OUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static IN: RefCell<Box<[u8]>> = RefCell::new(vec![0; SCRATCH].into());
}

/// A connection that is free for one request.
#[derive(Debug)]
pub(crate) struct H1 {
    io: Stream,
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub head: Head,
    pub body: Bytes,
    /// The request has been sent to its end.
    pub complete: bool,
    /// What was read behind the end of the answer: nobody has asked for it, unless the protocol
    /// was switched.
    pub surplus: Vec<u8>,
}

impl Answer {
    /// The connection is at the start of a next answer.
    pub fn reusable(&self) -> bool {
        self.head.keep_alive && self.complete && self.surplus.is_empty()
    }
}

impl H1 {
    pub fn new(io: Stream) -> Self {
        Self { io }
    }

    /// The connection without what is spoken on it.
    pub fn into_stream(self) -> Stream {
        self.io
    }

    /// Whether an idle connection can still be used: it was neither closed nor has the peer
    /// said anything unasked. Costs no system call where nothing has happened.
    pub fn is_open(&mut self) -> bool {
        let mut byte = [0u8; 1];
        let mut buf = ReadBuf::new(&mut byte);
        let mut cx = Context::from_waker(Waker::noop());
        Pin::new(&mut self.io)
            .poll_read(&mut cx, &mut buf)
            .is_pending()
    }

    /// Sends a request and reads the answer. `keep`: the body is wanted. A fault leaves what
    /// was read of a body in `progress`.
    pub async fn round(
        &mut self,
        out: &Outgoing<'_>,
        keep: bool,
        progress: &mut Progress,
    ) -> Result<Answer, Fault> {
        let decoder = Decoder::new(*out.method == http::Method::HEAD, keep);
        let mut reading = Reading {
            decoder,
            progress,
            keep,
        };
        let mut writer = Writer::Start;
        let mut write_fault = None;
        let mut surplus = Vec::new();
        let outcome = poll_fn(|cx| {
            if !matches!(writer, Writer::Done)
                && let Poll::Ready(result) = writer.poll(&mut self.io, cx, out)
            {
                writer = Writer::Done;
                match result {
                    Ok(()) => reading.progress.sent(),
                    Err(error) => write_fault = Some(Fault::io("write", &error)),
                }
            }
            while !reading.decoder.done() {
                match ready!(read(
                    &mut self.io,
                    cx,
                    &mut reading.decoder,
                    reading.progress,
                    &mut surplus
                )) {
                    Ok(()) => {}
                    Err(fault) => return Poll::Ready(Err(fault)),
                }
            }
            Poll::Ready(Ok(()))
        })
        .await;
        if let Err(fault) = outcome {
            // Why the peer hung up is said better by the write that failed.
            let fault = write_fault.unwrap_or(fault);
            let stale = reading.progress.first_byte.is_none();
            return Err(fault.stale(stale));
        }
        let complete = matches!(writer, Writer::Done) && write_fault.is_none();
        // From here on there is nothing partial to save.
        reading.keep = false;
        let (Some(head), body) = reading.decoder.take() else {
            return Err(Fault::other("EOF"));
        };
        reading.progress.end();
        Ok(Answer {
            head,
            body,
            complete,
            surplus,
        })
    }
}

/// An answer that is being read. Dropped before its end, by a fault or by the timeout of the
/// call, it leaves what has come of the body in `progress`.
struct Reading<'a> {
    decoder: Decoder,
    progress: &'a mut Progress,
    keep: bool,
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        if self.keep && self.decoder.has_head() {
            self.progress.partial = Some(self.decoder.take().1);
        }
    }
}

/// Reads once; what is behind the end of the answer goes to `surplus`.
fn read(
    io: &mut Stream,
    cx: &mut Context<'_>,
    decoder: &mut Decoder,
    progress: &mut Progress,
    surplus: &mut Vec<u8>,
) -> Poll<Result<(), Fault>> {
    if let Some((body, left)) = decoder.in_place() {
        let mut space = body.limit(left);
        return match ready!(poll_read_buf(Pin::new(io), cx, &mut space)) {
            Ok(0) => Poll::Ready(decoder.eof()),
            Ok(len) => {
                decoder.read_in_place(len);
                Poll::Ready(Ok(()))
            }
            Err(error) => Poll::Ready(Err(Fault::io("read", &error))),
        };
    }
    IN.with_borrow_mut(|scratch| {
        let mut buf = ReadBuf::new(scratch);
        match ready!(Pin::new(io).poll_read(cx, &mut buf)) {
            Ok(()) if buf.filled().is_empty() => Poll::Ready(decoder.eof()),
            Ok(()) => {
                progress.received();
                let data = buf.filled();
                let used = decoder.feed(data)?;
                surplus.extend_from_slice(data.get(used..).unwrap_or_default());
                Poll::Ready(Ok(()))
            }
            // A peer that skips the closing handshake of TLS has closed all the same.
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                Poll::Ready(decoder.eof())
            }
            Err(error) => Poll::Ready(Err(Fault::io("read", &error))),
        }
    })
}

/// How far the request has been written.
enum Writer {
    Start,
    /// What is left of the head (and of a short body), then the body from an offset.
    Rest {
        bytes: Vec<u8>,
        at: usize,
        body_at: usize,
    },
    Flush,
    Done,
}

impl Writer {
    fn poll(
        &mut self,
        io: &mut Stream,
        cx: &mut Context<'_>,
        out: &Outgoing<'_>,
    ) -> Poll<std::io::Result<()>> {
        loop {
            match self {
                Self::Start => *self = Self::start(io, cx, out)?,
                Self::Rest { bytes, at, body_at } => {
                    ready!(write(io, cx, bytes, at))?;
                    let body = out.body.map(Bytes::as_ref).unwrap_or_default();
                    ready!(write(io, cx, body, body_at))?;
                    *self = Self::Flush;
                }
                Self::Flush => {
                    ready!(Pin::new(&mut *io).poll_flush(cx))?;
                    *self = Self::Done;
                }
                Self::Done => return Poll::Ready(Ok(())),
            }
        }
    }

    fn start(io: &mut Stream, cx: &mut Context<'_>, out: &Outgoing<'_>) -> std::io::Result<Self> {
        OUT.with_borrow_mut(|buf| {
            buf.clear();
            encode_head(out, buf);
            let body = out.body.map(Bytes::as_ref).unwrap_or_default();
            let mut body_at = 0;
            if body.len() <= INLINE_BODY {
                buf.extend_from_slice(body);
                body_at = body.len();
            }
            let mut at = 0;
            match write(io, cx, buf, &mut at) {
                Poll::Ready(Ok(())) if body_at == body.len() => Ok(Self::Flush),
                Poll::Ready(Ok(())) => Ok(Self::Rest {
                    bytes: Vec::new(),
                    at: 0,
                    body_at,
                }),
                Poll::Ready(Err(error)) => Err(error),
                Poll::Pending => {
                    let bytes = buf.get(at..).unwrap_or_default().to_vec();
                    Ok(Self::Rest {
                        bytes,
                        at: 0,
                        body_at,
                    })
                }
            }
        })
    }
}

fn write(
    io: &mut Stream,
    cx: &mut Context<'_>,
    bytes: &[u8],
    at: &mut usize,
) -> Poll<std::io::Result<()>> {
    while let Some(rest) = bytes.get(*at..).filter(|rest| !rest.is_empty()) {
        match ready!(Pin::new(&mut *io).poll_write(cx, rest))? {
            0 => return Poll::Ready(Err(std::io::ErrorKind::WriteZero.into())),
            len => *at += len,
        }
    }
    Poll::Ready(Ok(()))
}
