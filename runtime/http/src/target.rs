//! A URL taken apart once and then shared. URLs are parsed as Go's net/url does rather than
//! as browsers do: the path is sent as typed, dots and all, apart from characters that no
//! request line can hold. A blank in a query becomes `%20`, where Go sends the blank.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Deref;
use std::sync::Arc;

use percent_encoding::percent_decode_str;

use crate::error::{ErrorKind, Fault};

/// Where connections go: scheme, host and port.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// `https`.
    pub tls: bool,
    /// In lower case, without brackets.
    pub host: Box<str>,
    /// Given or implied.
    pub port: u16,
}

/// A parsed URL with everything that requests to it have in common.
#[derive(Debug)]
pub struct Target {
    typed: Box<str>,
    full: Arc<str>,
    clean: Arc<str>,
    origin: Arc<Origin>,
    authority: Box<str>,
    path: Box<str>,
    credentials: Option<Box<(String, String)>>,
    /// The URL can be named but not called.
    fault: Option<Fault>,
}

impl Target {
    /// The URL with its credentials.
    pub fn full(&self) -> &str {
        &self.full
    }

    /// The URL without its credentials.
    pub(crate) fn without_credentials(&self) -> Cow<'_, str> {
        if self.credentials.is_none() {
            return Cow::Borrowed(self.full());
        }
        Cow::Owned(self.clean.replacen("****:****@", "", 1))
    }

    /// The URL with its credentials masked, as in the `url` tag.
    pub fn clean(&self) -> &Arc<str> {
        &self.clean
    }

    /// Where to connect to.
    pub fn origin(&self) -> &Arc<Origin> {
        &self.origin
    }

    pub(crate) fn typed(&self) -> &str {
        &self.typed
    }

    /// Value of `Host`.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// Path and query as on the request line.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn credentials(&self) -> Option<&(String, String)> {
        self.credentials.as_deref()
    }

    pub(crate) fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// Value of `Referer` after a redirect: no credentials, no fragment.
    pub(crate) fn referer(&self) -> String {
        let scheme = if self.origin.tls { "https" } else { "http" };
        format!("{scheme}://{}{}", self.authority, self.path)
    }

    pub(crate) fn parse(typed: &str) -> Result<Self, Fault> {
        if typed.bytes().any(|b| b < 0x20 || b == 0x7f) {
            let shown = typed.escape_default().to_string();
            return Err(Fault::bad_url(
                &shown,
                "net/url: invalid control character in URL",
            ));
        }
        let (rest, fragment) = match typed.split_once('#') {
            Some((rest, fragment)) => (rest, Some(fragment)),
            None => (typed, None),
        };
        let Some((scheme, rest)) = split_scheme(rest) else {
            return Ok(Self::unusable(
                typed,
                "unsupported protocol scheme \"\"".to_owned(),
            ));
        };
        let tls = if scheme.eq_ignore_ascii_case("https") {
            true
        } else if scheme.eq_ignore_ascii_case("http") {
            false
        } else {
            let scheme = scheme.to_ascii_lowercase();
            let message = format!("unsupported protocol scheme \"{scheme}\"");
            return Ok(Self::unusable(typed, message));
        };
        let Some(rest) = rest.strip_prefix("//") else {
            return Ok(Self::unusable(
                typed,
                "http: no Host in request URL".to_owned(),
            ));
        };
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        let (userinfo, host_port) = match authority.rsplit_once('@') {
            Some((userinfo, host_port)) => (Some(userinfo), host_port),
            None => (None, authority),
        };
        let (host, port_text) = split_port(typed, host_port)?;
        if host.is_empty() {
            return Ok(Self::unusable(
                typed,
                "http: no Host in request URL".to_owned(),
            ));
        }
        let host = ascii_host(typed, host)?;
        let mut fault = None;
        let port = match port_text {
            None | Some("") => {
                if tls {
                    443
                } else {
                    80
                }
            }
            Some(text) => text.parse::<u16>().unwrap_or_else(|_| {
                let message = format!("dial tcp: address {text}: invalid port");
                fault = Some(Fault::new(ErrorKind::InvalidRequest, 1210, message));
                0
            }),
        };
        let (path_part, query) = match tail.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (tail, None),
        };
        let escaped = escape(path_part, b"\"<>\\^`{|}");
        let mut authority = String::with_capacity(host_port.len());
        if host.contains(':') {
            let _ = write!(authority, "[{host}]");
        } else {
            authority.push_str(&host);
        }
        if let Some(text) = port_text.filter(|text| !text.is_empty()) {
            let _ = write!(authority, ":{text}");
        }
        let mut path = if escaped.is_empty() {
            "/".to_owned()
        } else {
            escaped.clone()
        };
        if let Some(query) = query {
            path.push('?');
            path.push_str(&escape(query, b"\"<>"));
        }
        let scheme = if tls { "https" } else { "http" };
        let spell = |userinfo: Option<&str>| -> Arc<str> {
            let mut url = format!("{scheme}://");
            if let Some(userinfo) = userinfo {
                let _ = write!(url, "{userinfo}@");
            }
            url.push_str(&authority);
            url.push_str(&escaped);
            if let Some(query) = query {
                let _ = write!(url, "?{query}");
            }
            if let Some(fragment) = fragment {
                let _ = write!(url, "#{fragment}");
            }
            url.into()
        };
        let full = spell(userinfo);
        let clean = match userinfo {
            Some(_) => spell(Some("****:****")),
            None => full.clone(),
        };
        let credentials = userinfo.map(|info| {
            let (user, password) = info.split_once(':').unwrap_or((info, ""));
            let decode = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
            Box::new((decode(user), decode(password)))
        });
        Ok(Self {
            typed: typed.into(),
            full,
            clean,
            origin: Arc::new(Origin {
                tls,
                host: host.to_ascii_lowercase().into(),
                port,
            }),
            authority: authority.into(),
            path: path.into(),
            credentials,
            fault,
        })
    }

    /// A URL that k6 counts as a failed request rather than as a mistake of the script.
    fn unusable(typed: &str, message: String) -> Self {
        let full: Arc<str> = typed.into();
        Self {
            typed: typed.into(),
            full: full.clone(),
            clean: full,
            origin: Arc::new(Origin {
                tls: false,
                host: "".into(),
                port: 0,
            }),
            authority: "".into(),
            path: "/".into(),
            credentials: None,
            fault: Some(Fault::invalid(message)),
        }
    }
}

