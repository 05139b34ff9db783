//! What the echo endpoints report, byte for byte where httpbin's form matters.

mod client;

use client::Server;
use serde_json::{Value, json};

#[tokio::test]
async fn get_has_httpbins_members_in_order() {
    let server = Server::start().await;
    let answer = server.get("/get?b=2&a=1&b=3%20x").await;
    let host = server.http;
    let expected = format!(
        "{{\n  \"args\": {{\n    \"a\": \"1\",\n    \"b\": [\n      \"2\",\n      \"3 x\"\n    ]\n  }},\n  \
         \"headers\": {{\n    \"Connection\": \"close\",\n    \"Host\": \"{host}\"\n  }},\n  \
         \"origin\": \"127.0.0.1\",\n  \"url\": \"http://{host}/get?b=2&a=1&b=3%20x\"\n}}\n"
    );
    assert_eq!(answer.text(), expected);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
}

#[tokio::test]
async fn bodies_of_each_kind() {
    let server = Server::start().await;
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let value = server
        .send("POST", "/post", &form, b"a=1&b=x+y&a=2")
        .await
        .json();
    assert_eq!(value["form"], json!({"a": ["1", "2"], "b": "x y"}));
    assert_eq!((&value["data"], &value["json"]), (&json!(""), &Value::Null));

    let json_type = [("Content-Type", "application/json")];
    let value = server
        .send("PUT", "/put", &json_type, b"{\"k\": [1, null]}")
        .await
        .json();
    assert_eq!(value["json"], json!({"k": [1, null]}));
    assert_eq!(value["data"], "{\"k\": [1, null]}");
    assert_eq!(value["headers"]["Content-Type"], "application/json");

    let value = server
        .send("PATCH", "/patch", &[], &[0xff, 0x00])
        .await
        .json();
    assert_eq!(value["data"], "data:application/octet-stream;base64,/wA=");

    let multipart = [("Content-Type", "multipart/form-data; boundary=XX")];
    let body = b"--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f.txt\"\r\n\r\n\
        hi\r\n--XX\r\nContent-Disposition: form-data; name=\"p\"\r\n\r\nq\r\n--XX--\r\n";
    let value = server.send("POST", "/post", &multipart, body).await.json();
    assert_eq!(
        (&value["files"], &value["form"]),
        (&json!({"f": "hi"}), &json!({"p": "q"}))
    );

    let value = server.send("DELETE", "/delete?x=", &[], b"").await.json();
    assert_eq!(
        (&value["args"], &value["data"]),
        (&json!({"x": ""}), &json!(""))
    );
    let keys: Vec<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        keys,
        [
            "args", "data", "files", "form", "headers", "json", "origin", "url"
        ]
    );
}

#[tokio::test]
async fn anything_takes_every_method_and_path() {
    let server = Server::start().await;
    for method in ["GET", "POST", "PURGE", "TRACE"] {
        let value = server
            .send(method, "/anything/a/b?c=d", &[], b"")
            .await
            .json();
        assert_eq!(value["method"], method);
        assert_eq!(
            value["url"],
            format!("http://{}/anything/a/b?c=d", server.http)
        );
    }
}

#[tokio::test]
async fn headers_are_joined_and_named_canonically() {
    let server = Server::start().await;
    let sent = [("x-one", "1"), ("X-ONE", "2"), ("user-agent", "me/1")];
    let value = server.send("GET", "/headers", &sent, b"").await.json();
    assert_eq!(value["headers"]["X-One"], "1,2");
    let value = server.send("GET", "/user-agent", &sent, b"").await.json();
    assert_eq!(value, json!({"user-agent": "me/1"}));
    assert_eq!(
        server.get("/ip").await.json(),
        json!({"origin": "127.0.0.1"})
    );
    let forwarded = [("X-Forwarded-For", "10.0.0.1")];
    let value = server.send("GET", "/ip", &forwarded, b"").await.json();
    assert_eq!(value, json!({"origin": "10.0.0.1"}));
}

#[tokio::test]
async fn head_options_and_wrong_methods() {
    let server = Server::start().await;
    let head = server.send("HEAD", "/get", &[], b"").await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert!(
        head.header("content-length")
            .unwrap()
            .parse::<u32>()
            .unwrap()
            > 0
    );
    let options = server.send("OPTIONS", "/get", &[], b"").await;
    assert_eq!(
        (options.status, options.header("allow")),
        (200, Some("GET, HEAD, OPTIONS"))
    );
    let wrong = server.send("POST", "/get", &[], b"x").await;
    assert_eq!(
        (wrong.status, wrong.header("allow")),
        (405, Some("GET, HEAD, OPTIONS"))
    );
    assert_eq!(server.get("/nowhere").await.status, 404);
    assert_eq!(server.get("/status").await.status, 404);
}
