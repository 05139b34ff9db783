//! What an extension or output may reach beyond its own memory: addresses, folders, variables.
//!
//! A grant on the command line is for all of them, or for one: `--allow-net 127.0.0.1:6379` or
//! `--allow-net redis:127.0.0.1:6379`. Grants of `runner.toml` stand with the one they are for.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use crate::ExtensionError;

/// Everything that one extension or output was granted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grants {
    /// Addresses that it may connect and send to.
    pub net: Vec<NetGrant>,
    /// Folders that it may read.
    pub read: Vec<Folder>,
    /// Folders that it may read and write.
    pub write: Vec<Folder>,
    /// Variables that it may see.
    pub env: Vec<String>,
    /// Clocks to the nanosecond.
    pub hrtime: bool,
}

/// A granted folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Where it is.
    pub host: PathBuf,
    /// What the guest knows it as: the path as the user wrote it.
    pub guest: String,
}

impl Folder {
    /// One that the guest knows by its path, which is relative to `here`.
    pub fn of(path: &Path, here: &Path) -> Self {
        Self {
            host: here.join(path),
            guest: path.to_string_lossy().into_owned(),
        }
    }

    /// Whether it is in one of them, as far as it can be found: what is not there now could lead
    /// anywhere later.
    fn is_below(&self, folders: &[&Folder]) -> bool {
        let Ok(real) = self.host.canonicalize() else {
            return false;
        };
        let above = |folder: &&Folder| {
            let most = folder.host.canonicalize();
            most.is_ok_and(|most| real.starts_with(most))
        };
        folders.iter().any(above)
    }
}

/// One grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    /// `--allow-net`.
    Net(NetGrant),
    /// `--allow-read`.
    Read(PathBuf),
    /// `--allow-write`.
    Write(PathBuf),
    /// `--allow-env`.
    Env(String),
    /// `--allow-hrtime`.
    HrTime,
}

/// A grant and whom it is for; everybody where none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopedGrant {
    /// Name of an extension or output.
    pub to: Option<String>,
    /// What it may.
    pub grant: Grant,
}

/// An address that may be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetGrant {
    /// Name or address; none for all (`*`).
    host: Option<String>,
    /// None for all (`*`).
    port: Option<u16>,
}

impl Grants {
    /// Adds one; a relative path starts at `here`.
    pub fn add(&mut self, grant: Grant, here: &Path) {
        match grant {
            Grant::Net(net) => self.net.push(net),
            Grant::Read(path) => self.read.push(Folder::of(&path, here)),
            Grant::Write(path) => self.write.push(Folder::of(&path, here)),
            Grant::Env(name) => self.env.push(name),
            Grant::HrTime => self.hrtime = true,
        }
    }

    /// The first of these that `most` does not cover, as its flag and value; none where it covers all.
    /// Folders are compared with links followed.
    pub fn above(&self, most: &Grants) -> Option<String> {
        let net = self
            .net
            .iter()
            .find(|net| !most.net.iter().any(|most| most.contains(net)));
        if let Some(net) = net {
            return Some(format!("--allow-net {net}"));
        }
        let readable: Vec<_> = most.read.iter().chain(&most.write).collect();
        if let Some(folder) = self.read.iter().find(|folder| !folder.is_below(&readable)) {
            return Some(format!("--allow-read {}", folder.guest));
        }
        let writable: Vec<_> = most.write.iter().collect();
        if let Some(folder) = self.write.iter().find(|folder| !folder.is_below(&writable)) {
            return Some(format!("--allow-write {}", folder.guest));
        }
        if let Some(name) = self.env.iter().find(|name| !most.env.contains(name)) {
            return Some(format!("--allow-env {name}"));
        }
        (self.hrtime && !most.hrtime).then(|| "--allow-hrtime".to_owned())
    }
}

