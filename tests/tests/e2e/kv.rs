//! `k6/x/kv`: the scripts that its users write, on both backends; what a store on disk keeps
//! between runs; what is refused, and how.

use std::path::Path;

use runner_tests::{Output, Runner, is_k6};

pub fn run(script: &str) -> Output {
    Runner::new().script(script).run()
}

/// A script of one iteration whose body is `body`, with `kv` opened by `options`.
pub fn body(options: &str, body: &str) -> String {
    format!(
        "import {{ openKv }} from 'k6/x/kv';\n\
         const kv = openKv({options});\n\
         const out = (...args) => console.log(args.map((a) => JSON.stringify(a)).join(' '));\n\
         const name = async (promise) => {{\n\
           try {{ return ['resolved', await promise]; }} catch (error) {{ return error.name; }}\n\
         }};\n\
         export default async function () {{ {body} }}\n"
    )
}

/// The same on memory and on disk, with keys tracked and not, beside some files that are wrong.
/// In what is expected, BACKEND, TRACKED and IN_MEMORY stand for those.
#[track_caller]
pub fn everywhere(source: &str, expected: &[&str]) {
    if is_k6() {
        return;
    }
    for backend in ["memory", "disk"] {
        for track in [false, true] {
            let options = format!("{{ backend: '{backend}', trackKeys: {track} }}");
            let output = Runner::new()
                .file("empty", "")
                .file("empty-key.csv", "id,x\na,1\n,2\n")
                .file("twice.csv", "id,id\na,1\n")
                .file("quotes.csv", "id,x\na,1\n\"b,2\n")
                .file("unnamed.csv", "id,\na,1\n")
                .file("blank.jsonl", "{\"key\":\"j:1\",\"value\":1}\n\n")
                .file("no-key.jsonl", "{\"value\":1}\n")
                .script(&body(&options, source))
                .run()
                .succeeds();
            let in_memory = (backend == "memory").to_string();
            let told = |line: &&str| {
                line.replace("BACKEND", backend)
                    .replace("TRACKED", &track.to_string())
                    .replace("IN_MEMORY", &in_memory)
            };
            let expected: Vec<String> = expected.iter().map(told).collect();
            assert_eq!(output.console(), expected, "{options}\n{output}");
        }
    }
}

const QUICK_START: &str = r#"
import { openKv } from "k6/x/kv";

const kv = openKv(BACKEND);

export async function setup() {
  await kv.clear();
}

export default async function () {
  await kv.set("foo", "bar");
  await kv.set("abc", 123);
  await kv.set("easy as", [1, 2, 3]);
  await kv.set("user:1", { name: "Alice" });
  await kv.set("user:2", { name: "Bob" });

  const any = await kv.randomKey();
  if (any) {
    console.log(`random key = ${any}, value = ${JSON.stringify(await kv.get(any))}`);
  }
  const u = await kv.randomKey({ prefix: "user:" });
  if (u) {
    console.log(`random user key = ${u}`);
  }
  const abcExists = await kv.exists("a b c")
  if (!abcExists) {
    await kv.set("a b c", { "123": "baby you and me girl"});
  }
  console.log(`current size of the KV store: ${await kv.size()}`)

  const entries = await kv.list({ prefix: "a" });
  for (const entry of entries) {
    console.log(`found entry: ${JSON.stringify(entry)}`);
  }
  await kv.delete("foo");
}
"#;

#[test]
fn the_quick_start() {
    if is_k6() {
        return;
    }
    for backend in ["", "{ backend: 'disk' }", "{ backend: 'memory' }"] {
        let output = run(&QUICK_START.replace("BACKEND", backend)).succeeds();
        let lines = output.console();
        assert!(lines[0].starts_with("random key = "), "{output}");
        assert!(lines[1].starts_with("random user key = user:"), "{output}");
        assert_eq!(
            lines[2..],
            [
                "current size of the KV store: 6",
                r#"found entry: {"key":"a b c","value":{"123":"baby you and me girl"}}"#,
                r#"found entry: {"key":"abc","value":123}"#,
            ],
            "{output}"
        );
        let on_disk = output.file(".k6.kv/version").is_some();
        assert_eq!(on_disk, !backend.contains("memory"), "{output}");
    }
}

