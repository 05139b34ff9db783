//! The connection beneath hyper, and the one thing hyper would never do: break HTTP.
//!
//! An endpoint under `/fault/` plays a [`Script`] on its connection: the next time that hyper
//! writes, the script's bytes go out in place of hyper's, and the connection ends as the
//! script says. On every other connection this costs one atomic load per write.
//!
//! On HTTP/2 the bytes are as foreign to the client as any other garbage, so that it sees a
//! broken connection there; the finer faults are about HTTP/1.1.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// How a broken connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// With FIN.
    Close,
    /// With RST.
    Reset,
}

/// What is sent in place of the answer.
#[derive(Debug)]
pub(crate) struct Script {
    pub(crate) bytes: Bytes,
    pub(crate) end: End,
}

/// The endpoint's handle on its own connection.
#[derive(Default)]
pub(crate) struct Wire {
    armed: AtomicBool,
    script: Mutex<Option<Script>>,
}

impl Wire {
    /// Sends `script` in place of the next thing that hyper writes.
    pub(crate) fn play(&self, script: Script) {
        *self.script.lock() = Some(script);
        self.armed.store(true, Ordering::Release);
    }

    fn take(&self) -> Option<Script> {
        if self.armed.swap(false, Ordering::Acquire) {
            self.script.lock().take()
        } else {
            None
        }
    }
}

/// A stream with a TCP connection at its bottom.
pub(crate) trait Connection: AsyncRead + AsyncWrite + Unpin {
    fn tcp(&self) -> &TcpStream;
}

impl Connection for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Connection for TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

/// A connection whose next answer can be replaced through its [`Wire`].
pub(crate) struct Breakable<S> {
    inner: S,
    wire: Arc<Wire>,
    playing: Option<Script>,
}

impl<S: Connection> Breakable<S> {
    pub(crate) fn new(inner: S, wire: Arc<Wire>) -> Self {
        Self {
            inner,
            wire,
            playing: None,
        }
    }

    /// Ready with the error that ends the connection once the script has been played; ready
    /// with `Ok` when there is none.
    fn poll_script(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.playing.is_none() {
            if !self.wire.armed.load(Ordering::Acquire) {
                return Poll::Ready(Ok(()));
            }
            self.playing = self.wire.take();
        }
        let Some(script) = self.playing.as_mut() else {
            return Poll::Ready(Ok(()));
        };
        while script.bytes.has_remaining() {
            let written = ready!(Pin::new(&mut self.inner).poll_write(context, &script.bytes))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            script.bytes.advance(written);
        }
        ready!(Pin::new(&mut self.inner).poll_flush(context))?;
        if script.end == End::Reset {
            // Closing with a linger time of zero sends RST where FIN would go.
            self.inner.tcp().set_zero_linger()?;
        }
        Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()))
    }
}

impl<S: Connection> AsyncRead for Breakable<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl<S: Connection> AsyncWrite for Breakable<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_script(context))?;
        Pin::new(&mut self.inner).poll_write(context, buffer)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_script(context))?;
        Pin::new(&mut self.inner).poll_write_vectored(context, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}
