//! The client against the built-in target server.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly too")]

use std::io::ErrorKind;
use std::net::Ipv4Addr;
use std::time::Duration;

use runner_target::{Target, TargetOptions};
use runner_web::{Bounds, Method, StatusCode, Web, WebError};

const BOUNDS: Bounds = Bounds {
    time: Duration::from_secs(20),
    bytes: 1000,
};

/// Its addresses, plain and encrypted; it ends with the runtime.
async fn target() -> (String, String) {
    let any = (Ipv4Addr::LOCALHOST, 0).into();
    let options = TargetOptions {
        addr: any,
        tls_addr: Some(any),
    };
    let target = Target::bind(options).await.unwrap();
    let plain = format!("http://{}", target.http_addr());
    let encrypted = format!("https://localhost:{}", target.https_addr().unwrap().port());
    tokio::spawn(target.run(std::future::pending::<()>()));
    (plain, encrypted)
}

#[tokio::test]
async fn answers_have_a_status_and_a_body() {
    let (plain, _) = target().await;
    let web = Web::plain(BOUNDS).unwrap();
    let (status, body) = web.get(&format!("{plain}/bytes/1000")).await.unwrap();
    assert_eq!((status, body.len()), (StatusCode::OK, 1000));
    let (status, _) = web.get(&format!("{plain}/status/418")).await.unwrap();
    assert_eq!(status, StatusCode::IM_A_TEAPOT);
    let url = format!("{plain}/patch");
    let sent = web.json(Method::PATCH, &url, "{\"a\":1}".into());
    let (status, body) = sent.await.unwrap();
    assert_eq!(status, StatusCode::OK);
    let text = String::from_utf8(body.to_vec()).unwrap();
    assert!(text.contains("application/json"), "{text}");
}

#[tokio::test]
async fn nothing_is_without_bounds() {
    let (plain, _) = target().await;
    let web = Web::plain(BOUNDS).unwrap();
    let error = web.get(&format!("{plain}/bytes/1001")).await.unwrap_err();
    assert!(matches!(error, WebError::TooLarge(1000)), "{error}");
    let hasty = Web::plain(Bounds {
        time: Duration::from_millis(50),
        ..BOUNDS
    });
    let error = hasty.unwrap().get(&format!("{plain}/delay/9")).await;
    let error = error.unwrap_err();
    assert!(matches!(error, WebError::Timeout(_)), "{error}");
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_words_of_its_cause() {
    let (plain, encrypted) = target().await;
    let web = Web::encrypted(BOUNDS).unwrap();
    let error = web.get(&encrypted).await.unwrap_err();
    assert_eq!(error.to_string(), "x509: unknown authority");
    // It speaks to nobody in plain text.
    let error = web.get(&plain).await.unwrap_err();
    assert!(matches!(error, WebError::Failed(_)), "{error}");
    let refused = Web::plain(BOUNDS).unwrap().get("http://127.0.0.1:1/").await;
    match refused.unwrap_err() {
        WebError::Unreachable(error) => assert_eq!(error.kind(), ErrorKind::ConnectionRefused),
        other => unreachable!("{other}"),
    }
}
