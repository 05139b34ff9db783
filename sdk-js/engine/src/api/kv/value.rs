//! Keys, values, times and errors between JavaScript and the store.

use core::cell::Cell;

use rquickjs_sys::{self as q, JSValue};

use crate::api::kv::atoms::atoms;
use crate::bindings::runner::kv::store::{EntryResult, Error, ErrorKind};
use crate::js::{
    FromJs, IntoJs, JsResult, Text, Throw, Thrown, Val, buffer_bytes, call, caught, is_nullish,
    is_undefined, number, throw,
};
use crate::local::Local;
use crate::state::ctx;

/// `(name, message) => Error`, of modules/kv/arguments.js.
pub static MAKE_ERROR: Local<Cell<JSValue>> = Local::new(Cell::new(q::JS_UNDEFINED));
/// The store of this VU holds text, not JSON.
pub static TEXT: Local<Cell<bool>> = Local::new(Cell::new(false));

const MILLISECOND: f64 = 1e6;

/// What is stored.
pub enum Encoded {
    Text(Text),
    Bytes(Vec<u8>),
}

impl Encoded {
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Encoded::Text(text) => text.as_bytes(),
            Encoded::Bytes(bytes) => bytes,
        }
    }
}

/// Throws an error of that name.
pub fn fail(name: &str, message: &str) -> Thrown {
    let error = || -> JsResult<Val> {
        let (name, message) = (Val::str(name)?, Val::str(message)?);
        let make = MAKE_ERROR.get();
        call(make, q::JS_UNDEFINED, &[name.raw(), message.raw()])
    };
    match error() {
        Ok(error) => throw(error),
        Err(thrown) => thrown,
    }
}

impl Throw for Error {
    fn throw(self) -> Thrown {
        refused(self)
    }
}

/// Throws what the host says.
pub fn refused(error: Error) -> Thrown {
    let name = match error.kind {
        ErrorKind::OutsideInit | ErrorKind::InvalidKey | ErrorKind::InvalidOptions => {
            "InvalidOptionsError"
        }
        ErrorKind::ValueTooLarge => "ValueTooLargeError",
        ErrorKind::InvalidCursor => "InvalidCursorError",
        ErrorKind::OptionsConflict => "KVOptionsConflictError",
        ErrorKind::ValueParse => "ValueParseError",
        ErrorKind::Serializer => "SerializerError",
        ErrorKind::NotOpen => "DatabaseNotOpenError",
        ErrorKind::Closed => "StoreClosedError",
        ErrorKind::StoreFull => "StoreFullError",
        ErrorKind::DiskPath => "DiskPathError",
        ErrorKind::DiskLocked | ErrorKind::DiskDamaged | ErrorKind::DiskOpen => {
            "DiskStoreOpenError"
        }
        ErrorKind::DiskRead => "DiskStoreReadError",
        ErrorKind::DiskWrite | ErrorKind::DiskFull => "DiskStoreWriteError",
        ErrorKind::ReadOnly => "StoreReadOnlyError",
        ErrorKind::SnapshotNotFound => "SnapshotNotFoundError",
        ErrorKind::SnapshotPermission => "SnapshotPermissionError",
        ErrorKind::SnapshotExport => "SnapshotExportError",
        ErrorKind::SnapshotRead => "SnapshotReadError",
        ErrorKind::SnapshotIo => "SnapshotIOError",
        ErrorKind::SnapshotBudget => "SnapshotBudgetExceededError",
        ErrorKind::Busy => "BackupInProgressError",
        ErrorKind::Other => "UnknownError",
    };
    fail(name, &error.message)
}

/// The same for an operation whose trouble with the disk has a name of its own.
pub fn refused_as(disk: &'static str) -> impl FnOnce(Error) -> Thrown {
    move |error| match error.kind {
        ErrorKind::DiskRead | ErrorKind::DiskWrite | ErrorKind::DiskFull => {
            fail(disk, &error.message)
        }
        _ => refused(error),
    }
}

/// The same for CSV and JSON lines, where a line or a value that cannot be used is no file that
/// cannot be read.
pub fn refused_text(error: Error) -> Thrown {
    match error.kind {
        ErrorKind::SnapshotRead | ErrorKind::Serializer => fail("ValueParseError", &error.message),
        _ => refused(error),
    }
}

