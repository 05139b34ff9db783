//! Redirects, cookies and authentication.

mod support;

use std::sync::Arc;

use bytes::Bytes;
use parking_lot::Mutex;
use runner_http::{
    Auth, CookieAttributes, CookieJar, DumpKind, ErrorKind, Method, Notices, Request, RequestCookie,
};
use support::{Server, client, client_with, header, host, ok, path, redirect, with_headers};

#[tokio::test]
async fn redirects_change_methods_and_are_measured_each() {
    let server = Server::start(|request| match path(request) {
        "/302" => redirect(302, "/307"),
        "/307" => redirect(307, "end?x#frag"),
        "/308" => redirect(308, "/end"),
        _ => ok("end"),
    })
    .await;
    let client = client();
    let mut request = Request::new(Method::POST, server.url("/302"));
    request.body = Some(Bytes::from_static(b"body"));
    let exchange = client.send(request.clone(), None).await.unwrap();
    assert_eq!(exchange.url(), server.url("/end?x#frag"));
    assert_eq!(exchange.sent().url, server.url("/302"));
    let hops: Vec<_> = exchange
        .hops
        .iter()
        .map(|h| (h.method.as_str(), h.status))
        .collect();
    assert_eq!(hops, [("POST", 302), ("GET", 307), ("GET", 200)]);
    let requests = server.requests();
    assert!(requests[1].starts_with("GET /307 ") && !requests[1].contains("Content-Length"));
    assert_eq!(
        header(&requests[1], "Referer"),
        Some(server.url("/302").as_str())
    );
    assert_eq!(
        header(&requests[2], "Referer"),
        Some(server.url("/307").as_str())
    );
    request.url = server.url("/308");
    client.send(request, None).await.unwrap();
    assert!(
        server.requests()[4].starts_with("POST /end ") && server.requests()[4].ends_with("body")
    );
    let head = client
        .send(Request::new(Method::HEAD, server.url("/302")), None)
        .await
        .unwrap();
    assert!(head.hops.iter().all(|hop| hop.method == Method::HEAD));
    assert_eq!(server.connections(), 1);
}

#[derive(Default)]
struct Warnings(Mutex<Vec<String>>);

impl Notices for Warnings {
    fn warn(&self, message: &str, _url: &str) {
        self.0.lock().push(message.to_owned());
    }
    fn dump(&self, _kind: DumpKind, _text: String) {}
}

#[tokio::test]
async fn redirects_run_out() {
    let server = Server::start(|request| match path(request) {
        "/none" => with_headers("302 Found", "", ""),
        "/ftp" => redirect(302, "ftp://foo/"),
        "/bad" => redirect(302, "http://[::1"),
        _ => redirect(302, "/cycle"),
    })
    .await;
    for (limit, explicit, hops, warns) in [
        (None, false, 11, 1),
        (None, true, 11, 0),
        (Some(2), false, 3, 0),
        (Some(0), false, 1, 0),
    ] {
        let client = client_with(|o| o.http.max_redirects_set = explicit);
        let warnings = Arc::new(Warnings::default());
        client.set_notices(warnings.clone());
        let mut request = Request::get(server.url("/cycle"));
        request.redirects = limit;
        let exchange = client.send(request, None).await.unwrap();
        assert_eq!((exchange.status, exchange.hops.len()), (302, hops));
        let warnings = warnings.0.lock();
        assert_eq!(warnings.len(), warns);
        assert!(
            warnings
                .iter()
                .all(|w| w.starts_with("Stopped after 11 redirects"))
        );
    }
    let exchange = client()
        .send(Request::get(server.url("/none")), None)
        .await
        .unwrap();
    assert_eq!(exchange.status, 302);
    let failure = client()
        .send(Request::get(server.url("/ftp")), None)
        .await
        .unwrap_err();
    assert_eq!(
        (failure.code, &*failure.message),
        (1000, "unsupported protocol scheme \"ftp\"")
    );
    let exchange = failure.exchange.unwrap();
    assert_eq!((exchange.url(), exchange.hops.len()), ("ftp://foo/", 2));
    let failure = client()
        .send(Request::get(server.url("/bad")), None)
        .await
        .unwrap_err();
    assert!(
        failure
            .message
            .starts_with("failed to parse Location header")
    );
}

#[tokio::test]
async fn credentials_do_not_leave_the_host() {
    let other = Server::start(|_| ok("")).await;
    let there = format!("http://localhost:{}/", other.address.port());
    let server = Server::start(move |_| redirect(302, &there)).await;
    let mut request = Request::get(server.url("/"));
    request.headers = vec![
        ("Authorization".to_owned(), "secret".to_owned()),
        ("Cookie".to_owned(), "a=secret".to_owned()),
        ("X-Other".to_owned(), "1".to_owned()),
    ];
    client_with(|o| o.net.hosts = vec![host("localhost", "127.0.0.1")])
        .send(request, None)
        .await
        .unwrap();
    assert!(server.requests()[0].contains("secret"));
    assert!(
        !other.requests()[0].contains("secret"),
        "{}",
        other.requests()[0]
    );
    assert_eq!(header(&other.requests()[0], "X-Other"), Some("1"));
}

