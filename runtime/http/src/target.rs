//! A URL taken apart once and then shared. The path is sent as typed, dots and all, apart from
//! characters that no request line can hold. A blank in a query becomes `%20`, where Go sends
//! the blank.

use std::fmt::Write as _;
use std::ops::Deref;
use std::sync::Arc;

use runner_net::Error;

use crate::error::{ErrorKind, Fault};
use crate::url::Url;

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
    /// Without credentials, where there are some.
    bare: Option<Box<str>>,
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
    pub(crate) fn without_credentials(&self) -> &str {
        self.bare.as_deref().unwrap_or(&self.full)
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
        let url = Url::parse(typed).map_err(|problem| Fault::bad_url(&problem))?;
        let tls = match url.scheme.as_str() {
            "https" => true,
            "http" => false,
            scheme => {
                let message = format!("unsupported protocol scheme \"{scheme}\"");
                return Ok(Self::unusable(typed, message));
            }
        };
        if url.host.is_empty() {
            let message = "http: no Host in request URL".to_owned();
            return Ok(Self::unusable(typed, message));
        }
        let (host, port_text) = url.host_and_port();
        let ascii = ascii_host(host);
        let mut fault = ascii.is_none().then(|| Error::NoSuchHost.into());
        let port = match port_text {
            "" if tls => 443,
            "" => 80,
            text => text.parse::<u16>().unwrap_or_else(|_| {
                let message = format!("dial tcp: address {text}: invalid port");
                fault = Some(Fault::new(ErrorKind::InvalidRequest, 1210, message));
                0
            }),
        };
        let host = ascii.unwrap_or_default();
        // A zone means something on this machine only.
        let name = host.split('%').next().unwrap_or_default();
        let mut authority = String::with_capacity(url.host.len());
        if url.host.starts_with('[') {
            let _ = write!(authority, "[{name}]");
        } else {
            authority.push_str(name);
        }
        if !port_text.is_empty() {
            let _ = write!(authority, ":{port_text}");
        }
        let mut path = if url.path.is_empty() {
            "/".to_owned()
        } else {
            url.path.clone()
        };
        if let Some(query) = &url.query {
            path.push('?');
            path.push_str(&escape(query, b"\"<>"));
        }
        let full: Arc<str> = url.to_string().into();
        let clean = match url.user {
            Some(_) => url.with_user(Some("****:****")).into(),
            None => full.clone(),
        };
        let bare = url.user.is_some().then(|| url.with_user(None).into());
        let credentials = url
            .user
            .map(|user| Box::new((user.name, user.password.unwrap_or_default())));
        Ok(Self {
            typed: typed.into(),
            full,
            clean,
            bare,
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
            bare: None,
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

/// The name that is looked up; none where nothing could be found by it.
fn ascii_host(host: &str) -> Option<String> {
    if host.is_ascii() {
        return Some(host.to_owned()).filter(|host| !host.is_empty());
    }
    idna::domain_to_ascii(host).ok()
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
                "127.0.0.1:80/x",
                1020,
                "invalid URL: parse \"127.0.0.1:80/x\": first path segment in URL cannot contain \
                 colon",
            ),
            ("foo", 1000, "unsupported protocol scheme \"\""),
            ("", 1000, "unsupported protocol scheme \"\""),
            ("//h/x", 1000, "unsupported protocol scheme \"\""),
            (
                "localhost:80/x",
                1000,
                "unsupported protocol scheme \"localhost\"",
            ),
            ("FTP://x/", 1000, "unsupported protocol scheme \"ftp\""),
            ("http:", 1000, "http: no Host in request URL"),
            ("http:foo", 1000, "http: no Host in request URL"),
            ("http:///x", 1000, "http: no Host in request URL"),
            ("http://:80/", 1101, "lookup: no such host"),
            ("http://[]/", 1101, "lookup: no such host"),
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

    #[test]
    fn zones_are_for_connecting_only() {
        let target = parse("http://[fe80::1%25lo]:1/x");
        assert_eq!(&*target.origin().host, "fe80::1%lo");
        assert_eq!(target.authority(), "[fe80::1]:1");
    }
}
