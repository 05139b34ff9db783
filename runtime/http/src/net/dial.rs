//! Opening a connection: lookup, TCP, TLS, each with its own measure. A name stands for one
//! address at a time (`dns.select`); others are not tried when it fails.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpSocket;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::dns::Dns;
use super::io::{Counted, Counters, Io};
use super::tls;
use crate::call::Progress;
use crate::error::Fault;
use crate::shared::Shared;
use crate::target::Origin;

const DIAL_TIMEOUT: Duration = Duration::from_secs(30);
const KEEPALIVE: Duration = Duration::from_secs(30);

/// A new connection.
pub(crate) struct Dialled {
    pub io: Io,
    /// The peer chose HTTP/2.
    pub h2: bool,
}

/// Connects to an origin. What was measured goes into `progress`, also on failure.
pub(crate) async fn dial(
    shared: &Shared,
    origin: &Origin,
    local_ip: Option<IpAddr>,
    counters: Arc<Counters>,
    progress: &mut Progress,
) -> Result<Dialled, Fault> {
    let address = resolve(shared, origin).await?;
    shared.rules.check_ip(address.ip())?;
    progress.connecting();
    let tcp = match timeout(DIAL_TIMEOUT, connect(address, local_ip)).await {
        Ok(result) => result.map_err(|error| Fault::dial(&error)),
        Err(_) => Err(Fault::dial_timeout()),
    };
    let tcp = tcp?;
    progress.connected(address);
    // Neither option is worth a failure.
    let _ = tcp.set_nodelay(true);
    let keepalive = TcpKeepalive::new()
        .with_time(KEEPALIVE)
        .with_interval(KEEPALIVE);
    let _ = SockRef::from(&tcp).set_tcp_keepalive(&keepalive);
    let tcp = Counted::new(tcp, counters);
    if !origin.tls {
        return Ok(Dialled {
            io: Io::Tcp(tcp),
            h2: false,
        });
    }
    let host = origin.host.split('%').next().unwrap_or_default();
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| Fault::other(format!("tls: invalid server name {:?}", origin.host)))?;
    progress.handshaking();
    let handshake = TlsConnector::from(shared.tls.clone())
        .connect(name, tcp)
        .await;
    let stream = handshake.map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => Fault::other("EOF"),
        _ => Fault::io("read", &error),
    })?;
    progress.handshaken();
    let connection = stream.get_ref().1;
    progress.tls = tls::info(connection);
    let h2 = connection.alpn_protocol() == Some(b"h2");
    Ok(Dialled {
        io: Io::Tls(Box::new(stream)),
        h2,
    })
}

async fn resolve(shared: &Shared, origin: &Origin) -> Result<SocketAddr, Fault> {
    shared.rules.check_name(&origin.host)?;
    if let Some(address) = shared.rules.substitute(&origin.host, origin.port) {
        return Ok(address);
    }
    if origin.host.contains('%') {
        return Dns::zoned(&origin.host, origin.port).await;
    }
    let ip = match origin.host.parse() {
        Ok(ip) => ip,
        Err(_) => shared.dns.lookup(&origin.host).await?,
    };
    Ok(SocketAddr::new(ip, origin.port))
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
