//! Opening a connection: lookup, TCP, TLS, each with its own measure. A name stands for one
//! address at a time (`dns.select`); others are not tried when it fails.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use runner_values::{IpPool, NetSettings};
use rustls::pki_types::ServerName;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpSocket;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::dns::Dns;
use crate::rules::Rules;
use crate::stream::{Counted, Counters, Stream};
use crate::tls::{self, Tls};
use crate::{ConfigError, Error, Phases};

const DIAL_TIMEOUT: Duration = Duration::from_secs(30);
const KEEPALIVE: Duration = Duration::from_secs(30);

/// What all connections of a run are made by.
#[derive(Debug)]
pub struct Dialer {
    rules: Rules,
    dns: Dns,
    local_ips: Option<IpPool>,
    tls: Tls,
}

/// Who dials: one VU.
#[derive(Debug, Default)]
pub struct Caller {
    /// The address that it calls from, where the other end has one of the same family; the system
    /// chooses where none.
    pub local_ip: Option<IpAddr>,
    /// What passes on its connections, TLS included.
    pub counters: Arc<Counters>,
}

/// Where a connection goes.
#[derive(Clone, Copy, Debug)]
pub struct Destination<'a> {
    /// A name, an address without brackets, or one of IPv6 with a zone (`fe80::1%eth0`).
    pub host: &'a str,
    /// The port.
    pub port: u16,
    /// None connects without TLS.
    pub tls: Option<&'a Tls>,
}

impl Dialer {
    /// Checks the settings and loads the system's root certificates.
    ///
    /// # Errors
    /// Names the option and the value that cannot be used.
    pub fn new(settings: &NetSettings) -> Result<Arc<Self>, ConfigError> {
        Ok(Arc::new(Self {
            rules: Rules::new(settings),
            dns: Dns::new(settings.dns),
            local_ips: settings.local_ips.clone(),
            tls: Tls::new(&settings.tls)?,
        }))
    }

    /// The VU with this number, counted from 1, as a caller.
    #[must_use]
    pub fn caller(&self, vu: u64) -> Caller {
        Caller {
            local_ip: self.local_ips.as_ref().and_then(|pool| pool.address(vu)),
            counters: Arc::default(),
        }
    }

    /// The run's TLS for those who speak one of `protocols` (names of ALPN, the preferred first;
    /// none are offered where empty). Made once and used for many connections.
    #[must_use]
    pub fn tls(&self, protocols: &[&str]) -> Tls {
        self.tls.offering(protocols)
    }

    /// Connects. What was measured goes into `phases`, also on failure.
    ///
    /// # Errors
    /// Where a rule forbids it, nobody answers, or TLS fails: see [`Error`].
    pub async fn dial(
        &self,
        to: Destination<'_>,
        caller: &Caller,
        phases: &mut Phases,
    ) -> Result<Stream, Error> {
        let address = self.resolve(to).await?;
        self.rules.check_ip(address.ip())?;
        phases.connect();
        let tcp = match timeout(DIAL_TIMEOUT, connect(address, caller.local_ip)).await {
            Ok(result) => result.map_err(|error| Error::dial(&error)),
            Err(_) => Err(Error::DialTimeout),
        };
        let tcp = tcp?;
        phases.connected(address);
        // Neither option is worth a failure.
        let _ = tcp.set_nodelay(true);
        let keepalive = TcpKeepalive::new()
            .with_time(KEEPALIVE)
            .with_interval(KEEPALIVE);
        let _ = SockRef::from(&tcp).set_tcp_keepalive(&keepalive);
        let tcp = Counted::new(tcp, caller.counters.clone());
        let Some(tls) = to.tls else {
            return Ok(Stream::plain(tcp));
        };
        let host = to.host.split('%').next().unwrap_or_default();
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| Error::ServerName(to.host.to_owned()))?;
        phases.handshake();
        let handshake = TlsConnector::from(tls.config().clone())
            .connect(name, tcp)
            .await;
        let stream = handshake.map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Error::Closed,
            _ => Error::io("read", &error),
        })?;
        phases.handshaken(tls::info(stream.get_ref().1));
        Ok(Stream::tls(stream))
    }

    async fn resolve(&self, to: Destination<'_>) -> Result<SocketAddr, Error> {
        let host = &*lower(to.host);
        self.rules.check_name(host)?;
        if let Some(address) = self.rules.substitute(host, to.port) {
            return Ok(address);
        }
        if host.contains('%') {
            return Dns::zoned(host, to.port).await;
        }
        let ip = match host.parse() {
            Ok(ip) => ip,
            Err(_) => self.dns.lookup(host).await?,
        };
        Ok(SocketAddr::new(ip, to.port))
    }
}

/// Rules and looked-up names know hosts in lower case.
fn lower(host: &str) -> Cow<'_, str> {
    if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        host.to_ascii_lowercase().into()
    } else {
        host.into()
    }
}

async fn connect(
    address: SocketAddr,
    local_ip: Option<IpAddr>,
) -> std::io::Result<tokio::net::TcpStream> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    if let Some(ip) = local_ip.filter(|ip| ip.is_ipv4() == address.is_ipv4()) {
        socket.bind(SocketAddr::new(ip, 0))?;
    }
    socket.connect(address).await
}
