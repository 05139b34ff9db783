//! What servers say that is not quite as the standard wants it, and what becomes of it. The right
//! values are those of k6 1.1.

mod support;

use runner_http::{Exchange, Method, Request};
use support::{Act, Server, client};

const OK: &str = "HTTP/1.1 200 OK\r\n";
const HI: &str = "Content-Length: 2\r\n\r\nhi";

/// A call that is answered by these bytes, as they are; k6's `error` where it fails.
async fn answer(method: Method, wire: String) -> Result<Exchange, String> {
    let server = Server::start(move |_| Act::SayAndClose(wire.clone().into_bytes())).await;
    let request = Request::new(method, server.url("/"));
    client().send(request, None).await.map_err(|failure| {
        assert_eq!(failure.code, 1000);
        failure.message.into_owned()
    })
}

async fn get(wire: impl Into<String>) -> Result<Exchange, String> {
    answer(Method::GET, wire.into()).await
}

/// All headers but the usual length.
fn headers(exchange: &Exchange) -> String {
    let list = exchange.headers.to_vec();
    let shown = list
        .iter()
        .filter(|(name, value)| (name.as_str(), value.as_str()) != ("Content-Length", "2"));
    let shown: Vec<_> = shown
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    shown.join("|")
}

#[tokio::test]
async fn status_lines() {
    for (line, status, text, protocol) in [
        ("HTTP/1.1 200 Very Fine", 200, "200 Very Fine", "HTTP/1.1"),
        ("HTTP/1.1 200 ", 200, "200 ", "HTTP/1.1"),
        ("HTTP/1.1 200", 200, "200", "HTTP/1.1"),
        ("HTTP/1.1  200  OK ", 200, "200  OK ", "HTTP/1.1"),
        ("HTTP/1.1 200 Gr\u{fc}n", 200, "200 Gr\u{fc}n", "HTTP/1.1"),
        ("HTTP/1.1 404 Lost It", 404, "404 Lost It", "HTTP/1.1"),
        ("HTTP/1.1 999 Odd", 999, "999 Odd", "HTTP/1.1"),
        ("HTTP/1.1 099 OK", 99, "099 OK", "HTTP/1.1"),
        ("HTTP/1.1 000 OK", 0, "000 OK", "HTTP/1.1"),
        ("HTTP/1.0 200 OK", 200, "200 OK", "HTTP/1.0"),
        ("HTTP/1.2 200 OK", 200, "200 OK", "HTTP/1.2"),
        ("HTTP/0.9 200 OK", 200, "200 OK", "HTTP/0.9"),
        ("HTTP/2.0 200 OK", 200, "200 OK", "HTTP/2.0"),
    ] {
        let exchange = get(format!("{line}\r\n{HI}")).await.unwrap();
        let protocol_seen = exchange.protocol().map(runner_http::Protocol::as_str);
        assert_eq!(
            (
                exchange.status,
                exchange.status_text().as_str(),
                protocol_seen
            ),
            (status, text, Some(protocol)),
            "{line}"
        );
        assert_eq!(exchange.body.as_deref(), Some(&b"hi"[..]), "{line}");
    }
    for (line, problem) in [
        ("", "malformed HTTP response \"\""),
        ("<html>", "malformed HTTP response \"<html>\""),
        ("\u{1}\u{2}", "malformed HTTP response \"\\x01\\x02\""),
        ("HTTP/1.1 20 OK", "malformed HTTP status code \"20\""),
        ("HTTP/1.1 2000 OK", "malformed HTTP status code \"2000\""),
        ("HTTP/1.1 -20 OK", "malformed HTTP status code \"-20\""),
        (
            "HTTP/1.1 200\tOK",
            "malformed HTTP status code \"200\\tOK\"",
        ),
        (
            " HTTP/1.1 200 OK",
            "malformed HTTP status code \"HTTP/1.1\"",
        ),
        ("HTTP/2 200 OK", "malformed HTTP version \"HTTP/2\""),
        ("http/1.1 200 OK", "malformed HTTP version \"http/1.1\""),
        ("HTTP/1.11 200 OK", "malformed HTTP version \"HTTP/1.11\""),
        ("ICY 200 OK", "malformed HTTP version \"ICY\""),
    ] {
        assert_eq!(get(format!("{line}\r\n{HI}")).await.unwrap_err(), problem);
    }
}

