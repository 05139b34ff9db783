//! Single keys: methods that return settled promises, and those that JavaScript wraps.

use rquickjs_sys::{self as q, JSValue};

use crate::api::kv::value::{
    Encoded, array, decode, encode, fail, key, refused, refused_as, settled, ttl, ttl_option,
};
use crate::bindings::runner::kv::store::{self, Compared, Lifetime, Loaded};
use crate::js::{Args, JsResult, Text, Val, define, is_nullish, number};
use crate::native;

/// What trouble with the disk is called where something is removed.
pub const DELETE: &str = "DiskStoreDeleteError";
/// One more than the largest number of 64 bits with a sign.
const LIMIT: f64 = 9_223_372_036_854_775_808.0;

native! {
    js_get = get;
    js_set = set;
    js_delete = delete;
    js_exists = exists;
    js_delete_if_exists = delete_if_exists;
    js_increment_by = increment_by;
    js_raw = raw;
    js_key = checked_key;
    js_encode = encoded;
    js_decode = decoded;
    js_expire = expire;
    js_ttl = lifetime;
    js_get_or_set = get_or_set;
    js_swap = swap;
    js_compare_and_swap = compare_and_swap;
    js_compare_and_delete = compare_and_delete;
}

pub fn install(native: &Val) -> JsResult<()> {
    define(native, c"get", 1, js_get)?;
    define(native, c"set", 2, js_set)?;
    define(native, c"delete", 1, js_delete)?;
    define(native, c"exists", 1, js_exists)?;
    define(native, c"deleteIfExists", 1, js_delete_if_exists)?;
    define(native, c"incrementBy", 2, js_increment_by)?;
    define(native, c"raw", 1, js_raw)?;
    define(native, c"key", 1, js_key)?;
    define(native, c"encode", 1, js_encode)?;
    define(native, c"decode", 1, js_decode)?;
    define(native, c"expire", 2, js_expire)?;
    define(native, c"ttl", 1, js_ttl)?;
    define(native, c"getOrSet", 3, js_get_or_set)?;
    define(native, c"swap", 3, js_swap)?;
    define(native, c"compareAndSwap", 4, js_compare_and_swap)?;
    define(native, c"compareAndDelete", 2, js_compare_and_delete)
}

fn get(_: JSValue, args: Args) -> JsResult<Val> {
    let found = || -> JsResult<Val> {
        let key = key(args.at(0))?;
        match store::get(&key) {
            Ok(Some(value)) => decode(value),
            Ok(None) => Err(fail(
                "KeyNotFoundError",
                &format!("key \"{}\" not found", key.as_str()),
            )),
            Err(error) => Err(refused(error)),
        }
    };
    settled(found())
}

/// Resolves to the value that was given.
fn set(_: JSValue, args: Args) -> JsResult<Val> {
    let done = || -> JsResult<Val> {
        let key = key(args.at(0))?;
        let ttl = ttl_option(args.at(2))?;
        let value = encode(args.at(1))?;
        store::set(&key, value.as_bytes(), ttl).map_err(refused)?;
        Ok(Val::dup(args.at(1)))
    };
    settled(done())
}

/// True, whether or not the key was there.
fn delete(_: JSValue, args: Args) -> JsResult<Val> {
    let done = key(args.at(0)).and_then(|key| store::delete(&key).map_err(refused_as(DELETE)));
    settled(done.map(|_| Val::bool(true)))
}

fn delete_if_exists(_: JSValue, args: Args) -> JsResult<Val> {
    let done = key(args.at(0)).and_then(|key| store::delete(&key).map_err(refused_as(DELETE)));
    settled(done.map(Val::bool))
}

fn exists(_: JSValue, args: Args) -> JsResult<Val> {
    let found = key(args.at(0))
        .and_then(|key| store::exists(&key).map_err(refused_as("DiskStoreExistsError")));
    settled(found.map(Val::bool))
}

