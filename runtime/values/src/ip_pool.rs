//! The addresses that VUs call from.

use std::net::{IpAddr, Ipv6Addr};

use crate::{Expected, IpNet};

const POOL: Expected = Expected::fixed(
    "addresses, ranges or CIDRs such as 192.168.0.1,192.168.0.10-192.168.0.25,fd:1::0/120",
);

/// Addresses that VUs call from; VU n takes the one at (n − 1) modulo the size. Ranges are not
/// spelled out: one of IPv6 can be any size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IpPool {
    text: String,
    ranges: Vec<Range>,
}

/// IPv4 is kept as mapped IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    first: u128,
    count: u128,
}

impl IpPool {
    /// Addresses, `first-last` ranges and CIDRs, separated by commas. The first and last
    /// address of an IPv4 CIDR (network and broadcast) are left out.
    ///
    /// # Errors
    /// For any other text.
    pub fn parse(text: &str) -> Result<Self, Expected> {
        let ranges = text
            .split(',')
            .map(|part| Range::parse(part.trim()))
            .collect::<Option<_>>();
        Ok(Self {
            text: text.to_owned(),
            ranges: ranges.ok_or(POOL)?,
        })
    }

    /// The address of a VU; ids start at 1.
    #[must_use]
    pub fn address(&self, vu: u64) -> Option<IpAddr> {
        let total = self
            .ranges
            .iter()
            .fold(0_u128, |sum, r| sum.saturating_add(r.count));
        let mut index = u128::from(vu.saturating_sub(1)).checked_rem(total)?;
        for range in &self.ranges {
            if index < range.count {
                return Some(address(range.first + index));
            }
            index -= range.count;
        }
        None
    }

    /// As written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        if let Some((first, last)) = text.split_once('-') {
            let first: IpAddr = first.trim().parse().ok()?;
            let last: IpAddr = last.trim().parse().ok()?;
            if first.is_ipv4() != last.is_ipv4() {
                return None;
            }
            return Some(Self {
                first: bits(first),
                count: bits(last).checked_sub(bits(first))?.saturating_add(1),
            });
        }
        if text.contains('/') {
            let net = IpNet::parse(text).ok()?;
            let (first, count) = (bits(net.first()), net.size());
            // A /31 or /32 has no network and broadcast address to leave out.
            return Some(if net.first().is_ipv4() && count > 2 {
                Self {
                    first: first + 1,
                    count: count - 2,
                }
            } else {
                Self { first, count }
            });
        }
        Some(Self {
            first: bits(text.parse().ok()?),
            count: 1,
        })
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

/// The inverse of [`bits`].
fn address(bits: u128) -> IpAddr {
    IpAddr::V6(Ipv6Addr::from_bits(bits)).to_canonical()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pools_go_round() {
        let pool = IpPool::parse("10.0.0.1, 10.0.1.0/30,10.0.2.8-10.0.2.9").unwrap();
        let taken: Vec<_> = (1..=6)
            .map(|vu| pool.address(vu).unwrap().to_string())
            .collect();
        let expected = [
            "10.0.0.1", "10.0.1.1", "10.0.1.2", "10.0.2.8", "10.0.2.9", "10.0.0.1",
        ];
        assert_eq!(taken, expected);
        let six = IpPool::parse("fd:1::0/120").unwrap();
        assert_eq!(six.address(257).unwrap().to_string(), "fd:1::");
        for wrong in ["x", "", "10.0.0.9-10.0.0.1", "10.0.0.1-fd::1"] {
            assert!(IpPool::parse(wrong).is_err(), "{wrong}");
        }
    }
}
