//! `/cookies` and how they are set and deleted.

use http::StatusCode;
use http::header::SET_COOKIE;
use serde_json::{Value, json};

use crate::reply::{self, Reply};
use crate::request::Call;

/// `GET /cookies`: those that came with the request.
pub(crate) fn show(call: &Call) -> Reply {
    reply::json(
        StatusCode::OK,
        json!({ "cookies": Value::Object(call.cookies()) }),
    )
}

/// Sets each cookie for `/` and redirects to `/cookies`.
pub(crate) fn set(cookies: &[(String, String)]) -> Reply {
    change(cookies, |name, value| format!("{name}={value}; Path=/"))
}

/// Makes each cookie expire and redirects to `/cookies`.
pub(crate) fn delete(cookies: &[(String, String)]) -> Reply {
    change(cookies, |name, _| {
        format!("{name}=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/")
    })
}

fn change(cookies: &[(String, String)], line: impl Fn(&str, &str) -> String) -> Reply {
    let mut answer = reply::redirect(StatusCode::FOUND, "/cookies");
    for (name, value) in cookies {
        reply::header(&mut answer, SET_COOKIE, &line(name, value));
    }
    answer
}
