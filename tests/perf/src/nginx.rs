//! The target: nginx from the distribution, on a free loopback port, with a generated
//! configuration, ended when the value is dropped.
//!
//! It counts what it served, so that what a tool claims can be held against it.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use rustix::process::{Pid, Signal, kill_process};

/// A running nginx.
#[derive(Debug)]
pub struct Nginx {
    child: Child,
    address: SocketAddr,
}

impl Nginx {
    /// Starts it with its files in `folder`. `files` is the limit of open files per worker.
    pub fn start(binary: &Path, folder: &Path, files: u64) -> Result<Self> {
        // nginx wants to be told a port, so a free one is looked up and then given.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let www = folder.join("file");
        fs::create_dir_all(&www)?;
        fs::write(www.join("body.html"), body())?;
        let config = folder.join("nginx.conf");
        fs::write(&config, configuration(address, folder, files))?;
        let log = folder.join("nginx.log");
        let child = Command::new(binary)
            .arg("-e")
            .arg(&log)
            .arg("-p")
            .arg(folder)
            .arg("-c")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(folder.join("nginx.stderr"))?)
            .spawn()
            .with_context(|| format!("cannot start {}", binary.display()))?;
        let mut nginx = Self { child, address };
        let deadline = Instant::now() + Duration::from_secs(10);
        while nginx.served().is_err() {
            if Instant::now() > deadline || nginx.child.try_wait()?.is_some() {
                let said = fs::read_to_string(&log).unwrap_or_default();
                bail!(
                    "nginx did not start: {}",
                    said.lines().last().unwrap_or("it logged nothing")
                );
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(nginx)
    }

    /// The address of a page, such as `/`.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// How many requests it has served since its start, this one included.
    pub fn served(&self) -> Result<u64> {
        let timeout = Duration::from_secs(5);
        let mut stream = TcpStream::connect_timeout(&self.address, timeout)?;
        stream.set_read_timeout(Some(timeout))?;
        stream.write_all(b"GET /status HTTP/1.0\r\n\r\n")?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        requests(&text).ok_or_else(|| anyhow!("nginx's status page has no count of requests"))
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Not SIGKILL: the master would leave its workers behind.
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        for _ in 0..250 {
            if matches!(self.child.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The third number under "server accepts handled requests".
fn requests(status: &str) -> Option<u64> {
    let mut lines = status
        .lines()
        .skip_while(|line| !line.contains("handled requests"));
    lines.nth(1)?.split_whitespace().nth(2)?.parse().ok()
}

/// 600 bytes: a small page.
fn body() -> String {
    let mut body = String::from("<!doctype html><title>target</title><p>");
    let filler = "lorem ipsum dolor sit amet ".chars().cycle();
    body.extend(filler.take(596 - body.len()));
    body.push_str("</p>");
    body
}

fn configuration(address: SocketAddr, folder: &Path, files: u64) -> String {
    let temp = |name: &str| -> PathBuf { folder.join(name) };
    // As root the workers would change to a user who cannot read the folder.
    let user = if rustix::process::geteuid().is_root() {
        "user root;\n"
    } else {
        ""
    };
    format!(
        "{user}daemon off;
worker_processes auto;
worker_rlimit_nofile {files};
pid {pid};
events {{
    worker_connections {connections};
}}
http {{
    access_log off;
    keepalive_requests 100000000;
    keepalive_timeout 300s;
    sendfile on;
    tcp_nopush on;
    open_file_cache max=16;
    types {{ text/html html; }}
    client_body_temp_path {body_temp};
    proxy_temp_path {proxy_temp};
    fastcgi_temp_path {fastcgi_temp};
    uwsgi_temp_path {uwsgi_temp};
    scgi_temp_path {scgi_temp};
    server {{
        listen {address} backlog=65535;
        location = / {{
            default_type text/html;
            return 200 '{body}';
        }}
        location /file/ {{
            root {root};
        }}
        location = /status {{
            stub_status;
        }}
    }}
}}
",
        pid = temp("nginx.pid").display(),
        connections = files.saturating_sub(64).clamp(512, 60_000),
        body_temp = temp("body").display(),
        proxy_temp = temp("proxy").display(),
        fastcgi_temp = temp("fastcgi").display(),
        uwsgi_temp = temp("uwsgi").display(),
        scgi_temp = temp("scgi").display(),
        body = body(),
        root = folder.display(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_small_and_needs_no_quoting() {
        assert_eq!(body().len(), 600);
        assert!(!body().contains(['\'', '$', '\\']));
    }

    #[test]
    fn reads_the_status_page() {
        let text =
            "Active connections: 1 \nserver accepts handled requests\n 5 5 1234 \nReading: 0\n";
        assert_eq!(requests(text), Some(1234));
        assert_eq!(requests("404"), None);
    }
}
