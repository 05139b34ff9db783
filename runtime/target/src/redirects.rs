//! The redirect chains and `/redirect-to`.

use http::StatusCode;

use crate::reply::{self, Reply};
use crate::request::Call;

/// Longest chain.
const LONGEST: u32 = 10_000;

/// What the `Location` of a chain looks like.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// `/redirect/:n`: relative, or absolute with `?absolute=true`.
    Mixed,
    Relative,
    Absolute,
}

/// `count` redirects with 302, the last one to `/get`.
pub(crate) fn chain(call: &Call, count: &str, style: Style) -> Reply {
    let count = match count.parse::<u32>() {
        Ok(count) if (1..=LONGEST).contains(&count) => count,
        _ => return reply::bad_request(format!("a chain has 1 to {LONGEST} redirects")),
    };
    let absolute = match style {
        Style::Absolute => true,
        Style::Relative => false,
        Style::Mixed => call
            .parameter("absolute")
            .is_some_and(|value| value == "true"),
    };
    let path = match (count, absolute) {
        (1, _) => "/get".to_owned(),
        (_, true) => format!("/absolute-redirect/{}", count - 1),
        (_, false) => format!("/relative-redirect/{}", count - 1),
    };
    let location = if absolute {
        format!("{}://{}{path}", call.scheme, call.host())
    } else {
        path
    };
    reply::redirect(StatusCode::FOUND, &location)
}

/// To `?url=` with `?status_code=` (302 where it is no redirect).
pub(crate) fn to(call: &Call) -> Reply {
    // The body of a form can carry them too.
    let form = crate::request::pairs(&call.body);
    let find = |name: &str| {
        call.parameter(name).or_else(|| {
            form.iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.clone())
        })
    };
    let Some(url) = find("url") else {
        return reply::bad_request("where to? use ?url=…");
    };
    let status = find("status_code")
        .and_then(|code| StatusCode::from_bytes(code.as_bytes()).ok())
        .filter(StatusCode::is_redirection)
        .unwrap_or(StatusCode::FOUND);
    reply::redirect(status, &url)
}
