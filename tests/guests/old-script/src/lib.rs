//! A script that was built for the contract as it was first released, whose text is vendored in
//! `../contract-0.1.0`. It uses one function of each interface, and has to run for ever after.

use exports::runner::script::lifecycle::{Description, Failure, FailureKind, Guest};
use runner::http::http::{Expectation, Request};
use runner::kv::{manage, store};
use runner::metrics::metrics::{Kind, Unit};

wit_bindgen::generate!({
    path: [
        "../contract-0.1.0/log",
        "../contract-0.1.0/tasks",
        "../contract-0.1.0/execution",
        "../contract-0.1.0/metrics",
        "../contract-0.1.0/http",
        "../contract-0.1.0/data",
        "../contract-0.1.0/kv",
        "../contract-0.1.0/script",
    ],
    world: "runner:script/script",
    generate_all,
});

struct Old;

export!(Old);

const OPTIONS: &str =
    r#"{ "iterations": 2, "thresholds": { "old_counter": ["count==2"], "checks": ["rate==1"] } }"#;

fn failed(what: impl std::fmt::Debug) -> Failure {
    Failure {
        kind: FailureKind::Exception,
        message: format!("{what:?}"),
        stack: String::new(),
    }
}

thread_local! {
    static COUNTER: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

impl Guest for Old {
    fn init(_: u64) -> Result<Description, Failure> {
        let counter = runner::metrics::metrics::define("old_counter", Kind::Counter, Unit::Plain);
        COUNTER.set(counter.map_err(failed)?);
        open().map_err(failed)?;
        Ok(Description {
            options: OPTIONS.to_owned(),
            functions: vec!["default".to_owned()],
            setup: true,
            teardown: true,
            handle_summary: false,
        })
    }

    fn setup() -> Result<Option<String>, Failure> {
        store::set("from", b"setup", None).map_err(failed)?;
        Ok(Some("\"data\"".to_owned()))
    }

    fn activate(_: String, _: Vec<(String, String)>, data: Option<String>) -> Result<(), Failure> {
        log(&format!("activated with {data:?}"));
        Ok(())
    }

    fn iterate(_: u64) -> Result<(), Failure> {
        runner::metrics::metrics::add(COUNTER.get(), 1.0, &[]).map_err(failed)?;
        let url = runner::execution::execution::env();
        let url = url.into_iter().find(|(name, _)| name == "HTTP");
        let url = url.map(|(_, value)| value).unwrap_or_default();
        let response = runner::http::http::send(&request(&format!("{url}/get"))).map_err(failed)?;
        let found = store::get("from").map_err(failed)?;
        let passed = response.status == 200 && found.as_deref() == Some(b"setup");
        runner::metrics::metrics::check("all there", passed, &[]).map_err(failed)?;
        runner::tasks::tasks::sleep(1_000_000);
        Ok(())
    }

    fn teardown(data: Option<String>) -> Result<(), Failure> {
        log(&format!("over with {data:?}"));
        Ok(())
    }

    fn handle_summary(_: String) -> Result<Option<Vec<(String, Vec<u8>)>>, Failure> {
        Ok(None)
    }
}

fn log(message: &str) {
    runner::log::log::write(runner::log::log::Level::Info, "", message, &[]);
}

fn open() -> Result<(), store::Error> {
    manage::open(&manage::Options {
        backend: manage::Backend::Memory(manage::MemoryOptions {
            shards: 0,
            max_bytes: 1 << 20,
        }),
        json: false,
        track_keys: false,
    })
}

fn request(url: &str) -> Request<'_> {
    Request {
        method: "GET".to_owned(),
        url: url.to_owned(),
        name: None,
        headers: Vec::new(),
        body: None,
        tags: Vec::new(),
        cookies: Vec::new(),
        jar: None,
        timeout: None,
        redirects: None,
        auth: None,
        compression: Vec::new(),
        response_type: None,
        expected: Expectation::Inherited,
    }
}
