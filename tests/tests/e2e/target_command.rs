//! `runner target`, the command.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use runner_tests::{Runner, is_k6};

#[test]
fn it_serves_until_it_is_told_to_stop() {
    if is_k6() {
        return;
    }
    let run = Runner::command("target")
        .args(["--port", "0", "--tls-port", "0"])
        .start();
    run.until("https://127.0.0.1:");
    let stdout = run.stdout();
    let address = stdout
        .split("http://")
        .nth(1)
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .write_all(b"GET /get HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    run.interrupt();
    let output = run.wait();
    assert_eq!(output.code, 0, "{output}");
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn a_port_that_is_taken_is_named() {
    if is_k6() {
        return;
    }
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let output = Runner::command("target")
        .args(["--no-tls", "--port", &port])
        .run();
    assert_ne!(output.code, 0, "{output}");
    output.says(&port);
}
