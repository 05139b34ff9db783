//! Host names that are blocked or sent elsewhere.
//!
//! A name may begin with `*`, which stands for anything; it may appear nowhere else. Case does
//! not matter.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use crate::Expected;

/// A name, or a suffix after `*`. Kept in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HostnamePattern(String);

impl HostnamePattern {
    /// `example.com`, `*.example.com`, `*`.
    ///
    /// # Errors
    /// Where `*` is not first, or the text cannot be a host name.
    pub fn parse(text: &str) -> Result<Self, Expected> {
        let name = text.strip_prefix('*').unwrap_or(text);
        let legal = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_');
        if text.is_empty() || !name.chars().all(legal) {
            return Err(Expected::fixed("a host name, or * and the end of one"));
        }
        Ok(Self(text.to_lowercase()))
    }

    /// Whether a host name is meant. `*.a.b` means `x.a.b` but not `a.b`. Names of hosts are ASCII
    /// by the time they are looked up.
    pub fn matches(&self, host: &str) -> bool {
        match self.suffix() {
            Some(suffix) => {
                let start = host.len().checked_sub(suffix.len());
                let end = start.and_then(|start| host.get(start..));
                end.is_some_and(|end| end.eq_ignore_ascii_case(suffix))
            }
            None => host.eq_ignore_ascii_case(&self.0),
        }
    }

    /// What follows the `*`; none where the whole name is given.
    pub fn suffix(&self) -> Option<&str> {
        self.0.strip_prefix('*')
    }

    /// As written, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The left side of `hosts`: a name, perhaps with one port only.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HostKey {
    /// The name.
    pub pattern: HostnamePattern,
    /// Only this port; all where none.
    pub port: Option<u16>,
}

impl HostKey {
    /// `name` or `name:port`.
    ///
    /// # Errors
    /// As [`HostnamePattern::parse`], and for bad ports.
    pub fn parse(text: &str) -> Result<Self, Expected> {
        let (name, port) = match text.rsplit_once(':') {
            Some((name, port)) => {
                let wrong = |_| Expected::fixed("a host name with a port from 1 to 65535");
                (name, Some(port.parse().map_err(wrong)?))
            }
            None => (text, None),
        };
        Ok(Self {
            pattern: HostnamePattern::parse(name)?,
            port,
        })
    }
}

impl fmt::Display for HostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.pattern.as_str())?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// The right side of `hosts`: where the name is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostTarget {
    /// The address.
    pub ip: IpAddr,
    /// Another port than the URL's.
    pub port: Option<u16>,
}

impl HostTarget {
    /// `1.2.3.4`, `1.2.3.4:8080`, `::1`, `[::1]:8080`.
    ///
    /// # Errors
    /// For any other text.
    pub fn parse(text: &str) -> Result<Self, Expected> {
        let bare = text
            .strip_prefix('[')
            .and_then(|t| t.strip_suffix(']'))
            .unwrap_or(text);
        if let Ok(ip) = bare.parse() {
            return Ok(Self { ip, port: None });
        }
        let socket: SocketAddr = text
            .parse()
            .map_err(|_| Expected::fixed("an IP address, with a port where it differs"))?;
        Ok(Self {
            ip: socket.ip(),
            port: Some(socket.port()),
        })
    }
}

impl fmt::Display for HostTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => SocketAddr::new(self.ip, port).fmt(f),
            None => self.ip.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let cases = [
            ("Example.com", "EXAMPLE.com", true),
            ("example.com", "www.example.com", false),
            ("*.example.com", "www.example.com", true),
            ("*.example.com", "example.com", false),
            ("*example.com", "myexample.com", true),
            ("*", "anything", true),
        ];
        for (pattern, host, expected) in cases {
            let parsed = HostnamePattern::parse(pattern).unwrap();
            assert_eq!(parsed.matches(host), expected, "{pattern} {host}");
        }
        for wrong in ["a*b", "*a*", "", "a b", "a/b"] {
            assert!(HostnamePattern::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn both_sides_of_hosts() {
        for same in ["1.2.3.4", "1.2.3.4:80", "::1", "[::1]:80"] {
            assert_eq!(HostTarget::parse(same).unwrap().to_string(), same);
        }
        assert!(HostTarget::parse("b").is_err());
        assert_eq!(HostKey::parse("b.com:80").unwrap().port, Some(80));
        assert!(HostKey::parse("b.com:x").is_err());
    }
}
