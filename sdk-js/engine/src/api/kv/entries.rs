//! Single keys: methods that return settled promises, and those that JavaScript wraps.

use rquickjs_sys::{self as q, JSValue};

use crate::api::kv::value::{
    Encoded, Key, Stored, Ttl, decode, fail, refused, refused_as, ttl_option,
};
use crate::bindings::runner::kv::store::{self, Compared, Lifetime, Loaded};
use crate::js::{
    Args, FromJs, IntoJs, JsResult, Text, Val, array, define, is_nullish, number, settled,
};
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
}

/// What scripts call as it is.
pub fn install_methods(native: &Val) -> JsResult<()> {
    define(native, c"get", 1, js_get)?;
    define(native, c"set", 2, js_set)?;
    define(native, c"delete", 1, js_delete)?;
    define(native, c"exists", 1, js_exists)?;
    define(native, c"deleteIfExists", 1, js_delete_if_exists)?;
    define(native, c"incrementBy", 2, js_increment_by)
}

crate::natives! { install {
    /// Text, or undefined.
    c"raw"(key: Key) => match store::get(&key.0).map_err(refused)? {
        Some(value) => Val::bytes(&value),
        None => Ok(Val::UNDEFINED),
    },
    /// The key itself, or an exception.
    c"key"(key: Val) => {
        if Key::from_js(key.raw())?.0.is_empty() {
            return Err(fail("InvalidOptionsError", "a key must have at least one character"));
        }
        key
    },
    /// Text; bytes stay what they are.
    c"encode"(value: Val) => match Encoded::from_js(value.raw())? {
        Encoded::Text(text) => Val::str(&text)?,
        Encoded::Bytes(_) => value,
    },
    c"decode"(text: Text) => decode(text.as_bytes().to_vec()),
    c"expire"(key: Key, ttl: Ttl) => store::expire(&key.0, ttl.0),
    c"ttl"(key: Key) => store::lifetime_of(&key.0),
    c"getOrSet"(key: Key, value: Encoded, ttl: Ttl) =>
        store::get_or_set(&key.0, value.as_bytes(), ttl.0),
    c"swap"(key: Key, value: Encoded, ttl: Ttl) => store::swap(&key.0, value.as_bytes(), ttl.0),
    c"compareAndSwap"(key: Key, old: Val, new: Encoded, ttl: Ttl) => {
        let old = if is_nullish(old.raw()) { None } else { Some(Encoded::from_js(old.raw())?) };
        let old = old.as_ref().map(Encoded::as_bytes);
        store::compare_and_swap(&key.0, old, new.as_bytes(), ttl.0)
    },
    c"compareAndDelete"(key: Key, old: Encoded) =>
        store::compare_and_delete(&key.0, old.as_bytes()).map_err(refused_as(DELETE)),
} }

/// Milliseconds; Infinity for a key without an end, null for none.
impl IntoJs for Lifetime {
    fn into_js(self) -> JsResult<Val> {
        Ok(match self {
            Lifetime::Absent => Val::NULL,
            Lifetime::Endless => Val::num(f64::INFINITY),
            Lifetime::Remaining(left) => Val::num((left / 1_000_000) as f64),
        })
    }
}

/// `[value, loaded]`.
impl IntoJs for Loaded {
    fn into_js(self) -> JsResult<Val> {
        array([self.value.map(Stored).into_js(), self.loaded.into_js()])
    }
}

/// True, or the text that is there instead.
impl IntoJs for Compared {
    fn into_js(self) -> JsResult<Val> {
        match self {
            Compared::Done => Ok(Val::bool(true)),
            Compared::Mismatch(None) => Ok(Val::UNDEFINED),
            Compared::Mismatch(Some(current)) => Val::bytes(&current),
        }
    }
}

fn get(_: JSValue, args: Args) -> JsResult<Val> {
    let found = || -> JsResult<Val> {
        let Key(key) = Key::from_js(args.at(0))?;
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
        let Key(key) = Key::from_js(args.at(0))?;
        let ttl = ttl_option(args.at(2))?;
        let value = Encoded::from_js(args.at(1))?;
        store::set(&key, value.as_bytes(), ttl).map_err(refused)?;
        Ok(Val::dup(args.at(1)))
    };
    settled(done())
}

/// True, whether or not the key was there.
fn delete(_: JSValue, args: Args) -> JsResult<Val> {
    let done = remove(args.at(0));
    settled(done.map(|_| Val::bool(true)))
}

fn delete_if_exists(_: JSValue, args: Args) -> JsResult<Val> {
    settled(remove(args.at(0)).map(Val::bool))
}

fn remove(key: JSValue) -> JsResult<bool> {
    let Key(key) = Key::from_js(key)?;
    store::delete(&key).map_err(refused_as(DELETE))
}

fn exists(_: JSValue, args: Args) -> JsResult<Val> {
    let found = Key::from_js(args.at(0))
        .and_then(|Key(key)| store::exists(&key).map_err(refused_as("DiskStoreExistsError")));
    settled(found.map(Val::bool))
}

fn increment_by(_: JSValue, args: Args) -> JsResult<Val> {
    let sum = || -> JsResult<Val> {
        let Key(key) = Key::from_js(args.at(0))?;
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
