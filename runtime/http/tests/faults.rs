//! Everything that goes wrong has k6's number and message, and what was measured is kept.

mod support;

use std::time::{Duration, Instant};

use bytes::Bytes;
use runner_http::{ErrorKind, Method, Request};
use runner_values::{DnsPolicy, HostnamePattern, IpNet};
use support::{Act, Server, client, client_with, host, ok, path};

#[tokio::test]
async fn faults_of_the_peer() {
    let length = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc".to_vec();
    let chunked = |rest: &str| {
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{rest}").into_bytes()
    };
    let server = Server::start(move |request| match path(request) {
        "/eof" => Act::SayAndClose(Vec::new()),
        "/reset" => Act::SayAndReset(Vec::new()),
        "/short" => Act::SayAndClose(length.clone()),
        "/reset-mid" => Act::SayAndReset(length.clone()),
        "/bad-chunk" => Act::SayAndClose(chunked("3\r\nabc\r\nzz\r\n")),
        "/short-chunk" => Act::SayAndClose(chunked("5\r\nabc")),
        "/garbage" => Act::SayAndClose(b"SSH-2.0\r\nhello\r\n\r\n".to_vec()),
        "/upgrade" => Act::Say(b"HTTP/1.1 101 Switching Protocols\r\n\r\n".to_vec()),
        _ => ok(""),
    })
    .await;
    let client = client();
    for (path, kind, code, message, partial) in [
        ("/eof", ErrorKind::Other, 1000, "EOF", None),
        (
            "/reset",
            ErrorKind::Reset,
            1220,
            "read: connection reset by peer",
            None,
        ),
        (
            "/short",
            ErrorKind::Other,
            1000,
            "unexpected EOF",
            Some("abc"),
        ),
        (
            "/reset-mid",
            ErrorKind::Reset,
            1220,
            "read: connection reset by peer",
            Some("abc"),
        ),
        (
            "/bad-chunk",
            ErrorKind::Other,
            1000,
            "invalid byte in chunk length",
            Some("abc"),
        ),
        (
            "/short-chunk",
            ErrorKind::Other,
            1000,
            "unexpected EOF",
            Some("abc"),
        ),
        (
            "/garbage",
            ErrorKind::Other,
            1000,
            "malformed HTTP response \"SSH-2.0\"",
            None,
        ),
        (
            "/upgrade",
            ErrorKind::Other,
            1000,
            "unsupported response status: 101 Switching Protocols",
            None,
        ),
    ] {
        let failure = client
            .send(Request::get(server.url(path)), None)
            .await
            .unwrap_err();
        assert_eq!(
            (failure.kind, failure.code, &*failure.message),
            (kind, code, message)
        );
        let exchange = failure.exchange.unwrap();
        assert_eq!((exchange.status, exchange.hops.len()), (0, 1), "{path}");
        assert_eq!(exchange.body, partial.map(Bytes::from), "{path}");
        let hop = &exchange.hops[0];
        assert_eq!(
            (hop.status, hop.error_code, &*hop.error),
            (0, code, message)
        );
        assert_eq!(hop.remote, Some(server.address));
        assert_eq!(hop.protocol, None);
    }
}

