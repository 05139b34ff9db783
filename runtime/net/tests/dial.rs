//! Dialling servers on loopback: what is counted, measured and refused, with and without TLS.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test")]

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use runner_net::{Destination, Dialer, Error, Phases, TlsError};
use runner_values::{HostKey, HostTarget, HostnamePattern, IpNet, IpPool, NetSettings, TlsVersion};
use rustls::pki_types::{PrivateKeyDer, pem::PemObject};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

fn dialer(change: impl FnOnce(&mut NetSettings)) -> Arc<Dialer> {
    let mut settings = NetSettings::default();
    change(&mut settings);
    Dialer::new(&settings).unwrap()
}

fn host(name: &str, address: SocketAddr) -> (HostKey, HostTarget) {
    (
        HostKey::parse(name).unwrap(),
        HostTarget::parse(&address.to_string()).unwrap(),
    )
}

/// Sends back the five bytes that it gets.
async fn echo(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let mut bytes = [0; 5];
    if stream.read_exact(&mut bytes).await.is_ok() {
        let _ = stream.write_all(&bytes).await;
        let _ = stream.flush().await;
    }
}

/// An echo, with TLS where there is an acceptor.
async fn serve(acceptor: Option<TlsAcceptor>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                match acceptor {
                    None => echo(stream).await,
                    Some(acceptor) => {
                        if let Ok(stream) = acceptor.accept(stream).await {
                            echo(stream).await;
                        }
                    }
                }
            });
        }
    });
    address
}

/// A server of `localhost` with these protocols, and the root that vouches for it.
fn secured(protocols: &[&str]) -> (TlsAcceptor, String) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["localhost".to_owned()])
        .unwrap()
        .signed_by(&key, &root)
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes()).unwrap(),
        )
        .unwrap();
    let names = protocols.iter().map(|name| name.as_bytes().to_vec());
    config.alpn_protocols = names.collect();
    (TlsAcceptor::from(Arc::new(config)), root.pem())
}

fn plain(host: &str, port: u16) -> Destination<'_> {
    let tls = None;
    Destination { host, port, tls }
}

#[tokio::test]
async fn a_plain_connection_is_counted_and_measured() {
    let address = serve(None).await;
    let dialer = dialer(|o| {
        o.hosts = vec![host("echo.test", address)];
        o.local_ips = Some(IpPool::parse("127.0.0.2-127.0.0.3").unwrap());
    });
    let caller = dialer.caller(2);
    assert_eq!(caller.local_ip, Some(IpAddr::from([127, 0, 0, 3])));
    let mut phases = Phases::default();
    let mut stream = dialer
        .dial(plain("Echo.test", 1), &caller, &mut phases)
        .await
        .unwrap();
    assert_eq!((phases.remote, phases.tls), (Some(address), None));
    assert!(phases.connecting() > Duration::ZERO);
    assert_eq!(phases.tls_handshaking(), Duration::ZERO);
    assert_eq!(stream.protocol(), None);
    stream.write_all(b"hello").await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert_eq!(answer, b"hello");
    assert_eq!(caller.counters.take(), (5, 5));
    assert_eq!(caller.counters.take(), (0, 0));
}

#[tokio::test]
async fn rules_hold_and_causes_are_told_apart() {
    let address = serve(None).await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = listener.local_addr().unwrap();
    drop(listener);
    let dialer = dialer(|o| {
        o.block_hostnames = vec![HostnamePattern::parse("*.blocked.test").unwrap()];
        o.blacklist_ips = vec![IpNet::parse("127.9.0.0/16").unwrap()];
        let sneaky = SocketAddr::from(([127, 9, 1, 1], address.port()));
        o.hosts = vec![host("sneaky.test", sneaky)];
    });
    let caller = dialer.caller(1);
    assert_eq!(caller.local_ip, None);
    for (host, port, cause) in [
        ("a.BLOCKED.test", 80, Error::BlockedName),
        ("127.9.0.1", 80, Error::BlockedAddress),
        ("sneaky.test", 80, Error::BlockedAddress),
        ("127.0.0.1", closed.port(), Error::Refused),
    ] {
        let mut phases = Phases::default();
        let error = dialer
            .dial(plain(host, port), &caller, &mut phases)
            .await
            .unwrap_err();
        assert_eq!(error, cause, "{host}");
        assert_eq!(phases.remote, None);
    }
}

#[tokio::test]
async fn each_protocol_offers_its_own_names_over_tls() {
    let (acceptor, root) = secured(&["one", "two"]);
    let address = serve(Some(acceptor)).await;
    let dialer = dialer(|o| {
        o.hosts = vec![host("localhost", address), host("other.test", address)];
        o.tls.extra_roots = vec![root];
    });
    let caller = dialer.caller(1);
    for (offered, chosen) in [
        (vec!["two", "one"], Some(&b"one"[..])),
        (vec!["two"], Some(b"two")),
        (vec![], None),
    ] {
        let tls = dialer.tls(&offered);
        let to = Destination {
            tls: Some(&tls),
            ..plain("localhost", 443)
        };
        let mut phases = Phases::default();
        let mut stream = dialer.dial(to, &caller, &mut phases).await.unwrap();
        assert_eq!(stream.protocol(), chosen);
        assert_eq!(phases.tls.unwrap().version, TlsVersion::Tls13);
        assert!(phases.tls_handshaking() > Duration::ZERO);
        stream.write_all(b"hello").await.unwrap();
        let mut answer = [0; 5];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"hello");
        let (sent, received) = caller.counters.take();
        assert!(sent > 200 && received > 500, "{sent} {received}");
    }
    let tls = dialer.tls(&["three"]);
    let refused = |host, tls| {
        let (dialer, caller) = (&dialer, &caller);
        async move {
            let to = Destination {
                tls: Some(tls),
                ..plain(host, 443)
            };
            let mut phases = Phases::default();
            let error = dialer.dial(to, caller, &mut phases).await.unwrap_err();
            assert_eq!(phases.remote, Some(address));
            error
        }
    };
    let alert = refused("localhost", &tls).await;
    assert!(matches!(alert, Error::Tls(TlsError::Alert(_))), "{alert:?}");
    let wrong = refused("other.test", &dialer.tls(&[])).await;
    assert_eq!(wrong, Error::Tls(TlsError::WrongName));
    let unknowing = self::dialer(|o| o.hosts = vec![host("localhost", address)]);
    let tls = unknowing.tls(&[]);
    let to = Destination {
        tls: Some(&tls),
        ..plain("localhost", 443)
    };
    let unknown = unknowing.dial(to, &caller, &mut Phases::default()).await;
    assert_eq!(unknown.unwrap_err(), Error::Tls(TlsError::UnknownAuthority));
}
