//! What a user sees on a terminal: progress in place, whatever the terminal's size.

use runner_tests::{Runner, Terminal, is_k6, target};

/// Lines that begin with `start`: more than one means that progress was not drawn in place.
fn count(text: &str, start: &str) -> usize {
    text.lines().filter(|line| line.starts_with(start)).count()
}

const LOGS: &str = "import { sleep } from 'k6'; \
    export const options = { vus: 2, duration: '1s' }; \
    export default function () { if (__ITER < 3) console.log('line', __ITER); sleep(0.2); }";

#[test]
fn progress_is_redrawn_in_place_and_logs_go_above_it() {
    let mut terminal = Terminal::start(Runner::new().args(["--no-color"]).script(LOGS), 100, 40);
    assert_eq!(terminal.wait(), 0);
    let text = terminal.text();
    assert_eq!(count(&text, "running ("), 1, "{text}");
    assert_eq!(count(&text, "default"), 1, "{text}");
    assert!(text.contains("default ✓ [===="), "{text}");
    assert_eq!(text.matches("line 2").count(), 2, "{text}");
    // Description, logs, summary, progress: in this order.
    let at = |part: &str| {
        text.find(part)
            .unwrap_or_else(|| panic!("no {part}\n{text}"))
    };
    assert!(at("execution: local") < at("line 0"), "{text}");
    assert!(at("line 0") < at("█ TOTAL RESULTS"), "{text}");
    assert!(at("█ TOTAL RESULTS") < at("running ("), "{text}");
}

#[test]
fn a_long_start_says_what_it_is_waiting_for() {
    if is_k6() {
        return; // It shows nothing.
    }
    let script = "const end = Date.now() + 1500; while (Date.now() < end); \
        console.log('from init'); export default function () {}";
    let mut terminal = Terminal::start(Runner::new().args(["--no-color"]).script(script), 80, 24);
    terminal.until("running the init code of script.js, ");
    assert_eq!(terminal.wait(), 0);
    let text = terminal.text();
    assert!(text.contains("from init"), "{text}");
    assert!(!text.contains("running the init code"), "it goes\n{text}");
    // Nor is it there where only the summary is wanted.
    let quiet = Runner::new().args(["--quiet", "--no-color"]).script(script);
    let mut terminal = Terminal::start(quiet, 80, 24);
    terminal.until("from init");
    assert!(!terminal.text().contains("running the init code"));
    assert_eq!(terminal.wait(), 0);
}

/// 15 scenarios that start one after the other.
const MANY: &str = "import { sleep } from 'k6'; const scenarios = {}; \
    for (let i = 10; i < 25; i++) scenarios['s' + i] = { executor: 'constant-vus', vus: 1, \
      duration: '1s', startTime: `${(i % 3) * 200}ms` }; \
    export const options = { scenarios }; \
    export default function () { sleep(0.1); }";

#[test]
fn many_scenarios_on_a_short_terminal() {
    if is_k6() {
        return; // It repeats what does not fit.
    }
    let mut terminal = Terminal::start(Runner::new().script(MANY), 80, 10);
    terminal.until("more: ");
    assert_eq!(terminal.wait(), 0);
    let text = terminal.text();
    assert_eq!(count(&text, "running ("), 1, "{text}");
    for scenario in 10..25 {
        // In the description, and once at the end.
        assert_eq!(count(&text, &format!("s{scenario}  ✓ [")), 1, "{text}");
    }
    assert!(
        !text.contains("more: "),
        "the end shows all of them\n{text}"
    );
}

#[test]
fn narrow_terminals_and_long_names() {
    if is_k6() {
        return;
    }
    let script = MANY.replace("'s' + i", "'a_scenario_with_a_name_that_is_long_' + i");
    for columns in [20, 40] {
        let mut terminal = Terminal::start(Runner::new().script(&script), columns, 50);
        assert_eq!(terminal.wait(), 0);
        let text = terminal.text();
        assert_eq!(count(&text, "running ("), 1, "{columns}\n{text}");
        let bars = text.lines().filter(|line| line.contains(" ✓ [="));
        assert_eq!(bars.count(), 15, "{columns}\n{text}");
    }
}

/// A usual summary: requests, checks, a group's tags, thresholds.
const USUAL: &str = "import http from 'k6/http'; import { check } from 'k6'; \
    export const options = { iterations: 3, thresholds: { http_req_duration: ['p(95)<2000'], \
      'http_reqs{name:a_rather_long_name_of_it}': ['count>0'] } }; \
    export default function () { const r = http.get(`${__ENV.HTTP}/get`); \
      http.get(`${__ENV.HTTP}/status/404`, { tags: { name: 'a_rather_long_name_of_it' } }); \
      check(r, { 'status is 200': (r) => r.status === 200, fails: () => false }); }";

