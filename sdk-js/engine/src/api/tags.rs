//! Tags given with a sample, a check or a request.

use core::cell::Cell;

use rquickjs_sys::{self as q, JSValue};

use crate::api::room::Room;
use crate::js::{JsResult, Keys, Text, Val, get};
use crate::local::Local;

/// Names and values; empty for anything that is not an object.
#[derive(Default)]
pub struct Tags(pub Vec<(Text, Text)>);

/// A value that cannot be a tag: the message, without what it was for.
pub enum TagError {
    Thrown(crate::js::Thrown),
    Invalid(String),
}

impl From<crate::js::Thrown> for TagError {
    fn from(thrown: crate::js::Thrown) -> TagError {
        TagError::Thrown(thrown)
    }
}

impl Tags {
    pub fn parse(value: JSValue) -> Result<Tags, TagError> {
        if !unsafe { q::JS_IsObject(value) } {
            return Ok(Tags::default());
        }
        let keys = Keys::of(value)?;
        let mut tags = Vec::with_capacity(keys.len());
        for key in keys.iter() {
            let name = Text::of_atom(key)?;
            let tag = get(value, key)?;
            if !scalar(tag.raw()) {
                return Err(TagError::Invalid(invalid(&name)));
            }
            tags.push((name, tag.text()?));
        }
        Ok(Tags(tags))
    }

    /// As the host wants them.
    pub fn borrow(&self) -> Vec<(&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }
}

/// What tags can be made of.
pub fn scalar(value: JSValue) -> bool {
    unsafe { q::JS_IsString(value) || q::JS_IsBool(value) || q::JS_IsNumber(value) }
}

/// k6's message for a value that cannot be a tag.
pub fn invalid(name: &str) -> String {
    format!(
        "invalid value for metric tag '{name}': only String, Boolean and Number types are accepted as a metric tag values"
    )
}

/// The option `throw`, read when something first fails.
static THROW: Local<Cell<Option<bool>>> = Local::new(Cell::new(None));

pub const ROOM: Room = Room {
    // The options that VUs have are not those of init.
    imaged: |_| THROW.set(None),
    ..Room::new(|_| Ok(()))
};

/// The option `throw` of the run: errors of requests and metrics become exceptions.
pub fn throws() -> JsResult<bool> {
    if let Some(known) = THROW.get() {
        return Ok(known);
    }
    let options = crate::bindings::runner::execution::execution::options();
    let options = Val::parse_json(&options, c"options")?;
    let throws = options.is_object() && crate::js::truthy(options.get_str("throw")?.raw())?;
    THROW.set(Some(throws));
    Ok(throws)
}
