//! The body of an answer: whole, or produced piece by piece.
//!
//! Whole bodies are one `Bytes` and cost nothing beyond it, because `/` and `/get` must be
//! fast. Streams come from a task of their own through a channel of one piece, so that a
//! client which stops reading also stops the producer, and a client that goes away ends it.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use tokio::sync::mpsc;

/// Where a stream's producer puts its pieces.
pub(crate) type Pieces = mpsc::Sender<Bytes>;

/// Body of an answer.
pub(crate) enum Body {
    /// Everything at once; `None` once it has been handed out.
    Whole(Option<Bytes>),
    /// Pieces as they come, of unknown length.
    Stream(mpsc::Receiver<Bytes>),
}

impl Body {
    /// A body that `produce` writes in a task of its own. `produce` should return as soon as
    /// a send fails: nobody is reading any more.
    pub(crate) fn stream<F, T>(produce: F) -> Self
    where
        F: FnOnce(Pieces) -> T,
        T: Future<Output = ()> + Send + 'static,
    {
        let (pieces, receiver) = mpsc::channel(1);
        tokio::spawn(produce(pieces));
        Self::Stream(receiver)
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::Whole(Some(bytes))
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Self::Whole(bytes) => {
                let piece = bytes.take().filter(|bytes| !bytes.is_empty());
                Poll::Ready(piece.map(|bytes| Ok(Frame::data(bytes))))
            }
            Self::Stream(pieces) => pieces
                .poll_recv(context)
                .map(|piece| piece.map(|bytes| Ok(Frame::data(bytes)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(bytes) => bytes.as_ref().is_none_or(Bytes::is_empty),
            Self::Stream(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            Self::Stream(_) => SizeHint::default(),
        }
    }
}