#[tokio::test]
async fn timeouts_cut_everything() {
    let server = Server::start(|request| match path(request) {
        "/silent" => Act::SayAndHang(Vec::new()),
        "/half" => Act::SayAndHang(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc".to_vec()),
        "/endless" => Act::Forever(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
        "/again" => support::redirect(302, "/again"),
        _ => ok(""),
    })
    .await;
    let client = client();
    for path in ["/silent", "/half", "/endless"] {
        let mut request = Request::get(server.url(path));
        request.timeout = Some(Duration::from_millis(80));
        let start = Instant::now();
        let failure = client.send(request, None).await.unwrap_err();
        assert!(start.elapsed() >= Duration::from_millis(80) && start.elapsed().as_secs() < 10);
        assert_eq!(
            (failure.kind, failure.code),
            (ErrorKind::Timeout, 1050),
            "{path}"
        );
        assert_eq!(failure.message, "request timeout");
        let hop = &failure.exchange.unwrap().hops[0];
        assert_eq!((hop.status, hop.error_code), (0, 1050));
        assert!(
            hop.timings.duration() >= Duration::from_millis(40),
            "{:?}",
            hop.timings
        );
    }
    let mut request = Request::get(server.url("/again"));
    request.timeout = Some(Duration::from_millis(50));
    request.redirects = Some(u32::MAX);
    let failure = client.send(request, None).await.unwrap_err();
    assert_eq!(failure.code, 1050);
    // The client goes on as if nothing had happened.
    assert_eq!(
        client
            .send(Request::get(server.url("/")), None)
            .await
            .unwrap()
            .status,
        200
    );
}

#[tokio::test]
async fn a_stale_connection_is_replaced_unseen() {
    let server = Server::start(|request| match path(request) {
        "/last" => Act::SayAndClose(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec()),
        _ => ok(""),
    })
    .await;
    let client = client();
    for connections in 1..4 {
        client
            .send(Request::get(server.url("/last")), None)
            .await
            .unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(server.connections(), connections);
    }
    // One that dies while the request is on its way: closed in answer to the request itself.
    let server = Server::start({
        let seen = std::sync::atomic::AtomicUsize::new(0);
        move |_| match seen.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
            1 | 4 => Act::SayAndClose(Vec::new()),
            _ => ok("x"),
        }
    })
    .await;
    for _ in 0..2 {
        let exchange = client
            .send(Request::get(server.url("/")), None)
            .await
            .unwrap();
        assert_eq!((exchange.status, exchange.hops.len()), (200, 1));
    }
    assert_eq!((server.connections(), server.requests().len()), (2, 3));
    // A POST may have had its effect, so it is not repeated.
    client
        .send(Request::new(Method::POST, server.url("/")), None)
        .await
        .unwrap();
    let failure = client
        .send(Request::new(Method::POST, server.url("/")), None)
        .await
        .unwrap_err();
    assert_eq!(failure.message, "EOF");
    assert_eq!(server.requests().len(), 5);
}

#[tokio::test]
async fn connections_that_cannot_be_made() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = listener.local_addr().unwrap();
    drop(listener);
    let client = client_with(|o| {
        o.net.block_hostnames = vec![HostnamePattern::parse("*.blocked.test").unwrap()];
        o.net.blacklist_ips = vec![IpNet::parse("127.9.0.0/16").unwrap()];
        o.net.hosts = vec![host("sneaky.test", "127.9.1.1")];
        o.net.dns.policy = DnsPolicy::OnlyIpv6;
    });
    for (url, kind, code, message) in [
        (
            format!("http://{closed}/"),
            ErrorKind::Refused,
            1212,
            "dial: connection refused",
        ),
        (
            "http://a.blocked.test/".into(),
            ErrorKind::Blocked,
            1111,
            "hostname is blocked",
        ),
        (
            "http://127.9.0.1/".into(),
            ErrorKind::Blocked,
            1110,
            "ip is blacklisted",
        ),
        (
            "http://sneaky.test/".into(),
            ErrorKind::Blocked,
            1110,
            "ip is blacklisted",
        ),
    ] {
        let failure = client
            .send(Request::get(url.clone()), None)
            .await
            .unwrap_err();
        assert_eq!(
            (failure.kind, failure.code, &*failure.message),
            (kind, code, message)
        );
        let hop = &failure.exchange.unwrap().hops[0];
        assert_eq!(
            (hop.status, hop.error_code, hop.url().as_ref()),
            (0, code, url.as_str())
        );
        assert_eq!(hop.timings.duration(), Duration::ZERO);
    }
}

#[tokio::test]
async fn unknown_hosts() {
    // Machines without a resolver answer `try again` (1100) where others know (1101).
    let failure = client()
        .send(Request::get("http://no-such-host.invalid/"), None)
        .await
        .unwrap_err();
    assert_eq!(failure.kind, ErrorKind::Dns);
    assert!(matches!(failure.code, 1100 | 1101), "{failure}");
    assert!(failure.message.starts_with("lookup"));
}

#[tokio::test]
async fn urls_that_make_no_sense() {
    let failure = client()
        .send(Request::get("http://a b/"), None)
        .await
        .unwrap_err();
    assert_eq!(
        (failure.kind, failure.code),
        (ErrorKind::InvalidRequest, 1020)
    );
    assert!(failure.exchange.is_none());
    let failure = client().send(Request::get("foo"), None).await.unwrap_err();
    assert_eq!(failure.code, 1000);
    assert_eq!(failure.exchange.unwrap().hops[0].url().as_ref(), "foo");
    let server = Server::start(|_| ok("")).await;
    let calls = [server.url("/"), "http://a b/".to_owned(), server.url("/")];
    let outcomes = client().batch(calls.map(Request::get).to_vec()).await;
    let codes = outcomes
        .into_iter()
        .map(|outcome| outcome.unwrap_err().code);
    assert_eq!(codes.collect::<Vec<_>>(), [1000, 1020, 1000]);
    assert_eq!(server.connections(), 0);
}
