//! Everything else that is decent: statuses, redirects, cookies, logins, encodings, bodies.

mod client;

use std::io::Read as _;
use std::time::{Duration, Instant};

use base64::Engine as _;
use client::Server;
use md5::{Digest as _, Md5};
use serde_json::json;

#[tokio::test]
async fn statuses() {
    let server = Server::start().await;
    for code in [200, 204, 304, 404, 418, 500, 599] {
        assert_eq!(server.get(&format!("/status/{code}")).await.status, code);
    }
    assert!([200, 500].contains(&server.get("/status/200:1,500:2").await.status));
    let unauthorized = server.send("PUT", "/status/401", &[], b"").await;
    assert!(
        unauthorized
            .header("www-authenticate")
            .unwrap()
            .starts_with("Basic")
    );
    assert_eq!(
        server.get("/status/301").await.header("location"),
        Some("/redirect/1")
    );
    assert_eq!(server.get("/status/moo").await.status, 400);
    let raw = server.raw("GET", "/status/101", &[], b"").await.unwrap();
    assert!(raw.starts_with(b"HTTP/1.1 101 Switching Protocols\r\n"));
}

#[tokio::test]
async fn delays() {
    let server = Server::start().await;
    let start = Instant::now();
    let answer = server.get("/delay/0.3?x=1").await;
    assert!(start.elapsed() >= Duration::from_millis(300));
    assert_eq!(answer.json()["args"], json!({"x": "1"}));
    assert_eq!(server.get("/delay/-1").await.status, 400);
    assert_eq!(server.get("/delay/inf").await.status, 400);
}

#[tokio::test]
async fn redirects() {
    let server = Server::start().await;
    let location = async |path: &str| {
        let answer = server.get(path).await;
        (
            answer.status,
            answer.header("location").unwrap_or_default().to_owned(),
        )
    };
    let absolute = format!("http://{}/absolute-redirect/1", server.http);
    assert_eq!(
        location("/redirect/3").await,
        (302, "/relative-redirect/2".into())
    );
    assert_eq!(
        location("/redirect/2?absolute=true").await,
        (302, absolute.clone())
    );
    assert_eq!(location("/relative-redirect/1").await, (302, "/get".into()));
    assert_eq!(location("/absolute-redirect/2").await, (302, absolute));
    assert_eq!(location("/redirect/0").await.0, 400);
    let to = "/redirect-to?url=http%3A%2F%2Fx%2Fy%3Fz&status_code=308";
    assert_eq!(location(to).await, (308, "http://x/y?z".into()));
    assert_eq!(
        location("/redirect-to?url=/get&status_code=200").await,
        (302, "/get".into())
    );
    assert_eq!(location("/redirect-to").await.0, 400);
}

#[tokio::test]
async fn cookies() {
    let server = Server::start().await;
    let sent = [("Cookie", "a=1; b=\"2\"; a=3")];
    let shown = server.send("GET", "/cookies", &sent, b"").await.json();
    assert_eq!(shown, json!({"cookies": {"a": "1", "b": "2"}}));
    for path in ["/cookies/set?k=v", "/cookies/set/k/v"] {
        let set = server.get(path).await;
        assert_eq!(
            (set.status, set.header("location")),
            (302, Some("/cookies"))
        );
        assert_eq!(set.header("set-cookie"), Some("k=v; Path=/"));
    }
    let two = server.get("/cookies/set?k=v&l=w").await;
    assert_eq!(
        two.headers
            .iter()
            .filter(|(name, _)| name == "set-cookie")
            .count(),
        2
    );
    let deleted = server.get("/cookies/delete?k").await;
    assert!(deleted.header("set-cookie").unwrap().contains("Max-Age=0"));
}

