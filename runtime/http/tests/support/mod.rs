//! Small servers on loopback that say exactly what a test wants them to say.

#![allow(dead_code, reason = "not every test file uses every helper")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic here is a failed test"
)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;
use runner_http::{Client, Shared};
use runner_net::Dialer;
use runner_values::{HostKey, HostTarget, HttpSettings, NetSettings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a client is made of.
#[derive(Default)]
pub struct Settings {
    pub http: HttpSettings,
    pub net: NetSettings,
}

/// A client of its own with changed settings.
pub fn client_with(change: impl FnOnce(&mut Settings)) -> Client {
    let mut settings = Settings::default();
    change(&mut settings);
    let dialer = Dialer::new(&settings.net).unwrap();
    Client::new(Shared::new(settings.http, dialer).unwrap(), 1)
}

/// An entry of `hosts`.
pub fn host(name: &str, address: &str) -> (HostKey, HostTarget) {
    (
        HostKey::parse(name).unwrap(),
        HostTarget::parse(address).unwrap(),
    )
}

/// A client with k6's defaults.
pub fn client() -> Client {
    client_with(|_| ())
}

/// What a scripted server does with one request.
pub enum Act {
    /// Says this; the connection stays.
    Say(Vec<u8>),
    /// Says this and closes.
    SayAndClose(Vec<u8>),
    /// Says this and resets.
    SayAndReset(Vec<u8>),
    /// Says this and then nothing more, ever.
    SayAndHang(Vec<u8>),
    /// Says this over and over.
    Forever(Vec<u8>),
}

/// A server that answers by a function of the request's text.
pub struct Server {
    pub address: SocketAddr,
    pub connections: Arc<AtomicUsize>,
    pub requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub async fn start(answer: impl Fn(&str) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (count, log, answer) = (connections.clone(), requests.clone(), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, answer.clone(), log.clone()));
            }
        });
        Self {
            address,
            connections,
            requests,
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The requests so far, heads with bodies.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().clone()
    }
}

async fn serve(
    mut stream: TcpStream,
    answer: Arc<impl Fn(&str) -> Act>,
    log: Arc<Mutex<Vec<String>>>,
) {
    let mut pending = Vec::new();
    while let Some(request) = read_request(&mut stream, &mut pending).await {
        log.lock().push(request.clone());
        match answer(&request) {
            Act::Say(bytes) => {
                if stream.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Act::SayAndClose(bytes) => {
                let _ = stream.write_all(&bytes).await;
                return;
            }
            Act::SayAndReset(bytes) => {
                let _ = stream.write_all(&bytes).await;
                if !bytes.is_empty() {
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
                let _ = socket2::SockRef::from(&stream).set_linger(Some(Default::default()));
                return;
            }
            Act::SayAndHang(bytes) => {
                let _ = stream.write_all(&bytes).await;
                let _ = stream.read(&mut [0; 1]).await;
                return;
            }
            Act::Forever(bytes) => while stream.write_all(&bytes).await.is_ok() {},
        }
    }
}

async fn read_request(stream: &mut TcpStream, pending: &mut Vec<u8>) -> Option<String> {
    loop {
        if let Some(end) = pending.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&pending[..end]).into_owned();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("Content-Length: "))
                .map_or(0, |text| text.parse::<usize>().unwrap());
            while pending.len() < end + 4 + length {
                if stream.read_buf(pending).await.ok()? == 0 {
                    return None;
                }
            }
            let rest = pending.split_off(end + 4 + length);
            let request = std::mem::replace(pending, rest);
            return Some(String::from_utf8_lossy(&request).into_owned());
        }
        if stream.read_buf(pending).await.ok()? == 0 {
            return None;
        }
    }
}

/// `200 OK` with a length.
pub fn ok(body: impl AsRef<[u8]>) -> Act {
    with_headers("200 OK", "", body)
}

/// An answer with a length; `headers` are whole lines.
pub fn with_headers(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Act {
    let body = body.as_ref();
    let mut bytes = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    Act::Say(bytes)
}

/// A redirect.
pub fn redirect(status: u16, location: &str) -> Act {
    with_headers(
        &format!("{status} Moved"),
        &format!("Location: {location}\r\n"),
        "",
    )
}

/// The path on the request line.
pub fn path(request: &str) -> &str {
    request.split(' ').nth(1).unwrap_or_default()
}

/// Value of a header of a request.
pub fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    request
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}