const PRODUCER: &str = r#"
import { sleep } from "k6";
import { openKv } from "k6/x/kv";

export let options = {
  scenarios: {
    producer: { executor: "shared-iterations", vus: 1, iterations: 4, exec: "producer" },
    consumer: {
      executor: "shared-iterations", vus: 1, iterations: 2, startTime: "3s", exec: "consumer",
    },
    randomConsumer: {
      executor: "shared-iterations", vus: 1, iterations: 1, startTime: "3s", exec: "randomConsumer",
    },
  },
};

const kv = openKv({ backend: "memory", trackKeys: true });

export async function producer() {
  let latestProducerID = 0;
  if (await kv.exists(`latest-producer-id`)) {
    latestProducerID = await kv.get(`latest-producer-id`);
  }
  console.log(`[producer]-> adding token ${latestProducerID}`);
  await kv.set(`token-${latestProducerID}`, "token-value");
  await kv.set(`latest-producer-id`, latestProducerID + 1);
  sleep(0.1);
}

export async function consumer() {
  const entries = await kv.list({ prefix: "token-" });
  if (entries.length > 0) {
    await kv.get(entries[0].key);
    console.log(`[consumer]<- consumed token ${entries[0].key}`);
    await kv.delete(entries[0].key);
  } else {
    console.log("[consumer]<- no tokens available");
  }
  sleep(0.1);
}

export async function randomConsumer() {
  const key = await kv.randomKey({ prefix: "token-" });
  if (!key) {
    console.log("[randomConsumer]<- no tokens available");
  } else {
    console.log(`[randomConsumer]<- random key: ${key}`);
  }
}

export async function teardown() {
  console.log(`left: ${await kv.size()}`);
}
"#;

#[test]
fn producers_and_consumers() {
    if is_k6() {
        return;
    }
    let output = run(PRODUCER).succeeds();
    let lines = output.console();
    for number in 0..4 {
        let line = format!("[producer]-> adding token {number}");
        assert!(lines.iter().any(|l| **l == line), "{output}");
    }
    let consumed = |l: &&str| l.starts_with("[consumer]<- consumed token token-");
    assert_eq!(
        lines.iter().map(|l| &**l).filter(consumed).count(),
        2,
        "{output}"
    );
    assert!(
        lines
            .iter()
            .any(|l| l.starts_with("[randomConsumer]<- random key: token-")),
        "{output}"
    );
    assert_eq!(lines.last().map(|l| &**l), Some("left: 3"), "{output}");
}

#[test]
fn random_keys_and_the_index() {
    everywhere(
        "for (let i = 1; i <= 3; i++) await kv.set(`user:${i}`, { id: i });\n\
         await kv.set('order:1', { id: 1 });\n\
         const seen = new Set();\n\
         for (let i = 0; i < 200; i++) seen.add(await kv.randomKey({ prefix: 'user:' }));\n\
         out([...seen].sort(), await kv.randomKey({ prefix: 'none' }), await kv.rebuildKeyList());\n\
         out((await kv.randomKeys({ count: 9, unique: true })).sort());\n\
         out(await kv.randomKeys({ prefix: 'order', count: 3 }), await kv.randomKeys({ prefix: 'order', count: 3, unique: false }));\n\
         out(await kv.clear(), await kv.randomKey());",
        &[
            r#"["user:1","user:2","user:3"] "" true"#,
            r#"["order:1","user:1","user:2","user:3"]"#,
            r#"["order:1"] ["order:1","order:1","order:1"]"#,
            r#"true """#,
        ],
    );
}

