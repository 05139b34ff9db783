//! URLs by the rules of Go's net/url, which are not those of browsers: paths keep their dots,
//! backslashes are characters like others, and what cannot be read is refused with Go's words.
//! Kept are the escaped forms, as they are sent and shown.

use std::fmt;

use super::escape::{Place, escape, normal, unescape};
use crate::error::quoted;

/// A URL taken apart. Parts that are missing are empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct Url {
    /// In lower case.
    pub scheme: String,
    /// What follows the scheme where that is no path: `a@b` of `mailto:a@b`.
    pub opaque: String,
    pub user: Option<User>,
    /// With its port and brackets, without escapes.
    pub host: String,
    pub path: String,
    /// Without its question mark, which can stand alone.
    pub query: Option<String>,
    pub fragment: String,
}

/// What stands before the `@`, without escapes.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub name: String,
    pub password: Option<String>,
}

impl Url {
    /// The error is the whole message: `parse "…": …`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (rest, fragment) = text.split_once('#').unwrap_or((text, ""));
        let message = |url: &str, problem| format!("parse {}: {problem}", quoted(url.as_bytes()));
        let mut url = Self::without_fragment(rest).map_err(|problem| message(rest, problem))?;
        url.fragment = normal(fragment, Place::Fragment).map_err(|p| message(text, p))?;
        Ok(url)
    }

    fn without_fragment(text: &str) -> Result<Self, String> {
        if text.bytes().any(|byte| byte < 0x20 || byte == 0x7f) {
            return Err("net/url: invalid control character in URL".to_owned());
        }
        let (scheme, rest) = split_scheme(text)?;
        let mut url = Self {
            scheme: scheme.to_ascii_lowercase(),
            ..Self::default()
        };
        let rest = match rest.split_once('?') {
            Some((rest, query)) => {
                url.query = Some(query.to_owned());
                rest
            }
            None => rest,
        };
        if !rest.starts_with('/') {
            if !scheme.is_empty() {
                rest.clone_into(&mut url.opaque);
                return Ok(url);
            }
            if rest
                .split('/')
                .next()
                .is_some_and(|first| first.contains(':'))
            {
                return Err("first path segment in URL cannot contain colon".to_owned());
            }
        }
        let local = scheme.is_empty() && rest.starts_with("///");
        let path = match rest.strip_prefix("//").filter(|_| !local) {
            Some(rest) => {
                let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                url.set_authority(authority)?;
                path
            }
            None => rest,
        };
        url.path = normal(path, Place::Path)?;
        Ok(url)
    }

    fn set_authority(&mut self, authority: &str) -> Result<(), String> {
        let Some((user, host)) = authority.rsplit_once('@') else {
            self.host = parse_host(authority)?;
            return Ok(());
        };
        self.host = parse_host(host)?;
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte);
        if !user.bytes().all(fits) {
            return Err("net/url: invalid userinfo".to_owned());
        }
        let plain = |text| unescape(text, Place::User).map(|bytes| lossy(&bytes));
        let (name, password) = match user.split_once(':') {
            Some((name, password)) => (name, Some(password)),
            None => (user, None),
        };
        self.user = Some(User {
            name: plain(name)?,
            password: password.map(plain).transpose()?,
        });
        Ok(())
    }

    /// Host without brackets, and port as it is written.
    pub fn host_and_port(&self) -> (&str, &str) {
        let (host, port) = match self.host.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => (host, port),
            _ => (self.host.as_str(), ""),
        };
        let inner = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
        (inner.unwrap_or(host), port)
    }

    /// Where a reference leads that was found at this URL.
    pub fn resolve(&self, reference: &str) -> Result<Self, String> {
        let mut next = Self::parse(reference)?;
        let absolute = !next.scheme.is_empty();
        if !absolute {
            next.scheme.clone_from(&self.scheme);
        }
        if absolute || !next.host.is_empty() || next.user.is_some() {
            next.path = without_dots(&next.path);
            return Ok(next);
        }
        if next.path.is_empty() && next.query.is_none() {
            next.query.clone_from(&self.query);
            if next.fragment.is_empty() {
                next.fragment.clone_from(&self.fragment);
            }
        }
        next.host.clone_from(&self.host);
        next.user.clone_from(&self.user);
        let path = if next.path.is_empty() {
            self.path.clone()
        } else if next.path.starts_with('/') {
            next.path
        } else {
            let folder = self.path.rfind('/').map_or(0, |at| at + 1);
            format!(
                "{}{}",
                self.path.get(..folder).unwrap_or_default(),
                next.path
            )
        };
        next.path = without_dots(&path);
        Ok(next)
    }

    /// The whole URL with something else for its credentials.
    pub fn with_user(&self, user: Option<&str>) -> String {
        let mut text = String::new();
        let _ = self.write(&mut text, user);
        text
    }

    fn write(&self, out: &mut impl fmt::Write, user: Option<&str>) -> fmt::Result {
        if !self.scheme.is_empty() {
            write!(out, "{}:", self.scheme)?;
        }
        if !self.opaque.is_empty() {
            out.write_str(&self.opaque)?;
        } else if !self.host.is_empty() || self.user.is_some() {
            out.write_str("//")?;
            if let Some(user) = user {
                write!(out, "{user}@")?;
            }
            let host = escape(self.host.as_bytes(), Place::Host);
            write!(out, "{host}{}", self.path)?;
        } else {
            out.write_str(&self.path)?;
        }
        if let Some(query) = &self.query {
            write!(out, "?{query}")?;
        }
        if !self.fragment.is_empty() {
            write!(out, "#{}", self.fragment)?;
        }
        Ok(())
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = self.user.as_ref().map(ToString::to_string);
        self.write(f, user.as_deref())
    }
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&escape(self.name.as_bytes(), Place::User))?;
        match &self.password {
            Some(password) => write!(f, ":{}", escape(password.as_bytes(), Place::User)),
            None => Ok(()),
        }
    }
}