#[tokio::test]
async fn header_lines() {
    for (lines, wanted) in [
        ("X-A : 1\r\nX A: 2\r\nx-b: 3\r\n", "X-A =1|X A=2|X-B=3"),
        ("X-A: 1\r\n 2\r\n\t3 \r\nX-B: 2\r\n", "X-A=1 2 3|X-B=2"),
        ("X-A: 1\r\n \r\n  2\r\n", "X-A=1  2"),
        ("X-A:\r\nX-B:  \t\r\nX-C:  v \t\r\n", "X-A=|X-B=|X-C=v"),
        (
            "x-foo: 1\r\nETag: 2\r\nx_under_SCORE: 3\r\n",
            "X-Foo=1|Etag=2|X_under_score=3",
        ),
        ("X-A: 1\nX-B: 2\n", "X-A=1|X-B=2"),
        ("X-A: \u{e4}:b\r\n", "X-A=\u{e4}:b"),
        ("x-a: 1\r\nX-A: 2\r\n", "X-A=1|X-A=2"),
    ] {
        let exchange = get(format!("{OK}{lines}{HI}")).await.unwrap();
        assert_eq!(headers(&exchange), wanted, "{lines:?}");
        assert_eq!(exchange.body.as_deref(), Some(&b"hi"[..]), "{lines:?}");
    }
    for (lines, problem) in [
        (
            "nonsense\r\n",
            "malformed MIME header: missing colon: \"nonsense\"",
        ),
        ("X@A: 1\r\n", "malformed MIME header line: X@A: 1"),
        ("X-\u{e4}: 1\r\n", "malformed MIME header line: X-\u{e4}: 1"),
        (": 1\r\n", "malformed MIME header line: : 1"),
        (" X-A: 1\r\n", "malformed MIME header initial line:  X-A: 1"),
        (
            "X-A: a\u{1}b\r\n",
            "malformed MIME header line: X-A: a\u{1}b",
        ),
        (
            "X-A: 1\rX-B: 2\r\n",
            "malformed MIME header line: X-A: 1\rX-B: 2",
        ),
    ] {
        assert_eq!(get(format!("{OK}{lines}{HI}")).await.unwrap_err(), problem);
    }
    // A line that ends too early could still go on.
    assert_eq!(
        get(format!("{OK}X-A: 1")).await.unwrap_err(),
        "unexpected EOF"
    );
}

#[tokio::test]
async fn headers_about_the_connection_are_left_out() {
    for (lines, wanted) in [
        ("Connection: close\r\n", ""),
        ("Connection: X-A, Close\r\nX-A: 1\r\n", "X-A=1"),
        (
            "Connection: keep-alive\r\nKeep-Alive: 5\r\n",
            "Connection=keep-alive|Keep-Alive=5",
        ),
        (
            "Upgrade: h2c\r\nTE: x\r\nProxy-Connection: y\r\n",
            "Upgrade=h2c|Te=x|Proxy-Connection=y",
        ),
        ("Trailer: X-T\r\n", "Trailer=X-T"),
        ("Content-Length: 2\r\n", ""),
        (
            "Pragma: no-cache\r\n",
            "Pragma=no-cache|Cache-Control=no-cache",
        ),
        (
            "Pragma: no-cache\r\nCache-Control: x\r\n",
            "Pragma=no-cache|Cache-Control=x",
        ),
    ] {
        let exchange = get(format!("{OK}{lines}{HI}")).await.unwrap();
        assert_eq!(headers(&exchange), wanted, "{lines:?}");
    }
    let old = get(format!("HTTP/1.0 200 OK\r\nConnection: close\r\n{HI}"))
        .await
        .unwrap();
    assert_eq!(headers(&old), "Connection=close");
    let chunks = "Transfer-Encoding: Chunked\r\nTrailer: X-T\r\nContent-Length: 7\r\nX-A: 1\r\n\r\n\
                  2\r\nhi\r\n0\r\nX-T: 9\r\n\r\n";
    let exchange = get(format!("{OK}{chunks}")).await.unwrap();
    assert_eq!(headers(&exchange), "X-A=1");
    assert_eq!(exchange.body.as_deref(), Some(&b"hi"[..]));
    // Without a body, the length is what it would have been.
    let head = answer(Method::HEAD, format!("{OK}{chunks}")).await.unwrap();
    assert_eq!(headers(&head), "Content-Length=7|X-A=1");
}

