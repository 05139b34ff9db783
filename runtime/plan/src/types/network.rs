//! Address ranges: those that may not be called, and those that VUs call from.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Expected;

const NET: Expected = Expected::fixed("an address range such as 10.0.0.0/8 or fd00::/8");
const POOL: Expected = Expected::fixed(
    "addresses, ranges or CIDRs such as 192.168.0.1,192.168.0.10-192.168.0.25,fd:1::0/120",
);

/// A CIDR block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IpNet {
    /// First address of the block.
    pub network: IpAddr,
    /// Bits that all its addresses share.
    pub prefix: u8,
}

impl IpNet {
    /// `10.0.0.0/8`; bits outside the prefix are cleared.
    ///
    /// # Errors
    /// For any other text, also an address without a prefix.
    pub fn parse(text: &str) -> Result<Self, Expected> {
        let (address, prefix) = text.split_once('/').ok_or(NET)?;
        let address: IpAddr = address.parse().map_err(|_| NET)?;
        let prefix: u8 = prefix.parse().map_err(|_| NET)?;
        if prefix > width(address) {
            return Err(NET);
        }
        let network = from_bits(
            bits(address) & mask(prefix, width(address)),
            address.is_ipv4(),
        );
        Ok(Self { network, prefix })
    }

    /// Whether `address` is in the block. An IPv4 address mapped into IPv6 counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.network.is_ipv4()
            && bits(address) & mask(self.prefix, width(address)) == bits(self.network)
    }
}

impl fmt::Display for IpNet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.prefix)
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u32::from(v4).into(),
        IpAddr::V6(v6) => v6.into(),
    }
}

fn from_bits(bits: u128, v4: bool) -> IpAddr {
    match u32::try_from(bits) {
        Ok(bits) if v4 => IpAddr::V4(Ipv4Addr::from(bits)),
        _ => IpAddr::V6(Ipv6Addr::from(bits)),
    }
}

/// The mask of `prefix` leading ones in an address of `width` bits.
fn mask(prefix: u8, width: u8) -> u128 {
    let host_bits = u32::from(width.saturating_sub(prefix));
    u128::MAX.checked_shl(host_bits).unwrap_or(0)
}

/// Addresses that VUs call from; VU n takes the one at (n − 1) modulo the size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IpPool {
    text: String,
    ranges: Vec<Range>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    first: u128,
    count: u128,
    v4: bool,
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
            .map(|part| range(part.trim()))
            .collect::<Option<_>>();
        Ok(Self {
            text: text.to_owned(),
            ranges: ranges.ok_or(POOL)?,
        })
    }

    /// The address of a VU; ids start at 1.
    pub fn address(&self, vu: u64) -> Option<IpAddr> {
        let total = self
            .ranges
            .iter()
            .fold(0_u128, |sum, r| sum.saturating_add(r.count));
        let mut index = u128::from(vu.saturating_sub(1)).checked_rem(total)?;
        for range in &self.ranges {
            if index < range.count {
                return Some(from_bits(range.first + index, range.v4));
            }
            index -= range.count;
        }
        None
    }

    /// As written.
    pub fn text(&self) -> &str {
        &self.text
    }
}

fn range(text: &str) -> Option<Range> {
    if let Some((first, last)) = text.split_once('-') {
        let first: IpAddr = first.trim().parse().ok()?;
        let last: IpAddr = last.trim().parse().ok()?;
        if first.is_ipv4() != last.is_ipv4() {
            return None;
        }
        let count = bits(last).checked_sub(bits(first))?.saturating_add(1);
        return Some(Range {
            first: bits(first),
            count,
            v4: first.is_ipv4(),
        });
    }
    if text.contains('/') {
        let net = IpNet::parse(text).ok()?;
        let v4 = net.network.is_ipv4();
        let host_bits = u32::from(width(net.network).saturating_sub(net.prefix));
        let count = 1_u128.checked_shl(host_bits).unwrap_or(u128::MAX);
        let first = bits(net.network);
        // A /31 or /32 has no network and broadcast address to leave out.
        return Some(if v4 && count > 2 {
            Range {
                first: first + 1,
                count: count - 2,
                v4,
            }
        } else {
            Range { first, count, v4 }
        });
    }
    let address: IpAddr = text.parse().ok()?;
    Some(Range {
        first: bits(address),
        count: 1,
        v4: address.is_ipv4(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks() {
        let net = IpNet::parse("10.1.2.3/8").unwrap();
        assert_eq!(net.to_string(), "10.0.0.0/8");
        assert!(net.contains("10.255.0.1".parse().unwrap()));
        assert!(net.contains("::ffff:10.0.0.1".parse().unwrap()));
        assert!(!net.contains("11.0.0.1".parse().unwrap()));
        assert!(
            IpNet::parse("0.0.0.0/0")
                .unwrap()
                .contains("1.2.3.4".parse().unwrap())
        );
        assert!(
            IpNet::parse("::/0")
                .unwrap()
                .contains("fd00::1".parse().unwrap())
        );
        for wrong in ["nope", "1.2.3.4", "1.2.3.4/33", "1.2.3.4/", "::/129"] {
            assert!(IpNet::parse(wrong).is_err(), "{wrong}");
        }
    }

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
