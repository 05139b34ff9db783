//! A user's journey: log in, read the profile, change it.
//!
//! ```text
//! runner target &
//! cargo build --release --target wasm32-wasip2
//! runner run target/wasm32-wasip2/release/rust_journey.wasm
//! ```
//!
//! `-e BASE_URL=http://…` names another server. Shows setup and teardown, groups, custom
//! metrics, thresholds, JSON, and an iteration that ends early with an error.

use runner_sdk::prelude::*;

runner_sdk::script! {
    options: json!({
        "vus": 2,
        "duration": "3s",
        "thresholds": {
            "checks": ["rate>0.99"],
            "login_duration": ["p(95)<500"],
            "http_req_failed": ["rate<0.01"],
        },
    }),
    metrics: {
        LOGIN_DURATION: Trend = Trend::time("login_duration");
        LOGIN_SUCCESS: Rate = Rate::new("login_success");
        PROFILE_UPDATES: Counter = Counter::new("profile_updates");
    },
    setup: setup,
    default: journey,
    teardown: teardown,
}

fn base_url() -> &'static str {
    env("BASE_URL").unwrap_or("http://127.0.0.1:8080")
}

/// Fails the run before any load when the server is not there; its result goes to the others.
fn setup() -> Result<Value> {
    let res = http::get(&format!("{}/get", base_url()))
        .ok()
        .context("is `runner target` up?")?;
    Ok(json!({ "server": res.header("Server").unwrap_or_default() }))
}

fn journey(_data: &Value) -> Result {
    let base = base_url();

    let token = group("login", || -> Result<String> {
        let form = Body::form(&[("username", "testuser"), ("password", "testpass")]);
        let res = http::post(&format!("{base}/login"), form);
        LOGIN_DURATION.add(res.timings().duration());
        LOGIN_SUCCESS.add(check! { "login successful" => res.status() == 200 });
        let answer: Value = res.ok()?.json()?;
        Ok(answer["token"]
            .as_str()
            .context("the login has no token")?
            .to_owned())
    })?;

    let authorization = format!("Bearer {token}");
    let url = format!("{base}/profile");
    group("profile", || {
        let res = Request::get(&url)
            .header("Authorization", &authorization)
            .send();
        check! { "profile retrieved" => res.status() == 200 };

        let res = Request::put(&url)
            .header("Authorization", &authorization)
            .json(&json!({ "name": "Updated Name" }))
            .send();
        if check! { "profile updated" => res.status() == 200 } {
            PROFILE_UPDATES.add(1);
        }
    });

    sleep(0.5);
    Ok(())
}

fn teardown(data: &Value) {
    log::info!("done with server {}", data["server"]);
}