#[test]
fn single_keys_and_atomic_changes() {
    everywhere(
        "out(await kv.set('a', { n: [1, null, 'x'] }), await kv.get('a'));\n\
         out(await name(kv.get('none')), await kv.delete('none'), await kv.deleteIfExists('none'));\n\
         out(await kv.incrementBy('n', 2), await kv.incrementBy('n', -5), await kv.get('n'));\n\
         out(await name(kv.incrementBy('a', 1)), await name(kv.incrementBy('n', '1')));\n\
         out(await kv.getOrSet('g', 1), await kv.getOrSet('g', 2), await kv.swap('g', 3), await kv.swap('h', 4));\n\
         out(await kv.compareAndSwap('g', 3, { a: 1, b: 2 }), await kv.compareAndSwap('g', { b: 2, a: 1 }, 5));\n\
         out(await kv.compareAndSwap('g', null, 6), await kv.setIfAbsent('i', 7), await kv.setIfAbsent('i', 8));\n\
         out(await kv.compareAndSwapDetailed('g', 1, 2, { includeCurrentOnMismatch: true }));\n\
         out(await kv.compareAndSwapDetailed('none', 1, 2), await kv.compareAndSwapDetailed('g', 5, 9));\n\
         out(await kv.compareAndDelete('g', 5), await kv.compareAndDeleteDetailed('g', 9));\n\
         out(await kv.compareAndDeleteDetailed('h', 9, { includeCurrentOnMismatch: true }));",
        &[
            r#"{"n":[1,null,"x"]} {"n":[1,null,"x"]}"#,
            r#""KeyNotFoundError" true false"#,
            "2 -3 -3",
            r#""ValueParseError" "ValueNumberRequiredError""#,
            r#"{"value":1,"loaded":false} {"value":1,"loaded":true} {"previous":1,"loaded":true} {"previous":null,"loaded":false}"#,
            "true true",
            "false true false",
            r#"{"swapped":false,"reason":"mismatch","existed":true,"current":5}"#,
            r#"{"swapped":false,"reason":"mismatch","existed":false} {"swapped":true,"reason":"swapped"}"#,
            r#"false {"deleted":true,"reason":"deleted"}"#,
            r#"{"deleted":false,"reason":"mismatch","existed":true,"current":4}"#,
        ],
    );
}

#[test]
fn batches_and_pages() {
    everywhere(
        "const entries = {}; for (let i = 0; i < 7; i++) entries[`k${i}`] = i;\n\
         out(await kv.setMany(entries), await kv.getMany(['k1', 'none']));\n\
         let page, cursor = '', pages = [];\n\
         do { page = await kv.scan({ prefix: 'k', limit: 3, cursor }); cursor = page.cursor;\n\
           pages.push(page.entries.map((e) => e.value)); } while (!page.done);\n\
         out(pages);\n\
         out((await kv.scanKeys({ limit: 2 })).keys, await kv.listKeys({ prefix: 'k', limit: 2 }), await kv.count({ prefix: 'k' }));\n\
         out(await kv.list({ limit: 1 }), (await kv.list({ limit: 0 })).length, (await kv.scan()).done);\n\
         out(await kv.deleteMany(['k0', 'none']), await kv.deleteByPrefix({ prefix: 'k', limit: 4 }));\n\
         try { await kv.setMany({ good: 1, bad: () => 1, '': 2 }); } catch (e) {\n\
           out(e.name, e.message, e.errors.map((x) => [x.key, x.name]), await kv.exists('good')); }",
        &[
            r#"{"written":7} [{"key":"k1","exists":true,"value":1},{"key":"none","exists":false,"value":null}]"#,
            "[[0,1,2],[3,4,5],[6]]",
            r#"["k0","k1"] ["k0","k1"] 7"#,
            r#"[{"key":"k0","value":0}] 7 true"#,
            r#"{"deleted":1,"missing":1} {"deleted":4,"done":false}"#,
            r#""InvalidOptionsError" "setMany validation failed: 2 invalid entries" [["bad","SerializerError"],["","EmptyKey"]] false"#,
        ],
    );
}