#[tokio::test]
async fn logins() {
    let server = Server::start().await;
    let header = format!(
        "Basic {}",
        base64::engine::general_purpose::STANDARD.encode("u:p")
    );
    let sent = [("Authorization", header.as_str())];
    let welcome = server.send("GET", "/basic-auth/u/p", &sent, b"").await;
    assert_eq!(welcome.json(), json!({"authenticated": true, "user": "u"}));
    assert_eq!(
        server
            .send("GET", "/hidden-basic-auth/u/p", &sent, b"")
            .await
            .status,
        200
    );
    assert_eq!(
        server
            .send("GET", "/hidden-basic-auth/u/q", &sent, b"")
            .await
            .status,
        404
    );
    let refused = server.get("/basic-auth/u/p").await;
    assert_eq!(refused.status, 401);
    assert_eq!(
        refused.header("www-authenticate"),
        Some("Basic realm=\"Fake Realm\"")
    );
    let bearer = [("Authorization", "Bearer tok")];
    let token = server.send("GET", "/bearer", &bearer, b"").await.json();
    assert_eq!(token, json!({"authenticated": true, "token": "tok"}));
    assert_eq!(
        server.get("/bearer").await.header("www-authenticate"),
        Some("Bearer")
    );
}

#[tokio::test]
async fn digest_by_hand() {
    let server = Server::start().await;
    let path = "/digest-auth/auth/u/p";
    let challenge = server.get(path).await;
    assert_eq!(challenge.status, 401);
    let header = challenge.header("www-authenticate").unwrap();
    let quoted = |name: &str| {
        let start = header.find(&format!("{name}=\"")).unwrap() + name.len() + 2;
        header[start..].split('"').next().unwrap().to_owned()
    };
    let (realm, nonce) = (quoted("realm"), quoted("nonce"));
    let md5 = |text: String| {
        Md5::digest(text)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let authorization = |password: &str| {
        let secret = md5(format!("u:{realm}:{password}"));
        let action = md5(format!("GET:{path}"));
        let response = md5(format!("{secret}:{nonce}:00000001:abc:auth:{action}"));
        format!(
            "Digest username=\"u\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{path}\", \
             qop=auth, nc=00000001, cnonce=\"abc\", response=\"{response}\""
        )
    };
    let right = authorization("p");
    let sent = [("Authorization", right.as_str())];
    assert_eq!(server.send("GET", path, &sent, b"").await.status, 200);
    assert_eq!(
        server
            .send("GET", "/digest-auth/auth/u/p?x=1", &sent, b"")
            .await
            .status,
        401
    );
    let wrong = authorization("q");
    let sent = [("Authorization", wrong.as_str())];
    assert_eq!(server.send("GET", path, &sent, b"").await.status, 401);
    assert_eq!(server.get("/digest-auth/auth/u/p/rot13").await.status, 400);
}

#[tokio::test]
async fn encodings() {
    let server = Server::start().await;
    for (path, encoding, flag) in [
        ("/gzip", "gzip", "gzipped"),
        ("/deflate", "deflate", "deflated"),
        ("/brotli", "br", "brotli"),
        ("/zstd", "zstd", "zstd"),
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.header("content-encoding"), Some(encoding));
        let mut text = Vec::new();
        let packed = answer.body.as_slice();
        match encoding {
            "gzip" => flate2::read::GzDecoder::new(packed)
                .read_to_end(&mut text)
                .unwrap(),
            "deflate" => flate2::read::ZlibDecoder::new(packed)
                .read_to_end(&mut text)
                .unwrap(),
            "br" => brotli::Decompressor::new(packed, 4096)
                .read_to_end(&mut text)
                .unwrap(),
            _ => zstd::Decoder::new(packed)
                .unwrap()
                .read_to_end(&mut text)
                .unwrap(),
        };
        let value: serde_json::Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(value[flag], true);
        assert_eq!(value["method"], "GET");
    }
}

