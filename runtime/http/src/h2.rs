//! HTTP/2 through hyper. The connection has a task of its own, because many requests share
//! it; so what is measured here is when the request was handed over and when the head of the
//! answer had come, not single reads and writes.

use std::error::Error as _;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use bytes::{Bytes, BytesMut};
use http::{HeaderName, HeaderValue, Method, Request, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use runner_net::Stream;

use crate::call::{Progress, Received};
use crate::error::{ErrorKind, Fault};
use crate::exchange::Protocol;
use crate::h1::{Outgoing, each_header};
use crate::headers::Headers;

/// Most bytes of headers in an answer, as in HTTP/1.
const MAX_HEADERS: u32 = 10 * 1024 * 1024;

/// A handle on a connection.
#[derive(Clone, Debug)]
pub(crate) struct H2 {
    sender: SendRequest<Full<Bytes>>,
}

impl H2 {
    /// Starts to speak HTTP/2 on a new connection. It ends when all handles are gone.
    pub async fn open(io: Stream) -> Result<Self, Fault> {
        let handshake = http2::Builder::new(TokioExecutor::new())
            .max_header_list_size(MAX_HEADERS)
            .handshake(TokioIo::new(io))
            .await;
        let (sender, connection) = handshake.map_err(|error| fault(&error))?;
        tokio::spawn(async move {
            // The requests on it are told what went wrong.
            let _ = connection.await;
        });
        Ok(Self { sender })
    }

    pub fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// Sends a request and reads the answer. `keep`: the body is wanted.
    pub async fn round(
        &mut self,
        out: &Outgoing<'_>,
        keep: bool,
        progress: &mut Progress,
    ) -> Result<Received, Fault> {
        let request = build(out)?;
        self.sender
            .ready()
            .await
            .map_err(|error| fault(&error).stale(true))?;
        let mut answer = pin!(self.sender.send_request(request));
        let mut handed_over = false;
        let answer = poll_fn(|cx| {
            let poll: Poll<_> = answer.as_mut().poll(cx);
            if !handed_over {
                handed_over = true;
                progress.sent();
            }
            poll
        })
        .await
        .map_err(|error| fault(&error).stale(error.is_canceled() || error.is_closed()))?;
        progress.received();
        let (head, mut body) = answer.into_parts();
        let mut pieces = BytesMut::new();
        let mut whole: Option<Bytes> = None;
        while let Some(frame) = body.frame().await {
            let frame = match frame {
                Ok(frame) => frame,
                Err(error) => {
                    progress.partial = keep.then(|| join(whole, pieces));
                    return Err(fault(&error));
                }
            };
            if let Ok(data) = frame.into_data()
                && keep
            {
                match whole.take() {
                    None if pieces.is_empty() => whole = Some(data),
                    first => {
                        pieces.extend_from_slice(&first.unwrap_or_default());
                        pieces.extend_from_slice(&data);
                    }
                }
            }
        }
        progress.end();
        Ok(Received {
            status: head.status.as_u16(),
            protocol: Protocol::HTTP_2,
            encoded: head.headers.contains_key(header::CONTENT_ENCODING),
            cookies: head.headers.contains_key(header::SET_COOKIE),
            headers: Headers::map(head.headers),
            body: join(whole, pieces),
            upgraded: None,
        })
    }
}

fn join(whole: Option<Bytes>, pieces: BytesMut) -> Bytes {
    whole.unwrap_or_else(|| pieces.freeze())
}

fn build(out: &Outgoing<'_>) -> Result<Request<Full<Bytes>>, Fault> {
    let scheme = if out.target.origin().tls {
        "https"
    } else {
        "http"
    };
    let uri = format!("{scheme}://{}{}", out.host(), out.target.path());
    let uri: Uri = uri
        .parse()
        .map_err(|error| Fault::invalid(format!("{error}")))?;
    let mut request = Request::new(Full::new(out.body.cloned().unwrap_or_default()));
    *request.method_mut() = Method::clone(out.method);
    *request.uri_mut() = uri;
    let mut fault = None;
    let headers = request.headers_mut();
    each_header(out, |name, value| {
        let of_connection = [
            "connection",
            "keep-alive",
            "proxy-connection",
            "upgrade",
            "te",
        ];
        if of_connection
            .iter()
            .any(|other| name.eq_ignore_ascii_case(other))
        {
            return;
        }
        match (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value.trim_matches([' ', '\t'])),
        ) {
            (Ok(name), Ok(value)) => {
                headers.append(name, value);
            }
            _ => fault = Some(Fault::invalid(format!("invalid header {name:?}"))),
        }
    });
    if let Some(len) = out.content_length() {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(len));
    }
    match fault {
        Some(fault) => Err(fault),
        None => Ok(request),
    }
}

fn fault(error: &hyper::Error) -> Fault {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(error) = cause.downcast_ref::<h2::Error>() {
            return h2_fault(error);
        }
        if let Some(error) = cause.downcast_ref::<std::io::Error>() {
            return Fault::io("read", error);
        }
        source = cause.source();
    }
    if error.is_closed() || error.is_canceled() {
        return Fault::other("http2: client connection lost");
    }
    Fault::new(ErrorKind::Http2, 1600, format!("http2: {error}"))
}

fn h2_fault(error: &h2::Error) -> Fault {
    if let Some(error) = error.get_io() {
        return Fault::io("read", error);
    }
    let (base, what) = if error.is_go_away() && error.is_remote() {
        (1610, "received GoAway")
    } else if error.is_reset() {
        (1630, "stream error")
    } else {
        (1650, "connection error")
    };
    let reason = error.reason().map(u32::from);
    let code = match reason.and_then(|reason| u16::try_from(reason).ok()) {
        Some(reason) if reason <= 13 => base + 1 + reason,
        _ => base,
    };
    let name = reason.map_or("unknown", name_of);
    Fault::new(
        ErrorKind::Http2,
        code,
        format!("http2: {what} with http2 ErrCode {name}"),
    )
}

fn name_of(reason: u32) -> &'static str {
    match reason {
        0 => "NO_ERROR",
        1 => "PROTOCOL_ERROR",
        2 => "INTERNAL_ERROR",
        3 => "FLOW_CONTROL_ERROR",
        4 => "SETTINGS_TIMEOUT",
        5 => "STREAM_CLOSED",
        6 => "FRAME_SIZE_ERROR",
        7 => "REFUSED_STREAM",
        8 => "CANCEL",
        9 => "COMPRESSION_ERROR",
        10 => "CONNECT_ERROR",
        11 => "ENHANCE_YOUR_CALM",
        12 => "INADEQUATE_SECURITY",
        13 => "HTTP_1_1_REQUIRED",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_messages() {
        let error = h2::Error::from(h2::Reason::ENHANCE_YOUR_CALM);
        let fault = h2_fault(&error);
        assert_eq!(fault.code, 1662);
        assert_eq!(
            fault.message,
            "http2: connection error with http2 ErrCode ENHANCE_YOUR_CALM"
        );
    }
}
