//! `--http-debug`: requests and answers as text.

use std::fmt::Write as _;

use runner_values::HttpDebug;

use crate::call::Received;
use crate::h1::{Outgoing, each_header};
use crate::headers::canonical_name;

/// What a dump shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DumpKind {
    /// What went out.
    Request,
    /// What came back.
    Response,
}

pub(crate) fn request(out: &Outgoing<'_>, debug: HttpDebug) -> String {
    let mut text = format!(
        "{} {} HTTP/1.1\nHost: {}\n",
        out.method,
        out.target.path(),
        out.host()
    );
    if let Some(len) = out.content_length() {
        let _ = writeln!(text, "Content-Length: {len}");
    }
    each_header(out, |name, value| {
        let _ = writeln!(text, "{}: {value}", canonical_name(name));
    });
    text.push('\n');
    if debug == HttpDebug::Full {
        text.push_str(&String::from_utf8_lossy(
            out.body.map(AsRef::as_ref).unwrap_or_default(),
        ));
        text.push('\n');
    }
    text
}

pub(crate) fn response(answer: &Received, debug: HttpDebug) -> String {
    let mut text = format!(
        "{} {}\n",
        answer.protocol.as_str(),
        answer.headers.status_text(answer.status)
    );
    for (name, value) in answer.headers.to_vec() {
        let _ = writeln!(text, "{name}: {value}");
    }
    text.push('\n');
    if debug == HttpDebug::Full {
        text.push_str(&String::from_utf8_lossy(&answer.body));
        text.push('\n');
    }
    text
}
