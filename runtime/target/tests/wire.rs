//! Faults, protocols, TLS, stopping: what happens beneath the endpoints.

mod client;

use std::io::{ErrorKind, Read as _, Write as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use client::Server;
use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[tokio::test]
async fn faults_in_the_answer() {
    let server = Server::start().await;
    let raw = async |name: &str| server.raw("GET", &format!("/fault/{name}"), &[], b"").await;
    assert_eq!(raw("close").await.unwrap(), b"");
    let truncated = String::from_utf8(raw("truncated").await.unwrap()).unwrap();
    assert!(truncated.contains("Content-Length: 1000\r\n") && truncated.ends_with("too short"));
    let chunked = String::from_utf8(raw("bad-chunk").await.unwrap()).unwrap();
    assert!(chunked.contains("chunked") && chunked.ends_with("not hex\r\n"));
    assert!(
        raw("bad-status-line")
            .await
            .unwrap()
            .starts_with(b"NOT HTTP")
    );
    assert!(
        raw("bad-header")
            .await
            .unwrap()
            .ends_with(b"no colon here\r\n\r\n")
    );
    let gzip = server.get("/fault/bad-gzip").await;
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    assert_eq!(gzip.text(), "this is not gzip");
    assert_eq!(server.get("/fault/nonsense").await.status, 404);
    // The server itself is none the worse for it.
    assert_eq!(server.get("/get").await.status, 200);
}

#[tokio::test]
async fn resets_are_resets() {
    let server = Server::start().await;
    for name in ["reset", "reset-early"] {
        let error = server
            .raw("GET", &format!("/fault/{name}"), &[], b"")
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{name}");
    }
}

#[tokio::test]
async fn an_endless_body_ends_with_its_reader() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.http).await.unwrap();
    stream
        .write_all(b"GET /fault/endless HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    let mut buffer = vec![0; 1 << 20];
    stream.read_exact(&mut buffer).await.unwrap();
    drop(stream);
    server.stop().await;
}

#[tokio::test]
async fn connections_are_kept() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.http).await.unwrap();
    for _ in 0..3 {
        stream
            .write_all(b"HEAD /get HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        assert!(head.starts_with(b"HTTP/1.1 200 OK"));
    }
}

#[tokio::test]
async fn http2_with_prior_knowledge() {
    let server = Server::start().await;
    let stream = TcpStream::connect(server.http).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    tokio::spawn(connection);
    let request = hyper::Request::get(format!("http://{}/get?a=1", server.http));
    let request = request.body(Empty::<Bytes>::new()).unwrap();
    let answer = sender.send_request(request).await.unwrap();
    assert_eq!(answer.version(), hyper::Version::HTTP_2);
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    let value: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(value["url"], format!("http://{}/get?a=1", server.http));
}

#[tokio::test]
async fn tls_with_its_own_certificate() {
    let server = Server::start().await;
    let (https, pem) = (server.https, server.pem.clone());
    for (alpn, expected) in [(&b"http/1.1"[..], "https://localhost/get"), (b"h2", "")] {
        let pem = pem.clone();
        let exchange = tokio::task::spawn_blocking(move || {
            let mut roots = rustls::RootCertStore::empty();
            roots
                .add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap())
                .unwrap();
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let mut config = rustls::ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_root_certificates(roots)
                .with_no_client_auth();
            config.alpn_protocols = vec![alpn.to_vec()];
            let name = ServerName::try_from("localhost").unwrap();
            let mut session = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
            let mut tcp = std::net::TcpStream::connect(https).unwrap();
            let mut stream = rustls::Stream::new(&mut session, &mut tcp);
            let mut text = String::new();
            if alpn == b"http/1.1" {
                let request = b"GET /get HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
                stream.write_all(request).unwrap();
                stream.read_to_string(&mut text).unwrap();
            } else {
                stream.flush().unwrap();
            }
            (session.alpn_protocol().map(<[u8]>::to_vec), text)
        });
        let (protocol, text) = exchange.await.unwrap();
        assert_eq!(protocol.as_deref(), Some(alpn));
        assert!(text.contains(expected), "{text}");
    }
}

#[tokio::test]
async fn stopping_lets_a_request_finish() {
    let server = Server::start().await;
    let mut slow = TcpStream::connect(server.http).await.unwrap();
    slow.write_all(b"GET /drip?numbytes=2&duration=1&delay=0 HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    let idle = TcpStream::connect(server.http).await.unwrap();
    // Its answer has begun.
    let mut answer = vec![slow.read_u8().await.unwrap()];
    let (address, start) = (server.http, Instant::now());
    server.stop().await;
    assert!(start.elapsed() < Duration::from_secs(5));
    slow.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n**"), "{answer}");
    assert!(TcpStream::connect(address).await.is_err());
    drop(idle);
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let server = Server::start().await;
    let options = runner_target::TargetOptions {
        addr: server.http,
        tls_addr: None,
    };
    let error = runner_target::Target::bind(options)
        .await
        .map(|_| ())
        .unwrap_err();
    assert!(
        error.to_string().contains(&server.http.to_string()),
        "{error}"
    );
}
