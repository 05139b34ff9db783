//! Where the interface listens or is looked for: `HOST:PORT`.

use std::fmt;
use std::str::FromStr;

/// The port of the client commands where none is said, as in k6.
pub const DEFAULT_PORT: u16 = 6565;

/// A host and a port, not resolved yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    host: String,
    port: u16,
}

/// Not an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "address must be HOST:PORT such as 127.0.0.1:6565, :6565 for loopback, \
     or port 0 for any free one, not {0:?}"
)]
pub struct AddressError(String);

impl Address {
    /// A name or an IP address, the latter without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// 0 stands for any free port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Default for Address {
    /// 127.0.0.1:6565.
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: DEFAULT_PORT,
        }
    }
}

impl FromStr for Address {
    type Err = AddressError;

    /// Without a host it is loopback: offering control to the network has to be asked for.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let wrong = || AddressError(text.to_owned());
        let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
        let port = port.parse().map_err(|_| wrong())?;
        let bare = match host.strip_prefix('[') {
            Some(rest) => rest.strip_suffix(']').ok_or_else(wrong)?,
            // More colons without brackets: where would the port begin?
            None if host.contains(':') => return Err(wrong()),
            None if host.is_empty() => "127.0.0.1",
            None => host,
        };
        let is_odd = |c: char| c.is_whitespace() || matches!(c, '/' | '[' | ']' | '@');
        if bare.is_empty() || bare.contains(is_odd) {
            return Err(wrong());
        }
        Ok(Self {
            host: bare.to_owned(),
            port,
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_ports() {
        for (text, host, port, shown) in [
            ("127.0.0.1:6565", "127.0.0.1", 6565, "127.0.0.1:6565"),
            ("localhost:0", "localhost", 0, "localhost:0"),
            ("[::1]:80", "::1", 80, "[::1]:80"),
            (":6570", "127.0.0.1", 6570, "127.0.0.1:6570"),
            ("0.0.0.0:1", "0.0.0.0", 1, "0.0.0.0:1"),
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!((address.host(), address.port()), (host, port));
            assert_eq!(address.to_string(), shown);
        }
        assert_eq!(Address::default().to_string(), "127.0.0.1:6565");
    }

    #[test]
    fn what_is_no_address() {
        for text in [
            "",
            "nonsense",
            "6565",
            "localhost",
            "localhost:",
            "localhost:x",
            "localhost:65536",
            "localhost:-1",
            "::1:80",
            "[::1:80",
            "[]:80",
            "http://localhost:80",
            "a b:80",
        ] {
            let error = text.parse::<Address>().unwrap_err();
            assert!(error.to_string().contains("HOST:PORT"), "{text}");
        }
    }
}
