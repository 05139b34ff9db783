//! An extension for the tests: tries every way out of the sandbox, and says what came of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
use std::time::{Duration, Instant, SystemTime};

use exports::runner::extension::lifecycle;
use exports::runner::reach::reach::Guest;
use runner::execution::execution;
use runner::http::http;
use runner::kv::manage;
use runner::tasks::tasks;

wit_bindgen::generate!({
    path: ["../../../wit", "wit"],
    world: "runner:reach/plugin",
    generate_all,
});

struct Reach;

export!(Reach);

/// The steps in which clocks move for those who were not granted more, in nanoseconds.
const STEP: u128 = 100_000;

impl lifecycle::Guest for Reach {
    fn init() -> Result<(), String> {
        manage::open(&manage::Options {
            backend: manage::Backend::Memory(manage::MemoryOptions {
                shards: 0,
                max_bytes: 0,
            }),
            json: true,
            track_keys: false,
        })
        .map_err(|error| error.message)
    }
}

impl Guest for Reach {
    fn tcp(address: String) -> Result<String, String> {
        let mut stream = TcpStream::connect(address).map_err(text)?;
        stream.write_all(b"ping\n").map_err(text)?;
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).map_err(text)?;
        Ok(line.trim_end().to_owned())
    }

    fn listen(address: String) -> Result<(), String> {
        TcpListener::bind(address).map(drop).map_err(text)
    }

    fn udp(address: String) -> Result<String, String> {
        let socket = UdpSocket::bind("0.0.0.0:0").map_err(text)?;
        socket.send_to(b"ping", address).map_err(text)?;
        let mut buffer = [0; 64];
        let (length, _) = socket.recv_from(&mut buffer).map_err(text)?;
        Ok(String::from_utf8_lossy(&buffer[..length]).into_owned())
    }

    fn lookup(host: String) -> Result<Vec<String>, String> {
        let found = (host.as_str(), 0).to_socket_addrs().map_err(text)?;
        Ok(found.map(|address| address.ip().to_string()).collect())
    }

    fn http(url: String) -> Result<u16, String> {
        let response = http::send(&http::Request {
            method: "GET".into(),
            url,
            name: None,
            headers: Vec::new(),
            body: None,
            cookies: Vec::new(),
            jar: None,
            tags: Vec::new(),
            timeout: None,
            redirects: None,
            auth: None,
            compression: Vec::new(),
            response_type: None,
            expected: http::Expectation::Inherited,
        });
        response
            .map(|response| response.status)
            .map_err(|error| error.message)
    }

    fn read(path: String) -> Result<String, String> {
        std::fs::read_to_string(path).map_err(text)
    }

    fn write(path: String, content: String) -> Result<(), String> {
        std::fs::write(path, content).map_err(text)
    }

    fn remove(path: String) -> Result<(), String> {
        std::fs::remove_file(path).map_err(text)
    }

    fn names(path: String) -> Result<Vec<String>, String> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(path).map_err(text)? {
            names.push(
                entry
                    .map_err(text)?
                    .file_name()
                    .to_string_lossy()
                    .into_owned(),
            );
        }
        names.sort();
        Ok(names)
    }

    fn dump_store(path: String) -> Result<(), String> {
        let done = manage::export_jsonl(&path, "", None);
        done.map(drop).map_err(|error| error.message)
    }

    fn variable(name: String) -> Result<String, String> {
        std::env::var(name).map_err(text)
    }

    fn variables() -> Vec<String> {
        std::env::vars().map(|(name, _)| name).collect()
    }

    fn script_variables() -> Vec<String> {
        let all = execution::env().into_iter();
        all.map(|(name, value)| format!("{name}={value}")).collect()
    }

    fn fine_clocks() -> Vec<String> {
        let unix = || {
            SystemTime::now()
                .duration_since(SystemTime::UNIX_EPOCH)
                .unwrap()
        };
        let start = Instant::now();
        let mut fine = [false; 4];
        while start.elapsed() < Duration::from_millis(3) {
            let seen = [
                start.elapsed().as_nanos(),
                unix().as_nanos(),
                tasks::now().into(),
                execution::wall_clock().into(),
            ];
            for (fine, seen) in fine.iter_mut().zip(seen) {
                *fine |= seen % STEP != 0;
            }
        }
        let names = ["monotonic", "wall", "tasks", "execution"];
        let fine = names.into_iter().zip(fine).filter(|(_, fine)| *fine);
        fine.map(|(name, _)| name.to_owned()).collect()
    }

    fn stdin() -> String {
        let mut content = String::new();
        let _ = std::io::stdin().read_to_string(&mut content);
        content
    }

    fn print(text: String) {
        println!("{text}");
    }

    fn exit() {
        std::process::exit(0);
    }

    fn next_task() -> Option<u64> {
        tasks::next(Some(0))
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