impl ScopedGrant {
    /// Parses the value of `--allow-net`.
    ///
    /// # Errors
    /// For anything but `[NAME:]HOST:PORT`.
    pub fn net(text: &str) -> Result<Self, ExtensionError> {
        if let Some(net) = NetGrant::parse(text) {
            return Ok(Self::all(Grant::Net(net)));
        }
        match scope(text) {
            (Some(to), rest) if NetGrant::parse(rest).is_some() => Ok(Self {
                to: Some(to.to_owned()),
                grant: Grant::Net(NetGrant::expect(rest)?),
            }),
            _ => Err(NetGrant::expect(text).err().unwrap_or_else(|| {
                ExtensionError::Grant(format!("--allow-net {text:?} cannot be understood"))
            })),
        }
    }

    /// Parses the value of `--allow-read`, a folder. One with a colon in its name is given as
    /// `./NAME`.
    pub fn read(text: &str) -> Self {
        Self::scoped(text, |rest| Grant::Read(rest.into()))
    }

    /// Parses the value of `--allow-write`.
    pub fn write(text: &str) -> Self {
        Self::scoped(text, |rest| Grant::Write(rest.into()))
    }

    /// Parses the value of `--allow-env`.
    pub fn env(text: &str) -> Self {
        Self::scoped(text, |rest| Grant::Env(rest.to_owned()))
    }

    /// Parses the value of `--allow-hrtime`: a name, or nothing for all.
    ///
    /// # Errors
    /// For what is no name.
    pub fn hrtime(text: &str) -> Result<Self, ExtensionError> {
        if !text.is_empty() && !is_name(text) {
            return Err(ExtensionError::Name {
                name: text.to_owned(),
            });
        }
        Ok(Self {
            to: Some(text.to_owned()).filter(|name| !name.is_empty()),
            grant: Grant::HrTime,
        })
    }

    fn scoped(text: &str, grant: impl Fn(&str) -> Grant) -> Self {
        let (to, rest) = scope(text);
        Self {
            to: to.map(str::to_owned),
            grant: grant(rest),
        }
    }

    fn all(grant: Grant) -> Self {
        Self { to: None, grant }
    }
}

/// Splits `redis:rest`.
fn scope(text: &str) -> (Option<&str>, &str) {
    match text.split_once(':') {
        Some((name, rest)) if is_name(name) => (Some(name), rest),
        _ => (None, text),
    }
}

/// Whether `name` can name an extension.
pub(crate) fn is_name(name: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    };
    name.split('/').all(part)
}

/// As `--allow-net` takes it.
impl fmt::Display for NetGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.as_deref() {
            None => f.write_str("*")?,
            Some(host) if host.contains(':') => write!(f, "[{host}]")?,
            Some(host) => f.write_str(host)?,
        }
        match self.port {
            None => f.write_str(":*"),
            Some(port) => write!(f, ":{port}"),
        }
    }
}

impl NetGrant {
    /// `HOST:PORT`, either of them `*`; IPv6 in brackets. None where it is something else.
    pub fn parse(text: &str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        let port = match port {
            "*" => None,
            number => Some(number.parse().ok()?),
        };
        let host = match host {
            "*" => None,
            host if host.starts_with('[') => {
                let inner = host.strip_prefix('[')?.strip_suffix(']')?;
                inner.parse::<std::net::Ipv6Addr>().ok()?;
                Some(inner.to_owned())
            }
            host => {
                let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
                if host.is_empty() || !host.chars().all(fits) {
                    return None;
                }
                Some(host.to_owned())
            }
        };
        Some(Self { host, port })
    }

    /// As [`NetGrant::parse`].
    ///
    /// # Errors
    /// Saying what is expected.
    pub fn expect(text: &str) -> Result<Self, ExtensionError> {
        Self::parse(text).ok_or_else(|| {
            ExtensionError::Grant(format!(
                "--allow-net expects HOST:PORT or NAME:HOST:PORT, such as 127.0.0.1:6379, \
                 [::1]:*, or redis:db.local:6379; got {text:?}"
            ))
        })
    }

