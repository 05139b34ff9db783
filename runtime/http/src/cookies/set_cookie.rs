//! Cookies as texts: what a server sets, what is sent, and what of it counts. Go's rules.

use super::date;
use crate::headers::is_token;

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

/// A `Set-Cookie` header. None where there is no name, or a value that no cookie can have.
/// Attributes that no cookie can have are passed over.
pub(crate) fn parse(header: &str) -> Option<Cookie> {
    let mut parts = header.split(';').map(trim);
    let (name, value) = pair(parts.next()?)?;
    let mut cookie = Cookie {
        name: name.to_owned(),
        value: value?.to_owned(),
        ..Cookie::default()
    };
    for part in parts {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        if !is_plain(value) {
            continue;
        }
        match key.to_ascii_lowercase().as_str() {
            "domain" => cookie.domain = value.to_owned(),
            "path" => cookie.path = value.to_owned(),
            "httponly" => cookie.http_only = true,
            "secure" => cookie.secure = true,
            "expires" => cookie.expires = date::parse(value),
            "max-age" => {
                if let Some(seconds) = max_age(value) {
                    cookie.max_age = seconds;
                }
            }
            _ => {}
        }
    }
    Some(cookie)
}

/// Names and values of a `Cookie` header, without those that no server would take in.
pub(crate) fn sent(header: &str) -> impl Iterator<Item = (&str, &str)> {
    header
        .split(';')
        .map(trim)
        .filter_map(|part| match part.split_once('=') {
            Some(_) => pair(part).and_then(|(name, value)| Some((name, value?))),
            None => is_token(part).then_some((part, "")),
        })
}

/// Appends one pair to a `Cookie` header. What a value cannot hold is left out of it, and one
/// with blanks or commas is quoted. A name goes out as it is but for the ends of lines.
pub(crate) fn push_pair(header: &mut String, name: &str, value: &str) {
    if !header.is_empty() {
        header.push_str("; ");
    }
    header.extend(name.chars().map(|c| match c {
        '\r' | '\n' => '-',
        c => c,
    }));
    header.push('=');
    let quote = value.contains([' ', ',']);
    if quote {
        header.push('"');
    }
    header.extend(value.bytes().filter(|byte| fits(*byte)).map(char::from));
    if quote {
        header.push('"');
    }
}

/// `name=value`; the value is none where no cookie can have it.
fn pair(text: &str) -> Option<(&str, Option<&str>)> {
    let (name, value) = text.split_once('=')?;
    let name = trim(name);
    let quoted = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
    let value = quoted.unwrap_or(value);
    is_token(name).then_some((name, Some(value).filter(|value| is_plain(value))))
}

/// As Go's `Atoi` reads it, without zeros in front.
fn max_age(value: &str) -> Option<i64> {
    let seconds: i64 = value.parse().ok()?;
    if seconds == 0 || !value.starts_with('0') {
        return Some(if seconds <= 0 { -1 } else { seconds });
    }
    None
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}

fn is_plain(value: &str) -> bool {
    value.bytes().all(fits)
}

fn fits(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b';' | b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_in_any_case() {
        let cookie = parse(
            "a=\"b c\"; PATH=/x; domain=.h.test; Secure=x; httpOnly;Max-Age=60; SameSite=Odd; ; =x; \
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
    }

    #[test]
    fn values_are_those_of_go() {
        for (header, value) in [
            ("a=\"1\"", "1"),
            ("a=\"\"", ""),
            ("a= 1 ", " 1"),
            (" a = 1", " 1"),
            ("a=1,2", "1,2"),
            ("a==b", "=b"),
            ("a=(1)", "(1)"),
            ("a=1; b=2", "1"),
        ] {
            assert_eq!(parse(header).unwrap().value, value, "{header}");
        }
        for bad in [
            "", "a", "=b", "a b=c", "a@b=c", "\"a\"=1", "\u{e4}=1", "a=\"", "a=\"b", "a=b\"",
            "a=\\", "a=\u{e4}", "a=1\tb",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn attributes_that_cannot_be_are_passed_over() {
        for (value, age) in [
            ("60", 60),
            ("+6", 6),
            ("0", -1),
            ("-5", -1),
            ("060", 0),
            ("6x", 0),
            ("", 0),
            ("\"6\"", 0),
            ("1.5", 0),
            ("99999999999999999999", 0),
        ] {
            let cookie = parse(&format!("a=1; Max-Age={value}")).unwrap();
            assert_eq!(cookie.max_age, age, "{value}");
        }
        let cookie = parse("a=1; Path=\"/x\"; Domain=\"h\"; Path =/y; Expires=soon").unwrap();
        assert_eq!(
            cookie,
            Cookie {
                name: "a".into(),
                value: "1".into(),
                ..Cookie::default()
            }
        );
        assert_eq!(parse("a=1;Path=/1;Path=/2").unwrap().path, "/2");
    }

    fn pushed(name: &str, value: &str) -> String {
        let mut header = String::new();
        push_pair(&mut header, name, value);
        header
    }

    #[test]
    fn pairs_go_out_as_go_writes_them() {
        for (value, wanted) in [
            ("v", "a=v"),
            ("", "a="),
            ("b c", "a=\"b c\""),
            ("b,c", "a=\"b,c\""),
            ("\"b c\"", "a=\"b c\""),
            ("\"bc\"", "a=bc"),
            ("b=c", "a=b=c"),
            ("b; c=d\r\nX: y", "a=\"b c=dX: y\""),
            ("\u{e4}\u{1}\t\\\u{7f}", "a="),
        ] {
            assert_eq!(pushed("a", value), wanted, "{value:?}");
        }
        assert_eq!(pushed("a\r\nb c", "v"), "a--b c=v");
    }

    #[test]
    fn what_was_sent_is_read_back() {
        let list: Vec<_> = sent("a=1; b=\"2 3\"; c;;d = 4; e f=5; =6; g=\u{e4}; h=\"").collect();
        assert_eq!(list, [("a", "1"), ("b", "2 3"), ("c", ""), ("d", " 4")]);
    }
}