#[tokio::test]
async fn cookies_live_for_an_iteration_and_are_seen_by_redirects() {
    let server = Server::start(|request| match path(request) {
        "/set" => with_headers(
            "302 Found",
            "Set-Cookie: a=1; Path=/\r\nLocation: /get\r\n",
            "",
        ),
        _ => with_headers("200 OK", "Set-Cookie: b=2; HttpOnly\r\n", ""),
    })
    .await;
    let client = client();
    client.begin_iteration();
    let exchange = client
        .send(Request::get(server.url("/set")), None)
        .await
        .unwrap();
    assert_eq!(header(&server.requests()[1], "Cookie"), Some("a=1"));
    let cookies = exchange.cookies();
    assert_eq!(
        (cookies.len(), &*cookies[0].name, cookies[0].http_only),
        (1, "b", true)
    );
    let handle = client.jar();
    let list = handle.cookies_for_url(&server.url("/")).unwrap();
    assert_eq!(
        list,
        [
            ("a".to_owned(), "1".to_owned()),
            ("b".to_owned(), "2".to_owned())
        ]
    );
    client.begin_iteration();
    client
        .send(Request::get(server.url("/get")), None)
        .await
        .unwrap();
    assert_eq!(header(&server.requests()[2], "Cookie"), None);
    assert!(!handle.is_empty());
    let keeping = client_with(|o| o.http.no_cookies_reset = true);
    keeping
        .send(Request::get(server.url("/set")), None)
        .await
        .unwrap();
    keeping.begin_iteration();
    assert!(!keeping.jar().is_empty());
}

#[tokio::test]
async fn cookies_of_header_request_and_jar_are_joined() {
    let server = Server::start(|_| ok("")).await;
    let jar = CookieJar::new();
    for name in ["a", "z"] {
        jar.set(&server.url("/"), name, "jar", &CookieAttributes::default())
            .unwrap();
    }
    let cookie = |name: &str, replace| RequestCookie {
        name: name.to_owned(),
        value: "own".to_owned(),
        replace,
    };
    let mut request = Request::get(server.url("/"));
    request.headers = vec![("Cookie".to_owned(), "q=2".to_owned())];
    request.cookies = vec![cookie("a", false), cookie("z", true)];
    let client = client();
    let exchange = client.send(request, Some(&jar)).await.unwrap();
    let wanted = "q=2; a=own; z=own; a=jar";
    assert_eq!(header(&server.requests()[0], "Cookie"), Some(wanted));
    let sent: Vec<_> = exchange
        .sent()
        .cookies
        .into_iter()
        .map(|c| format!("{}={}", c.name, c.value))
        .collect();
    assert_eq!(sent.join("; "), wanted);
    assert!(client.jar().is_empty());
}

#[tokio::test]
async fn digest_asks_twice_and_marks_the_first_round() {
    let server = Server::start(|request| match header(request, "Authorization") {
        None if path(request) == "/open" => ok("open"),
        None => with_headers(
            "401 Unauthorized",
            "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n",
            "no",
        ),
        Some(value) => {
            assert!(value.starts_with("Digest username=\"user\", realm=\"r\", nonce=\"n\""));
            ok("yes")
        }
    })
    .await;
    let client = client();
    let mut request = Request::get(format!("http://user:pass@{}/", server.address));
    request.auth = Some(Auth::Digest);
    let exchange = client.send(request.clone(), None).await.unwrap();
    assert_eq!(exchange.body.as_deref(), Some(&b"yes"[..]));
    // k6 takes the credentials out of the URL to answer the challenge with them.
    assert_eq!(exchange.url(), format!("http://{}/", server.address));
    let hops: Vec<_> = exchange
        .hops
        .iter()
        .map(|h| (h.status, h.expected_hint))
        .collect();
    assert_eq!(hops, [(401, Some(true)), (200, None)]);
    assert_eq!(server.connections(), 1);
    request.url = format!("http://user:pass@{}/open", server.address);
    let exchange = client.send(request.clone(), None).await.unwrap();
    assert_eq!(
        (exchange.hops.len(), exchange.hops[0].expected_hint),
        (1, Some(false))
    );
    request.auth = Some(Auth::Ntlm);
    let failure = client.send(request, None).await.unwrap_err();
    assert_eq!(failure.kind, ErrorKind::InvalidRequest);
    assert!(failure.message.contains("not supported yet"));
}