/// The scheme, empty where there is none, and what follows its colon.
fn split_scheme(text: &str) -> Result<(&str, &str), String> {
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return Err("missing protocol scheme".to_owned()),
            b':' => {
                let (scheme, rest) = text.split_at(at);
                return Ok((scheme, rest.get(1..).unwrap_or_default()));
            }
            _ => break,
        }
    }
    Ok(("", text))
}

fn parse_host(host: &str) -> Result<String, String> {
    if !host.starts_with('[') {
        if let Some(colon) = host.rfind(':') {
            check_port(host.get(colon..).unwrap_or_default())?;
        }
        return unescape(host, Place::Host).map(|host| lossy(&host));
    }
    let Some(end) = host.rfind(']') else {
        return Err("missing ']' in host".to_owned());
    };
    let (address, port) = host.split_at(end);
    check_port(port.get(1..).unwrap_or_default())?;
    let (address, zone) = address.split_at(address.find("%25").unwrap_or(end));
    let mut plain = unescape(address, Place::Host)?;
    plain.extend(unescape(zone, Place::Zone)?);
    plain.extend(unescape(port, Place::Host)?);
    Ok(lossy(&plain))
}

/// Nothing, or a colon with digits.
fn check_port(port: &str) -> Result<(), String> {
    let digits = port.strip_prefix(':').map(str::as_bytes);
    if port.is_empty() || digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_digit)) {
        return Ok(());
    }
    let port = quoted(port.as_bytes());
    Err(format!("invalid port {port} after host"))
}