#[test]
fn the_summary_fits_the_terminal() {
    if is_k6() {
        return; // Its dots take what they want.
    }
    let usual = || {
        let runner = Runner::new().args(["-q"]).script(USUAL);
        runner.script_env("HTTP", target().http())
    };
    let piped = usual().run().succeeds();
    for columns in [40, 60, 80, 100] {
        let mut terminal = Terminal::start(usual(), columns, 60);
        assert_eq!(terminal.wait(), 0);
        let text = terminal.text();
        let (_, summary) = text.split_once("█ TOTAL RESULTS").unwrap();
        for line in summary.lines().filter(|line| !line.is_empty()) {
            // What wraps goes on at the left margin.
            assert!(line.starts_with("    "), "{columns}: {line:?}\n{text}");
        }
        for part in [
            "http_req_duration",
            "avg=",
            "p(95)=",
            "http_reqs",
            "✓ status is 200",
        ] {
            assert!(summary.contains(part), "{columns}: {part}\n{text}");
        }
        if columns >= 80 {
            let beside = |line: &str| line.contains("iteration_duration.") && line.contains("avg=");
            assert!(summary.lines().any(beside), "{columns}\n{text}");
        }
    }
    // What goes somewhere else is as wide as in k6.
    let wide = |line: &str| line.contains("http_req_duration.....") && line.contains(" p(95)=");
    assert!(piped.stdout.lines().any(wide), "{piped}");
}

#[test]
fn the_description_fits_the_terminal() {
    if is_k6() {
        return; // It wraps where it will.
    }
    let script = "export const options = { scenarios: { a_scenario: { executor: 'ramping-arrival-rate', \
        startRate: 1, preAllocatedVUs: 1, stages: [{ target: 1, duration: '0s' }], exec: 'work', \
        gracefulStop: '5s' } } }; export function work() {}";
    let mut terminal = Terminal::start(Runner::new().script(script), 60, 40);
    assert_eq!(terminal.wait(), 0);
    let text = terminal.text();
    let (_, block) = text.split_once("scenarios: ").unwrap();
    let (block, _) = block.split_once("\n\n").unwrap();
    for line in block.lines().skip(1) {
        assert!(line.starts_with("              "), "{line:?}\n{text}");
    }
    for word in ["stop):", "exec: work", "gracefulStop: 5s)"] {
        let whole: Vec<_> = block.split_whitespace().collect();
        assert!(whole.join(" ").contains(word), "{word}\n{text}");
    }
}

#[test]
fn what_handle_summary_prints_is_not_drawn_over() {
    let script = "export default function () {} \
        export function handleSummary() { return { stdout: 'one\\ntwo\\nthree\\nfour' }; }";
    let mut terminal = Terminal::start(Runner::new().script(script), 80, 30);
    assert_eq!(terminal.wait(), 0);
    let text = terminal.text();
    for line in ["one", "two", "three", "four"] {
        assert_eq!(count(&text, line), 1, "{text}");
    }
    if !is_k6() {
        assert_eq!(count(&text, "running ("), 1, "{text}");
    }
}

#[test]
fn quiet_draws_nothing() {
    let mut terminal = Terminal::start(Runner::new().args(["-q"]).script(LOGS), 80, 30);
    assert_eq!(terminal.wait(), 0);
    let text = terminal.text();
    assert_eq!(count(&text, "running ("), 0, "{text}");
    assert!(!text.contains("execution: local"), "{text}");
    assert!(
        text.contains("line 2") && text.contains("█ TOTAL RESULTS"),
        "{text}"
    );
}

#[test]
fn colours_and_their_absence() {
    // The emulation drops colours, so the log's form tells: with colours it is the short one.
    let short = "INFO[0000] line 0";
    let look = |runner: Runner| {
        let mut terminal = Terminal::start(runner.script(LOGS), 120, 40);
        assert_eq!(terminal.wait(), 0);
        terminal.text().contains(short)
    };
    assert!(look(Runner::new()));
    assert!(!look(Runner::new().args(["--no-color"])));
    assert!(!look(Runner::new().env("NO_COLOR", "")));
    assert!(!look(Runner::new().env("K6_NO_COLOR", "1")));
    assert!(look(Runner::new().env("K6_NO_COLOR", "")));
}
