//! `/fault/…`: answers that no decent server gives, for tests of what a client makes of them.

use bytes::Bytes;
use http::StatusCode;
use http::header::CONTENT_ENCODING;

use crate::body::Body;
use crate::reply::{self, BYTES, Reply, TEXT};
use crate::request::Call;
use crate::wire::{End, Script};

/// Breaks the connection, or the answer, as `name` says.
pub(crate) fn play(call: &Call, name: &str) -> Reply {
    let (bytes, end) = match name {
        "close" => ("", End::Close),
        "reset" => (
            "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nthe first half",
            End::Reset,
        ),
        "reset-early" => ("", End::Reset),
        "truncated" => (
            "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\ntoo short",
            End::Close,
        ),
        "bad-chunk" => (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nnot hex\r\n",
            End::Close,
        ),
        "bad-status-line" => ("NOT HTTP AT ALL\r\n\r\n", End::Close),
        "bad-header" => ("HTTP/1.1 200 OK\r\nno colon here\r\n\r\n", End::Close),
        "bad-length" => (
            "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
            End::Close,
        ),
        "endless" => return endless(),
        "bad-gzip" => return bad_gzip(),
        _ => return reply::not_found(),
    };
    call.wire.play(Script {
        bytes: Bytes::from_static(bytes.as_bytes()),
        end,
    });
    // Never seen by the client: it only makes hyper write.
    reply::empty(StatusCode::OK)
}

/// A body without end, as fast as the client reads it.
fn endless() -> Reply {
    let body = Body::stream(|pieces| async move {
        let piece = Bytes::from_static(&[b'.'; 16 << 10]);
        while pieces.send(piece.clone()).await.is_ok() {}
    });
    reply::typed(StatusCode::OK, BYTES, body)
}

/// Says gzip and is not.
fn bad_gzip() -> Reply {
    let mut answer = reply::whole(StatusCode::OK, TEXT, "this is not gzip");
    reply::header(&mut answer, CONTENT_ENCODING, "gzip");
    answer
}
