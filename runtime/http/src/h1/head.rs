//! The head of an HTTP/1 answer: what framing and the client need to know is picked out in
//! one pass, the rest stays in the raw bytes till somebody asks.

use bytes::Bytes;

use crate::error::Fault;
use crate::exchange::Protocol;

/// Longest head that is accepted.
pub(super) const MAX_HEAD: usize = 256 * 1024;
const USUAL_HEADERS: usize = 48;
const MAX_HEADERS: usize = 4096;

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

fn config() -> httparse::ParserConfig {
    let mut config = httparse::ParserConfig::default();
    config
        .allow_obsolete_multiline_headers_in_responses(true)
        .allow_spaces_after_header_name_in_responses(true)
        .allow_multiple_spaces_in_response_status_delimiters(true);
    config
}

/// Visits the headers of a complete head.
pub(crate) fn with_headers<T>(
    head: &[u8],
    visit: impl FnOnce(&[httparse::Header<'_>]) -> T,
) -> Result<T, httparse::Error> {
    let mut headers = [httparse::EMPTY_HEADER; USUAL_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    match config().parse_response(&mut response, head) {
        Ok(_) => Ok(visit(response.headers)),
        Err(httparse::Error::TooManyHeaders) => {
            let mut headers = vec![httparse::EMPTY_HEADER; MAX_HEADERS];
            let mut response = httparse::Response::new(&mut headers);
            config().parse_response(&mut response, head)?;
            Ok(visit(response.headers))
        }
        Err(error) => Err(error),
    }
}

/// The head at the start of `data` and its length; none where it is not complete.
pub(super) fn parse(data: &[u8], to_head: bool) -> Result<Option<(Head, usize)>, Fault> {
    let mut headers = [const { std::mem::MaybeUninit::uninit() }; USUAL_HEADERS];
    let mut response = httparse::Response::new(&mut []);
    let parsed = config().parse_response_with_uninit_headers(&mut response, data, &mut headers);
    match parsed {
        Ok(httparse::Status::Complete(len)) => {
            read(&response, data, len, to_head).map(|head| Some((head, len)))
        }
        Ok(httparse::Status::Partial) => Ok(None),
        Err(httparse::Error::TooManyHeaders) => {
            let mut headers = vec![httparse::EMPTY_HEADER; MAX_HEADERS];
            let mut response = httparse::Response::new(&mut headers);
            match config().parse_response(&mut response, data) {
                Ok(httparse::Status::Complete(len)) => {
                    read(&response, data, len, to_head).map(|head| Some((head, len)))
                }
                Ok(httparse::Status::Partial) => Ok(None),
                Err(error) => Err(malformed(data, error)),
            }
        }
        Err(error) => Err(malformed(data, error)),
    }
}

fn read(
    response: &httparse::Response<'_, '_>,
    data: &[u8],
    len: usize,
    to_head: bool,
) -> Result<Head, Fault> {
    let status = response.code.unwrap_or_default();
    let old = response.version == Some(0);
    let (mut close, mut keep, mut chunked) = (false, false, false);
    let (mut encoded, mut cookies) = (false, false);
    let mut length: Option<u64> = None;
    for header in response.headers.iter() {
        match header.name.len() {
            10 if header.name.eq_ignore_ascii_case("connection") => {
                for token in tokens(header.value) {
                    close |= token.eq_ignore_ascii_case(b"close");
                    keep |= token.eq_ignore_ascii_case(b"keep-alive");
                }
            }
            10 if header.name.eq_ignore_ascii_case("set-cookie") => cookies = true,
            14 if header.name.eq_ignore_ascii_case("content-length") => {
                let value = content_length(header.value)?;
                if length.is_some_and(|other| other != value) {
                    return Err(Fault::other(
                        "http: message cannot contain multiple Content-Length headers",
                    ));
                }
                length = Some(value);
            }
            16 if header.name.eq_ignore_ascii_case("content-encoding") => encoded = true,
            17 if header.name.eq_ignore_ascii_case("transfer-encoding") && !old => {
                if chunked || !header.value.eq_ignore_ascii_case(b"chunked") {
                    let value = String::from_utf8_lossy(header.value);
                    return Err(Fault::other(format!(
                        "unsupported transfer encoding: {value:?}"
                    )));
                }
                chunked = true;
            }
            _ => {}
        }
    }
    let framing = if to_head || status < 200 || status == 204 || status == 304 {
        Framing::None
    } else if chunked {
        Framing::Chunked
    } else {
        length.map_or(Framing::Close, Framing::Length)
    };
    Ok(Head {
        raw: Bytes::copy_from_slice(data.get(..len).unwrap_or(data)),
        status,
        protocol: if old {
            Protocol::Http10
        } else {
            Protocol::Http11
        },
        framing,
        keep_alive: !close && (!old || keep) && framing != Framing::Close,
        encoded,
        cookies,
    })
}

fn tokens(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|b| *b == b',').map(<[u8]>::trim_ascii)
}

fn content_length(value: &[u8]) -> Result<u64, Fault> {
    let text = value.trim_ascii();
    std::str::from_utf8(text)
        .ok()
        .filter(|text| text.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| {
            Fault::other(format!(
                "bad Content-Length {:?}",
                String::from_utf8_lossy(text)
            ))
        })
}

fn malformed(data: &[u8], error: httparse::Error) -> Fault {
    match error {
        httparse::Error::HeaderName | httparse::Error::HeaderValue | httparse::Error::NewLine => {
            Fault::other("malformed MIME header line")
        }
        httparse::Error::TooManyHeaders => Fault::other("too many response headers"),
        _ => {
            let line = data
                .split(|b| *b == b'\n')
                .next()
                .unwrap_or_default()
                .trim_ascii();
            let line = line.get(..line.len().min(200)).unwrap_or(line);
            Fault::other(format!(
                "malformed HTTP response {:?}",
                String::from_utf8_lossy(line)
            ))
        }
    }
}
