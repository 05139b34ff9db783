//! How many requests per second the client makes, beside bare hyper:
//!
//!     cargo run --release -p runner-http --example loop -- http://127.0.0.1:8080/ 50 5 runner
//!     cargo run --release -p runner-http --example loop -- http://127.0.0.1:8080/ 50 5 hyper
//!
//! Arguments: URL, connections, seconds, `runner` (default) or `hyper`. `hyper` is the usual
//! way to use it: a spawned task per connection, the body collected. `idle` opens the
//! connections, makes one request on each, and prints the private memory per connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Empty};
use hyper_util::rt::TokioIo;
use runner_http::{Client, Request, Shared};
use runner_net::Dialer;
use runner_values::{HttpSettings, NetSettings};

type Error = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Error> {
    let mut args = std::env::args().skip(1);
    let url = args
        .next()
        .ok_or("usage: loop URL [CONNECTIONS] [SECONDS] [runner|hyper|idle]")?;
    let connections: u64 = args.next().map_or(Ok(50), |text| text.parse())?;
    let seconds: u64 = args.next().map_or(Ok(5), |text| text.parse())?;
    let mode = args.next().unwrap_or_else(|| "runner".to_owned());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(run(url, connections, Duration::from_secs(seconds), mode))
}

async fn run(url: String, connections: u64, time: Duration, mode: String) -> Result<(), Error> {
    let shared = Shared::new(
        HttpSettings::default(),
        Dialer::new(&NetSettings::default())?,
    )?;
    let stop = Arc::new(AtomicBool::new(false));
    let count = Arc::new(AtomicU64::new(0));
    let before = private_kb();
    if mode == "idle" {
        let mut clients = Vec::new();
        for vu in 1..=connections {
            let client = Client::new(shared.clone(), vu);
            let url = url.clone();
            clients.push(
                tokio::spawn(
                    async move { client.send(Request::get(url), None).await.map(|_| client) },
                )
                .await?,
            );
        }
        let per_vu = (private_kb() - before) as f64 / connections as f64;
        println!(
            "{per_vu:.2} KB of private memory per idle client of {}",
            clients.len()
        );
        return Ok(());
    }
    let mut tasks = Vec::new();
    let start = Instant::now();
    for vu in 1..=connections {
        let (url, stop, count) = (url.clone(), stop.clone(), count.clone());
        let client = Client::new(shared.clone(), vu);
        let hyper = mode == "hyper";
        tasks.push(tokio::spawn(async move {
            let made = if hyper {
                bare(&url, &stop).await
            } else {
                measured(&client, &url, &stop).await
            }?;
            count.fetch_add(made, Ordering::Relaxed);
            Ok::<(), Error>(())
        }));
    }
    tokio::time::sleep(time).await;
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await??;
    }
    let total = count.load(Ordering::Relaxed);
    println!(
        "{mode}: {:.0} requests/s",
        total as f64 / start.elapsed().as_secs_f64()
    );
    Ok(())
}

async fn measured(client: &Client, url: &str, stop: &AtomicBool) -> Result<u64, Error> {
    let mut made = 0;
    while !stop.load(Ordering::Relaxed) {
        let exchange = client.send(Request::get(url), None).await?;
        if exchange.status != 200 || exchange.body.is_none() {
            return Err(format!("status {}", exchange.status).into());
        }
        made += 1;
    }
    Ok(made)
}

async fn bare(url: &str, stop: &AtomicBool) -> Result<u64, Error> {
    let uri: http::Uri = url.parse()?;
    let authority = uri.authority().ok_or("the URL has no host")?.to_string();
    let tcp = tokio::net::TcpStream::connect(&authority).await?;
    tcp.set_nodelay(true)?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake::<_, Empty<bytes::Bytes>>(TokioIo::new(tcp)).await?;
    tokio::spawn(connection);
    let mut made = 0;
    while !stop.load(Ordering::Relaxed) {
        let request = http::Request::get(uri.path())
            .header("Host", &authority)
            .header("User-Agent", "runner/0.1.0")
            .body(Empty::new())?;
        let response = sender.send_request(request).await?;
        if response.status() != 200 {
            return Err(format!("status {}", response.status()).into());
        }
        response.into_body().collect().await?;
        made += 1;
    }
    Ok(made)
}

/// Private pages of this process, where the system tells.
fn private_kb() -> u64 {
    let rollup = std::fs::read_to_string("/proc/self/smaps_rollup").unwrap_or_default();
    rollup
        .lines()
        .filter(|line| line.starts_with("Private_"))
        .filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok())
        .sum()
}
