//! Scripts written with the Rust SDK: the example projects, built and run as a user would.

use runner_tests::{Output, Runner, guest, is_k6, target};

fn run(example: &str, args: &[&str], env: (&str, String)) -> Output {
    Runner::new()
        .named("test.wasm", guest(example))
        .script_env(env.0, env.1)
        .args(args.iter().copied())
        .run()
}

#[test]
fn a_get_with_a_check() {
    if is_k6() {
        return;
    }
    let url = format!("{}/get", target().http());
    let output = run(
        "examples/rust-http-get",
        &["-u", "3", "-i", "30"],
        ("URL", url),
    )
    .succeeds();
    output
        .prints("✓ status is 200")
        .prints("checks_succeeded...................: 100.00% 30 out of 30");
}

#[test]
fn a_refused_connection_fails_the_check_and_not_the_run() {
    if is_k6() {
        return;
    }
    let url = "http://127.0.0.1:1/".to_owned();
    let output = run("examples/rust-http-get", &["-i", "2"], ("URL", url)).succeeds();
    output.prints("✗ status is 200").prints("http_req_failed");
}

#[test]
fn a_journey_with_setup_metrics_and_thresholds() {
    if is_k6() {
        return;
    }
    let output = run(
        "examples/rust-journey",
        &["-u", "2", "-i", "4"],
        ("BASE_URL", target().http()),
    )
    .succeeds();
    output.prints("checks_failed......................: 0.00%");
}

#[test]
fn a_pool_of_accounts_in_the_shared_store() {
    if is_k6() {
        return;
    }
    // Fewer than accounts, so that one is always free.
    let args = ["-u", "2", "-i", "100"];
    let output = run("examples/rust-kv", &args, ("NOTHING", String::new())).succeeds();
    output
        .says("100 visits to 3 accounts, 100 were counted")
        .prints("checks_failed......................: 0.00%");
}