#[tokio::test]
async fn lengths_and_codings() {
    for (lines, body) in [
        ("Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi", "hi"),
        ("Content-Length: 0002 \r\n\r\nhi", "hi"),
        ("Content-Length:\r\n 2\r\n\r\nhi", "hi"),
        (
            "Content-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
            "hi",
        ),
        (
            "Transfer-Encoding: chunked\r\n\r\n2 \t\r\nhi\r\n0;x=y\r\n\r\n",
            "hi",
        ),
        ("\r\nhi", "hi"),
    ] {
        let exchange = get(format!("{OK}{lines}")).await.unwrap();
        assert_eq!(exchange.body.as_deref(), Some(body.as_bytes()), "{lines:?}");
    }
    let te = "Transfer-Encoding: chunked";
    for (lines, problem) in [
        (
            "Content-Length: 3\r\nContent-Length: 2\r\n",
            "http: message cannot contain multiple Content-Length headers; got [\"3\" \"2\"]",
        ),
        ("Content-Length: 2, 2\r\n", "bad Content-Length \"2, 2\""),
        ("Content-Length: +2\r\n", "bad Content-Length \"+2\""),
        ("Content-Length:\r\n", "invalid empty Content-Length \"\""),
        (
            "Content-Length: 9223372036854775808\r\n",
            "bad Content-Length \"9223372036854775808\"",
        ),
        (
            "Transfer-Encoding: gzip, chunked\r\n",
            "unsupported transfer encoding: \"gzip, chunked\"",
        ),
        (
            "Transfer-Encoding:\r\n",
            "unsupported transfer encoding: \"\"",
        ),
        (
            &*format!("{te}\r\n{te}\r\n"),
            "too many transfer encodings: [\"chunked\" \"chunked\"]",
        ),
        (
            &*format!("{te}\r\nContent-Length: x\r\n"),
            "bad Content-Length \"x\"",
        ),
        (
            &*format!("{te}\r\nTrailer: a, content-length\r\n"),
            "bad trailer key \"Content-Length\"",
        ),
        (
            &*format!("{te}\r\n\r\n2\nhi\n0\n\n"),
            "chunked line ends with bare LF",
        ),
        (
            &*format!("{te}\r\n\r\n 2\r\nhi\r\n"),
            "invalid byte in chunk length",
        ),
        (
            &*format!("{te}\r\n\r\n\r\n"),
            "empty hex number for chunk length",
        ),
        (
            &*format!("{te}\r\n\r\nfffffffffffffffff\r\n"),
            "http chunk length too large",
        ),
        (
            &*format!("{te}\r\n\r\n2\r\nhi\r\n0"),
            "http: unexpected EOF reading trailer",
        ),
        (
            &*format!("{te}\r\n\r\n2\r\nhi\r\n0\r\nX T: 9\r\nnope\r\n"),
            "malformed MIME header: missing colon: \"nope\"",
        ),
        (
            &*format!("{te}\r\n\r\n0\r\nX: {}\r\n", "a".repeat(5000)),
            "http: suspiciously long trailer after chunked body",
        ),
    ] {
        let shown = lines.get(..lines.len().min(80));
        assert_eq!(
            get(format!("{OK}{lines}\r\n")).await.unwrap_err(),
            problem,
            "{shown:?}"
        );
    }
    let old = "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi";
    assert_eq!(
        get(old).await.unwrap().body.as_deref(),
        Some(&b"2\r\nhi"[..])
    );
}

