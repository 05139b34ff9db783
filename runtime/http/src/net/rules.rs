//! Which names and addresses may be called, and which names are replaced: `hosts`,
//! `blockHostnames`, `blacklistIPs`.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use crate::error::{ConfigError, ErrorKind, Fault};
use crate::options::HttpOptions;

/// What a `hosts` entry stands for; the port of the URL where it has none.
#[derive(Clone, Copy, Debug)]
struct Substitute {
    ip: IpAddr,
    port: Option<u16>,
}

/// The rules of a run.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    hosts: HashMap<String, Substitute>,
    /// `*.x` without the star, the longest first.
    wildcard_hosts: Vec<(String, Substitute)>,
    blocked: Vec<String>,
    blocked_suffixes: Vec<String>,
    blacklist: Vec<Cidr>,
}

impl Rules {
    pub fn new(options: &HttpOptions) -> Result<Self, ConfigError> {
        let mut rules = Self::default();
        for (name, address) in &options.hosts {
            let name = name.to_ascii_lowercase();
            let substitute = Substitute::parse(address).ok_or_else(|| {
                ConfigError::new(
                    "hosts",
                    format!("\"{address}\" for \"{name}\" is neither an ip nor an ip:port"),
                )
            })?;
            match name.strip_prefix('*') {
                Some(suffix) => rules.wildcard_hosts.push((suffix.to_owned(), substitute)),
                None => {
                    rules.hosts.insert(name, substitute);
                }
            }
        }
        rules
            .wildcard_hosts
            .sort_by_key(|(suffix, _)| std::cmp::Reverse(suffix.len()));
        for pattern in &options.block_hostnames {
            let lower = pattern.to_ascii_lowercase();
            let (list, text) = match lower.strip_prefix('*') {
                Some(suffix) => (&mut rules.blocked_suffixes, suffix),
                None => (&mut rules.blocked, lower.as_str()),
            };
            if text.contains('*') {
                return Err(ConfigError::new(
                    "blockHostnames",
                    format!("\"{pattern}\" has a star that is not its first character"),
                ));
            }
            list.push(text.to_owned());
        }
        for text in &options.blacklist_ips {
            let cidr = Cidr::parse(text).ok_or_else(|| {
                ConfigError::new(
                    "blacklistIPs",
                    format!("\"{text}\" is no range of addresses such as 10.0.0.0/8"),
                )
            })?;
            rules.blacklist.push(cidr);
        }
        Ok(rules)
    }

    /// Whether a name may be looked up at all.
    pub fn check_name(&self, host: &str) -> Result<(), Fault> {
        let blocked = self.blocked.iter().any(|name| name == host)
            || self
                .blocked_suffixes
                .iter()
                .any(|suffix| host.ends_with(suffix.as_str()));
        if blocked && host.parse::<IpAddr>().is_err() {
            return Err(Fault::new(ErrorKind::Blocked, 1111, "hostname is blocked"));
        }
        Ok(())
    }

    /// The address that `hosts` gives a name: by `host:port` first, then by `host`.
    pub fn substitute(&self, host: &str, port: u16) -> Option<SocketAddr> {
        if self.hosts.is_empty() && self.wildcard_hosts.is_empty() {
            return None;
        }
        let with_port = format!("{host}:{port}");
        let found = self
            .hosts
            .get(&with_port)
            .or_else(|| self.hosts.get(host))
            .or_else(|| {
                let matching = |name: &str| {
                    self.wildcard_hosts
                        .iter()
                        .find(|(s, _)| name.ends_with(s.as_str()))
                        .map(|(_, s)| s)
                };
                matching(&with_port).or_else(|| matching(host))
            })?;
        Some(SocketAddr::new(found.ip, found.port.unwrap_or(port)))
    }

    /// Whether an address may be called.
    pub fn check_ip(&self, ip: IpAddr) -> Result<(), Fault> {
        if self.blacklist.iter().any(|cidr| cidr.contains(ip)) {
            return Err(Fault::new(ErrorKind::Blocked, 1110, "ip is blacklisted"));
        }
        Ok(())
    }
}

