//! The contract of `k6/x/kv`, method by method: what each returns, to the last member, and what
//! each refuses, by the name of the error. Scripts for xk6-kv compare both.

use runner_tests::{Runner, is_k6};

use super::kv::{body, everywhere, run};

/// Every method and what it resolves to, with the types of all members.
#[test]
fn what_methods_return() {
    everywhere(
        "const shape = (x) => x === null ? 'null' : Array.isArray(x) ? x.map(shape) :\n\
           typeof x === 'object' ? Object.fromEntries(Object.keys(x).sort().map((k) => [k, shape(x[k])])) : typeof x;\n\
         const show = async (...all) => out(...(await Promise.all(all)).map(shape));\n\
         await kv.setMany({ 'u:1': { n: 1 }, 'u:2': { n: 2 }, 'u:3': { n: 3 }, 'u:4': { n: 4 } });\n\
         await show(kv.get('u:1'), kv.set('s', 1), kv.delete('s'), kv.exists('s'), kv.size(), kv.count(), kv.rebuildKeyList());\n\
         await show(kv.getMany(['u:1', 'none']), kv.setMany({ a: 1 }), kv.deleteMany(['a']), kv.deleteByPrefix({ prefix: 'x', limit: 1 }));\n\
         await show(kv.incrementBy('i', 1), kv.getOrSet('g', 1), kv.swap('g', 2), kv.compareAndSwap('g', 2, 3), kv.setIfAbsent('g', 1), kv.deleteIfExists('g'));\n\
         await show(kv.compareAndSwapDetailed('i', 1, 1), kv.compareAndSwapDetailed('i', 0, 1), kv.compareAndSwapDetailed('i', 0, 1, { includeCurrentOnMismatch: true }));\n\
         await show(kv.compareAndDeleteDetailed('i', 0), kv.compareAndDeleteDetailed('i', 0, { includeCurrentOnMismatch: true }), kv.compareAndDeleteDetailed('i', 1), kv.compareAndDelete('i', 1));\n\
         await show(kv.scan({ prefix: 'u', limit: 1 }), kv.scanKeys({ prefix: 'u', limit: 1 }), kv.list({ limit: 1 }), kv.listKeys({ limit: 1 }));\n\
         await show(kv.randomKey(), kv.randomKeys({ count: 1 }), kv.nextCircular(), kv.nextCircular({ prefix: 'none' }));\n\
         const one = await kv.claimKey('u:1', { owner: 'me' }); out(shape(one), shape(await kv.claimNext()));\n\
         const none = { prefix: 'none', owner: 'me' }; await show(kv.claimRandom(none), kv.claimNext(none), kv.claimForOwner(none), kv.claimKey('none'), kv.popRandom(none));\n\
         await show(kv.claimRandomMany({ ...none, count: 1 }), kv.popRandomMany({ ...none, count: 1 }), kv.popRandom({ prefix: 'u' }), kv.popRandomMany({ prefix: 'u', count: 1 }));\n\
         await show(kv.claimKeys(['u:1', 'none']), kv.renewClaim(one, { ttl: 1000 }), kv.releaseClaim(one), kv.completeClaim(one));\n\
         await show(kv.releaseClaims([one]), kv.completeClaims([one]), kv.renewClaims([one], { ttl: 1000 }), kv.allocationStats());\n\
         await kv.set('flat', { n: 1 }); await kv.exportCSV({ fileName: 'f.csv', prefix: 'flat', columns: ['n'] });\n\
         await show(kv.exportCSV({ fileName: 'f.csv', prefix: 'flat', columns: ['n'] }), kv.exportJSONL({ fileName: 'f.jsonl' }), kv.importCSV({ fileName: 'f.csv', keyColumn: 'key' }), kv.importJSONL({ fileName: 'f.jsonl' }));\n\
         await show(kv.validateCSV({ fileName: 'f.csv' }), kv.validateCSV({ fileName: 'f.csv', keyColumn: 'none' }), kv.validateJSONL({ fileName: 'f.jsonl' }), kv.validateJSONL({ fileName: 'f.csv' }));\n\
         await show(kv.backup({ fileName: 'f.kv' }), kv.restore({ fileName: 'f.kv' }), kv.reportStats(), kv.clear(), kv.close());",
        &[
            r#"{"n":"number"} "number" "boolean" "boolean" "number" "number" "boolean""#,
            r#"[{"exists":"boolean","key":"string","value":{"n":"number"}},{"exists":"boolean","key":"string","value":"null"}] {"written":"number"} {"deleted":"number","missing":"number"} {"deleted":"number","done":"boolean"}"#,
            r#""number" {"loaded":"boolean","value":"number"} {"loaded":"boolean","previous":"number"} "boolean" "boolean" "boolean""#,
            r#"{"reason":"string","swapped":"boolean"} {"existed":"boolean","reason":"string","swapped":"boolean"} {"current":"number","existed":"boolean","reason":"string","swapped":"boolean"}"#,
            r#"{"deleted":"boolean","existed":"boolean","reason":"string"} {"current":"number","deleted":"boolean","existed":"boolean","reason":"string"} {"deleted":"boolean","reason":"string"} "boolean""#,
            r#"{"cursor":"string","done":"boolean","entries":[{"key":"string","value":{"n":"number"}}]} {"cursor":"string","done":"boolean","keys":["string"]} [{"key":"string","value":{"n":"number"}}] ["string"]"#,
            r#""string" ["string"] {"key":"string","value":{"n":"number"}} "null""#,
            r#"{"entry":{"key":"string","value":{"n":"number"}},"expiresAt":"number","id":"string","key":"string","owner":"string","token":"number"} {"entry":{"key":"string","value":{"n":"number"}},"expiresAt":"number","id":"string","key":"string","token":"number"}"#,
            r#""null" "null" "null" "null" "null""#,
            r#"[] [] {"key":"string","value":{"n":"number"}} [{"key":"string","value":{"n":"number"}}]"#,
            r#"{"busy":["string"],"claimed":[],"missing":["string"]} "boolean" "boolean" "boolean""#,
            r#"{"attempted":"number","failed":[{"id":"string","index":"number","key":"string","message":"string","name":"string"}],"released":"number"} {"attempted":"number","completed":"number","failed":[{"id":"string","index":"number","key":"string","message":"string","name":"string"}]} {"attempted":"number","failed":[{"id":"string","index":"number","key":"string","message":"string","name":"string"}],"renewed":"number"} {"backend":"string","claimable":"number","claimedExpired":"number","claimedLive":"number","prefix":"string","total":"number","trackKeys":"boolean"}"#,
            r#"{"bytesWritten":"number","exported":"number","fileName":"string"} {"bytesWritten":"number","exported":"number","fileName":"string"} {"bytesRead":"number","fileName":"string","imported":"number"} {"bytesRead":"number","fileName":"string","imported":"number"}"#,
            r#"{"bytesRead":"number","checkedAll":"boolean","rows":"number","valid":"boolean"} {"bytesRead":"number","checkedAll":"boolean","firstError":{"message":"string","name":"string","row":"number"},"rows":"number","valid":"boolean"} {"bytesRead":"number","checkedAll":"boolean","records":"number","valid":"boolean"} {"bytesRead":"number","checkedAll":"boolean","firstError":{"line":"number","message":"string","name":"string"},"records":"number","valid":"boolean"}"#,
            r#"{"bestEffort":"boolean","bytesWritten":"number","totalEntries":"number","warning":"string"} {"totalEntries":"number"} "undefined" "boolean" "undefined""#,
        ],
    );
}

