//! What the articles that introduced extensions show, to the letter: what was written for an
//! extension in Go runs with a component.

use runner_tests::{Runner, guest, is_k6};

/// "Create an extension", the first script.
const COMPARE: &str = "\
import compare from 'k6/x/compare';

export default function () {
  console.log(compare.isGreater(2, 1));
}
";

/// The same article, "Advanced extension".
const INTERNAL_STATE: &str = "\
import compare from 'k6/x/compare';

export default function () {
  const state = compare.getInternalState();
  console.log(`Active VUs: ${state.activeVUs}
Iteration: ${state.iteration}
VU ID: ${state.vuID}
VU ID from runtime: ${state.vuIDFromRuntime}`);
}
";

/// "What are k6 extensions?", the script for a JavaScript extension.
const SQL: &str = "\
import sql from 'k6/x/sql';

const db = sql.open('sqlite3', './test.db');

export default function () {
  db.exec(\"INSERT INTO keyvalues (key, value) VALUES('lorem', 'ipsum');\");
}
";

fn compare(script: &str) -> Runner {
    Runner::new()
        .named("test.js", script)
        .file("compare.wasm", guest("plugins/compare"))
        .args(["--ext", "compare=compare.wasm"])
}

#[test]
fn is_greater_outputs_true() {
    if is_k6() {
        return;
    }
    let output = compare(COMPARE).run().succeeds();
    output.console_is(&["true"]);
}

#[test]
fn the_internal_state_is_what_the_article_shows() {
    if is_k6() {
        return;
    }
    let output = compare(INTERNAL_STATE).run().succeeds();
    let text = "Active VUs: 1\nIteration: 0\nVU ID: 1\nVU ID from runtime: 1";
    output.console_is(&[text]);
}

#[test]
fn without_a_build_an_extension_is_a_file_beside_the_script() {
    if is_k6() {
        return;
    }
    let runner = Runner::new().named("test.js", COMPARE);
    let runner = runner.file("extensions/compare.wasm", guest("plugins/compare"));
    runner.run().succeeds().console_is(&["true"]);
}

/// The article's native constructor gives an object whose methods are the comparator's.
#[test]
fn a_constructor_of_the_extension_is_called_with_new() {
    if is_k6() {
        return;
    }
    let script = "
import compare from 'k6/x/compare';

export default function () {
  const comparator = new compare.Comparator();
  console.log(comparator.isGreater(2, 1), comparator.isGreater(1, 2));
}
";
    compare(script).run().succeeds().console_is(&["true false"]);
}

#[test]
fn a_row_is_inserted_in_each_iteration() {
    if is_k6() {
        return;
    }
    let sql = |script: &str| {
        Runner::new()
            .named("script.js", script)
            .file("sql.wasm", guest("plugins/sql"))
            .args(["--ext", "sql=sql.wasm", "--allow-write", "."])
    };
    let make = "
import sql from 'k6/x/sql';
const db = sql.open('sqlite3', './test.db');
export default function () {
  db.exec(`CREATE TABLE keyvalues (
    id integer PRIMARY KEY AUTOINCREMENT, key varchar NOT NULL, value varchar);`);
}
";
    let made = sql(make).run().succeeds().bytes("test.db");
    let filled = sql(SQL).file("test.db", made);
    let filled = filled.args(["--vus", "3", "--iterations", "30"]).run();
    let filled = filled.succeeds().bytes("test.db");
    let read = "
import sql from 'k6/x/sql';
const db = sql.open('sqlite3', './test.db');
export default function () {
  const results = db.query('SELECT * FROM keyvalues WHERE key = ?;', ['lorem']);
  console.log(results.length, results.every((row) => row.value === 'ipsum'));
}
";
    let output = sql(read).file("test.db", filled).run().succeeds();
    output.console_is(&["30 true"]);
}

/// The article registers its output as `logger`; here its file is called so.
#[test]
fn the_logger_prints_time_name_and_value_of_each_sample() {
    if is_k6() {
        return;
    }
    let runner = Runner::new().named("script.js", "export default function () {}");
    let runner = runner.file("extensions/logger.wasm", guest("plugins/output-log"));
    let output = runner.args(["--out", "logger", "-i", "3"]).run().succeeds();
    let is_line = |line: &&str| {
        let time = line.strip_suffix(" iterations: 1.000000");
        time.is_some_and(|time| time.parse::<u64>().is_ok())
    };
    let lines = output.stdout.lines().filter(is_line).count();
    assert_eq!(lines, 3, "{output}");
}
