//! The extension `sql`: databases from scripts, and many virtual users on one file.

use runner_tests::{Output, Runner, guest, is_k6};

/// What the tests write.
const TABLE: &str = "
import sql from 'k6/x/sql';
const db = sql.open('sqlite3', './test.db');
export default function () {
  db.exec('CREATE TABLE IF NOT EXISTS keyvalues (id integer PRIMARY KEY AUTOINCREMENT, key varchar NOT NULL, value varchar)');
}
";

fn runner(script: &str) -> Runner {
    Runner::new()
        .script(script)
        .file("sql.wasm", guest("plugins/sql"))
        .args(["--ext", "sql=sql.wasm"])
}

/// With a grant for the folder of the run.
fn with_files(script: &str) -> Runner {
    runner(script).args(["--allow-write", "."])
}

/// The database of a run that made the table.
fn table() -> Vec<u8> {
    with_files(TABLE).run().succeeds().bytes("test.db")
}

/// What a further script says to the database that `output` left behind, with its journal.
fn then(output: &Output, script: &str) -> Vec<String> {
    let mut next = with_files(script).file("test.db", output.bytes("test.db"));
    if output.has("test.db-journal") {
        next = next.file("test.db-journal", output.bytes("test.db-journal"));
    }
    next.run().succeeds().console()
}

const CHECK: &str = "
import sql from 'k6/x/sql';
const db = sql.open('sqlite3', './test.db');
export default function () {
  const [{ n }] = db.query('SELECT count(*) AS n FROM keyvalues');
  const [{ integrity_check }] = db.query('PRAGMA integrity_check');
  console.log(n, integrity_check);
}
";

#[test]
fn what_is_inserted_is_found_again_with_its_type() {
    if is_k6() {
        return;
    }
    let script = "
import sql, { open, Database } from 'k6/x/sql';
const db = sql.open('sqlite3', ':memory:');
const show = (value) => console.log(JSON.stringify(value, (_, v) => typeof v === 'bigint' ? `${v}n` : v));
export default function () {
  db.exec('CREATE TABLE t (a, b)');
  const values = [null, true, 42, -7, 2 ** 40, 9223372036854775807n, 1.5, 1e300, 'häß', '', new Uint8Array([0, 255]), undefined];
  for (const value of values) db.exec('INSERT INTO t VALUES (?, typeof(?))', [value, value]);
  for (const { a, b } of db.query('SELECT a, b FROM t ORDER BY rowid')) {
    show([b, a instanceof Uint8Array ? Array.from(a) : a]);
  }
  show(db.query('SELECT 1 AS one, ? AS two WHERE ? = ?', ['x', 3, 3]));
  show(db.query('SELECT a FROM t WHERE a = :wanted', [42]));
  show(db.query('SELECT 1 WHERE 0'));
  show([db instanceof Database, open === sql.open]);
}
";
    runner(script).run().succeeds().console_is(&[
        r#"["null",null]"#,
        r#"["integer",1]"#,
        r#"["integer",42]"#,
        r#"["integer",-7]"#,
        r#"["integer",1099511627776]"#,
        r#"["integer","9223372036854775807n"]"#,
        r#"["real",1.5]"#,
        r#"["real",1e+300]"#,
        r#"["text","häß"]"#,
        r#"["text",""]"#,
        r#"["blob",[0,255]]"#,
        r#"["null",null]"#,
        r#"[{"one":1,"two":"x"}]"#,
        r#"[{"a":42}]"#,
        "[]",
        "[true,true]",
    ]);
}

