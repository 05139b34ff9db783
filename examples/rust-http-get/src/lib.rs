//! One GET and one check per iteration.
//!
//! ```text
//! cargo build --release --target wasm32-wasip2
//! runner run target/wasm32-wasip2/release/rust_http_get.wasm -e URL=http://127.0.0.1:8080/get
//! ```
//!
//! The load comes from the command line, as in `-u 50 -d 30s`; without it, one VU runs once.

use runner_sdk::prelude::*;

runner_sdk::script! {
    default: iteration,
}

fn iteration() {
    let res = http::get(env("URL").unwrap_or("http://127.0.0.1:8080/get"));
    check! { "status is 200" => res.status() == 200 };
}
