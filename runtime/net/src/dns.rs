//! Looking up names, once for all VUs: answers are kept as long as `dns.ttl` says, and VUs
//! that ask for the same name at the same time wait for one question.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use runner_values::{DnsPolicy, DnsSelect, DnsSettings};
use tokio::time::Instant;

use crate::Error;

/// The run's resolver.
#[derive(Debug)]
pub(crate) struct Dns {
    settings: DnsSettings,
    names: Mutex<HashMap<Box<str>, Arc<Name>>>,
}

#[derive(Debug, Default)]
struct Name {
    answer: tokio::sync::Mutex<Option<(Instant, Arc<[IpAddr]>)>>,
    turn: AtomicUsize,
}

impl Dns {
    pub fn new(settings: DnsSettings) -> Self {
        Self {
            settings,
            names: Mutex::default(),
        }
    }

    /// One address of a name, chosen as the settings say.
    pub async fn lookup(&self, host: &str) -> Result<IpAddr, Error> {
        let name = {
            let mut names = self.names.lock();
            match names.get(host) {
                Some(name) => name.clone(),
                None => names.entry(host.into()).or_default().clone(),
            }
        };
        let all = if self.settings.ttl == Some(Duration::ZERO) {
            resolve(host).await?
        } else {
            let mut answer = name.answer.lock().await;
            match answer.as_ref().filter(|(at, _)| self.fresh(*at)) {
                Some((_, all)) => all.clone(),
                None => {
                    let all = resolve(host).await?;
                    *answer = Some((Instant::now(), all.clone()));
                    all
                }
            }
        };
        select(&all, self.settings, &name.turn).ok_or(Error::NoSuchHost)
    }

    /// An IPv6 address with a zone. Only local ones need it; the system knows it by its own names.
    pub async fn zoned(host: &str, port: u16) -> Result<SocketAddr, Error> {
        let (address, _) = host.split_once('%').unwrap_or((host, ""));
        let address: Ipv6Addr = address.parse().map_err(|_| Error::NoSuchHost)?;
        if !address.is_unicast_link_local() {
            return Ok((address, port).into());
        }
        let mut found = tokio::net::lookup_host((host, port))
            .await
            .map_err(|error| failed(host, &error))?;
        found.next().ok_or(Error::NoSuchHost)
    }

    fn fresh(&self, at: Instant) -> bool {
        self.settings.ttl.is_none_or(|ttl| at.elapsed() < ttl)
    }
}

async fn resolve(host: &str) -> Result<Arc<[IpAddr]>, Error> {
    let found = tokio::net::lookup_host((host, 0))
        .await
        .map_err(|error| failed(host, &error))?;
    let mut all: Vec<IpAddr> = Vec::new();
    for address in found {
        if !all.contains(&address.ip()) {
            all.push(address.ip());
        }
    }
    Ok(all.into())
}

fn select(all: &[IpAddr], settings: DnsSettings, turn: &AtomicUsize) -> Option<IpAddr> {
    let (wanted, strict) = match settings.policy {
        DnsPolicy::Any => (None, false),
        DnsPolicy::PreferIpv4 => (Some(true), false),
        DnsPolicy::OnlyIpv4 => (Some(true), true),
        DnsPolicy::PreferIpv6 => (Some(false), false),
        DnsPolicy::OnlyIpv6 => (Some(false), true),
    };
    let fits = |ip: &&IpAddr| wanted.is_none_or(|v4| ip.is_ipv4() == v4);
    let pick = |count: usize| match settings.select {
        DnsSelect::First => 0,
        DnsSelect::RoundRobin => turn.fetch_add(1, Ordering::Relaxed) % count,
        DnsSelect::Random => fastrand::usize(..count),
    };
    match all.iter().filter(fits).count() {
        0 if strict || all.is_empty() => None,
        0 => all.get(pick(all.len())).copied(),
        count => all.iter().filter(fits).nth(pick(count)).copied(),
    }
}

/// The standard library tells the reasons of getaddrinfo apart by their text only.
fn failed(host: &str, error: &io::Error) -> Error {
    let text = error.to_string();
    let unknown = [
        "not known",
        "No address associated",
        "nodename nor servname",
    ];
    if unknown.iter().any(|part| text.contains(part)) {
        return Error::NoSuchHost;
    }
    let reason = text.rsplit(": ").next().unwrap_or(&text).to_lowercase();
    Error::Lookup {
        host: host.to_owned(),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ips(list: &[&str]) -> Vec<IpAddr> {
        list.iter().map(|ip| ip.parse().unwrap()).collect()
    }

    #[test]
    fn policy_and_selection() {
        let all = ips(&["::1", "1.1.1.1", "2.2.2.2"]);
        let turn = AtomicUsize::new(0);
        let pick = |all: &[IpAddr], policy, choice| {
            let settings = DnsSettings {
                policy,
                select: choice,
                ..DnsSettings::default()
            };
            select(all, settings, &turn).map(|ip| ip.to_string())
        };
        let first = DnsSelect::First;
        assert_eq!(pick(&all, DnsPolicy::Any, first).as_deref(), Some("::1"));
        assert_eq!(
            pick(&all, DnsPolicy::PreferIpv4, first).as_deref(),
            Some("1.1.1.1")
        );
        assert_eq!(
            pick(&all, DnsPolicy::OnlyIpv6, first).as_deref(),
            Some("::1")
        );
        let v4 = ips(&["1.1.1.1"]);
        assert_eq!(pick(&v4, DnsPolicy::OnlyIpv6, first), None);
        assert_eq!(
            pick(&v4, DnsPolicy::PreferIpv6, first).as_deref(),
            Some("1.1.1.1")
        );
        let turns =
            [0, 1, 2].map(|_| pick(&all, DnsPolicy::OnlyIpv4, DnsSelect::RoundRobin).unwrap());
        assert_eq!(turns, ["1.1.1.1", "2.2.2.2", "1.1.1.1"]);
        for _ in 0..20 {
            assert!(pick(&all, DnsPolicy::Any, DnsSelect::Random).is_some());
        }
    }

    #[tokio::test]
    async fn zones_matter_to_local_addresses_only() {
        let address = Dns::zoned("::1%lo", 80).await.unwrap();
        assert_eq!(address.to_string(), "[::1]:80");
        assert_eq!(Dns::zoned("name%lo", 80).await, Err(Error::NoSuchHost));
        assert!(Dns::zoned("fe80::1%no-such-zone", 80).await.is_err());
    }

    #[tokio::test]
    async fn answers_are_kept() {
        let dns = Dns::new(DnsSettings {
            ttl: None,
            ..DnsSettings::default()
        });
        let ip = dns.lookup("localhost").await.unwrap();
        assert!(ip.is_loopback());
        let kept = dns.names.lock().get("localhost").cloned().unwrap();
        assert!(kept.answer.lock().await.is_some());
        assert_eq!(
            dns.lookup("localhost").await.unwrap().is_ipv4(),
            ip.is_ipv4()
        );
    }
}