#[test]
fn exec_tells_what_changed_and_runs_several_statements() {
    if is_k6() {
        return;
    }
    let script = "
import sql from 'k6/x/sql';
const db = sql.open('sqlite3', ':memory:');
export default function () {
  const show = (value) => console.log(JSON.stringify(value));
  show(db.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, a)'));
  show(db.exec('INSERT INTO t (a) VALUES (?), (?); INSERT INTO t (a) VALUES (?)', ['x', 'y', 'z']));
  show(db.exec(`UPDATE t SET a = 'q' WHERE id > 1`));
  show(db.exec('SELECT * FROM t'));
  db.exec('BEGIN'); db.exec('DELETE FROM t'); db.exec('ROLLBACK');
  show(db.query('UPDATE t SET a = 1 WHERE id = 1 RETURNING id, a'));
  show(db.query('SELECT 1; SELECT count(*) AS n FROM t;'));
  show(db.exec('VACUUM'));
}
";
    runner(script).run().succeeds().console_is(&[
        r#"{"rowsAffected":0,"lastInsertId":0}"#,
        r#"{"rowsAffected":3,"lastInsertId":3}"#,
        r#"{"rowsAffected":2,"lastInsertId":3}"#,
        r#"{"rowsAffected":0,"lastInsertId":3}"#,
        r#"[{"id":1,"a":1}]"#,
        r#"[{"n":3}]"#,
        r#"{"rowsAffected":0,"lastInsertId":3}"#,
    ]);
}

#[test]
fn errors_are_thrown_in_sqlite_s_words() {
    if is_k6() {
        return;
    }
    let script = "
import sql from 'k6/x/sql';
const db = sql.open('sqlite3', ':memory:');
db.exec('CREATE TABLE t (a UNIQUE)');
const calls = [
  () => db.exec('INSRT INTO t VALUES (1)'), () => db.query('SELECT * FROM nowhere'),
  () => db.exec('INSERT INTO t VALUES (1); INSERT INTO t VALUES (1)'),
  () => db.exec('INSERT INTO t VALUES (?)'), () => db.exec('DELETE FROM t', [1]),
  () => db.exec(), () => db.exec('SELECT ?', 'x'), () => db.exec('SELECT ?', [[1]]),
  () => db.exec('SELECT ?', [Symbol.iterator]), () => db.exec('SELECT ?', [2n ** 64n]),
  () => sql.open('mysql', 'root@/db'), () => sql.open('sqlite3', ''),
  () => sql.open('sqlite3', 'file:a?vfs=unix'), () => new sql.Database(),
  () => db.exec(`ATTACH 'other.db' AS other`), () => db.exec('PRAGMA locking_mode = exclusive'),
  () => { db.close(); db.close(); db.exec('SELECT 1'); },
];
export default function () {
  for (const call of calls) {
    try { call(); console.log('accepted', call); } catch (error) { console.log(`${error.name}: ${error.message}`); }
  }
}
";
    let value =
        "null, a boolean, an integer of 64 bits, a number, a string, a Uint8Array or ArrayBuffer";
    let args = format!("TypeError: sql.Database.exec: argument 2 (args[0]) must be {value}, got");
    runner(script).run().succeeds().console_is(&[
        "Error: near \"INSRT\": syntax error",
        "Error: no such table: nowhere",
        "Error: UNIQUE constraint failed: t.a",
        "Error: the query has placeholders for 1 arguments, got 0",
        "Error: the query has placeholders for 0 arguments, got 1",
        "TypeError: sql.Database.exec(query, args?) takes 1 to 2 arguments, got 0",
        "TypeError: sql.Database.exec: argument 2 (args) must be an array, got a string",
        &format!("{args} an array"),
        &format!("{args} an object"),
        "TypeError: sql.Database.exec: argument 2 (args[0]) must be an integer from -9223372036854775808 to 9223372036854775807, got 18446744073709551616",
        "Error: unknown driver \"mysql\"; there is one driver: sqlite3",
        "Error: the source is empty; name a file, or :memory:",
        "Error: file:a?vfs=unix: the parameter vfs cannot be used here",
        "TypeError: this class has no constructor; the extension's functions make its objects",
        "Error: not authorized",
        "Error: not authorized",
        "Error: the database is closed",
    ]);
}

