//! Where a redirect leads and what it changes, by Go's rules: 301, 302 and 303 turn
//! everything but HEAD into a GET without a body, 307 and 308 repeat the request.

use http::Method;

use crate::call::{Call, Received};
use crate::error::{Fault, quoted};
use crate::url::Url;

/// The absolute URL that an answer sends us to; none where it is no redirect.
pub(crate) fn location(call: &Call, answer: &Received) -> Result<Option<String>, Fault> {
    if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = answer.headers.location() else {
        return Ok(None);
    };
    let next = Url::parse(call.target.full()).and_then(|base| base.resolve(&location));
    match next {
        Ok(next) => Ok(Some(next.to_string())),
        Err(problem) => {
            let shown = quoted(location.as_bytes());
            Err(Fault::other(format!(
                "failed to parse Location header {shown}: {problem}"
            )))
        }
    }
}

/// Makes the call ready for its next hop, of which only the target is left to set.
pub(crate) fn apply(call: &mut Call, answer: &Received) {
    call.extra
        .retain(|(name, _)| !matches!(*name, "Referer" | "Authorization"));
    if call.request.header("referer").is_none() {
        call.extra.push(("Referer", call.target.referer()));
    }
    if !matches!(answer.status, 307 | 308) {
        if call.method != Method::HEAD {
            call.method = Method::GET;
        }
        call.body = None;
        call.extra.retain(|(name, _)| *name != "Content-Encoding");
    }
}

/// Whether credentials that were meant for one host may go to another: only to itself and to
/// the hosts below it.
pub(crate) fn is_foreign(first: &str, next: &str) -> bool {
    first != next
        && !next
            .strip_suffix(first)
            .is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_stay_at_home() {
        assert!(!is_foreign("h.test", "h.test"));
        assert!(!is_foreign("h.test", "a.h.test"));
        assert!(is_foreign("a.h.test", "h.test"));
        assert!(is_foreign("h.test", "xh.test"));
    }
}
