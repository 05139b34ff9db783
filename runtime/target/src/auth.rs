//! Basic and bearer authentication. Digest has a file of its own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use serde_json::json;

use crate::reply::{self, Reply};
use crate::request::Call;

/// `/basic-auth/:user/:password`: 200, or 401 with a challenge.
pub(crate) fn basic(call: &Call, user: &str, password: &str) -> Reply {
    if has_basic(call, user, password) {
        return welcome(user);
    }
    challenge("Basic realm=\"Fake Realm\"")
}

/// `/hidden-basic-auth/:user/:password`: 200, or 404 as if nothing were there.
pub(crate) fn hidden_basic(call: &Call, user: &str, password: &str) -> Reply {
    if has_basic(call, user, password) {
        welcome(user)
    } else {
        reply::not_found()
    }
}

/// `/bearer`: any token will do.
pub(crate) fn bearer(call: &Call) -> Reply {
    match bearer_token(call) {
        Some(token) => reply::json(
            StatusCode::OK,
            json!({ "authenticated": true, "token": token }),
        ),
        None => challenge("Bearer"),
    }
}

/// The token of an `Authorization: Bearer …` header.
pub(crate) fn bearer_token(call: &Call) -> Option<&str> {
    let (scheme, token) = call.header(AUTHORIZATION)?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// What a client sees that is in.
pub(crate) fn welcome(user: &str) -> Reply {
    reply::json(
        StatusCode::OK,
        json!({ "authenticated": true, "user": user }),
    )
}

/// 401 with `WWW-Authenticate`.
pub(crate) fn challenge(how: &str) -> Reply {
    let mut answer = reply::empty(StatusCode::UNAUTHORIZED);
    reply::header(&mut answer, WWW_AUTHENTICATE, how);
    answer
}

fn has_basic(call: &Call, user: &str, password: &str) -> bool {
    let credentials = call
        .header(AUTHORIZATION)
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
        .and_then(|(_, encoded)| STANDARD.decode(encoded.trim()).ok());
    credentials.is_some_and(|sent| sent == format!("{user}:{password}").as_bytes())
}