#[test]
fn a_file_needs_a_grant_and_the_error_names_it() {
    if is_k6() {
        return;
    }
    let open = |source: &str| {
        format!(
            "import sql from 'k6/x/sql'; sql.open('sqlite3', '{source}'); export default function () {{}}"
        )
    };
    let refused = runner(&open("./test.db")).run().exits(107);
    refused
        .says("unable to open database file ./test.db")
        .says("a database file needs --allow-write .");
    let refused = with_files(&open("/elsewhere/test.db")).run().exits(107);
    refused.says("needs --allow-write /elsewhere");
    let refused = runner(&open("data/test.db"))
        .args(["--allow-read", "."])
        .run();
    refused.exits(107).says("needs --allow-write data");
}

#[test]
fn with_a_grant_to_read_a_database_can_be_read() {
    if is_k6() {
        return;
    }
    let script = "
import sql from 'k6/x/sql';
const db = sql.open('sqlite3', './data/test.db');
export default function () {
  console.log(db.query('SELECT count(*) AS n FROM keyvalues')[0].n);
  try { db.exec(`INSERT INTO keyvalues (key) VALUES ('a')`); } catch (error) { console.log(error.message); }
}
";
    let run = |flag: &str| {
        let runner = runner(script).file("data/test.db", table());
        runner.args([flag, "data"]).run().succeeds().console()
    };
    let refused = run("--allow-read");
    assert_eq!(refused[0], "0");
    assert!(
        refused[1].starts_with("attempt to write a readonly database")
            && refused[1].contains("--allow-write ./data"),
        "{refused:?}"
    );
    assert_eq!(run("--allow-write"), ["0"]);
}

#[test]
fn each_virtual_user_has_a_database_in_memory_of_its_own() {
    if is_k6() {
        return;
    }
    let script = "
import sql from 'k6/x/sql';
const db = sql.open('sqlite3', ':memory:');
db.exec('CREATE TABLE t (a)');
export const options = { scenarios: { s: { executor: 'per-vu-iterations', vus: 3, iterations: 4 } } };
export default function () {
  db.exec('INSERT INTO t VALUES (?)', [__VU]);
  if (__ITER === 3) console.log(JSON.stringify(db.query('SELECT count(*) AS n, count(DISTINCT a) AS d FROM t')));
}
";
    let line = r#"[{"n":4,"d":1}]"#;
    runner(script)
        .run()
        .succeeds()
        .console_is(&[line, line, line]);
}

#[test]
fn many_virtual_users_write_one_file_and_nothing_is_lost() {
    if is_k6() {
        return;
    }
    // Half of the transactions are one statement, half span calls, one in five is rolled back.
    let script = "
import sql from 'k6/x/sql';
const db = sql.open('sqlite3', __VU % 2 ? './test.db' : 'test.db');
export const options = { scenarios: { s: { executor: 'per-vu-iterations', vus: 8, iterations: 25 } } };
export default function () {
  if (__ITER % 2) {
    db.exec('BEGIN');
    const [{ n }] = db.query('SELECT coalesce(max(id), 0) AS n FROM keyvalues');
    db.exec('INSERT INTO keyvalues (id, key, value) VALUES (?, ?, ?)', [n + 1, `vu ${__VU}`, 'x'.repeat(3000)]);
    db.exec(__ITER % 10 === 1 ? 'ROLLBACK' : 'COMMIT');
  } else {
    db.exec('INSERT INTO keyvalues (key, value) VALUES (?, ?)', [`vu ${__VU}`, __ITER]);
  }
}
export function teardown() {
  db.close();
}
";
    let output = with_files(script).file("test.db", table()).run().succeeds();
    // 13 of one statement, 12 of which 3 are rolled back, for each of 8.
    assert_eq!(then(&output, CHECK), ["176 ok"], "{output}");
    assert!(!output.has("test.db-journal"), "{output}");
}

