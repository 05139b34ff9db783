//! Many keys: batches, transactions, pages, random keys, feeders.

use rquickjs_sys::JSValue;

use crate::api::kv::entries::DELETE;
use crate::api::kv::value::{
    Encoded, array, borrowed, decode, entry, refused, refused_as, texts, ttl,
};
use crate::bindings::runner::kv::store::{self, Change, EntryParam, EntryResult, Expectation};
use crate::js::{Args, JsResult, Text, Val, buffer_bytes, define, is_undefined, number, truthy};
use crate::native;
use crate::state::engine;

/// What trouble with the disk is called where keys are walked through.
const SCAN: &str = "DiskStoreScanError";

native! {
    js_clear = clear;
    js_count = count;
    js_get_many = get_many;
    js_set_many = set_many;
    js_delete_many = delete_many;
    js_delete_by_prefix = delete_by_prefix;
    js_commit = commit;
    js_scan = scan;
    js_list = list;
    js_random_keys = random_keys;
    js_next_circular = next_circular;
}

pub fn install(native: &Val) -> JsResult<()> {
    define(native, c"clear", 0, js_clear)?;
    define(native, c"count", 1, js_count)?;
    define(native, c"getMany", 1, js_get_many)?;
    define(native, c"setMany", 3, js_set_many)?;
    define(native, c"deleteMany", 1, js_delete_many)?;
    define(native, c"deleteByPrefix", 2, js_delete_by_prefix)?;
    define(native, c"commit", 5, js_commit)?;
    define(native, c"scan", 4, js_scan)?;
    define(native, c"list", 3, js_list)?;
    define(native, c"randomKeys", 3, js_random_keys)?;
    define(native, c"nextCircular", 1, js_next_circular)
}

fn clear(_: JSValue, _: Args) -> JsResult<Val> {
    let done = store::clear().map_err(refused_as(DELETE));
    done.map(|()| Val::UNDEFINED)
}

fn count(_: JSValue, args: Args) -> JsResult<Val> {
    let count = store::count(&Text::of(args.at(0))?);
    count
        .map(Val::count)
        .map_err(refused_as("DiskStoreSizeError"))
}

/// `(keys) => [{key, exists, value}]`.
fn get_many(_: JSValue, args: Args) -> JsResult<Val> {
    let keys = texts(args.at(0))?;
    let values = store::get_many(&borrowed(&keys)).map_err(refused)?;
    array(keys.iter().zip(values).map(|(key, value)| {
        let item = Val::object()?;
        item.set(engine().atoms.key, Val::str(key)?)?;
        item.set_str("exists", Val::bool(value.is_some()))?;
        item.set(engine().atoms.value, value.map_or(Ok(Val::NULL), decode)?)?;
        Ok(item)
    }))
}

/// Values that JavaScript has encoded: strings, or bytes.
fn stored(list: JSValue) -> JsResult<Vec<Option<Encoded>>> {
    let list = Val::dup(list);
    let length = number(list.get_str("length")?.raw())? as u32;
    let value = |index| {
        let value = list.at(index)?;
        if value.is_undefined() {
            return Ok(None);
        }
        if let Some(bytes) = buffer_bytes(value.raw()) {
            return Ok(Some(Encoded::Bytes(bytes.to_vec())));
        }
        Ok(Some(Encoded::Text(value.text()?)))
    };
    (0..length).map(value).collect()
}

/// `(keys, encoded, ttl) => count`.
fn set_many(_: JSValue, args: Args) -> JsResult<Val> {
    let (keys, values) = (texts(args.at(0))?, stored(args.at(1))?);
    let entries: Vec<_> = keys
        .iter()
        .zip(&values)
        .map(|(key, value)| EntryParam {
            key: key.as_str(),
            value: value.as_ref().map_or(&[][..], Encoded::as_bytes),
        })
        .collect();
    let written = store::set_many(&entries, ttl(args.at(2))?);
    written.map(Val::count).map_err(refused)
}

fn delete_many(_: JSValue, args: Args) -> JsResult<Val> {
    let keys = texts(args.at(0))?;
    let result = store::delete_many(&borrowed(&keys)).map_err(refused_as(DELETE))?;
    array([
        Ok(Val::count(result.deleted)),
        Ok(Val::count(result.missing)),
    ])
}

fn delete_by_prefix(_: JSValue, args: Args) -> JsResult<Val> {
    let limit = number(args.at(1))? as u32;
    let result = store::delete_by_prefix(&Text::of(args.at(0))?, limit);
    let result = result.map_err(refused_as(DELETE))?;
    array([Ok(Val::count(result.deleted)), Ok(Val::bool(result.done))])
}

/// `(keys, seen, changedKeys, values, ttls) => done`.
fn commit(_: JSValue, args: Args) -> JsResult<Val> {
    let (read, seen) = (texts(args.at(0))?, stored(args.at(1))?);
    let (changed, values) = (texts(args.at(2))?, stored(args.at(3))?);
    let ttls = Val::dup(args.at(4));
    let expected: Vec<_> = read
        .iter()
        .zip(&seen)
        .map(|(key, value)| Expectation {
            key: key.as_str(),
            value: value.as_ref().map(Encoded::as_bytes),
        })
        .collect();
    let mut changes = Vec::with_capacity(changed.len());
    for (index, (key, value)) in changed.iter().zip(&values).enumerate() {
        changes.push(Change {
            key: key.as_str(),
            value: value.as_ref().map(Encoded::as_bytes),
            ttl: ttl(ttls.at(index as u32)?.raw())?,
        });
    }
    let done = store::commit(&expected, &changes);
    done.map(Val::bool).map_err(refused)
}

/// Entries as objects, or their keys alone.
fn items(entries: Vec<EntryResult>, values: bool) -> JsResult<Val> {
    array(entries.into_iter().map(|found| {
        if values {
            entry(&found.key, found.value)
        } else {
            Val::str(&found.key)
        }
    }))
}

fn limit(value: JSValue) -> JsResult<Option<u32>> {
    let limit = number(value)? as u32;
    Ok((limit > 0).then_some(limit))
}

/// `(prefix, limit, cursor, values) => [items, cursor]`.
fn scan(_: JSValue, args: Args) -> JsResult<Val> {
    let (prefix, cursor) = (Text::of(args.at(0))?, Text::of(args.at(2))?);
    let values = truthy(args.at(3))?;
    let page = store::scan(&prefix, limit(args.at(1))?, &cursor, values);
    let page = page.map_err(refused_as(SCAN))?;
    array([items(page.entries, values), Val::str(&page.cursor)])
}

fn list(_: JSValue, args: Args) -> JsResult<Val> {
    let values = truthy(args.at(2))?;
    let found = store::list(&Text::of(args.at(0))?, limit(args.at(1))?, values);
    items(found.map_err(refused_as(SCAN))?, values)
}

fn random_keys(_: JSValue, args: Args) -> JsResult<Val> {
    let count = number(args.at(1))? as u32;
    let keys = store::random_keys(&Text::of(args.at(0))?, count, truthy(args.at(2))?);
    let keys = keys.map_err(refused_as("DiskStoreIndexError"))?;
    array(keys.iter().map(|key| Val::str(key)))
}

fn next_circular(_: JSValue, args: Args) -> JsResult<Val> {
    match store::next_circular(&Text::of(args.at(0))?).map_err(refused)? {
        Some(found) => entry(&found.key, found.value),
        None => Ok(Val::NULL),
    }
}

/// A string that may be left out.
pub fn optional_text(value: JSValue) -> JsResult<Option<Text>> {
    if is_undefined(value) {
        return Ok(None);
    }
    Text::of(value).map(Some)
}