#[test]
fn claims() {
    everywhere(
        "for (let i = 1; i <= 3; i++) await kv.set(`u:${i}`, i);\n\
         const one = await kv.claimNext({ prefix: 'u:', owner: 'me', ttl: 60000 });\n\
         out(one.key, one.owner, one.entry, one.expiresAt > Date.now(), typeof one.token);\n\
         const rest = await kv.claimRandomMany({ prefix: 'u:', count: 9 });\n\
         out(rest.map((c) => c.key).sort(), await kv.claimRandom({ prefix: 'u:' }), await kv.popRandom());\n\
         out((await kv.allocationStats({ prefix: 'u:' })).claimedLive, (await kv.stats()).claims);\n\
         out(await kv.renewClaims(rest, { ttl: 1000 }), (await kv.releaseClaims(rest)).released);\n\
         out(await kv.releaseClaim({ ...one, token: 1 }), await kv.completeClaim(one), await kv.completeClaim(one), await kv.exists('u:1'));\n\
         const both = await kv.claimKeys(['u:2', 'u:1', 'u:3'], { allOrNothing: true });\n\
         out(both.claimed.length, both.missing);\n\
         const mine = await kv.claimForOwner({ prefix: 'u:', owner: 'vu' });\n\
         out((await kv.claimForOwner({ prefix: 'u:', owner: 'vu' })).id === mine.id, await kv.claimKey(mine.key));\n\
         const ended = await kv.completeClaims([mine, mine], { deleteKey: false });\n\
         out(ended.completed, ended.failed.map((c) => c.id === mine.id));\n\
         out((await kv.popRandomMany({ prefix: 'u:', count: 5 })).map((e) => e.value).sort(), await kv.size());",
        &[
            r#""u:1" "me" {"key":"u:1","value":1} true "number""#,
            r#"["u:2","u:3"] null null"#,
            r#"3 {"live":3,"expired":0}"#,
            r#"{"attempted":2,"renewed":2,"failed":[]} 2"#,
            "false true false false",
            r#"0 ["u:1"]"#,
            "true null",
            // The second of the two is the same claim, which has ended.
            "1 [true]",
            "[2,3] 0",
        ],
    );
}

#[test]
fn feeders_ttl_and_transactions() {
    everywhere(
        "await kv.setMany({ 'f:1': 1, 'f:2': 2 });\n\
         const next = async () => (await kv.nextCircular({ prefix: 'f:' })).key;\n\
         out(await next(), await next(), await next(), await kv.nextCircular({ prefix: 'none' }));\n\
         await kv.set('t', 1, { ttl: 60000 }); const left = await kv.ttl('t');\n\
         out(left > 50000 && left <= 60000, await kv.ttl('none'), await kv.ttl('f:1') === Infinity);\n\
         await kv.set('short', 1, { ttl: 1 }); const end = Date.now() + 20; while (Date.now() < end);\n\
         out(await kv.exists('short'), await kv.expire('t', 1000), await kv.expire('none', 1), await kv.expire('t'), await kv.ttl('t') === Infinity);\n\
         out(await kv.transaction(async (tx) => {\n\
           const [a, b] = [await tx.get('f:1'), await tx.get('f:2')];\n\
           await tx.set('f:1', a + 10); await tx.delete('f:2'); await tx.set('sum', a + b);\n\
           return [await tx.get('f:1'), await tx.exists('f:2'), await kv.get('f:1')];\n\
         }), await kv.get('f:1'), await kv.exists('f:2'), await kv.get('sum'));\n\
         out(await name(kv.transaction(async (tx) => { await kv.incrementBy('x', 1); await tx.set('y', 1); await tx.exists('x'); await kv.incrementBy('x', 1); }, { attempts: 3 })), await kv.exists('y'));",
        &[
            r#""f:1" "f:2" "f:1" null"#,
            "true null true",
            "false true false true true",
            "[11,false,1] 11 false 3",
            r#""TransactionConflictError" false"#,
        ],
    );
}

#[test]
fn virtual_users_share_one_store() {
    if is_k6() {
        return;
    }
    for backend in ["memory", "disk"] {
        let output = Runner::new()
            .args(["-u", "5", "-i", "200"])
            .script(&format!(
                "import {{ openKv }} from 'k6/x/kv';\n\
                 const kv = openKv({{ backend: '{backend}' }});\n\
                 export async function setup() {{ await kv.set('from', 1000); await kv.set('to', 0); }}\n\
                 export default async function () {{\n\
                   await kv.incrementBy('count', 1);\n\
                   await kv.transaction(async (tx) => {{\n\
                     await tx.set('from', await tx.get('from') - 1);\n\
                     await tx.set('to', await tx.get('to') + 1);\n\
                   }});\n\
                 }}\n\
                 export async function teardown() {{\n\
                   console.log(await kv.get('count'), await kv.get('from'), await kv.get('to'));\n\
                   kv.close();\n\
                 }}"
            ))
            .run()
            .succeeds();
        assert_eq!(output.console(), ["200 800 200"], "{output}");
    }
}

