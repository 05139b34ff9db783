//! Many keys: batches, transactions, pages, random keys, feeders.

use rquickjs_sys::JSValue;

use crate::api::kv::atoms::atoms;
use crate::api::kv::entries::DELETE;
use crate::api::kv::value::{Encoded, Stored, Ttl, borrowed, refused_as};
use crate::bindings::runner::kv::store::{self, Change, EntryParam, EntryResult, Expectation};
use crate::js::{FromJs, IntoJs, JsResult, Text, Thrown, Val, array, buffer_bytes};

/// What trouble with the disk is called where keys are walked through.
const SCAN: &str = "DiskStoreScanError";

crate::natives! { install {
    c"clear"() => store::clear().map_err(refused_as(DELETE)),
    c"count"(prefix: Text) => store::count(&prefix).map_err(refused_as("DiskStoreSizeError")),
    c"getMany"(keys: Vec<Text>) => {
        let values = store::get_many(&borrowed(&keys));
        values.map(|values| keys.into_iter().zip(values).map(Item).collect::<Vec<_>>())
    },
    c"setMany"(keys: Vec<Text>, values: Vec<Option<Kept>>, ttl: Ttl) => {
        let entries: Vec<_> = keys.iter().zip(&values).map(put).collect();
        store::set_many(&entries, ttl.0)
    },
    /// `[deleted, missing]`
    c"deleteMany"(keys: Vec<Text>) => {
        let result = store::delete_many(&borrowed(&keys)).map_err(refused_as(DELETE));
        result.map(|result| (result.deleted, result.missing))
    },
    /// `[deleted, done]`
    c"deleteByPrefix"(prefix: Text, limit: u32) => {
        let result = store::delete_by_prefix(&prefix, limit).map_err(refused_as(DELETE));
        result.map(|result| (result.deleted, result.done))
    },
    c"commit"(
        read: Vec<Text>, seen: Vec<Option<Kept>>,
        changed: Vec<Text>, values: Vec<Option<Kept>>, ttls: Vec<Ttl>
    ) => commit(&read, &seen, &changed, &values, ttls),
    /// `[items, cursor]`
    c"scan"(prefix: Text, limit: Limit, cursor: Text, values: bool) => {
        let page = store::scan(&prefix, limit.0, &cursor, values).map_err(refused_as(SCAN));
        page.map(|page| (Items(page.entries, values), page.cursor))
    },
    c"list"(prefix: Text, limit: Limit, values: bool) => {
        let found = store::list(&prefix, limit.0, values).map_err(refused_as(SCAN));
        found.map(|entries| Items(entries, values))
    },
    c"randomKeys"(prefix: Text, count: u32, unique: bool) =>
        store::random_keys(&prefix, count, unique).map_err(refused_as("DiskStoreIndexError")),
    c"nextCircular"(prefix: Text) => store::next_circular(&prefix),
} }

fn put<'a>((key, value): (&'a Text, &'a Option<Kept>)) -> EntryParam<'a> {
    EntryParam {
        key: key.as_str(),
        value: bytes(value).unwrap_or_default(),
    }
}

fn commit(
    read: &[Text],
    seen: &[Option<Kept>],
    changed: &[Text],
    values: &[Option<Kept>],
    ttls: Vec<Ttl>,
) -> Result<bool, store::Error> {
    let expected: Vec<_> = (read.iter().zip(seen))
        .map(|(key, value)| Expectation {
            key: key.as_str(),
            value: bytes(value),
        })
        .collect();
    let changes: Vec<_> = (changed.iter().zip(values).zip(ttls))
        .map(|((key, value), ttl)| Change {
            key: key.as_str(),
            value: bytes(value),
            ttl: ttl.0,
        })
        .collect();
    store::commit(&expected, &changes)
}

/// A value that JavaScript has encoded: a string, or bytes.
struct Kept(Encoded);

impl FromJs for Kept {
    fn from_js(value: JSValue) -> JsResult<Kept> {
        Ok(Kept(match buffer_bytes(value) {
            Some(bytes) => Encoded::Bytes(bytes.to_vec()),
            None => Encoded::Text(Text::of(value)?),
        }))
    }
}

fn bytes(value: &Option<Kept>) -> Option<&[u8]> {
    value.as_ref().map(|kept| kept.0.as_bytes())
}

/// At most so many; 0 and what is not there stand for all.
struct Limit(Option<u32>);

impl FromJs for Limit {
    fn from_js(value: JSValue) -> JsResult<Limit> {
        let limit = u32::from_js(value)?;
        Ok(Limit((limit > 0).then_some(limit)))
    }
}

/// `{key, exists, value}`.
struct Item((Text, Option<Vec<u8>>));

impl IntoJs for Item {
    fn into_js(self) -> JsResult<Val> {
        let (key, value) = self.0;
        let item = Val::object()?;
        item.set(atoms().key, Val::str(&key)?)?;
        item.set_str("exists", Val::bool(value.is_some()))?;
        item.set(atoms().value, value.map(Stored).into_js()?)?;
        Ok(item)
    }
}

/// Entries as objects, or their keys alone.
struct Items(Vec<EntryResult>, bool);

impl IntoJs for Items {
    fn into_js(self) -> Result<Val, Thrown> {
        let Items(entries, values) = self;
        array(entries.into_iter().map(|found| {
            if values {
                found.into_js()
            } else {
                Val::str(&found.key)
            }
        }))
    }
}
