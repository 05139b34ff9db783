//! TLS and HTTP/2 against hyper servers with certificates made for the test.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test")]

mod support;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use runner_http::{ErrorKind, Method, Protocol, Request};
use runner_values::TlsVersion;
use rustls::pki_types::{PrivateKeyDer, pem::PemObject};
use support::{client_with, host};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// A server of `localhost` with these protocols, and the root that vouches for it.
async fn start(alpn: &[&str]) -> (SocketAddr, String) {
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
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else {
                    return;
                };
                let h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                let io = TokioIo::new(stream);
                let service = service_fn(echo);
                if h2 {
                    let _ = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                        .serve_connection(io, service)
                        .await;
                } else {
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(io, service)
                        .await;
                }
            });
        }
    });
    (address, root.pem())
}

/// Says what it was asked, headers and all.
async fn echo(
    request: hyper::Request<hyper::body::Incoming>,
) -> Result<hyper::Response<Full<Bytes>>, Infallible> {
    if request.uri().path() == "/hang" {
        std::future::pending::<()>().await;
    }
    let mut text = format!("{} {}\n", request.method(), request.uri().path());
    for (name, value) in request.headers() {
        text.push_str(&format!("{name}: {}\n", value.to_str().unwrap()));
    }
    let body = request.into_body().collect().await.unwrap().to_bytes();
    text.push_str(&String::from_utf8_lossy(&body));
    let response = hyper::Response::builder()
        .header("x-answer", "1")
        .header("set-cookie", "c=d");
    Ok(response.body(Full::new(text.into())).unwrap())
}

#[tokio::test]
async fn certificates_are_checked() {
    let (address, root) = start(&["http/1.1"]).await;
    let url = format!("https://localhost:{}/", address.port());
    let hosts = vec![host("localhost", "127.0.0.1")];
    let unknowing = client_with(|o| o.net.hosts = hosts.clone());
    let failure = unknowing
        .send(Request::get(url.clone()), None)
        .await
        .unwrap_err();
    assert_eq!((failure.kind, failure.code), (ErrorKind::Tls, 1310));
    assert_eq!(failure.message, "x509: unknown authority");
    let trusting = client_with(|o| {
        o.net.hosts = hosts.clone();
        o.net.hosts.push(host("other.test", &address.to_string()));
        o.net.tls.extra_roots = vec![root];
    });
    let failure = trusting
        .send(Request::get("https://other.test/"), None)
        .await
        .unwrap_err();
    assert_eq!((failure.code, failure.kind), (1311, ErrorKind::Tls));
    let exchange = trusting
        .send(Request::get(url.clone()), None)
        .await
        .unwrap();
    assert_eq!(
        (exchange.status, exchange.protocol()),
        (200, Some(Protocol::HTTP_11))
    );
    let tls = exchange.tls().unwrap();
    assert_eq!(
        (tls.version, tls.cipher_suite),
        (TlsVersion::Tls13, "TLS_AES_256_GCM_SHA384")
    );
    assert!(exchange.timings().tls_handshaking > Duration::ZERO);
    let exchange = trusting.send(Request::get(url), None).await.unwrap();
    assert_eq!(exchange.timings().tls_handshaking, Duration::ZERO);
    let (sent, received) = trusting.take_bytes();
    assert!(sent > 500 && received > 1000);
}

#[tokio::test]
async fn insecure_and_versions() {
    let (address, _) = start(&[]).await;
    let client = client_with(|o| {
        o.net.tls.skip_verify = true;
        o.net.tls.versions.max = Some(TlsVersion::Tls12);
    });
    let exchange = client
        .send(Request::get(format!("https://{address}/")), None)
        .await
        .unwrap();
    assert_eq!(exchange.tls().unwrap().version, TlsVersion::Tls12);
    let plain = support::Server::start(|_| support::ok("")).await;
    let url = format!("https://{}/", plain.address);
    // A plain HTTP server says 400 or nothing to a handshake.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let bare = format!("https://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 1000]).await;
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    });
    let failure = client.send(Request::get(bare), None).await.unwrap_err();
    assert_eq!(failure.code, 1301);
    assert_eq!(
        failure.message,
        "tls: first record does not look like a TLS handshake"
    );
    let mut request = Request::get(url);
    request.timeout = Some(Duration::from_millis(50));
    assert_eq!(client.send(request, None).await.unwrap_err().code, 1050);
}

#[tokio::test]
async fn http2_is_chosen_and_shared() {
    let (address, _) = start(&["h2", "http/1.1"]).await;
    let client = client_with(|o| o.net.tls.skip_verify = true);
    let url = format!("https://{address}/p");
    let mut request = Request::new(Method::POST, url.clone());
    request.body = Some(Bytes::from_static(b"hello"));
    request.headers = vec![
        ("X-Mine".to_owned(), "1".to_owned()),
        ("Connection".to_owned(), "keep-alive".to_owned()),
    ];
    let exchange = client.send(request, None).await.unwrap();
    assert_eq!(exchange.protocol().map(Protocol::as_str), Some("HTTP/2.0"));
    assert!(exchange.timings().tls_handshaking > Duration::ZERO);
    assert_eq!(exchange.status_text(), "200 OK");
    assert_eq!(exchange.headers.get("X-Answer").as_deref(), Some("1"));
    assert!(
        exchange
            .headers
            .to_vec()
            .iter()
            .any(|(name, _)| name == "X-Answer")
    );
    let body = String::from_utf8_lossy(exchange.body.as_deref().unwrap()).into_owned();
    assert!(
        body.starts_with("POST /p\n") && body.ends_with("\nhello"),
        "{body}"
    );
    assert!(
        body.contains("x-mine: 1\n") && body.contains("content-length: 5\n"),
        "{body}"
    );
    assert!(body.contains("user-agent: runner/"), "{body}");
    assert!(!client.jar().is_empty());
    let calls = (0..10).map(|_| Request::get(url.clone())).collect();
    for outcome in client.batch(calls).await {
        let exchange = outcome.unwrap();
        assert_eq!(exchange.timings().connecting, Duration::ZERO);
        assert_eq!(exchange.protocol(), Some(Protocol::HTTP_2));
    }
    // A switch of protocols is possible in HTTP/1.1 only, so nothing else is offered.
    let (exchange, upgraded) = client
        .upgrade(Request::get(url.clone()), None)
        .await
        .unwrap();
    assert_eq!(exchange.protocol(), Some(Protocol::HTTP_11));
    assert!(upgraded.is_none());
    let mut hang = Request::get(format!("https://{address}/hang"));
    hang.timeout = Some(Duration::from_millis(50));
    assert_eq!(client.send(hang, None).await.unwrap_err().code, 1050);
    assert_eq!(
        client.send(Request::get(url), None).await.unwrap().status,
        200
    );
}
