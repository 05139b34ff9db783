//! The time zone of a run is that of the machine that runs it, whoever made the script or its image.
//! (What dates show in several zones is in `scripts/time`.)

use runner_tests::{Runner, is_k6};

const KOLKATA: &str = "Thu Jan 01 1970 05:30:00 GMT+0530 (IST)";
const NEW_YORK: &str = "Wed Dec 31 1969 19:00:00 GMT-0500 (EST)";

/// Shows a date that init code formatted, and one that the iteration does.
const SCRIPT: &str = "const early = String(new Date(0)); const fields = new Date(2024, 6, 1).getTime();\n\
    export default function () { console.log(early); console.log(String(new Date(0)));\n\
      console.log(fields === new Date(2024, 6, 1).getTime()); }";

#[test]
fn every_vu_of_an_image_has_the_zone() {
    if is_k6() {
        return;
    }
    for mode in ["always", "never"] {
        let output = Runner::new()
            .script(SCRIPT)
            .env("TZ", "Asia/Kolkata")
            .args(["-v", "--fork", mode, "-u", "2", "-i", "2"])
            .run()
            .succeeds();
        // Two VUs, whose lines may stand between each other's.
        let mut lines = output.console();
        lines.sort_unstable();
        let mut expected = [KOLKATA, KOLKATA, "true", KOLKATA, KOLKATA, "true"];
        expected.sort_unstable();
        assert_eq!(lines, expected, "{output}");
        let image = "VUs start from an image";
        match mode {
            "always" => output.says(image),
            _ => output.never_says(image),
        };
    }
}

#[test]
fn a_component_built_in_one_zone_has_the_zone_that_it_runs_in() {
    if is_k6() {
        return;
    }
    // With an image of the initialised script, and where init code asked for local time.
    let lazy = "export default function () { console.log(String(new Date(0))); }";
    for (source, lines) in [(lazy, 1), (SCRIPT, 2)] {
        let component = Runner::command("build")
            .named("s.js", source)
            .args(["-o", "t.wasm"])
            .env("TZ", "Asia/Kolkata")
            .run()
            .succeeds()
            .bytes("t.wasm");
        let output = Runner::new()
            .named("t.wasm", component)
            .env("TZ", "America/New_York")
            .run()
            .succeeds();
        let shown = output.console();
        assert_eq!(
            shown.iter().filter(|line| *line == NEW_YORK).count(),
            lines,
            "{output}"
        );
        assert!(!shown.contains(&KOLKATA.to_owned()), "{output}");
    }
}

#[test]
fn logs_have_the_zone_of_the_script() {
    if is_k6() {
        return;
    }
    let output = Runner::new()
        .script("export default function () { console.log('here'); }")
        .env("TZ", "Asia/Kolkata")
        .run()
        .succeeds();
    let line = output.stderr.lines().find(|line| line.contains("here"));
    assert!(
        line.is_some_and(|line| line.contains("+05:30\"")),
        "{output}"
    );
}