/// Arguments that no method takes, and the one name that they have.
#[test]
fn what_methods_refuse() {
    everywhere(
        "const ref = { id: 'x', key: 'k', token: 1 }, file = { fileName: 'f.csv' }, csv = { ...file, keyColumn: 'id' };\n\
         const calls = {\n\
           get: [[''], [], [5]], set: [['', 1], [5, 1], ['k', 1, { ttl: 0 }]], delete: [[''], []], exists: [['']], deleteIfExists: [['']],\n\
           getMany: [['x'], [null], [['ok', 42]]], setMany: [['x'], [null], [[]], [{ '': 1 }]], deleteMany: [['x'], [['ok', '']], [['ok', 42]]],\n\
           deleteByPrefix: [[], [null], [{}], [{ prefix: 'x' }], [{ prefix: '', limit: 1 }], [{ prefix: 'x', limit: 0 }], [{ prefix: 'x', limit: 1.5 }], [{ prefix: 'x', limit: 100001 }]],\n\
           incrementBy: [['', 1]], getOrSet: [['', 1]], swap: [['', 1]], compareAndSwap: [['', 1, 2]], setIfAbsent: [['', 1]], compareAndDelete: [['', 1]],\n\
           compareAndSwapDetailed: [['', 1, 2], ['k', 1, 2, 'bad'], ['k', 1, 2, { includeCurrentOnMismatch: 1 }]], compareAndDeleteDetailed: [['', 1], ['k', 1, 'bad']],\n\
           scan: [['bad'], [[]], [{ limit: 1.5 }], [{ limit: 100001 }], [{ prefix: 1 }], [{ cursor: 1 }]], scanKeys: [['bad'], [{ limit: 100001 }]],\n\
           list: [['bad'], [{ limit: 250001 }], [{ prefix: 1 }]], listKeys: [['bad'], [[]], [{ limit: 1.5 }], [{ limit: 250001 }]], count: [['bad'], [{ prefix: 1 }]],\n\
           randomKey: [['bad'], [{ prefix: 1 }]], randomKeys: [[], [{}], [{ count: 0 }], [{ count: -1 }], [{ count: 1.5 }], [{ count: NaN }], [{ count: '1' }], [{ count: 1000001 }], [{ count: 1, unique: 'no' }]],\n\
           nextCircular: [['bad']], popRandom: [['bad']], popRandomMany: [[], [{}], [{ count: 0 }], [{ count: 1000001 }]], claimRandom: [['bad'], [{ ttl: 0 }], [{ ttl: 1.5 }], [{ ttl: 86400001 }], [{ owner: 'o'.repeat(257) }], [{ owner: 5 }]],\n\
           claimRandomMany: [[], [{ ttl: 1 }], [{ count: 0 }], [{ count: 1000001 }]], claimNext: [[{ ttl: 0 }]], claimForOwner: [[], [{}], [{ owner: '' }]],\n\
           claimKey: [[''], [5], ['k', { ttl: 0 }]], claimKeys: [['bad'], [['k', 'k']], [['k', '']], [['k'], { ttl: 0 }], [['k'], { allOrNothing: 1 }]],\n\
           releaseClaim: [['bad'], [{}], [null], [{ ...ref, token: 'x' }], [{ ...ref, key: '' }]], releaseClaims: [['bad'], [[{}]]],\n\
           completeClaim: [['bad'], [ref, 'bad'], [ref, { deleteKey: 1 }]], completeClaims: [['bad'], [[ref], 'bad']],\n\
           renewClaim: [['bad', { ttl: 1 }], [ref], [ref, {}], [ref, { ttl: 0 }]], renewClaims: [['bad', { ttl: 1 }], [[ref], {}], [[ref]]], allocationStats: [['bad'], [{ prefix: 123 }]],\n\
           importCSV: [[], [null], [file], [{ ...csv, keyColumn: ' ' }], [{ ...csv, delimiter: ';;' }], [{ ...csv, limit: 1.5 }], [{ ...csv, limit: -1 }], [{ ...csv, limit: 1000001 }], [{ ...csv, batchSize: -1 }], [{ ...csv, batchSize: 10001 }], [{ ...csv, hasHeader: 1 }], [{ ...csv, hasHeader: false }]],\n\
           validateCSV: [[], [{}], [{ fileName: '' }], [{ ...file, keyColumn: '' }], [{ ...file, delimiter: '\"' }], [{ ...file, limit: 1000001 }], [{ ...csv, hasHeader: false }]],\n\
           exportCSV: [[], [null], [file], [{ ...file, columns: [] }], [{ ...file, columns: 'a' }], [{ ...file, columns: [''] }], [{ ...file, columns: ['a', 'a'] }], [{ ...file, columns: ['key'] }], [{ ...file, columns: ['a'], delimiter: ';;' }], [{ fileName: '  ', columns: ['a'] }], [{ ...file, columns: ['a'], limit: 1000001 }]],\n\
           importJSONL: [[], [{}], [{ fileName: 5 }], [{ ...file, limit: 1.5 }], [{ ...file, batchSize: 10001 }]], validateJSONL: [[], [{}], [{ fileName: 123 }]], exportJSONL: [[null], [{}], [{ prefix: 'x' }], [{ ...file, limit: 1.5 }], [{ ...file, limit: 1000001 }]],\n\
           backup: [['bad'], [{ fileName: 5 }], [{ ...file, allowConcurrentWrites: 1 }]], restore: [['bad'], [{ ...file, maxEntries: 1.5 }]],\n\
         };\n\
         await kv.set('kept', { id: 'a' });\n\
         await kv.exportCSV({ ...file, columns: ['id'] }); let count = 0;\n\
         for (const [method, all] of Object.entries(calls)) for (const args of all) {\n\
           count += 1; const got = await name(kv[method](...args));\n\
           if (got !== 'InvalidOptionsError') out(method, args, got);\n\
         }\n\
         out(count, await kv.listKeys(), (await kv.stats()).claims.live);",
        &[r#"164 ["kept"] 0"#],
    );
}

/// Errors that have names of their own.
#[test]
fn names_of_errors() {
    everywhere(
        "out(await name(kv.get('none')), await name(kv.scan({ cursor: '%%' })), await name(kv.scanKeys({ cursor: '%%' })), await name(kv.backup()), await name(kv.restore(null)));\n\
         await kv.set('text', 'foo'); await kv.set('half', 1.5); await kv.set('raw', '1.5'); const big = '9223372036854775807'; await kv.set('max', big);\n\
         out(await Promise.all([NaN, Infinity, -Infinity, 1e20, 1.5, '123', null, undefined, 1n].map((by) => name(kv.incrementBy('n', by)))), await kv.exists('n'));\n\
         out(await Promise.all(['text', 'half', 'raw', 'max'].map((key) => name(kv.incrementBy(key, 1)))), await kv.get('max') === big, await kv.get('half'));\n\
         await kv.set('t', '41'); out(await kv.incrementBy('t', 1), await kv.get('t'), await kv.incrementBy('max', 0) > 9e18, await kv.incrementBy('safe', Number.MAX_SAFE_INTEGER) === Number.MAX_SAFE_INTEGER);\n\
         const loop = {}; loop.me = loop; out(await name(kv.set('x', loop)), await name(kv.getOrSet('x', () => 1)), await name(kv.swap('x', Symbol())), await kv.exists('x'));\n\
         try { await kv.setMany('bad'); } catch (e) { out(e.name, e.errors.map((x) => [Object.keys(x), x.name])); }\n\
         const file = { fileName: 'not-there' }; out(await name(kv.importCSV({ ...file, keyColumn: 'id' })), await name(kv.validateCSV(file)), await name(kv.importJSONL(file)), await name(kv.validateJSONL(file)), await name(kv.restore(file)));\n\
         const csv = { fileName: 'f.csv', prefix: 'half', columns: ['a'] }; out(await name(kv.exportCSV(csv)));\n\
         await kv.set('half', { a: { b: 1 } }); out(await name(kv.exportCSV(csv)), await name(kv.exportCSV({ ...csv, fileName: 'script.js/x/y.csv' })));\n\
         await kv.set('half', { a: true }); await kv.exportCSV(csv); out(await name(kv.importJSONL({ fileName: 'f.csv' })), await name(kv.importCSV({ fileName: 'f.csv', keyColumn: 'b' })), await name(kv.restore({ fileName: 'f.csv' })));\n\
         await kv.backup({ fileName: 'f.kv' }); out(await name(kv.restore({ fileName: 'f.kv', maxEntries: 1 })), await name(kv.restore({ fileName: 'f.kv', maxBytes: 5 })), await kv.restore({ fileName: 'f.kv', maxEntries: 0, maxBytes: -1 }));\n\
         kv.close(); out(await Promise.all([kv.get('t'), kv.set('t', 1), kv.size(), kv.claimRandom(), kv.popRandomMany({ count: 1 }), kv.validateCSV(csv), kv.stats()].map(name)));",
        &[
            r#""KeyNotFoundError" "InvalidCursorError" "InvalidCursorError" "BackupOptionsRequiredError" "RestoreOptionsRequiredError""#,
            r#"["ValueNumberRequiredError","ValueNumberRequiredError","ValueNumberRequiredError","ValueNumberRequiredError","ValueNumberRequiredError","ValueNumberRequiredError","ValueNumberRequiredError","ValueNumberRequiredError","ValueNumberRequiredError"] false"#,
            r#"["ValueParseError","ValueParseError","ValueParseError","ValueParseError"] true 1.5"#,
            "42 42 true true",
            r#""SerializerError" "SerializerError" "SerializerError" false"#,
            r#""InvalidOptionsError" [[["name","message"],"InvalidEntries"]]"#,
            r#""SnapshotNotFoundError" "SnapshotNotFoundError" "SnapshotNotFoundError" "SnapshotNotFoundError" "SnapshotNotFoundError""#,
            r#""ValueParseError""#,
            r#""ValueParseError" "SnapshotExportError""#,
            r#""ValueParseError" "ValueParseError" "SnapshotReadError""#,
            r#""SnapshotBudgetExceededError" "SnapshotBudgetExceededError" {"totalEntries":6}"#,
            r#"["StoreClosedError","StoreClosedError","StoreClosedError","StoreClosedError","StoreClosedError","StoreClosedError","StoreClosedError"]"#,
        ],
    );
}

#[test]
fn claims_by_the_batch_and_of_keys_that_go() {
    everywhere(
        "for (let i = 1; i <= 6; i++) await kv.set(`u:${i}`, { id: i });\n\
         const of = async (n) => await kv.claimKey(`u:${n}`, { ttl: 60000 });\n\
         const [a, b, c] = [await of(1), await of(2), await of(3)];\n\
         const short = ({ failed, ...rest }) => [rest, failed.map(({ message, ...f }) => [f.index, f.key, f.name, f.id === a.id, message.includes('u:1')])];\n\
         out(await kv.allocationStats({ prefix: 'u:' }));\n\
         out(short(await kv.renewClaims([b, { ...a, token: 1 }, c], { ttl: 60000 })));\n\
         out(short(await kv.releaseClaims([a, a])), short(await kv.completeClaims([a, b], { deleteKey: false })), await kv.exists('u:2'));\n\
         out(await kv.releaseClaims([]), short(await kv.completeClaims([c])), await kv.exists('u:3'));\n\
         const d = await of(4); out(await kv.deleteMany(['u:4', 'u:1', 'none']), await kv.releaseClaim(d), await kv.renewClaim(d, { ttl: 1000 }), await kv.completeClaim(d));\n\
         const e = await of(5); await kv.delete('u:5'); await kv.set('u:5', 'new'); out(await kv.completeClaim(e), await kv.get('u:5'), (await of(5)).entry.value);\n\
         const f = await kv.claimForOwner({ prefix: 'u:6', owner: 'vu' }); await kv.compareAndDelete('u:6', { id: 6 }); out(await kv.releaseClaim(f), await kv.claimForOwner({ prefix: 'u:6', owner: 'vu' }));\n\
         await kv.set('v', 1); await kv.claimKey('v', { ttl: 1 }); const end = Date.now() + 20; while (Date.now() < end);\n\
         const { claimedLive, claimedExpired, claimable } = await kv.allocationStats({ prefix: 'v' }); out(claimedLive, claimedExpired, claimable, (await kv.allocationStats({ prefix: 'u:' })).claimedExpired, (await kv.allocationStats()).prefix);\n\
         out(await kv.claimKeys(['none', 'v', 'neither'], { allOrNothing: true }), (await kv.claimKeys(['v', 'none'], { allOrNothing: true })).claimed, (await kv.claimKey('v')) !== null);",
        &[
            r#"{"prefix":"u:","total":6,"claimable":3,"claimedLive":3,"claimedExpired":0,"backend":"BACKEND","trackKeys":TRACKED}"#,
            r#"[{"attempted":3,"renewed":2},[[1,"u:1","ClaimNotUpdated",true,true]]]"#,
            r#"[{"attempted":2,"released":1},[[1,"u:1","ClaimNotUpdated",true,true]]] [{"attempted":2,"completed":1},[[0,"u:1","ClaimNotUpdated",true,true]]] true"#,
            r#"{"attempted":0,"released":0,"failed":[]} [{"attempted":1,"completed":1},[]] false"#,
            r#"{"deleted":2,"missing":1} false false false"#,
            r#"false "new" "new""#,
            "false null",
            r#"0 1 1 0 """#,
            r#"{"claimed":[],"busy":[],"missing":["none"]} [] true"#,
        ],
    );
}

#[test]
fn files_and_what_is_wrong_with_them() {
    everywhere(
        "await kv.set('r:1', { id: 1, name: 'a\"b' }); await kv.set('r:2', { id: true, name: null });\n\
         out((await kv.exportCSV({ fileName: 'f.csv', prefix: 'r:', columns: ['name', 'id', 'none'] })).exported, (await kv.exportCSV({ fileName: 'g.csv', prefix: 'no', columns: ['a'], limit: 0 })).bytesWritten);\n\
         out(await kv.validateCSV({ fileName: 'f.csv' }), await kv.validateCSV({ fileName: 'f.csv', keyColumn: 'key', limit: 1 }));\n\
         out(await kv.importCSV({ fileName: 'f.csv', keyColumn: 'key', limit: 0, batchSize: 0 }), await kv.get('r:2'));\n\
         out((await kv.importCSV({ fileName: 'f.csv', keyColumn: '0', hasHeader: false })).imported, await kv.get('key'));\n\
         const error = async (promise) => { const { valid, rows, records, firstError } = await promise; return [valid, rows ?? records, firstError.row ?? firstError.line, firstError.name, firstError.message]; };\n\
         for (const fileName of ['empty-key.csv', 'twice.csv', 'quotes.csv', 'unnamed.csv']) out(await error(kv.validateCSV({ fileName, keyColumn: 'id' })));\n\
         out(await error(kv.validateCSV({ fileName: 'quotes.csv' })), (await kv.validateCSV({ fileName: 'empty-key.csv' })).valid);\n\
         out(await kv.validateCSV({ fileName: 'empty', keyColumn: 'id' }), await kv.validateJSONL({ fileName: 'empty', limit: -1 }));\n\
         for (const fileName of ['blank.jsonl', 'no-key.jsonl']) out(await error(kv.validateJSONL({ fileName })));\n\
         try { await kv.importJSONL({ fileName: 'blank.jsonl', batchSize: 1 }); } catch (e) { out(e.name, e.message, await kv.get('j:1')); }\n\
         const { bestEffort, warning } = await kv.backup({ fileName: 'f.kv', allowConcurrentWrites: true }); out([bestEffort, warning !== '']);",
        &[
            "2 6",
            r#"{"valid":true,"rows":2,"bytesRead":42,"checkedAll":true} {"valid":true,"rows":1,"bytesRead":31,"checkedAll":false}"#,
            r#"{"imported":2,"fileName":"f.csv","bytesRead":42} {"key":"r:2","name":"","id":"true","none":""}"#,
            r#"3 {"column_0":"key","column_1":"name","column_2":"id","column_3":"none"}"#,
            r#"[false,1,3,"ValueParseError","\"empty-key.csv\" line 3: a key must have at least one character"]"#,
            r#"[false,0,1,"ValueParseError","\"twice.csv\" line 1: the column \"id\" is there twice"]"#,
            r#"[false,1,3,"ValueParseError","\"quotes.csv\" line 3: a quote that nobody closes"]"#,
            r#"[false,0,1,"ValueParseError","\"unnamed.csv\" line 1: column 2 has no name"]"#,
            r#"[false,1,3,"ValueParseError","\"quotes.csv\" line 3: a quote that nobody closes"] true"#,
            r#"{"valid":true,"rows":0,"bytesRead":0,"checkedAll":true} {"valid":true,"records":0,"bytesRead":0,"checkedAll":true}"#,
            r#"[false,1,2,"ValueParseError","\"blank.jsonl\" line 2: EOF while parsing a value at line 2 column 0"]"#,
            r#"[false,0,1,"ValueParseError","\"no-key.jsonl\" line 1: no member \"key\" that is a string"]"#,
            r#""ValueParseError" "\"blank.jsonl\" line 2: EOF while parsing a value at line 2 column 0 (entries of this file in the store: 1)" 1"#,
            "[IN_MEMORY,IN_MEMORY]",
        ],
    );
}

#[test]
fn a_closed_handle_is_nobody_elses() {
    if is_k6() {
        return;
    }
    let output = Runner::new()
        .args(["-u", "2", "-i", "4"])
        .script(
            "import { openKv } from 'k6/x/kv';\n\
             const kv = openKv({ backend: 'memory' }), second = openKv({ backend: 'memory' });\n\
             export async function setup() { await kv.set('n', 0); kv.close(); await second.incrementBy('n', 1); }\n\
             export default async function () { await kv.incrementBy('n', 1); }\n\
             export async function teardown() { console.log(await second.get('n')); second.close(); second.close(); }",
        )
        .run()
        .succeeds();
    assert_eq!(output.console(), ["5"], "{output}");
}

#[test]
fn backups_without_a_name() {
    if is_k6() {
        return;
    }
    let memory = body(
        "{ backend: 'memory', path: 'own.kv' }",
        "await kv.set('a', 1); out((await kv.backup({})).totalEntries, await kv.clear(), await kv.restore({ fileName: '' }), await kv.get('a'));",
    );
    let output = run(&memory).succeeds();
    assert_eq!(
        output.console(),
        [r#"1 true {"totalEntries":1} 1"#],
        "{output}"
    );
    assert!(output.file("own.kv/version").is_none(), "{output}");
    // A store on disk is in its own folder already.
    let disk = body(
        "{ path: 'own' }",
        "await kv.set('a', 1); const { totalEntries, bytesWritten } = await kv.backup({}); await kv.set('b', 2);\n\
         out(totalEntries, bytesWritten > 0, await kv.restore({ fileName: './own' }), await kv.get('b'));",
    );
    let output = run(&disk).succeeds();
    assert_eq!(
        output.console(),
        [r#"1 true {"totalEntries":2} 2"#],
        "{output}"
    );
}

#[test]
fn stores_that_may_not_change_and_those_that_cannot() {
    if is_k6() {
        return;
    }
    let output = Runner::new()
        .under(&[
            "sh",
            "-c",
            // The journal has 64 MiB from the start; in units of 512 bytes.
            "trap '' XFSZ; ulimit -f 131090; exec \"$0\" \"$@\"",
        ])
        .args(["--vu-memory", "1GiB"])
        .script(&body(
            "{ path: 'store', disk: { noGrowSync: true, freelistType: 'map', initialMmapSize: '64MiB', mlock: false } }",
            "await kv.setMany({ a: 1, b: 2 }); for (let i = 0; i < 20; i++) await kv.set(`k${i}`, 'x'.repeat(1000));\n\
             out(await name(kv.set('large', 'x'.repeat(64 * 1024 * 1024 - 2))), await name(kv.set('e', 1)), await name(kv.delete('a')), await name(kv.deleteMany(['a'])), await name(kv.compareAndDelete('b', 2)), await kv.get('a'));",
        ))
        .run()
        .succeeds();
    assert_eq!(
        output.console(),
        [
            r#""DiskStoreWriteError" "DiskStoreWriteError" "DiskStoreDeleteError" "DiskStoreDeleteError" "DiskStoreDeleteError" 1"#
        ],
        "{output}"
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store").display().to_string();
    let write = body(&format!("{{ path: {path:?} }}"), "await kv.set('a', 1);");
    run(&write).succeeds();
    let read = body(
        &format!("{{ path: {path:?}, disk: {{ readOnly: true }} }}"),
        "const all = [kv.set('a', 2), kv.delete('a'), kv.incrementBy('a', 1), kv.setMany({ a: 2 }), kv.clear(), kv.popRandom(), kv.deleteByPrefix({ prefix: 'a', limit: 1 })];\n\
         out(await Promise.all(all.map(name)), await kv.get('a'), (await kv.allocationStats()).claimable);",
    );
    let output = run(&read).succeeds();
    let refused = ["\"StoreReadOnlyError\""; 7].join(",");
    assert_eq!(output.console(), [format!("[{refused}] 1 1")], "{output}");
}

#[test]
fn typing_errors_in_what_changes_nothing() {
    if is_k6() {
        return;
    }
    for disk in [
        "noGrowSync: 'yes'",
        "noFreelistSync: 1",
        "preLoadFreelist: 'no'",
        "mlock: 0",
        "freelistType: 'tree'",
        "initialMmapSize: 'much'",
    ] {
        let options = format!("{{ backend: 'memory', disk: {{ {disk} }} }}");
        let output = run(&body(&options, "")).exits(107);
        let said = |log: &runner_tests::Log| log.message.contains("InvalidOptionsError: ");
        assert!(output.logs().iter().any(said), "{disk}\n{output}");
    }
}

#[test]
fn operations_that_come_back_with_nothing_are_counted() {
    if is_k6() {
        return;
    }
    let output = Runner::new()
        .script(&(body(
            "{ backend: 'memory', metrics: { operations: true } }",
            "const none = { prefix: 'x' }; await kv.randomKey(none); await kv.randomKeys({ ...none, count: 2 }); await kv.nextCircular(none);\n\
             await kv.popRandom(none); await kv.popRandomMany({ ...none, count: 2 }); await kv.claimRandom(none); await kv.claimRandomMany({ ...none, count: 2 });\n\
             await kv.claimNext(none); await kv.claimForOwner({ ...none, owner: 'o' }); await kv.claimKey('x'); await kv.set('k', 1); await kv.claimKey('k');",
        ) + "export const options = { thresholds: { 'xk6_kv_empty_result{op:claim_key}': ['rate==0.5'], 'xk6_kv_empty_result{op:pop_random_many}': ['rate==1'], xk6_kv_async_in_flight: ['value==0'] } };\n"))
        .run()
        .succeeds();
    let summary = output.summary();
    let share = summary.number("xk6_kv_empty_result");
    assert!((share - 90.9).abs() < 0.1, "{share}\n{output}");
}