#[test]
fn an_interrupted_transaction_is_undone_and_holds_nobody_up() {
    if is_k6() {
        return;
    }
    // With ten pages of cache most of it is in the file already when the iteration is cut short.
    let script = "
import sql from 'k6/x/sql';
import { sleep } from 'k6';
const db = sql.open('sqlite3', './test.db');
const once = { executor: 'per-vu-iterations', vus: 1, iterations: 1 };
export const options = { scenarios: {
  cut: { ...once, exec: 'cut', maxDuration: '2s', gracefulStop: '0s' },
  next: { ...once, exec: 'next', startTime: '1s' },
} };
export function cut() {
  db.exec('PRAGMA cache_size = 10');
  db.exec('BEGIN');
  for (let i = 0; i < 100; i++) db.exec('INSERT INTO keyvalues (key, value) VALUES (?, ?)', ['cut', 'x'.repeat(3000)]);
  sleep(60);
}
export function next() {
  db.exec('INSERT INTO keyvalues (key) VALUES (?)', ['next']);
  console.log(JSON.stringify(db.query('SELECT key FROM keyvalues')));
}
";
    let output = with_files(script).file("test.db", table()).run().succeeds();
    let output = output.console_is(&[r#"[{"key":"next"}]"#]);
    assert_eq!(then(&output, CHECK), ["1 ok"], "{output}");
}

#[test]
fn a_killed_run_leaves_whole_transactions_and_no_lock() {
    if is_k6() {
        return;
    }
    let script = "
import sql from 'k6/x/sql';
const db = sql.open('sqlite3', './test.db');
db.exec('PRAGMA cache_size = 10');
export const options = { vus: 3, duration: '60s' };
export default function () {
  const row = `INSERT INTO keyvalues (key, value) VALUES ('a', printf('%.3000c', 'x'));`;
  db.exec('BEGIN;' + row.repeat(20) + 'COMMIT');
}
";
    let output = with_files(script)
        .file("test.db", table())
        .under(&["timeout", "-s", "KILL", "8"])
        .run();
    let said = then(&output, CHECK);
    let count: u64 = said[0].strip_suffix(" ok").unwrap().parse().unwrap();
    assert!(count > 0 && count.is_multiple_of(20), "{said:?} {output}");
}

#[test]
fn two_runs_on_one_file_wait_for_each_other() {
    if is_k6() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    std::fs::write(folder.path().join("test.db"), table()).unwrap();
    let script = format!(
        "
import sql from 'k6/x/sql';
const db = sql.open('sqlite3', '{path}/test.db');
export const options = {{ scenarios: {{ s: {{ executor: 'per-vu-iterations', vus: 3, iterations: 20 }} }} }};
export default function () {{
  db.exec('INSERT INTO keyvalues (key) VALUES (?)', ['a']);
}}
export function teardown() {{
  console.log(db.query('PRAGMA integrity_check')[0].integrity_check);
}}
"
    );
    let start = || runner(&script).args(["--allow-write", path]).start();
    let (one, other) = (start(), start());
    one.wait().succeeds().console_is(&["ok"]);
    other.wait().succeeds().console_is(&["ok"]);
    let bytes = std::fs::read(folder.path().join("test.db")).unwrap();
    let check = with_files(CHECK).file("test.db", bytes).run();
    check.succeeds().console_is(&["120 ok"]);
}

#[test]
fn its_declarations_say_plain_values() {
    if is_k6() {
        return;
    }
    let output = Runner::command("inspect")
        .file("sql.wasm", guest("plugins/sql"))
        .main("sql.wasm")
        .run()
        .succeeds();
    output
        .prints("export type Value = null | boolean | number | bigint | string | Uint8Array;")
        .prints("export type Row = Record<string, Value>;")
        .prints("query(query: string, args?: Value[] | undefined): Row[];")
        .never_prints("ValueInput");
}
