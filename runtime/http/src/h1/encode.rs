//! The head of a request, written straight into the bytes that go out. Names are put in
//! canonical form on the way.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Method;

use super::field::trim;
use crate::error::Fault;
use crate::headers::{canonical_name, is_token, is_value};
use crate::target::Target;

/// One hop as it goes out, in either version of HTTP.
pub(crate) struct Outgoing<'a> {
    pub method: &'a Method,
    pub target: &'a Target,
    /// The script's.
    pub headers: &'a [(String, String)],
    /// The client's own: `Referer`, `Content-Encoding`, `Authorization`.
    pub extra: &'a [(&'static str, String)],
    pub cookie: Option<&'a str>,
    pub user_agent: Option<&'a str>,
    pub body: Option<&'a Bytes>,
    /// Ask the peer to close the connection.
    pub close: bool,
    /// The redirects have left the host that the script's credentials were meant for.
    pub foreign: bool,
    /// Send the credentials of the URL.
    pub basic: bool,
    /// On a connection of its own, which is handed out where the peer switches protocols.
    pub upgrade: bool,
}

impl Outgoing<'_> {
    /// Value of `Host`, or of `:authority`.
    pub fn host(&self) -> &str {
        let given = self
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("host"));
        match given {
            Some((_, value)) if !self.foreign => value,
            _ => self.target.authority(),
        }
    }

    /// Value of `Content-Length`, where there is one.
    pub fn content_length(&self) -> Option<usize> {
        let len = self.body.map_or(0, Bytes::len);
        let expected = matches!(*self.method, Method::POST | Method::PUT | Method::PATCH);
        (len > 0 || expected).then_some(len)
    }

    pub fn wants_close(&self) -> bool {
        self.close
            || self.headers.iter().any(|(name, value)| {
                name.eq_ignore_ascii_case("connection") && value.eq_ignore_ascii_case("close")
            })
    }
}

/// Refuses what no header can hold, in Go's words.
pub(crate) fn validate(headers: &[(String, String)]) -> Result<(), Fault> {
    for (name, value) in headers {
        if !is_token(name) {
            return Err(Fault::invalid(format!(
                "net/http: invalid header field name {name:?}"
            )));
        }
        if !is_value(value) {
            let name = canonical_name(name);
            return Err(Fault::invalid(format!(
                "net/http: invalid header field value for {name:?}"
            )));
        }
    }
    Ok(())
}

/// Visits all headers but `Host` and `Content-Length`; names in any case.
pub(crate) fn each_header(out: &Outgoing<'_>, mut visit: impl FnMut(&str, &str)) {
    let (mut agent, mut authorized) = (false, false);
    for (name, value) in out.headers {
        let skip = match name.len() {
            4 => name.eq_ignore_ascii_case("host"),
            6 => name.eq_ignore_ascii_case("cookie"),
            7 => name.eq_ignore_ascii_case("trailer"),
            10 if name.eq_ignore_ascii_case("user-agent") => {
                agent = true;
                // Given and empty, it is left out, as is the default one.
                value.is_empty()
            }
            13 if name.eq_ignore_ascii_case("authorization") => {
                authorized = !out.foreign;
                out.foreign
            }
            14 => name.eq_ignore_ascii_case("content-length"),
            16 if name.eq_ignore_ascii_case("www-authenticate") => out.foreign,
            17 => name.eq_ignore_ascii_case("transfer-encoding"),
            _ => false,
        };
        if !skip {
            visit(name, value);
        }
    }
    if let Some(value) = out.user_agent.filter(|_| !agent) {
        visit("User-Agent", value);
    }
    for (name, value) in out.extra {
        authorized |= *name == "Authorization";
        visit(name, value);
    }
    if out.basic
        && !authorized
        && let Some((user, password)) = out.target.credentials()
    {
        let value = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
        visit("Authorization", &value);
    }
    if let Some(cookie) = out.cookie {
        visit("Cookie", cookie);
    }
}

/// Appends request line and headers with the blank line behind them. Blanks around a value are no
/// part of it.
pub(crate) fn encode_head(out: &Outgoing<'_>, buf: &mut Vec<u8>) {
    buf.extend_from_slice(out.method.as_str().as_bytes());
    buf.push(b' ');
    buf.extend_from_slice(out.target.path().as_bytes());
    buf.extend_from_slice(b" HTTP/1.1\r\nHost: ");
    buf.extend_from_slice(out.host().as_bytes());
    if let Some(len) = out.content_length() {
        buf.extend_from_slice(format!("\r\nContent-Length: {len}").as_bytes());
    }
    let mut connection = false;
    each_header(out, |name, value| {
        connection |= name.eq_ignore_ascii_case("connection");
        buf.extend_from_slice(b"\r\n");
        push_canonical(name, buf);
        buf.extend_from_slice(b": ");
        buf.extend_from_slice(trim(value.as_bytes()));
    });
    if out.close && !connection {
        buf.extend_from_slice(b"\r\nConnection: close");
    }
    buf.extend_from_slice(b"\r\n\r\n");
}

fn push_canonical(name: &str, buf: &mut Vec<u8>) {
    let mut upper = true;
    buf.extend(name.bytes().map(|byte| {
        let written = if upper {
            byte.to_ascii_uppercase()
        } else {
            byte.to_ascii_lowercase()
        };
        upper = byte == b'-';
        written
    }));
}
