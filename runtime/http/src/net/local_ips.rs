//! `--local-ips`: the source addresses that VUs take in turn.

use std::net::IpAddr;

use super::rules::{Cidr, from_bits, to_bits};
use crate::error::ConfigError;

/// Ranges of addresses, not spelled out: an IPv6 range can be any size.
#[derive(Debug, Default)]
pub(crate) struct LocalIps {
    ranges: Vec<(u128, u128)>,
}

impl LocalIps {
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let mut ranges = Vec::new();
        for part in text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let range = parse_range(part).ok_or_else(|| {
                ConfigError::new(
                    "local-ips",
                    format!("\"{part}\" is neither an ip, nor ip-ip, nor a CIDR range"),
                )
            })?;
            ranges.push(range);
        }
        Ok(Self { ranges })
    }

    /// The address of the VU with this number, counted from 1.
    pub fn of_vu(&self, vu: u64) -> Option<IpAddr> {
        let total = self
            .ranges
            .iter()
            .try_fold(0u128, |sum, (_, count)| sum.checked_add(*count));
        let total = total.unwrap_or(u128::MAX);
        let mut index = u128::from(vu.saturating_sub(1)).checked_rem(total)?;
        for (first, count) in &self.ranges {
            if index < *count {
                return Some(from_bits(first + index));
            }
            index -= count;
        }
        None
    }
}

/// First address and number of addresses.
fn parse_range(text: &str) -> Option<(u128, u128)> {
    if let Some((first, last)) = text.split_once('-') {
        let (first, last) = (
            first.trim().parse::<IpAddr>().ok()?,
            last.trim().parse().ok()?,
        );
        let (first, last) = (to_bits(first), to_bits(last));
        return (first <= last).then(|| (first, (last - first).saturating_add(1)));
    }
    let cidr = Cidr::parse(text)?;
    let count = (cidr.last - cidr.first).saturating_add(1);
    // The network's own address and its broadcast address are nobody's.
    if text.contains('/') && !text.contains(':') && count > 2 {
        return Some((cidr.first + 1, count - 2));
    }
    Some((cidr.first, count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vus_take_turns() {
        let ips = LocalIps::parse("127.0.0.1, 10.0.0.0/30,10.1.0.1-10.1.0.2").unwrap();
        let of = |vu| ips.of_vu(vu).unwrap().to_string();
        let wanted = [
            "127.0.0.1",
            "10.0.0.1",
            "10.0.0.2",
            "10.1.0.1",
            "10.1.0.2",
            "127.0.0.1",
        ];
        assert_eq!([1, 2, 3, 4, 5, 6].map(of), wanted);
        assert_eq!(LocalIps::default().of_vu(1), None);
        assert!(LocalIps::parse("10.0.0.2-10.0.0.1").is_err());
    }
}
