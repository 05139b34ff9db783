//! Request bodies.

use core::cell::Cell;

use rquickjs_sys::{self as q, JSValue};

use crate::api::go_type::{PLAIN_OBJECT, go_type};
use crate::api::http::atoms::atoms;
use crate::api::http::call::Refused;
use crate::js::{Text, Val, buffer_bytes, is_nullish};
use crate::local::Local;
use crate::state::replace;

/// `(data) => {body, type}`: form encoding of an object body (modules/http.js).
static ENCODE_FORM: Local<Cell<JSValue>> = Local::new(Cell::new(q::JS_UNDEFINED));

/// Sets how objects become forms; once, while the snapshot is made.
pub fn encode_with(function: Val) {
    replace(&ENCODE_FORM, function.into_raw());
}

/// What is sent. Buffers are not copied: nothing runs between reading them and sending.
pub enum Body {
    None,
    Text(Text),
    /// An ArrayBuffer or a view of one.
    Buffer(Val),
}

impl Body {
    /// The body, and the content type that its form implies.
    pub fn of(value: JSValue) -> Result<(Body, Option<Text>), Refused> {
        if is_nullish(value) {
            return Ok((Body::None, None));
        }
        if unsafe { q::JS_IsString(value) } {
            return Ok((Body::Text(Text::of(value)?), None));
        }
        if buffer_bytes(value).is_some() {
            return Ok((Body::Buffer(Val::dup(value)), None));
        }
        // What is left as a form is a plain object; a Date or a Map would be an empty one.
        let kind = go_type(value);
        if kind != PLAIN_OBJECT {
            let message = format!("unknown request body type {kind}");
            return Err(Refused::Invalid { message, code: 0 });
        }
        let encoded = crate::js::call(ENCODE_FORM.get(), q::JS_UNDEFINED, &[value])?;
        let refused = encoded.get_str("refused")?;
        if !refused.is_undefined() {
            let message = format!("unknown request body type {}", refused.text()?.as_str());
            return Err(Refused::Invalid { message, code: 0 });
        }
        let content_type = encoded.get_str("type")?.text()?;
        let (body, _) = Body::of(encoded.get(atoms().body)?.raw())?;
        Ok((body, Some(content_type)))
    }

    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Body::None => None,
            Body::Text(text) => Some(text.as_bytes()),
            Body::Buffer(buffer) => buffer_bytes(buffer.raw()),
        }
    }
}
