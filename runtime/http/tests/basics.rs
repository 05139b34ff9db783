//! What goes out, what comes back, and what is measured.

mod support;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use parking_lot::Mutex;
use runner_http::{Compression, DumpKind, Method, Notices, Protocol, Request, ResponseType};
use runner_values::HttpDebug;
use support::{Act, Server, client, client_with, header, ok, path, with_headers};

#[tokio::test]
async fn a_plain_get() {
    let server = Server::start(|_| with_headers("200 OK", "x-a: 1\r\nX-A: 2\r\n", "hello")).await;
    let client = client();
    let exchange = client
        .send(Request::get(server.url("/p?q=1")), None)
        .await
        .unwrap();
    assert_eq!(exchange.status, 200);
    assert_eq!(exchange.body.as_deref(), Some(&b"hello"[..]));
    assert_eq!(exchange.status_text(), "200 OK");
    assert_eq!(exchange.url(), server.url("/p?q=1"));
    assert_eq!(exchange.protocol(), Some(Protocol::HTTP_11));
    assert_eq!(exchange.remote(), Some(server.address));
    assert_eq!(exchange.tls(), None);
    let headers = exchange.headers.to_vec();
    let wanted = [("Content-Length", "5"), ("X-A", "1"), ("X-A", "2")];
    assert_eq!(headers, wanted.map(|(a, b)| (a.to_owned(), b.to_owned())));
    let agent = concat!("User-Agent: runner/", env!("CARGO_PKG_VERSION"));
    let wanted = format!(
        "GET /p?q=1 HTTP/1.1\r\nHost: {}\r\n{agent}\r\n\r\n",
        server.address
    );
    assert_eq!(server.requests().concat(), wanted);
    let received = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nx-a: 1\r\nX-A: 2\r\n\r\nhello".len();
    assert_eq!(client.take_bytes(), (wanted.len() as u64, received as u64));
    assert_eq!(client.take_bytes(), (0, 0));
}

#[tokio::test]
async fn phases_of_new_and_reused_connections() {
    let server = Server::start(|_| ok("x")).await;
    let client = client();
    let first = client
        .send(Request::get(server.url("/")), None)
        .await
        .unwrap();
    let hop = &first.hops[0];
    assert!(hop.timings.connecting > Duration::ZERO);
    assert!(hop.timings.blocked >= hop.timings.connecting);
    assert!(hop.timings.waiting > Duration::ZERO);
    assert_eq!(hop.timings.tls_handshaking, Duration::ZERO);
    assert_eq!(
        (hop.status, hop.error_code, hop.expected_hint),
        (200, 0, None)
    );
    let second = client
        .send(Request::get(server.url("/")), None)
        .await
        .unwrap();
    assert_eq!(second.timings().connecting, Duration::ZERO);
    assert_eq!(server.connections(), 1);
    assert!(Arc::ptr_eq(first.hops[0].url(), second.hops[0].url()));
    client.end_iteration();
    client
        .send(Request::get(server.url("/")), None)
        .await
        .unwrap();
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn connections_are_not_reused_where_options_say_so() {
    let server = Server::start(|_| ok("x")).await;
    let client = client_with(|o| o.http.no_connection_reuse = true);
    for _ in 0..2 {
        client
            .send(Request::get(server.url("/")), None)
            .await
            .unwrap();
    }
    assert_eq!(server.connections(), 2);
    assert!(server.requests()[0].contains("\r\nConnection: close\r\n"));
    let client = client_with(|o| o.http.no_vu_connection_reuse = true);
    for _ in 0..2 {
        client
            .send(Request::get(server.url("/")), None)
            .await
            .unwrap();
        client
            .send(Request::get(server.url("/")), None)
            .await
            .unwrap();
        client.end_iteration();
    }
    assert_eq!(server.connections(), 4);
}

#[tokio::test]
async fn headers_and_bodies_go_out_as_in_k6() {
    let server = Server::start(|_| ok("")).await;
    let client = client();
    let mut request = Request::new(Method::POST, server.url("/"));
    request.body = Some(Bytes::from_static(b"hello"));
    request.headers = [
        ("content-length", "3"),
        ("x-lower", " 1\t"),
        ("host", "foo.bar"),
        ("Transfer-Encoding", "chunked"),
        ("user-agent", "mine"),
    ]
    .map(|(a, b)| (a.to_owned(), b.to_owned()))
    .to_vec();
    let exchange = client.send(request, None).await.unwrap();
    let wanted = "POST / HTTP/1.1\r\nHost: foo.bar\r\nContent-Length: 5\r\nX-Lower: 1\r\n\
                  User-Agent: mine\r\n\r\nhello";
    assert_eq!(server.requests(), [wanted]);
    let sent = exchange.sent();
    assert_eq!(sent.body.as_deref(), Some(&b"hello"[..]));
    let names: Vec<_> = sent.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["X-Lower", "Host", "User-Agent"]);
    for (method, length) in [
        (Method::POST, true),
        (Method::DELETE, false),
        (Method::GET, false),
    ] {
        client
            .send(Request::new(method, server.url("/")), None)
            .await
            .unwrap();
        let last = server.requests().pop().unwrap();
        assert_eq!(last.contains("Content-Length: 0"), length, "{last}");
    }
}

