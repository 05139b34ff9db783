//! Which names and addresses may be called, and which names are replaced: `hosts`,
//! `blockHostnames`, `blacklistIPs`.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use runner_values::{HostKey, HostTarget, HostnamePattern, IpNet, NetSettings};

use crate::Error;

/// The rules of a run. Names are asked for in lower case.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// By name, with the port that an entry is for.
    hosts: HashMap<Box<str>, Vec<(Option<u16>, HostTarget)>>,
    /// The first that matches counts.
    wildcard_hosts: Vec<(HostKey, HostTarget)>,
    blocked: Vec<HostnamePattern>,
    blacklist: Vec<IpNet>,
}

impl Rules {
    pub fn new(settings: &NetSettings) -> Self {
        let mut rules = Self {
            blocked: settings.block_hostnames.clone(),
            blacklist: settings.blacklist_ips.clone(),
            ..Self::default()
        };
        for (key, target) in &settings.hosts {
            if key.pattern.suffix().is_some() {
                rules.wildcard_hosts.push((key.clone(), *target));
            } else {
                let name = rules.hosts.entry(key.pattern.as_str().into());
                name.or_default().push((key.port, *target));
            }
        }
        rules.wildcard_hosts.sort_by_key(|(key, _)| rank(key));
        rules
    }

    /// Whether a name may be looked up at all.
    pub fn check_name(&self, host: &str) -> Result<(), Error> {
        let blocked = self.blocked.iter().any(|pattern| pattern.matches(host));
        if blocked && host.parse::<IpAddr>().is_err() {
            return Err(Error::BlockedName);
        }
        Ok(())
    }

    /// The address that `hosts` gives a name: with the port first, then for any port.
    pub fn substitute(&self, host: &str, port: u16) -> Option<SocketAddr> {
        let named = self.hosts.get(host).and_then(|entries| {
            let of = |wanted| entries.iter().find(move |(port, _)| *port == wanted);
            of(Some(port)).or_else(|| of(None)).map(|(_, to)| to)
        });
        let found = named.or_else(|| {
            let meant = |(key, _): &&(HostKey, _)| {
                key.port.is_none_or(|only| only == port) && key.pattern.matches(host)
            };
            self.wildcard_hosts.iter().find(meant).map(|(_, to)| to)
        })?;
        Some(SocketAddr::new(found.ip, found.port.unwrap_or(port)))
    }

    /// Whether an address may be called.
    pub fn check_ip(&self, ip: IpAddr) -> Result<(), Error> {
        if self.blacklist.iter().any(|net| net.contains(ip)) {
            return Err(Error::BlockedAddress);
        }
        Ok(())
    }
}

/// The order of wildcards: those with a port, then a lone star, which is any name with any port as
/// well, then the others; the longest first.
fn rank(key: &HostKey) -> (u8, Reverse<usize>) {
    let length = key.pattern.as_str().len();
    let class = match (key.port, length) {
        (Some(_), _) => 0,
        (None, 1) => 1,
        (None, _) => 2,
    };
    (class, Reverse(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(change: impl FnOnce(&mut NetSettings)) -> Rules {
        let mut settings = NetSettings::default();
        change(&mut settings);
        Rules::new(&settings)
    }

    fn hosts(list: &[(&str, &str)]) -> Rules {
        let parse = |(key, to): &(&str, &str)| {
            (HostKey::parse(key).unwrap(), HostTarget::parse(to).unwrap())
        };
        rules(|o| o.hosts = list.iter().map(parse).collect())
    }

    #[test]
    fn blocks_names_by_pattern() {
        let parse = |text| HostnamePattern::parse(text).unwrap();
        let rules = rules(|o| o.block_hostnames = ["*.Bad.test", "one.test"].map(parse).to_vec());
        assert_eq!(rules.check_name("a.bad.test"), Err(Error::BlockedName));
        assert_eq!(rules.check_name("one.test"), Err(Error::BlockedName));
        assert!(rules.check_name("bad.test").is_ok());
        let all = super::tests::rules(|o| o.block_hostnames = vec![parse("*")]);
        assert!(all.check_name("a.test").is_err() && all.check_name("10.0.0.1").is_ok());
    }

    #[test]
    fn blocks_addresses_by_range() {
        let parse = |text| IpNet::parse(text).unwrap();
        let rules = rules(|o| o.blacklist_ips = ["10.0.0.0/8", "::1/128"].map(parse).to_vec());
        assert!(rules.check_ip("10.255.0.1".parse().unwrap()).is_err());
        assert!(rules.check_ip("::ffff:10.0.0.1".parse().unwrap()).is_err());
        assert!(rules.check_ip("::1".parse().unwrap()).is_err());
        assert!(rules.check_ip("11.0.0.0".parse().unwrap()).is_ok());
    }

    #[test]
    fn substitutes_the_most_exact_name() {
        let rules = hosts(&[
            ("a.test", "1.1.1.1"),
            ("a.test:8080", "2.2.2.2:9090"),
            ("*.b.test", "[::1]:1"),
            ("*.x.b.test", "3.3.3.3"),
            ("*.c.test", "4.4.4.4"),
            ("*.c.test:90", "5.5.5.5"),
        ]);
        let get = |host, port| rules.substitute(host, port).map(|a| a.to_string());
        assert_eq!(get("a.test", 80).as_deref(), Some("1.1.1.1:80"));
        assert_eq!(get("a.test", 8080).as_deref(), Some("2.2.2.2:9090"));
        assert_eq!(get("q.b.test", 80).as_deref(), Some("[::1]:1"));
        assert_eq!(get("q.x.b.test", 80).as_deref(), Some("3.3.3.3:80"));
        assert_eq!(get("q.c.test", 80).as_deref(), Some("4.4.4.4:80"));
        assert_eq!(get("q.c.test", 90).as_deref(), Some("5.5.5.5:90"));
        assert_eq!(get("b.test", 80), None);
    }

    #[test]
    fn a_lone_star_goes_before_other_wildcards_without_a_port() {
        let rules = hosts(&[
            ("*.b.test", "1.1.1.1"),
            ("*", "2.2.2.2"),
            ("*.b.test:90", "3.3.3.3"),
            ("a.test", "4.4.4.4"),
        ]);
        let get = |host, port| rules.substitute(host, port).map(|a| a.ip().to_string());
        assert_eq!(get("q.b.test", 80).as_deref(), Some("2.2.2.2"));
        assert_eq!(get("q.b.test", 90).as_deref(), Some("3.3.3.3"));
        assert_eq!(get("a.test", 80).as_deref(), Some("4.4.4.4"));
    }
}