    /// Whether all that `other` covers is covered.
    fn contains(&self, other: &Self) -> bool {
        let host = match (&self.host, &other.host) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(most), Some(host)) => most.eq_ignore_ascii_case(host),
        };
        host && (self.port.is_none() || self.port == other.port)
    }

    /// Whether everything is granted.
    pub(crate) fn is_any(&self) -> bool {
        self.host.is_none() && self.port.is_none()
    }

    /// Whether that host name may be looked up.
    pub(crate) fn names(&self, name: &str) -> bool {
        let same = |host: &str| host.eq_ignore_ascii_case(name.strip_suffix('.').unwrap_or(name));
        self.host.as_deref().is_none_or(same)
    }

    /// The name and port that must be looked up to know what they cover; none for addresses.
    pub(crate) fn to_look_up(&self) -> Option<(String, Option<u16>)> {
        let host = self.host.as_deref()?;
        match host.parse::<IpAddr>() {
            Ok(_) => None,
            Err(_) => Some((host.to_owned(), self.port)),
        }
    }

    /// Whether `address` is covered, as far as can be told without looking up names.
    pub(crate) fn covers(&self, address: SocketAddr) -> bool {
        let host = match self.host.as_deref().map(str::parse::<IpAddr>) {
            None => true,
            Some(Ok(known)) => known.to_canonical() == address.ip().to_canonical(),
            Some(Err(_)) => false,
        };
        host && self.port.is_none_or(|port| port == address.port())
    }

    /// Whether a URL's host, a name or an address in brackets or without, and port are covered.
    pub(crate) fn reaches(&self, host: &str, port: u16) -> bool {
        let bare = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        match bare.unwrap_or(host).parse::<IpAddr>() {
            Ok(address) => self.covers(SocketAddr::new(address, port)),
            Err(_) => self.names(host) && self.port.is_none_or(|own| own == port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(text: &str) -> ScopedGrant {
        ScopedGrant::net(text).unwrap()
    }

    #[test]
    fn grants_are_for_all_or_for_one() {
        assert_eq!(net("127.0.0.1:6379").to, None);
        assert_eq!(net("localhost:6379").to, None);
        assert_eq!(net("redis:127.0.0.1:6379").to.as_deref(), Some("redis"));
        assert_eq!(net("redis:[::1]:*").to.as_deref(), Some("redis"));
        assert_eq!(ScopedGrant::env("HOME").to, None);
        assert_eq!(ScopedGrant::env("redis:HOME").to.as_deref(), Some("redis"));
        assert_eq!(ScopedGrant::read("./a:b").to, None);
    }

    #[test]
    fn wrong_addresses_are_refused_with_an_example() {
        for text in [
            "",
            "host",
            "host:",
            "host:99999",
            ":80",
            "a b:1",
            "[::1:80",
            "x:y:z:1",
        ] {
            let error = ScopedGrant::net(text).unwrap_err().to_string();
            assert!(error.contains("redis:db.local:6379"), "{text}: {error}");
        }
    }

    #[test]
    fn addresses_are_covered_by_host_and_port() {
        let covers = |grant: &str, address: &str| {
            let grant = NetGrant::parse(grant).unwrap();
            grant.covers(address.parse().unwrap())
        };
        assert!(covers("127.0.0.1:80", "127.0.0.1:80"));
        assert!(!covers("127.0.0.1:80", "127.0.0.1:81"));
        assert!(!covers("127.0.0.1:80", "127.0.0.2:80"));
        assert!(covers("*:80", "10.0.0.1:80"));
        assert!(covers("127.0.0.1:*", "127.0.0.1:9"));
        assert!(covers("[::ffff:127.0.0.1]:80", "127.0.0.1:80"));
        assert!(!covers("localhost:1", "127.0.0.1:1"));
        assert!(covers("127.0.0.1:80", "[::ffff:127.0.0.1]:80"));
    }
}