#[tokio::test]
async fn bodies() {
    let server = Server::start().await;
    let bytes = server.get("/bytes/1000?seed=5").await;
    assert_eq!(
        (bytes.body.len(), bytes.header("content-length")),
        (1000, Some("1000"))
    );
    let streamed = server.get("/stream-bytes/25000?chunk_size=1000").await;
    assert_eq!(streamed.header("transfer-encoding"), Some("chunked"));
    assert_eq!(streamed.body.len(), 25_000);
    assert_eq!(server.get("/bytes/99999999999").await.status, 400);
    let lines = server.get("/stream/3").await.text();
    let ids: Vec<u64> = lines
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["id"]
                .as_u64()
                .unwrap()
        })
        .collect();
    assert_eq!(ids, [0, 1, 2]);
    let drip = server
        .get("/drip?numbytes=5&duration=0.1&delay=0&code=202")
        .await;
    assert_eq!((drip.status, drip.text().as_str()), (202, "*****"));
    assert_eq!(drip.header("content-length"), Some("5"));
    let range = server
        .send("GET", "/range/26", &[("Range", "bytes=2-4")], b"")
        .await;
    assert_eq!((range.status, range.text().as_str()), (206, "cde"));
    assert_eq!(range.header("content-range"), Some("bytes 2-4/26"));
    let beyond = server
        .send("GET", "/range/26", &[("Range", "bytes=30-")], b"")
        .await;
    assert_eq!(
        (beyond.status, beyond.header("content-range")),
        (416, Some("bytes */26"))
    );
}

#[tokio::test]
async fn documents() {
    let server = Server::start().await;
    for (path, media, part) in [
        ("/", "text/plain; charset=utf-8", "/fault/reset"),
        ("/json", "application/json", "slideshow"),
        ("/html", "text/html; charset=utf-8", "<h1>"),
        ("/xml", "application/xml", "<slideshow"),
        ("/robots.txt", "text/plain; charset=utf-8", "Disallow"),
        (
            "/forms/post",
            "text/html; charset=utf-8",
            "action=\"/post\"",
        ),
        ("/encoding/utf8", "text/html; charset=utf-8", "∮"),
        ("/base64/aGVsbG8", "text/html; charset=utf-8", "hello"),
        ("/uuid", "application/json", "uuid"),
    ] {
        let answer = server.get(path).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, Some(media)),
            "{path}"
        );
        assert!(answer.text().contains(part), "{path}");
    }
    let png = server.get("/image/png").await;
    assert_eq!(
        (png.header("content-type"), &png.body[1..4]),
        (Some("image/png"), &b"PNG"[..])
    );
    let cached = server
        .send("GET", "/cache", &[("If-None-Match", "x")], b"")
        .await;
    assert_eq!(
        (cached.status, server.get("/cache").await.status),
        (304, 200)
    );
    let aged = server.get("/cache/60").await;
    assert_eq!(aged.header("cache-control"), Some("public, max-age=60"));
    let same = server
        .send("GET", "/etag/e", &[("If-None-Match", "W/\"e\"")], b"")
        .await;
    let other = server
        .send("GET", "/etag/e", &[("If-Match", "\"f\"")], b"")
        .await;
    assert_eq!((same.status, other.status), (304, 412));
    let headers = server
        .get("/response-headers?X-A=1&Content-Type=text/x")
        .await;
    assert_eq!(headers.header("x-a"), Some("1"));
    assert_eq!(headers.header("content-type"), Some("text/x"));
    assert_eq!(
        server.get("/response-headers?bad%20name=1").await.status,
        400
    );
}

#[tokio::test]
async fn the_demo_api() {
    let server = Server::start().await;
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let login = server
        .send("POST", "/login", &form, b"username=ann&password=x")
        .await;
    let token = login.json()["token"].as_str().unwrap().to_owned();
    let again = server
        .send(
            "POST",
            "/login",
            &[],
            b"{\"username\":\"ann\",\"password\":\"y\"}",
        )
        .await;
    assert_eq!(again.json()["token"], token);
    assert_eq!(
        server
            .send("POST", "/login", &form, b"username=ann")
            .await
            .status,
        401
    );
    let bearer = format!("Bearer {token}");
    let sent = [("Authorization", bearer.as_str())];
    let profile = server.send("GET", "/profile", &sent, b"").await.json();
    assert_eq!(profile, json!({"name": "ann", "username": "ann"}));
    let changed = server
        .send("PUT", "/profile", &sent, b"{\"name\":\"Updated\"}")
        .await
        .json();
    assert_eq!(changed["name"], "Updated");
    assert_eq!(
        server.send("GET", "/profile", &sent, b"").await.json()["name"],
        "Updated"
    );
    assert_eq!(server.get("/profile").await.status, 401);
}
