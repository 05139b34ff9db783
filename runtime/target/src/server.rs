//! Listening, accepting, and stopping.
//!
//! Each connection is one task: TLS where it is due, then hyper, which tells HTTP/1.1 from
//! HTTP/2 by what the client says first. At the end connections are asked to finish and get
//! [`GRACE`] for it.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::demo::Accounts;
use crate::route;
use crate::tls;
use crate::wire::{Breakable, Connection, Wire};

/// What open connections get to finish after the stop.
const GRACE: Duration = Duration::from_secs(2);
/// What a client gets for its TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Where the server listens. Port 0 means any free port.
#[derive(Clone, Debug)]
pub struct TargetOptions {
    /// HTTP in the clear: HTTP/1.1, and HTTP/2 with prior knowledge.
    pub addr: SocketAddr,
    /// TLS, or none for no such listener.
    pub tls_addr: Option<SocketAddr>,
}

impl Default for TargetOptions {
    /// 127.0.0.1, ports 8080 and 8443.
    fn default() -> Self {
        Self {
            addr: (Ipv4Addr::LOCALHOST, 8080).into(),
            tls_addr: Some((Ipv4Addr::LOCALHOST, 8443).into()),
        }
    }
}

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// The address is taken, or is not one of this machine.
    #[error("cannot listen on {addr}: {source} (choose another address or port)")]
    Bind {
        /// What was asked for.
        addr: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The certificate could not be made.
    #[error("cannot make a self-signed certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The TLS library refused its configuration.
    #[error("cannot set up TLS: {0}")]
    Tls(#[from] rustls::Error),
}

/// A bound server that has yet to [`run`](Target::run).
pub struct Target {
    plain: TcpListener,
    http_addr: SocketAddr,
    tls: Option<Secure>,
}

struct Secure {
    listener: TcpListener,
    addr: SocketAddr,
    acceptor: TlsAcceptor,
    pem: String,
}

impl Target {
    /// Takes the addresses, and makes a certificate where TLS is wanted. Connections wait in
    /// the system's queue until [`run`](Target::run).
    pub async fn bind(options: TargetOptions) -> Result<Self, TargetError> {
        let (plain, http_addr) = listen(options.addr).await?;
        let tls = match options.tls_addr {
            None => None,
            Some(addr) => {
                let (listener, addr) = listen(addr).await?;
                let (acceptor, pem) = tls::acceptor()?;
                Some(Secure {
                    listener,
                    addr,
                    acceptor,
                    pem,
                })
            }
        };
        Ok(Self {
            plain,
            http_addr,
            tls,
        })
    }

    /// Where HTTP is served, with the port that was found for port 0.
    pub fn http_addr(&self) -> SocketAddr {
        self.http_addr
    }

    /// Where HTTPS is served, if it is.
    pub fn https_addr(&self) -> Option<SocketAddr> {
        self.tls.as_ref().map(|secure| secure.addr)
    }

    /// The certificate that HTTPS clients have to trust.
    pub fn certificate_pem(&self) -> Option<&str> {
        self.tls.as_ref().map(|secure| secure.pem.as_str())
    }

    /// Serves until `shutdown` completes, then lets open connections finish for two seconds.
    /// Dropping the future ends everything at once.
    pub async fn run(self, shutdown: impl Future) {
        let accounts = Arc::new(Accounts::new());
        let (stop, stopped) = watch::channel(());
        let mut connections = JoinSet::new();
        let mut shutdown = pin!(shutdown);
        loop {
            tokio::select! {
                _ = &mut shutdown => break,
                accepted = self.plain.accept() => if let Some((stream, peer)) = usable(accepted).await {
                    connections.spawn(serve(stream, peer, "http", accounts.clone(), stopped.clone()));
                },
                accepted = accept(self.tls.as_ref()) => if let Some((stream, peer)) = usable(accepted).await {
                    let Some(secure) = &self.tls else { continue };
                    let handshake = tokio::time::timeout(HANDSHAKE, secure.acceptor.accept(stream));
                    let (accounts, stopped) = (accounts.clone(), stopped.clone());
                    connections.spawn(async move {
                        // A client that does not trust the certificate ends here; that is its news.
                        if let Ok(Ok(stream)) = handshake.await {
                            serve(stream, peer, "https", accounts, stopped).await;
                        }
                    });
                },
                Some(_) = connections.join_next(), if !connections.is_empty() => {}
            }
        }
        drop(self.plain);
        drop(self.tls);
        drop(stop);
        let finished = async { while connections.join_next().await.is_some() {} };
        // Those that are not done by then (an endless body, say) are cut off with the set.
        let _ = tokio::time::timeout(GRACE, finished).await;
    }
}

async fn listen(addr: SocketAddr) -> Result<(TcpListener, SocketAddr), TargetError> {
    let listener = TcpListener::bind(addr)
        .await
        .map_err(|source| TargetError::Bind { addr, source })?;
    let bound = listener
        .local_addr()
        .map_err(|source| TargetError::Bind { addr, source })?;
    Ok((listener, bound))
}

/// The next TLS connection; never where TLS is off.
async fn accept(secure: Option<&Secure>) -> io::Result<(TcpStream, SocketAddr)> {
    match secure {
        Some(secure) => secure.listener.accept().await,
        None => std::future::pending().await,
    }
}

/// Out of file descriptors is no reason to stop, but one to wait a moment.
async fn usable(accepted: io::Result<(TcpStream, SocketAddr)>) -> Option<(TcpStream, SocketAddr)> {
    match accepted {
        Ok((stream, peer)) => {
            // Small answers should leave at once; a socket that refuses works all the same.
            let _ = stream.set_nodelay(true);
            Some((stream, peer))
        }
        Err(_) => {
            tokio::time::sleep(Duration::from_millis(20)).await;
            None
        }
    }
}

async fn serve<S>(
    stream: S,
    peer: SocketAddr,
    scheme: &'static str,
    accounts: Arc<Accounts>,
    mut stopped: watch::Receiver<()>,
) where
    S: Connection + Send + 'static,
{
    let wire = Arc::new(Wire::default());
    let stream = TokioIo::new(Breakable::new(stream, wire.clone()));
    let peer = peer.ip();
    let service = service_fn(move |request| {
        route::answer(request, peer, scheme, wire.clone(), accounts.clone())
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(None);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(1024);
    let mut connection = pin!(builder.serve_connection(stream, service));
    tokio::select! {
        // A connection that breaks is the client's news too.
        _ = connection.as_mut() => return,
        _ = stopped.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