impl Substitute {
    fn parse(text: &str) -> Option<Self> {
        if let Ok(ip) = text.parse() {
            return Some(Self { ip, port: None });
        }
        let address: SocketAddr = text.parse().ok()?;
        Some(Self {
            ip: address.ip(),
            port: Some(address.port()),
        })
    }
}

/// A range of addresses. IPv4 is kept as mapped IPv6.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cidr {
    pub first: u128,
    pub last: u128,
}

impl Cidr {
    pub fn parse(text: &str) -> Option<Self> {
        let (ip, bits) = match text.split_once('/') {
            Some((ip, bits)) => (ip.parse::<IpAddr>().ok()?, Some(bits.parse::<u32>().ok()?)),
            None => (text.parse().ok()?, None),
        };
        let width = if ip.is_ipv4() { 32 } else { 128 };
        let free = u32::checked_sub(width, bits.unwrap_or(width))?;
        let mask = 1u128.checked_shl(free).map_or(u128::MAX, |size| size - 1);
        let value = to_bits(ip);
        Some(Self {
            first: value & !mask,
            last: value | mask,
        })
    }

    fn contains(&self, ip: IpAddr) -> bool {
        (self.first..=self.last).contains(&to_bits(ip))
    }
}

/// An address as a number, the same for an IPv4 address and its mapped form.
pub(super) fn to_bits(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().to_bits(),
        IpAddr::V6(ip) => ip.to_bits(),
    }
}

/// The inverse of [`to_bits`].
pub(super) fn from_bits(bits: u128) -> IpAddr {
    let ip = Ipv6Addr::from_bits(bits);
    ip.to_ipv4_mapped().map_or(IpAddr::V6(ip), IpAddr::V4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(change: impl FnOnce(&mut HttpOptions)) -> Result<Rules, ConfigError> {
        let mut options = HttpOptions::default();
        change(&mut options);
        Rules::new(&options)
    }

    #[test]
    fn blocks_names_by_pattern() {
        let rules =
            rules(|o| o.block_hostnames = vec!["*.Bad.test".into(), "one.test".into()]).unwrap();
        assert_eq!(rules.check_name("a.bad.test").unwrap_err().code, 1111);
        assert_eq!(rules.check_name("one.test").unwrap_err().code, 1111);
        assert!(rules.check_name("bad.test").is_ok());
        assert!(super::tests::rules(|o| o.block_hostnames = vec!["a.*.b".into()]).is_err());
    }

    #[test]
    fn blocks_addresses_by_range() {
        let rules =
            rules(|o| o.blacklist_ips = vec!["10.0.0.0/8".into(), "::1/128".into()]).unwrap();
        assert!(rules.check_ip("10.255.0.1".parse().unwrap()).is_err());
        assert!(rules.check_ip("::ffff:10.0.0.1".parse().unwrap()).is_err());
        assert!(rules.check_ip("::1".parse().unwrap()).is_err());
        assert!(rules.check_ip("11.0.0.0".parse().unwrap()).is_ok());
        for bad in ["10.0.0.0/33", "x", "10.0.0.0/x"] {
            assert!(
                super::tests::rules(|o| o.blacklist_ips = vec![bad.into()]).is_err(),
                "{bad}"
            );
        }
    }

    #[test]
    fn substitutes_the_most_exact_name() {
        let rules = rules(|o| {
            o.hosts = [
                ("a.test", "1.1.1.1"),
                ("a.test:8080", "2.2.2.2:9090"),
                ("*.b.test", "[::1]:1"),
                ("*.x.b.test", "3.3.3.3"),
            ]
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .to_vec();
        })
        .unwrap();
        let get = |host, port| rules.substitute(host, port).map(|a| a.to_string());
        assert_eq!(get("a.test", 80).as_deref(), Some("1.1.1.1:80"));
        assert_eq!(get("a.test", 8080).as_deref(), Some("2.2.2.2:9090"));
        assert_eq!(get("q.b.test", 80).as_deref(), Some("[::1]:1"));
        assert_eq!(get("q.x.b.test", 80).as_deref(), Some("3.3.3.3:80"));
        assert_eq!(get("b.test", 80), None);
    }
}