fn increment_by(_: JSValue, args: Args) -> JsResult<Val> {
    let sum = || -> JsResult<Val> {
        let key = key(args.at(0))?;
        let refuse = |what: &str| {
            let text = format!("incrementBy needs a whole number of 64 bits, not {what}");
            Err(fail("ValueNumberRequiredError", &text))
        };
        if !unsafe { q::JS_IsNumber(args.at(1)) } {
            return refuse("something else");
        }
        let by = number(args.at(1))?;
        // The limits are powers of two, which floats hold exactly; NaN is within none.
        if by.fract() != 0.0 || !(-LIMIT..LIMIT).contains(&by) {
            return refuse(&by.to_string());
        }
        let sum = store::increment(&key, by).map_err(refused)?;
        Ok(Val::num(sum))
    };
    settled(sum())
}

/// `(key) => text | undefined`.
fn raw(_: JSValue, args: Args) -> JsResult<Val> {
    let value = store::get(&key(args.at(0))?).map_err(refused)?;
    value.map_or(Ok(Val::UNDEFINED), |value| Val::bytes(&value))
}

/// The key itself, or an exception.
fn checked_key(_: JSValue, args: Args) -> JsResult<Val> {
    let text = key(args.at(0))?;
    if text.is_empty() {
        return Err(fail(
            "InvalidOptionsError",
            "a key must have at least one character",
        ));
    }
    Ok(Val::dup(args.at(0)))
}

/// `(value) => text`; bytes stay what they are.
fn encoded(_: JSValue, args: Args) -> JsResult<Val> {
    match encode(args.at(0))? {
        Encoded::Text(text) => Val::str(&text),
        Encoded::Bytes(_) => Ok(Val::dup(args.at(0))),
    }
}

fn decoded(_: JSValue, args: Args) -> JsResult<Val> {
    decode(Text::of(args.at(0))?.as_bytes().to_vec())
}

fn expire(_: JSValue, args: Args) -> JsResult<Val> {
    let there = store::expire(&key(args.at(0))?, ttl(args.at(1))?);
    there.map(Val::bool).map_err(refused)
}

/// Milliseconds; Infinity for a key without an end, null for none.
fn lifetime(_: JSValue, args: Args) -> JsResult<Val> {
    match store::lifetime_of(&key(args.at(0))?).map_err(refused)? {
        Lifetime::Absent => Ok(Val::NULL),
        Lifetime::Endless => Ok(Val::num(f64::INFINITY)),
        Lifetime::Remaining(left) => Ok(Val::num((left / 1_000_000) as f64)),
    }
}

fn pair(loaded: Loaded) -> JsResult<Val> {
    let value = loaded.value.map_or(Ok(Val::NULL), decode);
    array([value, Ok(Val::bool(loaded.loaded))])
}

fn get_or_set(_: JSValue, args: Args) -> JsResult<Val> {
    let (key, value) = (key(args.at(0))?, encode(args.at(1))?);
    let loaded = store::get_or_set(&key, value.as_bytes(), ttl(args.at(2))?);
    pair(loaded.map_err(refused)?)
}

fn swap(_: JSValue, args: Args) -> JsResult<Val> {
    let (key, value) = (key(args.at(0))?, encode(args.at(1))?);
    let loaded = store::swap(&key, value.as_bytes(), ttl(args.at(2))?);
    pair(loaded.map_err(refused)?)
}

/// True, or the text that is there instead.
fn outcome(compared: Compared) -> JsResult<Val> {
    match compared {
        Compared::Done => Ok(Val::bool(true)),
        Compared::Mismatch(None) => Ok(Val::UNDEFINED),
        Compared::Mismatch(Some(current)) => Val::bytes(&current),
    }
}

fn compare_and_swap(_: JSValue, args: Args) -> JsResult<Val> {
    let key = key(args.at(0))?;
    let old = if is_nullish(args.at(1)) {
        None
    } else {
        Some(encode(args.at(1))?)
    };
    let new = encode(args.at(2))?;
    let old = old.as_ref().map(Encoded::as_bytes);
    let compared = store::compare_and_swap(&key, old, new.as_bytes(), ttl(args.at(3))?);
    outcome(compared.map_err(refused)?)
}

fn compare_and_delete(_: JSValue, args: Args) -> JsResult<Val> {
    let (key, old) = (key(args.at(0))?, encode(args.at(1))?);
    outcome(store::compare_and_delete(&key, old.as_bytes()).map_err(refused_as(DELETE))?)
}