#[test]
fn strings_and_bytes() {
    if is_k6() {
        return;
    }
    let source = body(
        "{ backend: 'memory', serialization: 'string' }",
        "await kv.set('s', 'a\"b'); await kv.set('n', 5); await kv.set('b', new Uint8Array([104, 105]));\n\
         out(await kv.get('s'), await kv.get('n'), await kv.get('b'), await kv.set('e', ''), await kv.get('e'));\n\
         out(await name(kv.set('o', {})), await name(kv.set('u')), await kv.incrementBy('n', 1), await kv.list({ prefix: 's' }));\n\
         out(await name(kv.set('big', new Uint8Array(65 * 1024 * 1024))), await kv.exists('big'));",
    );
    let output = run(&source).succeeds();
    assert_eq!(
        output.console(),
        [
            r#""a\"b" "5" "hi" "" """#,
            r#""UnsupportedValueTypeError" "UnsupportedValueTypeError" 6 [{"key":"s","value":"a\"b"}]"#,
            r#""ValueTooLargeError" false"#,
        ],
        "{output}"
    );
}

#[test]
fn files() {
    everywhere(
        "const { imported } = await kv.importJSONL({ fileName: 'none.jsonl' }).catch((e) => ({ imported: e.name }));\n\
         out(imported, await name(kv.importCSV(null)), await name(kv.importCSV({ fileName: 'x.csv' })));\n\
         await kv.setMany({ 'r:1': { id: 1, name: 'a,b' }, 'r:2': { id: 2, name: 'c' } });\n\
         out(await kv.exportCSV({ fileName: 'out.csv', prefix: 'r:', columns: ['name', 'id'] }));\n\
         out(await kv.exportJSONL({ fileName: 'out.jsonl', prefix: 'r:', limit: 1 }));\n\
         out(await kv.backup({ fileName: 'b/one.kv' }), await kv.clear());\n\
         out(await kv.importCSV({ fileName: 'out.csv', keyColumn: 'key' }), await kv.get('r:1'));\n\
         out(await kv.validateCSV({ fileName: 'out.jsonl', keyColumn: 'key' }).then((v) => v.valid), (await kv.validateJSONL({ fileName: 'out.csv' })).valid);\n\
         out(await kv.restore({ fileName: 'b/one.kv' }), await kv.get('r:1'), await name(kv.restore({ fileName: 'b/one.kv', maxEntries: 1 })));\n\
         out(await name(kv.backup()), await name(kv.restore()), await name(kv.restore({ fileName: 'out.csv' })), await name(kv.backup({ fileName: 'out.csv/below/x' })));\n\
         out(await name(kv.importCSV({ fileName: 'out.csv', keyColumn: 'key', delimiter: ';;' })), await name(kv.importCSV({ fileName: 'out.csv', keyColumn: 'key', limit: 1.5 })));",
        &[
            r#""SnapshotNotFoundError" "InvalidOptionsError" "InvalidOptionsError""#,
            r#"{"exported":2,"fileName":"out.csv","bytesWritten":32}"#,
            r#"{"exported":1,"fileName":"out.jsonl","bytesWritten":44}"#,
            r#"{"totalEntries":2,"bytesWritten":117,"bestEffort":false,"warning":""} true"#,
            r#"{"imported":2,"fileName":"out.csv","bytesRead":32} {"key":"r:1","name":"a,b","id":"1"}"#,
            "false false",
            r#"{"totalEntries":2} {"id":1,"name":"a,b"} "SnapshotBudgetExceededError""#,
            r#""BackupOptionsRequiredError" "RestoreOptionsRequiredError" "SnapshotReadError" "SnapshotExportError""#,
            r#""InvalidOptionsError" "InvalidOptionsError""#,
        ],
    );
}

