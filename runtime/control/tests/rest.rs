//! The server over real sockets, with a run that is none.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

mod fake;

use std::io::{Read, Write};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use fake::{Fake, Rig};
use runner_control::{Address, Client, ClientError, Metric, Server, StatusPatch};

fn scalable() -> Fake {
    Fake {
        scalable: true,
        vus: 2.into(),
        max: 5.into(),
        ..Fake::default()
    }
}

#[test]
fn pings() {
    let rig = Rig::new(Fake::default());
    for path in ["/", "/ping"] {
        assert_eq!(rig.ask("GET", path, ""), (200, "ok".to_owned()));
    }
}

#[test]
fn status_and_its_changes() {
    let rig = Rig::new(scalable());
    let running = r#"{"data":{"type":"status","id":"default","attributes":{"status":7,"paused":false,"vus":2,"vus-max":5,"stopped":false,"running":true,"tainted":false}}}"#;
    assert_eq!(rig.ask("GET", "/v1/status", ""), (200, running.to_owned()));
    let patch = |attributes: &str| {
        let body = format!(r#"{{"data":{{"type":"status","attributes":{attributes}}}}}"#);
        rig.ask("PATCH", "/v1/status", &body)
    };
    let (code, body) = patch(r#"{"vus":4,"paused":true}"#);
    assert_eq!(code, 200);
    assert!(
        body.contains(r#""paused":true,"vus":4,"vus-max":5"#),
        "{body}"
    );
    assert_eq!(patch(r#"{"vus-max":9}"#).0, 200);
    assert_eq!(rig.run.max.load(Ordering::SeqCst), 9);
    assert_eq!(
        patch(r#"{"paused":true}"#),
        (
            500,
            r#"{"errors":[{"status":"500","title":"Pause error","detail":"already so"}]}"#.into()
        )
    );
    assert_eq!(
        patch(r#"{"vus":10}"#),
        (
            400,
            r#"{"errors":[{"status":"400","title":"Config update error","detail":"10 above 9"}]}"#
                .into()
        )
    );
    let (code, body) = patch(r#"{"vus":-1,"paused":false}"#);
    assert_eq!(code, 400);
    assert!(body.contains("can't be negative"), "{body}");
    assert!(rig.run.paused.load(Ordering::SeqCst), "nothing has changed");
    assert_eq!(rig.ask("PATCH", "/v1/status", "{}").0, 200);
    let (code, body) = patch(r#"{"stopped":true,"vus":1000}"#);
    assert_eq!(code, 200);
    assert!(body.contains(r#""stopped":true"#), "{body}");
    assert_eq!(rig.run.vus.load(Ordering::SeqCst), 4);
}

#[test]
fn other_runs_cannot_be_scaled() {
    let rig = Rig::new(Fake::default());
    let body = r#"{"data":{"attributes":{"vus":4}}}"#;
    assert_eq!(
        rig.ask("PATCH", "/v1/status", body),
        (
            500,
            r#"{"errors":[{"status":"500","title":"Execution config error","detail":"an externally-controlled executor needs to be configured for live configuration updates"}]}"#
                .into()
        )
    );
}

#[test]
fn setup_and_teardown() {
    let rig = Rig::new(Fake::default());
    let shape = |attributes: &str| {
        let body = format!(
            r#"{{"data":{{"type":"setupData","id":"default","attributes":{attributes}}}}}"#
        );
        (200, body)
    };
    assert_eq!(rig.ask("GET", "/v1/setup", ""), shape("{}"));
    assert_eq!(
        rig.ask("PUT", "/v1/setup", r#"{"a": [1]}"#),
        shape(r#"{"data":{"a": [1]}}"#)
    );
    assert_eq!(
        rig.ask("POST", "/v1/setup", ""),
        shape(r#"{"data":{"from":"setup"}}"#)
    );
    assert_eq!(rig.run.setups.load(Ordering::SeqCst), 1);
    assert_eq!(rig.ask("PUT", "/v1/setup", ""), shape("{}"));
    let (code, body) = rig.ask("PUT", "/v1/setup", "nope");
    assert_eq!(code, 400);
    let start = r#"{"errors":[{"status":"400","title":"Error parsing request body","detail":""#;
    assert!(body.starts_with(start), "{body}");
    assert_eq!(rig.ask("POST", "/v1/teardown", ""), (200, String::new()));
    assert_eq!(rig.run.teardowns.load(Ordering::SeqCst), 1);

    let failing = Fake {
        setup_error: Some("it threw".to_owned()),
        ..Fake::default()
    };
    let (code, body) = Rig::new(failing).ask("POST", "/v1/setup", "");
    assert_eq!(code, 500);
    assert!(body.contains(r#""title":"Error executing setup","detail":"it threw""#));
}

#[test]
fn metrics_and_groups() {
    let metric = |name: &str| Metric {
        name: name.to_owned(),
        kind: "counter",
        contains: "default",
        tainted: None,
        sample: vec![("count", 1.0), ("rate", 0.5)],
    };
    let rig = Rig::new(Fake {
        metrics: vec![metric("a"), metric("b{x:y z}")],
        ..Fake::default()
    });
    let (code, body) = rig.ask("GET", "/v1/metrics", "");
    assert_eq!(code, 200);
    assert!(body.starts_with(r#"{"data":[{"type":"metrics","id":"a","#));
    let (code, body) = rig.ask("GET", "/v1/metrics/b%7Bx:y%20z%7D", "");
    assert_eq!(code, 200, "{body}");
    assert!(body.starts_with(r#"{"data":{"type":"metrics","id":"b{x:y z}","#));
    assert_eq!(
        rig.ask("GET", "/v1/metrics/nope", ""),
        (
            404,
            r#"{"errors":[{"status":"404","title":"Not Found","detail":"No metric with that ID was found"}]}"#
                .into()
        )
    );
    let (code, body) = rig.ask("GET", "/v1/groups", "");
    assert_eq!(code, 200);
    let root = r#"{"data":[{"type":"groups","id":"d41d8cd98f00b204e9800998ecf8427e","#;
    assert!(body.starts_with(root), "{body}");
    let root = "/v1/groups/d41d8cd98f00b204e9800998ecf8427e";
    assert_eq!(rig.ask("GET", root, "").0, 200);
    assert_eq!(rig.ask("GET", "/v1/groups/nope", "").0, 404);
    let (code, page) = rig.ask("GET", "/metrics", "");
    assert_eq!(code, 200);
    assert!(page.contains("runner_iterations_total{outcome=\"completed\"} 7\n"));
}

#[test]
fn wrong_methods_and_paths() {
    let rig = Rig::new(Fake::default());
    for (method, path) in [
        ("DELETE", "/v1/status"),
        ("PUT", "/v1/status"),
        ("POST", "/v1/metrics"),
        ("DELETE", "/v1/metrics/x"),
        ("PATCH", "/v1/groups"),
        ("DELETE", "/v1/groups/x"),
        ("DELETE", "/v1/setup"),
        ("GET", "/v1/teardown"),
        ("POST", "/metrics"),
    ] {
        assert_eq!(rig.ask(method, path, ""), (405, String::new()), "{path}");
    }
    for path in ["/v1/nope", "/nope", "/v1/metrics%FF"] {
        assert_eq!(rig.ask("GET", path, "").0, 404, "{path}");
    }
}

#[test]
fn bad_bodies() {
    let rig = Rig::new(scalable());
    for body in [
        "",
        "{",
        "[]",
        "nope",
        r#"{"data":{"attributes":{"vus":"x"}}}"#,
    ] {
        let (code, answer) = rig.ask("PATCH", "/v1/status", body);
        assert_eq!(code, 400, "{body}");
        let start = r#"{"errors":[{"status":"400","title":"Invalid data","detail":""#;
        assert!(answer.starts_with(start), "{answer}");
    }
    let long = format!("{{{}}}", " ".repeat(70 << 10));
    assert_eq!(rig.ask("PATCH", "/v1/status", &long).0, 413);
    assert_eq!(rig.ask("GET", "/v1/status", "").0, 200);
}

#[test]
fn nonsense_does_not_disturb() {
    let rig = Rig::new(Fake::default());
    rig.raw("\0\0\0\r\n\r\n");
    rig.raw("GET / HTTP/9.9\r\n\r\n");
    rig.raw(format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(100_000)));
    rig.raw("PATCH /v1/status HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n");
    assert_eq!(rig.ask("GET", "/ping", "").0, 200);
}

#[test]
fn web_pages_change_nothing() {
    let rig = Rig::new(Fake::default());
    let origin = "Origin: http://evil.example\r\n";
    for (method, path) in [
        ("POST", "/v1/teardown"),
        ("POST", "/v1/setup"),
        ("PUT", "/v1/setup"),
        ("PATCH", "/v1/status"),
    ] {
        assert_eq!(rig.ask_with(method, path, origin, "{}").0, 403, "{path}");
    }
    assert_eq!(rig.run.teardowns.load(Ordering::SeqCst), 0);
    assert_eq!(rig.ask_with("GET", "/v1/status", origin, "").0, 200);
}

/// Clients that send nothing, send slowly, or do not read keep nobody else from being served.
#[test]
fn slow_clients_are_nobody_elses_problem() {
    let rig = Rig::new(Fake::default());
    let silent: Vec<_> = (0..40).map(|_| rig.connect()).collect();
    let mut slow = rig.connect();
    slow.write_all(b"PATCH /v1/status HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
        .unwrap();
    let started = Instant::now();
    assert_eq!(rig.ask("GET", "/ping", "").0, 200);
    assert!(started.elapsed() < Duration::from_secs(5));
    // The slow one is told so in the end.
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    drop(silent);
}

#[test]
fn more_clients_than_are_served_at_once_wait_for_those_that_leave() {
    let rig = Rig::new(Fake::default());
    let mut silent: Vec<_> = (0..100).map(|_| rig.connect()).collect();
    silent.clear();
    assert_eq!(rig.ask("GET", "/ping", "").0, 200);
}

#[test]
fn the_end_is_prompt_and_frees_the_port() {
    let mut rig = Rig::new(Fake::default());
    let idle = rig.connect();
    assert_eq!(rig.ask("GET", "/ping", "").0, 200);
    let started = Instant::now();
    drop(rig.serving.take());
    assert!(started.elapsed() < Duration::from_secs(5));
    drop(idle);
    Server::bind(&rig.address).unwrap();
}

#[test]
fn a_taken_port() {
    let rig = Rig::new(Fake::default());
    let error = Server::bind(&rig.address).unwrap_err().to_string();
    let start = format!("cannot listen on {}: ", rig.address);
    assert!(error.starts_with(&start), "{error}");
}

#[test]
fn who_can_reach_it() {
    let bind = |text: &str| Server::bind(&text.parse().unwrap()).unwrap();
    assert!(!bind("127.0.0.1:0").is_public());
    assert!(!bind(":0").is_public());
    assert!(!bind("localhost:0").is_public());
    assert!(bind("0.0.0.0:0").is_public());
}

#[tokio::test]
async fn the_client() {
    let rig = Rig::new(Fake {
        metrics: vec![Metric {
            name: "a".to_owned(),
            kind: "gauge",
            contains: "default",
            tainted: Some(true),
            sample: vec![("value", 0.5)],
        }],
        ..scalable()
    });
    let client = rig.client();
    assert_eq!(client.status().await.unwrap().vus, 2);
    let patch = StatusPatch {
        vus: Some(3),
        paused: Some(true),
        ..StatusPatch::default()
    };
    let status = client.patch(&patch).await.unwrap();
    assert_eq!((status.vus, status.paused), (3, true));
    let error = client.patch(&patch).await.unwrap_err();
    assert_eq!(error.to_string(), "Pause error: already so");
    assert!(matches!(error, ClientError::Refused { .. }));
    let metrics = client.metrics().await.unwrap();
    assert_eq!(metrics[0].sample, [("value".to_owned(), 0.5)]);
}

#[tokio::test]
async fn a_client_of_nobody() {
    let server = Server::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
    let address: Address = server.address().to_string().parse().unwrap();
    drop(server);
    let error = Client::new(address.clone()).status().await.unwrap_err();
    assert!(matches!(error, ClientError::Unreachable { .. }));
    let start = format!("no run answers on {address}: ");
    assert!(error.to_string().starts_with(&start), "{error}");
}

#[tokio::test]
async fn a_client_of_something_else() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        "SSH-2.0-x\r\n",
        "",
    ] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address: Address = listener.local_addr().unwrap().to_string().parse().unwrap();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer.as_bytes());
        });
        let error = Client::new(address).status().await.unwrap_err();
        assert!(
            matches!(error, ClientError::Strange { .. }),
            "{answer:?}: {error}"
        );
        server.join().unwrap();
    }
}
