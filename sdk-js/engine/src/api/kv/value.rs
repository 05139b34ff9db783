//! Keys, values, times and errors between JavaScript and the store.

use rquickjs_sys::{self as q, JSValue};

use crate::bindings::runner::kv::store::{Error, ErrorKind};
use crate::js::{
    JsResult, Text, Thrown, Val, buffer_bytes, call, caught, is_nullish, is_undefined, number,
    throw,
};
use crate::state::{ctx, engine};

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
        let make = engine().hooks.kv_error.get();
        call(make, q::JS_UNDEFINED, &[name.raw(), message.raw()])
    };
    match error() {
        Ok(error) => throw(error),
        Err(thrown) => thrown,
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
pub fn key(value: JSValue) -> JsResult<Text> {
    if !unsafe { q::JS_IsString(value) } {
        return Err(fail("InvalidOptionsError", "a key must be a string"));
    }
    Text::of(value)
}

/// A value as it is stored.
pub fn encode(value: JSValue) -> JsResult<Encoded> {
    if engine().vu.kv_text.get() {
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

/// A stored value as the script sees it.
pub fn decode(mut stored: Vec<u8>) -> JsResult<Val> {
    if engine().vu.kv_text.get() {
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
pub fn ttl(value: JSValue) -> JsResult<Option<u64>> {
    if is_undefined(value) {
        return Ok(None);
    }
    Ok(Some((number(value)? * MILLISECOND) as u64))
}

/// `{ttl}` of an options argument that nobody has checked.
pub fn ttl_option(options: JSValue) -> JsResult<Option<u64>> {
    if is_nullish(options) {
        return Ok(None);
    }
    let ttl = Val::dup(options).get(engine().atoms.ttl)?;
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

/// A promise that is settled with the result.
pub fn settled(result: JsResult<Val>) -> JsResult<Val> {
    let (value, rejected) = match result {
        Ok(value) => (value, false),
        Err(thrown) => (caught(thrown), true),
    };
    Val::check(unsafe { q::JS_NewSettledPromise(ctx(), rejected, value.raw()) })
}

/// The texts of an array of strings.
pub fn texts(list: JSValue) -> JsResult<Vec<Text>> {
    let list = Val::dup(list);
    let length = number(list.get_str("length")?.raw())? as u32;
    (0..length).map(|index| list.at(index)?.text()).collect()
}

/// Strings as the host's functions take them.
pub fn borrowed(texts: &[Text]) -> Vec<&str> {
    texts.iter().map(Text::as_str).collect()
}

/// An array of values.
pub fn array(values: impl IntoIterator<Item = JsResult<Val>>) -> JsResult<Val> {
    let list = Val::array()?;
    for (index, value) in values.into_iter().enumerate() {
        list.push(index as u32, value?)?;
    }
    Ok(list)
}

/// `{key, value}`.
pub fn entry(key: &str, value: Vec<u8>) -> JsResult<Val> {
    let entry = Val::object()?;
    entry.set(engine().atoms.key, Val::str(key)?)?;
    entry.set(engine().atoms.value, decode(value)?)?;
    Ok(entry)
}

/// A whole number that may be left out.
pub fn optional(value: JSValue) -> JsResult<Option<u64>> {
    if is_undefined(value) {
        return Ok(None);
    }
    Ok(Some(number(value)? as u64))
}