#[tokio::test]
async fn headers_that_cannot_be_sent_are_refused() {
    let server = Server::start(|_| ok("")).await;
    for (name, value, message) in [
        ("a b", "c", "net/http: invalid header field name \"a b\""),
        (
            "a",
            "c\r\nd: e",
            "net/http: invalid header field value for \"A\"",
        ),
    ] {
        let mut request = Request::get(server.url("/"));
        request.headers = vec![(name.to_owned(), value.to_owned())];
        let failure = client().send(request, None).await.unwrap_err();
        assert_eq!((failure.code, &*failure.message), (1000, message));
        assert_eq!(failure.exchange.unwrap().hops[0].error_code, 1000);
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn basic_auth_from_the_url() {
    let server = Server::start(|_| ok("")).await;
    let url = format!("http://us%40er:pw@{}/", server.address);
    let exchange = client()
        .send(Request::get(url.clone()), None)
        .await
        .unwrap();
    let requests = server.requests();
    assert_eq!(
        header(&requests[0], "Authorization"),
        Some("Basic dXNAZXI6cHc=")
    );
    assert_eq!(exchange.url(), url);
    let masked = format!("http://****:****@{}/", server.address);
    assert_eq!(exchange.hops[0].url().as_ref(), masked);
}

#[tokio::test]
async fn bodies_large_chunked_and_absent() {
    let big: Vec<u8> = (0..3_000_000u32).map(|i| i as u8).collect();
    let content = big.clone();
    let server = Server::start(move |request| match path(request) {
        "/big" => ok(&content),
        "/chunked" => {
            let mut bytes = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
            for piece in content.chunks(70_000) {
                bytes.extend_from_slice(format!("{:X}\r\n", piece.len()).as_bytes());
                bytes.extend_from_slice(piece);
                bytes.extend_from_slice(b"\r\n");
            }
            bytes.extend_from_slice(b"0\r\n\r\n");
            Act::Say(bytes)
        }
        "/close" => Act::SayAndClose([b"HTTP/1.1 200 OK\r\n\r\n", &content[..]].concat()),
        "/204" => Act::Say(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec()),
        "/304" => Act::Say(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n".to_vec()),
        _ => Act::Say(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n".to_vec()),
    })
    .await;
    let client = client();
    for path in ["/big", "/chunked", "/close"] {
        let exchange = client
            .send(Request::get(server.url(path)), None)
            .await
            .unwrap();
        assert!(exchange.body.unwrap() == big, "{path}");
    }
    for path in ["/204", "/304"] {
        let exchange = client
            .send(Request::get(server.url(path)), None)
            .await
            .unwrap();
        assert_eq!(exchange.body, None, "{path}");
    }
    let head = Request::new(Method::HEAD, server.url("/head"));
    let exchange = client.send(head, None).await.unwrap();
    assert_eq!(exchange.body, Some(Bytes::new()));
    let mut none = Request::get(server.url("/big"));
    none.response_type = Some(ResponseType::None);
    assert_eq!(client.send(none, None).await.unwrap().body, None);
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_large_upload_and_an_early_answer() {
    let server = Server::start(|request| ok(request.len().to_string())).await;
    let body = vec![b'x'; 5_000_000];
    let mut request = Request::new(Method::POST, server.url("/"));
    request.body = Some(body.clone().into());
    let exchange = client().send(request, None).await.unwrap();
    let said: usize = String::from_utf8_lossy(&exchange.body.unwrap())
        .parse()
        .unwrap();
    assert!(said > body.len());
    // A peer that answers after the head alone and never reads the rest.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.read_exact(&mut [0; 100]).await.unwrap();
        let answer = b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(answer).await.unwrap();
        std::future::pending::<()>().await;
    });
    let mut request = Request::new(Method::POST, url);
    request.body = Some(vec![b'x'; 50_000_000].into());
    let exchange = client().send(request, None).await.unwrap();
    assert_eq!((exchange.status, exchange.hops[0].error_code), (413, 1413));
}

#[tokio::test]
async fn compression_both_ways() {
    let server = Server::start(|request| match path(request) {
        "/bad" => with_headers("200 OK", "Content-Encoding: gzip\r\n", "abc"),
        coding => {
            let coding = coding.trim_start_matches('/');
            assert_eq!(
                header(request, "Content-Encoding").unwrap_or_default(),
                coding
            );
            ok("")
        }
    })
    .await;
    let client = client();
    let all = [
        Compression::Gzip,
        Compression::Deflate,
        Compression::Zstd,
        Compression::Br,
    ];
    for coding in all {
        let mut request = Request::new(Method::POST, server.url(&format!("/{}", coding.as_str())));
        request.body = Some(vec![b'x'; 10_000].into());
        request.compression = [coding].into_iter().collect();
        assert_eq!(client.send(request, None).await.unwrap().status, 200);
        assert!(server.requests().pop().unwrap().len() < 1000);
    }
    let failure = client
        .send(Request::get(server.url("/bad")), None)
        .await
        .unwrap_err();
    assert_eq!(failure.code, 1701);
    assert!(
        failure
            .message
            .starts_with("error decompressing response body (")
    );
    assert_eq!(failure.exchange.unwrap().hops[0].status, 0);
}

#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Notices for Heard {
    fn warn(&self, message: &str, _url: &str) {
        self.0.lock().push(message.to_owned());
    }
    fn dump(&self, kind: DumpKind, text: String) {
        self.0.lock().push(format!("{kind:?}:\n{text}"));
    }
}

#[tokio::test]
async fn dumps_and_warnings() {
    let server = Server::start(|_| ok("answer")).await;
    let client = client_with(|o| o.http.debug = HttpDebug::Full);
    let heard = Arc::new(Heard::default());
    client.set_notices(heard.clone());
    let mut request = Request::new(Method::POST, server.url("/p"));
    request.body = Some(Bytes::from_static(b"xyz"));
    request.headers = vec![("Content-Length".to_owned(), "9".to_owned())];
    client.send(request, None).await.unwrap();
    let heard = heard.0.lock();
    assert!(heard[0].contains("doesn't match the actual request body length of 3"));
    assert!(heard[1].starts_with("Request:\nPOST /p HTTP/1.1\nHost: 127.0.0.1"));
    assert!(heard[1].ends_with("\n\nxyz\n"));
    assert_eq!(
        heard[2],
        "Response:\nHTTP/1.1 200 OK\nContent-Length: 6\n\nanswer\n"
    );
}

#[tokio::test]
async fn batches_keep_order_and_limits() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let wanted = Arc::new(AtomicUsize::new(0));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (count, peak, together) = (now.clone(), most.clone(), wanted.clone());
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        while let Ok((mut stream, _)) = listener.accept().await {
            let (count, peak, together) = (count.clone(), peak.clone(), together.clone());
            tokio::spawn(async move {
                let mut buf = [0; 1000];
                while let Ok(len @ 1..) = stream.read(&mut buf).await {
                    peak.fetch_max(count.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    // As many are here together as may be, and time for one too many.
                    while peak.load(Ordering::SeqCst) < together.load(Ordering::SeqCst) {
                        tokio::time::sleep(Duration::from_millis(1)).await;
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    count.fetch_sub(1, Ordering::SeqCst);
                    let path = path(std::str::from_utf8(&buf[..len]).unwrap()).to_owned();
                    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", path.len());
                    stream.write_all((head + &path).as_bytes()).await.unwrap();
                }
            });
        }
    });
    let calls = |n: usize| {
        (0..n)
            .map(|i| Request::get(format!("http://{address}/{i}")))
            .collect::<Vec<_>>()
    };
    let limits = [
        (Some(20), Some(3), 3),
        (Some(2), Some(6), 2),
        (None, None, 9),
    ];
    for (batch, per_host, limit) in limits {
        most.store(0, Ordering::SeqCst);
        wanted.store(limit, Ordering::SeqCst);
        let client = client_with(|o| (o.http.batch, o.http.batch_per_host) = (batch, per_host));
        // Spawned, because a batch must be able to move between threads.
        let calls = calls(9);
        let outcomes = tokio::spawn(async move { client.batch(calls).await })
            .await
            .unwrap();
        assert_eq!(outcomes.len(), 9);
        for (i, outcome) in outcomes.iter().enumerate() {
            let body = outcome.as_ref().unwrap().body.clone().unwrap();
            assert_eq!(body, format!("/{i}"));
        }
        assert_eq!(most.load(Ordering::SeqCst), limit);
    }
    // Where one URL cannot be read, nothing is sent, as in k6.
    most.store(0, Ordering::SeqCst);
    let mut calls = calls(2);
    calls.push(Request::get("http://[::1"));
    let outcomes = client_with(|_| ()).batch(calls).await;
    let codes: Vec<_> = outcomes
        .iter()
        .map(|outcome| outcome.as_ref().unwrap_err().code)
        .collect();
    assert_eq!(codes, [1000, 1000, 1020]);
    assert_eq!(most.load(Ordering::SeqCst), 0);
}
