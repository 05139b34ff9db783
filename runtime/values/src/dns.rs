//! How host names are resolved: how long answers are kept and which of several is used.

use std::time::Duration as StdDuration;

use crate::{Duration, Expected};

/// How long an answer is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsTtl {
    /// As written, which is how it prints.
    pub text: String,
    /// None keeps answers for ever; zero asks each time.
    pub keep: Option<StdDuration>,
}

impl DnsTtl {
    /// `inf`, `0`, or a duration (milliseconds where there is no unit).
    ///
    /// # Errors
    /// For any other text and for negative durations.
    pub fn parse(text: &str) -> Result<Self, Expected> {
        let wrong = || Expected::fixed("a DNS TTL: inf, 0 or a duration such as 5m");
        let keep = if text == "inf" {
            None
        } else {
            let duration = Duration::parse_extended(text).map_err(|_| wrong())?;
            if duration < Duration::ZERO {
                return Err(wrong());
            }
            Some(duration.to_std())
        };
        Ok(Self {
            text: text.to_owned(),
            keep,
        })
    }
}

/// Which of several addresses is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DnsSelect {
    /// `first`
    First,
    /// `roundRobin`
    RoundRobin,
    /// `random`
    #[default]
    Random,
}

impl DnsSelect {
    /// By its name.
    ///
    /// # Errors
    /// For any other text.
    pub fn parse(text: &str) -> Result<Self, Expected> {
        match text {
            "first" => Ok(Self::First),
            "roundRobin" => Ok(Self::RoundRobin),
            "random" => Ok(Self::Random),
            _ => Err(Expected::fixed("one of first, roundRobin and random")),
        }
    }

    /// As it is written in options.
    pub const fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::RoundRobin => "roundRobin",
            Self::Random => "random",
        }
    }
}

/// Which address family is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "each is the policy of its name")]
pub enum DnsPolicy {
    #[default]
    PreferIpv4,
    PreferIpv6,
    OnlyIpv4,
    OnlyIpv6,
    Any,
}

impl DnsPolicy {
    /// By its name.
    ///
    /// # Errors
    /// For any other text.
    pub fn parse(text: &str) -> Result<Self, Expected> {
        match text {
            "preferIPv4" => Ok(Self::PreferIpv4),
            "preferIPv6" => Ok(Self::PreferIpv6),
            "onlyIPv4" => Ok(Self::OnlyIpv4),
            "onlyIPv6" => Ok(Self::OnlyIpv6),
            "any" => Ok(Self::Any),
            _ => Err(Expected::fixed(
                "one of preferIPv4, preferIPv6, onlyIPv4, onlyIPv6 and any",
            )),
        }
    }

    /// As it is written in options.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PreferIpv4 => "preferIPv4",
            Self::PreferIpv6 => "preferIPv6",
            Self::OnlyIpv4 => "onlyIPv4",
            Self::OnlyIpv6 => "onlyIPv6",
            Self::Any => "any",
        }
    }
}

/// The `dns` option. Its three parts are layered one by one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DnsOptions {
    /// How long answers are kept; 5 minutes by default.
    pub ttl: Option<DnsTtl>,
    /// Which address is used; random by default.
    pub select: Option<DnsSelect>,
    /// Which family is used; IPv4 is preferred by default.
    pub policy: Option<DnsPolicy>,
}

impl DnsOptions {
    /// The one-line form, `ttl=5m,select=random,policy=preferIPv4`, each part optional.
    ///
    /// # Errors
    /// For unknown parts and values.
    pub fn parse(text: &str) -> Result<Self, Expected> {
        let mut dns = Self::default();
        for part in text.split(',') {
            match part.trim().split_once('=') {
                Some(("ttl", value)) => dns.ttl = Some(DnsTtl::parse(value)?),
                Some(("select", value)) => dns.select = Some(DnsSelect::parse(value)?),
                Some(("policy", value)) => dns.policy = Some(DnsPolicy::parse(value)?),
                _ => {
                    return Err(Expected::fixed(
                        "a list such as ttl=5m,select=random,policy=preferIPv4",
                    ));
                }
            }
        }
        Ok(dns)
    }

    /// With defaults filled in.
    pub fn resolve(&self) -> DnsSettings {
        let default = DnsSettings::default();
        DnsSettings {
            ttl: self.ttl.as_ref().map_or(default.ttl, |ttl| ttl.keep),
            select: self.select.unwrap_or(default.select),
            policy: self.policy.unwrap_or(default.policy),
        }
    }
}

/// How a run resolves names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DnsSettings {
    /// How long answers are kept; none keeps them for the whole run, zero asks again for every
    /// connection.
    pub ttl: Option<StdDuration>,
    /// Which of several addresses is used.
    pub select: DnsSelect,
    /// Which address family is used.
    pub policy: DnsPolicy,
}

impl Default for DnsSettings {
    fn default() -> Self {
        Self {
            ttl: Some(StdDuration::from_secs(300)),
            select: DnsSelect::default(),
            policy: DnsPolicy::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line() {
        let dns = DnsOptions::parse("ttl=inf,policy=any").unwrap();
        assert_eq!(dns.ttl.as_ref().unwrap().keep, None);
        assert_eq!((dns.select, dns.policy), (None, Some(DnsPolicy::Any)));
        let kept = DnsSettings::default().ttl;
        assert_eq!(dns.resolve().ttl, None);
        assert_eq!(DnsOptions::default().resolve().ttl, kept);
        let dns = DnsOptions::parse("ttl=1500, select=roundRobin").unwrap();
        assert_eq!(dns.ttl.unwrap().keep, Some(StdDuration::from_millis(1500)));
        for wrong in [
            "x",
            "foo=x",
            "ttl=x",
            "ttl=-1s",
            "select=last",
            "policy=ipv4",
            "",
        ] {
            assert!(DnsOptions::parse(wrong).is_err(), "{wrong}");
        }
    }
}
