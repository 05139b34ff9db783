//! The scripts in `examples/` against the built-in server, as their first lines say, but shorter: load and
//! durations are given on the command line. Examples that are projects have suites of their own.

use std::fs;
use std::path::Path;

use runner_tests::{Runner, target};

/// Each with the files beside it that it needs.
const EXAMPLES: [(&str, &[&str]); 6] = [
    ("examples/quickstart.js", &[]),
    ("examples/login-transaction.js", &[]),
    ("examples/user-journey.js", &[]),
    ("examples/data-driven.js", &["examples/users.csv"]),
    (
        "examples/modular/main-test.js",
        &["examples/modular/config.js", "examples/modular/utils.js"],
    ),
    ("examples/stages.js", &[]),
];

#[test]
fn every_script_does_what_it_shows() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let address = target().host();
    for (script, others) in EXAMPLES {
        // What the machine is slow at is not the script's fault.
        let mut runner = Runner::new().args(["--no-thresholds", "-u", "4", "-i", "4"]);
        for file in [script].iter().chain(others) {
            let text = fs::read_to_string(repository.join(file)).unwrap();
            runner = runner.file(file, text.replace("127.0.0.1:8080", &address));
        }
        let output = runner.main(script).run().succeeds();
        let summary = output.summary();
        assert_eq!(summary.number("iterations"), 4.0, "{output}");
        assert_eq!(summary.number("http_req_failed"), 0.0, "{output}");
        assert!(summary.number("http_reqs") >= 4.0, "{output}");
        let is_fine = |level: &str| level != "error" && level != "warning";
        let logs = output.logs();
        assert!(logs.iter().all(|log| is_fine(&log.level)), "{output}");
    }
}