/// Resolves `.` and `..`. What is not empty starts with a slash afterwards.
fn without_dots(path: &str) -> String {
    if path.is_empty() {
        return String::new();
    }
    let mut kept: Vec<&str> = Vec::new();
    let relative = path.strip_prefix('/').unwrap_or(path);
    for segment in relative.split('/') {
        match segment {
            "." => {}
            ".." => drop(kept.pop()),
            _ => kept.push(segment),
        }
    }
    // A folder stays one.
    if matches!(relative.rsplit('/').next(), Some("." | "..")) {
        kept.push("");
    }
    format!("/{}", kept.join("/"))
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(url: &str) -> String {
        Url::parse(url).map_or_else(|problem| problem, |url| url.to_string())
    }

    #[test]
    fn urls_are_spelled_as_in_go() {
        for (url, wanted) in [
            (
                "HTTP://Us%65r:p%3a@Ex.com:80/a?b c#d e",
                "http://User:p%3A@Ex.com:80/a?b c#d%20e",
            ),
            ("http://h/a%41 b", "http://h/aA%20b"),
            ("http://h/a%2fb%c3", "http://h/a%2fb%c3"),
            (
                "http://h/\"<>\\^`{|}",
                "http://h/%22%3C%3E%5C%5E%60%7B%7C%7D",
            ),
            (
                "http://h/!$&'()*+,;=:@[]~#!'()*",
                "http://h/!$&'()*+,;=:@[]~#!'()*",
            ),
            (
                "http://h/\u{e4}?\u{e4}#\u{e4}",
                "http://h/%C3%A4?\u{e4}#%C3%A4",
            ),
            ("http://h/../a/./b//", "http://h/../a/./b//"),
            ("http://h?", "http://h?"),
            ("http://h#", "http://h"),
            ("http://h??a", "http://h??a"),
            ("http://@h/", "http://@h/"),
            ("http://u:@h/", "http://u:@h/"),
            ("http://[fe80::1%25lo]:1/", "http://[fe80::1%25lo]:1/"),
            ("mailto:a@b", "mailto:a@b"),
            ("//h/x", "//h/x"),
            ("a/b:c", "a/b:c"),
            ("", ""),
        ] {
            assert_eq!(spelled(url), wanted, "{url}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_in_gos_words() {
        for (url, problem) in [
            (":", "missing protocol scheme"),
            ("://h", "missing protocol scheme"),
            (
                "127.0.0.1:80/x",
                "first path segment in URL cannot contain colon",
            ),
            ("[::1]", "first path segment in URL cannot contain colon"),
            (
                "1http://h",
                "first path segment in URL cannot contain colon",
            ),
            (
                " http://h",
                "first path segment in URL cannot contain colon",
            ),
            ("http://[::1", "missing ']' in host"),
            ("http://[::1]x/", "invalid port \"x\" after host"),
            ("http://a:b/", "invalid port \":b\" after host"),
            ("http://a:-1/", "invalid port \":-1\" after host"),
            ("http://a b/", "invalid character \" \" in host name"),
            ("http://a\\b/", "invalid character \"\\\\\" in host name"),
            ("http://a%20b/", "invalid URL escape \"%20\""),
            ("http://a%zz/", "invalid URL escape \"%zz\""),
            ("http://[fe80::1%lo]/", "invalid URL escape \"%lo\""),
            ("http://h/%zz", "invalid URL escape \"%zz\""),
            ("http://h/%", "invalid URL escape \"%\""),
            ("http://u%zz@h/", "invalid URL escape \"%zz\""),
            ("http://u v@h/", "net/url: invalid userinfo"),
        ] {
            assert_eq!(
                spelled(url),
                format!("parse {}: {problem}", quoted(url.as_bytes()))
            );
        }
        let control = spelled("http://h/\u{1}\n");
        assert_eq!(
            control,
            "parse \"http://h/\\x01\\n\": net/url: invalid control character in URL"
        );
        assert_eq!(
            spelled("http://h/#%zz"),
            "parse \"http://h/#%zz\": invalid URL escape \"%zz\""
        );
    }

    #[test]
    fn references_are_resolved_as_in_go() {
        let base = Url::parse("http://u:p@h:1/a/b?q#f").unwrap();
        for (reference, wanted) in [
            ("c", "http://u:p@h:1/a/c"),
            ("/c", "http://u:p@h:1/c"),
            ("../../c/./d/..", "http://u:p@h:1/c/"),
            ("./", "http://u:p@h:1/a/"),
            ("?x", "http://u:p@h:1/a/b?x"),
            ("#g", "http://u:p@h:1/a/b?q#g"),
            ("", "http://u:p@h:1/a/b?q#f"),
            ("//o/x", "http://o/x"),
            ("https://o/a/../b", "https://o/b"),
            ("/a b\\c", "http://u:p@h:1/a%20b%5Cc"),
            ("ftp://o", "ftp://o"),
        ] {
            assert_eq!(
                base.resolve(reference).unwrap().to_string(),
                wanted,
                "{reference}"
            );
        }
        assert!(base.resolve("/%zz").is_err());
        assert_eq!(
            Url::parse("http://h").unwrap().resolve("x").unwrap().path,
            "/x"
        );
    }

    #[test]
    fn hosts_and_ports() {
        for (url, host, port) in [
            ("http://h", "h", ""),
            ("http://h:", "h", ""),
            ("http://h:007/", "h", "007"),
            ("http://[::1]:80/", "::1", "80"),
            ("http://[::1%25lo]/", "::1%lo", ""),
            ("http://::1/", ":", "1"),
            ("http://:80/", "", "80"),
        ] {
            assert_eq!(
                Url::parse(url).unwrap().host_and_port(),
                (host, port),
                "{url}"
            );
        }
    }
}