#[tokio::test]
async fn answers_before_the_answer_and_without_a_body() {
    let early = "HTTP/1.1 103 Early Hints\r\nSet-Cookie: a=1\r\n\r\n".repeat(20);
    let exchange = get(format!("{early}{OK}{HI}")).await.unwrap();
    assert_eq!((exchange.status, headers(&exchange).as_str()), (200, ""));
    let refused = get("HTTP/1.1 101 Switching Protocols\r\n\r\n").await;
    assert_eq!(
        refused.unwrap_err(),
        "unsupported response status: 101 Switching Protocols"
    );
    for (line, length) in [
        ("204 No Content", ""),
        ("304 Not Modified", "Content-Length: 10\r\n"),
    ] {
        let exchange = get(format!("HTTP/1.1 {line}\r\n{length}\r\n"))
            .await
            .unwrap();
        assert_eq!(
            (exchange.status_text().as_str(), &exchange.body),
            (line, &None)
        );
    }
    let exchange = get(format!("HTTP/1.1 205 Reset Content\r\n{HI}"))
        .await
        .unwrap();
    assert_eq!(exchange.body.as_deref(), Some(&b"hi"[..]));
}

#[tokio::test]
async fn heads_may_be_large_but_have_a_bound() {
    let value = "a".repeat(2_000_000);
    let exchange = get(format!("{OK}X-A: {value}\r\n{HI}")).await.unwrap();
    assert_eq!(
        exchange.headers.get("x-a").map(|found| found.len()),
        Some(value.len())
    );
    let many: String = (0..5000).map(|i| format!("X-{i}: {i}\r\n")).collect();
    let exchange = get(format!("{OK}{many}{HI}")).await.unwrap();
    assert_eq!(exchange.headers.to_vec().len(), 5001);
    let problem = "net/http: server response headers exceeded 10485760 bytes; aborted";
    let flood = format!("{OK}X-A: {}", "b".repeat(11_000_000));
    assert_eq!(get(flood).await.unwrap_err(), problem);
    let interim = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n".repeat(300_000);
    assert_eq!(get(interim).await.unwrap_err(), problem);
}

#[tokio::test]
async fn redirects_by_odd_locations() {
    for (location, wanted) in [
        ("/e a", "/e%20a"),
        ("e/../f/./x", "/f/x"),
        ("/e\\\\x\\y", "/e%5C%5Cx%5Cy"),
        ("/e\u{e4}?q", "/e%C3%A4?q"),
        ("/e#frag", "/e"),
        ("\r\n /folded", "/folded"),
    ] {
        let moved =
            format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
        let server = Server::start(move |request| match support::path(request) {
            "/start" => Act::Say(moved.clone().into_bytes()),
            _ => support::ok("there"),
        })
        .await;
        let sent = client()
            .send(Request::get(server.url("/start")), None)
            .await;
        assert_eq!(sent.unwrap().status, 200, "{location}");
        let last = server.requests().pop().unwrap();
        assert_eq!(support::path(&last), wanted, "{location}");
    }
    for (location, problem) in [
        (
            "http://[::1",
            "failed to parse Location header \"http://[::1\": parse \"http://[::1\": missing ']' in host",
        ),
        (
            "/e%zz",
            "failed to parse Location header \"/e%zz\": parse \"/e%zz\": invalid URL escape \"%zz\"",
        ),
        ("ftp://x/", "unsupported protocol scheme \"ftp\""),
    ] {
        let moved =
            format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(get(moved).await.unwrap_err(), problem);
    }
}
