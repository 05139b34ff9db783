//! A range of addresses in CIDR notation.

use std::fmt;
use std::net::IpAddr;

use crate::Expected;

const NET: Expected = Expected::fixed("an address range such as 10.0.0.0/8 or fd00::/8");

/// A CIDR block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IpNet(ipnet::IpNet);

impl IpNet {
    /// `10.0.0.0/8`; bits outside the prefix are cleared.
    ///
    /// # Errors
    /// For any other text, also an address without a prefix.
    pub fn parse(text: &str) -> Result<Self, Expected> {
        // The parser of `ipnet` takes 010 for 10, where others mean 8; std refuses it.
        let (address, prefix) = text.split_once('/').ok_or(NET)?;
        let address: IpAddr = address.parse().map_err(|_| NET)?;
        let prefix: u8 = prefix.parse().map_err(|_| NET)?;
        let net = ipnet::IpNet::new(address, prefix).map_err(|_| NET)?;
        Ok(Self(net.trunc()))
    }

    /// Whether `address` is in the block. An IPv4 address and its mapped form in IPv6 are one: each
    /// is in a block that has either.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.0, address) {
            (ipnet::IpNet::V4(net), _) => match address.to_canonical() {
                IpAddr::V4(address) => net.contains(&address),
                IpAddr::V6(_) => false,
            },
            (ipnet::IpNet::V6(net), IpAddr::V6(address)) => net.contains(&address),
            (ipnet::IpNet::V6(net), IpAddr::V4(address)) => net.contains(&address.to_ipv6_mapped()),
        }
    }

    /// Its first address.
    pub(crate) fn first(&self) -> IpAddr {
        self.0.network()
    }

    /// How many addresses it has; saturates for `::/0`.
    pub(crate) fn size(&self) -> u128 {
        let free = self.0.max_prefix_len().saturating_sub(self.0.prefix_len());
        1_u128.checked_shl(free.into()).unwrap_or(u128::MAX)
    }
}

impl fmt::Display for IpNet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
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
        for wrong in [
            "nope",
            "1.2.3.4",
            "1.2.3.4/33",
            "1.2.3.4/",
            "::/129",
            "010.0.0.0/8",
        ] {
            assert!(IpNet::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_address_is_the_same_in_both_families() {
        let contains =
            |net: &str, ip: &str| IpNet::parse(net).unwrap().contains(ip.parse().unwrap());
        assert!(contains("::ffff:10.0.0.0/104", "10.1.2.3"));
        assert!(!contains("::ffff:10.0.0.0/104", "11.1.2.3"));
        assert!(contains("::/0", "10.1.2.3"));
        assert!(contains("::1/128", "::1") && !contains("::1/128", "::2"));
        assert!(!contains("0.0.0.0/0", "::1"));
    }
}