#[test]
fn bad_keys_values_prefixes_and_cursors() {
    everywhere(
        "const long = 'k'.repeat(40000);\n\
         out(await name(kv.set('', 1)), await name(kv.get('')), await name(kv.get(long)), await name(kv.set(5, 1)), await name(kv.get()));\n\
         out(await name(kv.list({ prefix: long })), await name(kv.list({ prefix: 5 })), await name(kv.list('x')), await name(kv.scan({ cursor: '!' })));\n\
         await kv.setMany({ a1: 1, a2: 2, b1: 1 }); const page = await kv.scan({ prefix: 'a', limit: 1 });\n\
         out(await name(kv.scan({ prefix: 'b', cursor: page.cursor })), await name(kv.scan({ limit: 100001 })), await name(kv.scan({ limit: 1.5 })));\n\
         const loop = {}; loop.me = loop;\n\
         out(await name(kv.set('x', loop)), await name(kv.set('x', () => 1)), await name(kv.set('x', 5n)), await name(kv.set('x', 1, { ttl: 0 })));\n\
         out(await kv.set('x', ''), await kv.get('x'));\n\
         out(await name(kv.claimNext({ ttl: 90000000 })), await name(kv.claimNext({ owner: 'o'.repeat(300) })), await name(kv.releaseClaim({})), await name(kv.getMany('x')));\n\
         out(await name(kv.deleteByPrefix({})), await name(kv.randomKeys({ count: 2000000 })), await name(kv.transaction(5)));",
        &[
            r#""InvalidOptionsError" "InvalidOptionsError" "InvalidOptionsError" "InvalidOptionsError" "InvalidOptionsError""#,
            r#""InvalidOptionsError" "InvalidOptionsError" "InvalidOptionsError" "InvalidCursorError""#,
            r#""InvalidCursorError" "InvalidOptionsError" "InvalidOptionsError""#,
            r#""SerializerError" "SerializerError" "SerializerError" "InvalidOptionsError""#,
            r#""" """#,
            r#""InvalidOptionsError" "InvalidOptionsError" "InvalidOptionsError" "InvalidOptionsError""#,
            r#""InvalidOptionsError" "InvalidOptionsError" "InvalidOptionsError""#,
        ],
    );
}

/// The run ends with the code of a script that threw, and says why.
#[track_caller]
fn refused(script: &str, error: &str) {
    if is_k6() {
        return;
    }
    let output = run(script).exits(107);
    let said = |log: &runner_tests::Log| log.message.contains(error);
    assert!(output.logs().iter().any(said), "{error}\n{output}");
}

#[test]
fn opening_badly() {
    let open = |options: &str| body(options, "");
    refused(&open("{ backend: 'redis' }"), "InvalidBackendError: ");
    refused(
        &open("{ serialization: 'xml' }"),
        "InvalidSerializationError: ",
    );
    refused(&open("{ trackKeys: 'yes' }"), "InvalidOptionsError: ");
    refused(&open("5"), "InvalidOptionsError: ");
    refused(
        &open("{ disk: { timeout: 'soon' } }"),
        "InvalidOptionsError: ",
    );
    refused(
        "import { openKv } from 'k6/x/kv'; openKv({ backend: 'memory' }); openKv(); export default () => {}",
        "KVOptionsConflictError: ",
    );
    refused(
        &open("{ path: 'script.js/kv' }"),
        "DiskPathError: cannot open \"script.js/kv\"",
    );
    refused(
        &open("{ path: 'script.js' }"),
        "DiskPathError: \"script.js\" is a file",
    );
    refused(
        &open("{ path: '.' }"),
        "DiskPathError: \".\" is a folder without a store",
    );
    refused(&open("{ disk: { readOnly: true } }"), "DiskPathError: ");
    let late = "import { openKv } from 'k6/x/kv'; export default () => { openKv(); }";
    if !is_k6() {
        let output = run(late).succeeds();
        let said = |log: &runner_tests::Log| log.message.contains("init context");
        assert!(output.logs().iter().any(said), "{output}");
    }
}

