//! Two load scripts of the kind that tutorials teach, against the demo API: a measured login,
//! and a user's journey. Only their URL and their length differ from what people write.

use runner_tests::{Runner, target};

const LOGIN: &str = r#"
import http from "k6/http"
import { Trend, Rate, Counter } from "k6/metrics"
import { sleep } from "k6"

// Custom metrics
const loginTransactionDuration = new Trend("login_transaction_duration")
const loginSuccessRate = new Rate("login_success_rate")
const totalLogins = new Counter("total_logins")

export const options = {
  vus: 10,
  duration: "30s",
}

export default function () {
  const startTime = Date.now()

  // Simulate login process
  const loginResponse = http.post("https://test-api.k6.io/login", {
    username: "testuser",
    password: "testpass",
  })

  const endTime = Date.now()
  const transactionDuration = endTime - startTime

  // Record custom metrics
  loginTransactionDuration.add(transactionDuration)
  loginSuccessRate.add(loginResponse.status === 200)
  totalLogins.add(1)

  sleep(1)
}
"#;

const JOURNEY: &str = r#"
import http from "k6/http"
import { check, sleep } from "k6"

export const options = {
  vus: 10,
  duration: "30s",
}

export default function () {
  // Step 1: Login
  const loginResponse = http.post("https://test-api.k6.io/login", {
    username: "testuser",
    password: "testpass",
  })

  check(loginResponse, {
    "login successful": (r) => r.status === 200,
  })

  if (loginResponse.status === 200) {
    const token = loginResponse.json("token")

    // Step 2: Get user profile
    const profileResponse = http.get("https://test-api.k6.io/profile", {
      headers: { Authorization: `Bearer ${token}` },
    })

    check(profileResponse, {
      "profile retrieved": (r) => r.status === 200,
    })

    // Step 3: Update profile
    const updateResponse = http.put("https://test-api.k6.io/profile", JSON.stringify({ name: "Updated Name" }), {
      headers: {
        Authorization: `Bearer ${token}`,
        "Content-Type": "application/json",
      },
    })

    check(updateResponse, {
      "profile updated": (r) => r.status === 200,
    })
  }

  sleep(1)
}
"#;

fn run(script: &str) -> runner_tests::Output {
    let script = script.replace("https://test-api.k6.io", &target().http());
    Runner::new()
        .args(["-d", "2s"])
        .script(&script)
        .run()
        .succeeds()
}

#[test]
fn a_measured_login() {
    let output = run(LOGIN);
    let summary = output.summary();
    let logins = summary.number("total_logins");
    assert!(logins >= 20.0, "{output}");
    assert_eq!(summary.number("login_success_rate"), 100.0, "{output}");
    assert_eq!(summary.number("http_reqs"), logins, "{output}");
    assert!(
        summary.line("login_transaction_duration").is_some(),
        "{output}"
    );
}

#[test]
fn a_journey() {
    let output = run(JOURNEY);
    let summary = output.summary();
    assert_eq!(summary.number("checks_succeeded"), 100.0, "{output}");
    for check in [
        "✓ login successful",
        "✓ profile retrieved",
        "✓ profile updated",
    ] {
        assert!(summary.text().contains(check), "{output}");
    }
    assert_eq!(
        summary.number("http_reqs"),
        3.0 * summary.number("iterations"),
        "{output}"
    );
}
