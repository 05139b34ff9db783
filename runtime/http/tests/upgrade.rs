//! Going on in another protocol after 101, with the handshake of WebSockets as the example.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic here is a failed test"
)]

mod support;

use std::time::Duration;

use runner_http::{Protocol, Request};
use support::{client, header, ok, path, with_headers};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

// The example of RFC 6455.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
/// A text of two letters, from a server.
const HI: &[u8] = b"\x81\x02hi";

fn handshake(url: String) -> Request {
    let mut request = Request::get(url);
    request.headers = [
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", KEY),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    request
}

/// Accepts one handshake, says `HI` in the same packet, and then sends one short text of the
/// client back.
async fn serve(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        assert_ne!(stream.read_buf(&mut bytes).await.unwrap(), 0);
    }
    let mut answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {ACCEPT}\r\n\r\n"
    )
    .into_bytes();
    answer.extend_from_slice(HI);
    stream.write_all(&answer).await.unwrap();
    let mut frame = [0; 11];
    stream.read_exact(&mut frame).await.unwrap();
    // Final text, masked, five bytes; then the mask.
    assert_eq!(frame[..2], [0x81, 0x85]);
    let mut echo = vec![0x81, 5];
    echo.extend((0..5).map(|i| frame[6 + i] ^ frame[2 + i % 4]));
    stream.write_all(&echo).await.unwrap();
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn the_connection_is_handed_out_with_what_was_read() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move { serve(listener.accept().await.unwrap().0).await });
    let client = client();
    let request = handshake(format!("http://{address}/chat?x"));
    let (exchange, upgraded) = client.upgrade(request, None).await.unwrap();
    assert_eq!((exchange.status, exchange.hops.len()), (101, 1));
    assert_eq!(exchange.status_text(), "101 Switching Protocols");
    let accept = exchange.headers.get("Sec-WebSocket-Accept");
    assert_eq!(accept.as_deref(), Some(ACCEPT));
    assert_eq!(exchange.body, None);
    assert!(exchange.timings().connecting > Duration::ZERO);
    let (sent, received) = client.take_bytes();

    let mut stream = upgraded.unwrap();
    let mut first = [0; 4];
    stream.read_exact(&mut first).await.unwrap();
    assert_eq!(first, HI);
    let mask = [1, 2, 3, 4];
    let mut frame = vec![0x81, 0x85, 1, 2, 3, 4];
    frame.extend(b"hello".iter().zip(mask.iter().cycle()).map(|(a, b)| a ^ b));
    stream.write_all(&frame).await.unwrap();
    let mut echo = Vec::new();
    stream.read_to_end(&mut echo).await.unwrap();
    assert_eq!(echo, b"\x81\x05hello");

    let seen = server.await.unwrap();
    assert_eq!(path(&seen), "/chat?x");
    assert_eq!(header(&seen, "Upgrade"), Some("websocket"));
    assert_eq!(header(&seen, "Connection"), Some("Upgrade"));
    // What passes later is counted too; `HI` may have come before or after.
    let (sent_later, received_later) = client.take_bytes();
    assert_eq!((sent, sent_later), (seen.len() as u64, frame.len() as u64));
    assert!(received > 100);
    let head = exchange_length();
    assert_eq!(received + received_later, head + 4 + echo.len() as u64);
}

/// How long the head of the server's answer is.
fn exchange_length() -> u64 {
    let rest = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                Sec-WebSocket-Accept: \r\n\r\n";
    (rest.len() + ACCEPT.len()) as u64
}

#[tokio::test]
async fn other_answers_are_answers() {
    let server = support::Server::start(|request| match path(request) {
        "/no" => with_headers("403 Forbidden", "", "no"),
        _ => ok("plain"),
    })
    .await;
    let client = client();
    let plain = client.send(Request::get(server.url("/")), None).await;
    assert_eq!(plain.unwrap().status, 200);
    let request = handshake(server.url("/no"));
    let (exchange, upgraded) = client.upgrade(request, None).await.unwrap();
    assert_eq!((exchange.status, upgraded.is_none()), (403, true));
    assert_eq!(exchange.body.as_deref(), Some(&b"no"[..]));
    assert_eq!(exchange.protocol(), Some(Protocol::HTTP_11));
    // It had a connection of its own, which is not used again.
    assert_eq!(server.connections(), 2);
    let plain = client.send(Request::get(server.url("/")), None).await;
    assert_eq!(plain.unwrap().status, 200);
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_handshake_has_the_timeout_of_its_call() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut request = handshake(format!("http://{address}/"));
    request.timeout = Some(Duration::from_millis(50));
    let failure = client().upgrade(request, None).await.unwrap_err();
    assert_eq!(failure.code, 1050);
    assert_eq!(failure.exchange.unwrap().hops.len(), 1);
}
