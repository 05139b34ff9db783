//! One `Set-Cookie` header.

use super::date;

/// A cookie as a server set it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value, without quotes around it.
    pub value: String,
    /// As given; empty where not.
    pub domain: String,
    /// As given; empty where not.
    pub path: String,
    /// Not for scripts of pages; no matter here.
    pub http_only: bool,
    /// For https only.
    pub secure: bool,
    /// Seconds; 0 where not given, -1 for one that deletes the cookie.
    pub max_age: i64,
    /// Unix milliseconds; none for a session cookie.
    pub expires: Option<i64>,
}

/// None where there is no name, or a value that no cookie can have.
pub(crate) fn parse(header: &str) -> Option<Cookie> {
    let mut parts = header.split(';');
    let (name, value) = parts.next()?.split_once('=')?;
    let (name, value) = (name.trim(), value.trim());
    let value = value
        .strip_prefix('"')
        .and_then(|v| v.strip_suffix('"'))
        .unwrap_or(value);
    if !crate::headers::is_token(name) || !valid(value) {
        return None;
    }
    let mut cookie = Cookie {
        name: name.to_owned(),
        value: value.to_owned(),
        ..Cookie::default()
    };
    for part in parts {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let (key, value) = (key.trim(), value.trim());
        if key.eq_ignore_ascii_case("domain") {
            cookie.domain = value.to_owned();
        } else if key.eq_ignore_ascii_case("path") {
            cookie.path = value.to_owned();
        } else if key.eq_ignore_ascii_case("httponly") {
            cookie.http_only = true;
        } else if key.eq_ignore_ascii_case("secure") {
            cookie.secure = true;
        } else if key.eq_ignore_ascii_case("expires") {
            cookie.expires = date::parse(value);
        } else if key.eq_ignore_ascii_case("max-age")
            && let Ok(seconds) = value.parse::<i64>()
        {
            cookie.max_age = if seconds <= 0 { -1 } else { seconds };
        }
    }
    Some(cookie)
}

fn valid(value: &str) -> bool {
    value
        .chars()
        .all(|c| !c.is_control() && !matches!(c, '"' | ';' | '\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_in_any_case() {
        let cookie = parse(
            "a=\"b c\"; PATH=/x; domain=.h.test; Secure; httpOnly; Max-Age=60; \
             Expires=Thu, 01 Jan 1970 00:00:01 GMT",
        )
        .unwrap();
        let wanted = Cookie {
            name: "a".into(),
            value: "b c".into(),
            domain: ".h.test".into(),
            path: "/x".into(),
            http_only: true,
            secure: true,
            max_age: 60,
            expires: Some(1000),
        };
        assert_eq!(cookie, wanted);
        assert_eq!(parse("a=b; max-age=0").unwrap().max_age, -1);
        for bad in ["", "a", "=b", "a b=c", "a=\"", "a=\\"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