/// A key, which must be a string.
pub struct Key(pub Text);

impl FromJs for Key {
    fn from_js(value: JSValue) -> JsResult<Key> {
        if !unsafe { q::JS_IsString(value) } {
            return Err(fail("InvalidOptionsError", "a key must be a string"));
        }
        Text::of(value).map(Key)
    }
}

/// A value as it is stored.
impl FromJs for Encoded {
    fn from_js(value: JSValue) -> JsResult<Encoded> {
        encode(value)
    }
}

/// A stored value as the script sees it.
pub struct Stored(pub Vec<u8>);

impl IntoJs for Stored {
    fn into_js(self) -> JsResult<Val> {
        decode(self.0)
    }
}

fn encode(value: JSValue) -> JsResult<Encoded> {
    if TEXT.get() {
        return encode_text(value);
    }
    let json = unsafe { q::JS_JSONStringify(ctx(), value, q::JS_UNDEFINED, q::JS_UNDEFINED) };
    match Val::check(json) {
        Ok(json) if !json.is_undefined() => Text::of(json.raw()).map(Encoded::Text),
        Ok(_) if is_undefined(value) => Ok(Encoded::Text(Text::Static("null"))),
        Ok(_) => Err(fail(
            "SerializerError",
            "functions and symbols cannot be stored as JSON",
        )),
        Err(thrown) => {
            let reason = caught(thrown);
            let why = reason.text()?;
            Err(fail(
                "SerializerError",
                &format!("not JSON: {}", why.as_str()),
            ))
        }
    }
}

fn encode_text(value: JSValue) -> JsResult<Encoded> {
    if let Some(bytes) = buffer_bytes(value) {
        return Ok(Encoded::Bytes(bytes.to_vec()));
    }
    if is_nullish(value) || unsafe { q::JS_IsObject(value) || q::JS_IsSymbol(value) } {
        return Err(fail(
            "UnsupportedValueTypeError",
            "a store with serialization \"string\" holds strings and bytes; use \"json\" for \
             anything else",
        ));
    }
    Text::of(value).map(Encoded::Text)
}

pub fn decode(mut stored: Vec<u8>) -> JsResult<Val> {
    if TEXT.get() {
        return Val::bytes(&stored);
    }
    let length = stored.len();
    // The parser wants a zero behind the text.
    stored.push(0);
    let parsed = Val::check(unsafe {
        q::JS_ParseJSON(ctx(), stored.as_ptr().cast(), length as _, c"kv".as_ptr())
    });
    parsed.map_err(|thrown| {
        drop(caught(thrown));
        fail("SerializerError", "the stored value is not JSON")
    })
}

/// A time to live in nanoseconds, from milliseconds that JavaScript has checked.
pub struct Ttl(pub Option<u64>);

impl FromJs for Ttl {
    fn from_js(value: JSValue) -> JsResult<Ttl> {
        let time: Option<f64> = FromJs::from_js(value)?;
        Ok(Ttl(time.map(|time| (time * MILLISECOND) as u64)))
    }
}

/// `{ttl}` of an options argument that nobody has checked.
pub fn ttl_option(options: JSValue) -> JsResult<Option<u64>> {
    if is_nullish(options) {
        return Ok(None);
    }
    let ttl = Val::dup(options).get(atoms().ttl)?;
    if ttl.is_nullish() {
        return Ok(None);
    }
    match number(ttl.raw())? {
        time if time >= 1.0 && time.is_finite() => Ok(Some((time * MILLISECOND) as u64)),
        time => Err(fail(
            "InvalidOptionsError",
            &format!("ttl must be at least 1 ms, not {time}"),
        )),
    }
}

/// Strings as the host's functions take them.
pub fn borrowed(texts: &[Text]) -> Vec<&str> {
    texts.iter().map(Text::as_str).collect()
}

/// `{key, value}`.
pub fn entry(key: &str, value: Vec<u8>) -> JsResult<Val> {
    let entry = Val::object()?;
    entry.set(atoms().key, Val::str(key)?)?;
    entry.set(atoms().value, decode(value)?)?;
    Ok(entry)
}

impl IntoJs for EntryResult {
    fn into_js(self) -> JsResult<Val> {
        entry(&self.key, self.value)
    }
}