fn split_scheme(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once(':')?;
    let mut bytes = scheme.bytes();
    let fits = bytes.next().is_some_and(|b| b.is_ascii_alphabetic())
        && bytes.all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    fits.then_some((scheme, rest))
}

fn split_port<'a>(url: &str, text: &'a str) -> Result<(&'a str, Option<&'a str>), Fault> {
    let (host, rest) = if let Some(inner) = text.strip_prefix('[') {
        inner
            .split_once(']')
            .ok_or_else(|| Fault::bad_url(url, "missing ']' in host"))?
    } else {
        text.split_at(text.find(':').unwrap_or(text.len()))
    };
    if rest.is_empty() {
        return Ok((host, None));
    }
    match rest
        .strip_prefix(':')
        .filter(|port| port.bytes().all(|b| b.is_ascii_digit()))
    {
        Some(port) => Ok((host, Some(port))),
        None => Err(Fault::bad_url(
            url,
            &format!("invalid port \"{rest}\" after host"),
        )),
    }
}

fn ascii_host(url: &str, host: &str) -> Result<String, Fault> {
    if let Some(bad) = host.chars().find(|c| " \"<>\\^`{|}%".contains(*c)) {
        let problem = format!("invalid character \"{bad}\" in host name");
        return Err(Fault::bad_url(url, &problem));
    }
    if host.is_ascii() {
        return Ok(host.to_owned());
    }
    match url::Host::parse(host) {
        Ok(host) => Ok(host.to_string()),
        Err(error) => Err(Fault::bad_url(url, &error.to_string())),
    }
}

fn escape(text: &str, also: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte <= 0x20 || byte >= 0x7f || also.contains(&byte) {
            let _ = write!(out, "%{byte:02X}");
        } else {
            out.push(char::from(byte));
        }
    }
    out
}

/// A handle of one VU on a shared target. Counting is done on a word of the VU's own, so
/// that VUs that call the same URL on different cores do not wait for each other's caches.
#[expect(
    clippy::redundant_allocation,
    reason = "the outer count is the VU's own"
)]
#[derive(Clone, Debug)]
pub struct TargetRef(Arc<Arc<Target>>);

impl TargetRef {
    pub(crate) fn new(target: Arc<Target>) -> Self {
        Self(Arc::new(target))
    }
}

impl Deref for TargetRef {
    type Target = Target;

    fn deref(&self) -> &Target {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Target {
        Target::parse(url).unwrap()
    }

    #[test]
    fn takes_urls_apart() {
        let target = parse("HTTPS://us%20er:p%40ss@Example.com:8443/a/../b c?q= x&y=é#frag");
        assert_eq!(target.origin().host.as_ref(), "example.com");
        assert_eq!((target.origin().tls, target.origin().port), (true, 8443));
        assert_eq!(target.authority(), "Example.com:8443");
        assert_eq!(target.path(), "/a/../b%20c?q=%20x&y=%C3%A9");
        assert_eq!(
            target.credentials().unwrap(),
            &("us er".to_owned(), "p@ss".to_owned())
        );
        let clean = "https://****:****@Example.com:8443/a/../b%20c?q= x&y=é#frag";
        assert_eq!(target.clean().as_ref(), clean);
        assert_eq!(
            target.referer(),
            "https://Example.com:8443/a/../b%20c?q=%20x&y=%C3%A9"
        );
    }

    #[test]
    fn short_forms() {
        let target = parse("http://[::1]:80?x");
        assert_eq!((&*target.origin().host, target.path()), ("::1", "/?x"));
        assert_eq!(target.authority(), "[::1]:80");
        assert_eq!(parse("https://h").origin().port, 443);
        assert_eq!(
            parse("http://bücher.example/").authority(),
            "xn--bcher-kva.example"
        );
    }

    #[test]
    fn mistakes_have_the_messages_of_k6() {
        for (url, code, message) in [
            (
                "http://[::1",
                1020,
                "invalid URL: parse \"http://[::1\": missing ']' in host",
            ),
            (
                "http://a b/",
                1020,
                "invalid URL: parse \"http://a b/\": invalid character \" \" in host name",
            ),
            (
                "http://a:b/",
                1020,
                "invalid URL: parse \"http://a:b/\": invalid port \":b\" after host",
            ),
            ("foo", 1000, "unsupported protocol scheme \"\""),
            ("", 1000, "unsupported protocol scheme \"\""),
            ("ftp://x/", 1000, "unsupported protocol scheme \"ftp\""),
            ("http:///x", 1000, "http: no Host in request URL"),
            (
                "http://h:99999/",
                1210,
                "dial tcp: address 99999: invalid port",
            ),
        ] {
            let fault = match Target::parse(url) {
                Ok(target) => target.fault().unwrap().clone(),
                Err(fault) => fault,
            };
            assert_eq!((fault.code, &*fault.message), (code, message), "{url}");
        }
    }
}