#[test]
fn a_damaged_store() {
    if is_k6() {
        return;
    }
    let output = Runner::new()
        .file("store/version", "garbage")
        .script(&body("{ path: 'store' }", ""))
        .run()
        .exits(107);
    let said = |log: &runner_tests::Log| {
        log.message
            .contains("DiskStoreOpenError: \"store\" is damaged")
    };
    assert!(output.logs().iter().any(said), "{output}");
}

#[test]
fn an_uncaught_rejection_ends_the_iteration_and_not_the_run() {
    if is_k6() {
        return;
    }
    let output = run(&body("{ backend: 'memory' }", "await kv.get('none');")).succeeds();
    let said = |log: &runner_tests::Log| {
        log.message
            .contains("KeyNotFoundError: key \"none\" not found")
    };
    assert!(output.logs().iter().any(said), "{output}");
}

fn with_store(path: &Path, rest: &str) -> String {
    body(
        &format!(
            "{{ path: {:?}, disk: {{ timeout: 200 }} }}",
            path.display().to_string()
        ),
        rest,
    )
}

#[test]
fn two_runs_and_one_store_on_disk() {
    if is_k6() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let first = Runner::new()
        .script(&with_store(
            &path,
            "await kv.incrementBy('runs', 1); console.log('holding'); \
             await new Promise((done) => setTimeout(done, 30000));",
        ))
        .start();
    first.until("holding");
    // While the first run has the store, nobody else gets it.
    let second = Runner::new()
        .script(&with_store(&path, "await kv.incrementBy('runs', 1);"))
        .run()
        .exits(107);
    let said = |log: &runner_tests::Log| {
        log.message.contains("DiskStoreOpenError") && log.message.contains("another process")
    };
    assert!(second.logs().iter().any(said), "{second}");
    // Killed in the middle: what it had done is there.
    drop(first);
    let third = Runner::new()
        .script(&with_store(
            &path,
            "console.log(await kv.incrementBy('runs', 1));",
        ))
        .run()
        .succeeds();
    assert_eq!(third.console(), ["2"], "{third}");
    let fourth = Runner::new()
        .script(&with_store(&path, "console.log(await kv.get('runs'));"))
        .run()
        .succeeds();
    assert_eq!(fourth.console(), ["2"], "{fourth}");
}

#[test]
fn a_script_that_is_only_looked_at_touches_no_file() {
    if is_k6() {
        return;
    }
    let output = Runner::command("inspect")
        .script(&body("{ backend: 'disk' }", ""))
        .run()
        .succeeds();
    assert!(output.file(".k6.kv/version").is_none(), "{output}");
}

#[test]
fn statistics_and_metrics() {
    if is_k6() {
        return;
    }
    let output = run(&body(
        "{ backend: 'memory', trackKeys: true, metrics: { operations: true } }",
        "await kv.set('a', 1); await name(kv.get('none')); await kv.randomKey({ prefix: 'x' }); await kv.reportStats();\n\
         const s = await kv.stats(); delete s.memory; out(s);",
    ))
    .succeeds();
    // A gauge says how many calls are going on; there is no call in a VU while another is.
    let stats = r#"{"backend":"memory","serialization":"json","trackKeys":true,"count":1,"claims":{"live":0,"expired":0},"index":{"enabled":true,"keysList":1,"consistent":true},"disk":null}"#;
    assert_eq!(output.console(), [stats], "{output}");
    let summary = output.summary();
    assert_eq!(summary.number("xk6_kv_operations_total"), 5.0, "{output}");
    assert_eq!(summary.number("xk6_kv_errors_total"), 1.0, "{output}");
    assert!(summary.line("xk6_kv_keys").is_some(), "{output}");
    assert!(summary.line("xk6_kv_async_in_flight").is_some(), "{output}");
    assert_eq!(summary.number("xk6_kv_empty_result"), 100.0, "{output}");
}

#[test]
fn a_closed_store() {
    everywhere(
        "kv.close(); kv.close(); out(await name(kv.get('a')), await name(kv.size()));",
        &[r#""StoreClosedError" "StoreClosedError""#],
    );
}
