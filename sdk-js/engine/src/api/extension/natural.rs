//! Variants that are JavaScript's own kinds of values, and so cross without a tag.
//!
//! A variant is one of these when each of its cases is named for such a kind and carries what
//! that kind is: `null`, `boolean(bool)`, `integer(s64)`, `number(f64)`, `string(string)`,
//! `bytes(list<u8>)` and `object(list<tuple<string, T>>)`, where `T` can be such a variant again.
//! Numbers that are integers go to `integer` where there is one. The same rule is in
//! `runtime/extensions/src/natural.rs`.

use rquickjs_sys::{self as q, JSValue};

use crate::api::extension::decode::{Decoder, truncated};
use crate::api::extension::encode::{
    Encoded, Encoder, inside, integer, is_number, is_plain_object, wrong,
};
use crate::api::extension::shape::Shape;
use crate::js::{JsResult, Keys, Text, Val, buffer_bytes, is_nullish};

/// A kind of values.
pub enum Kind {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Bytes,
    /// What its properties are.
    Object(Shape),
}

/// The kinds that a variant's cases are; none where one of them is something else.
pub fn kinds(cases: &mut Vec<(String, Option<Shape>)>) -> Option<Vec<Kind>> {
    let fits = |(name, payload): &(String, Option<Shape>)| match (name.as_str(), payload) {
        ("null", None)
        | ("boolean", Some(Shape::Bool))
        | ("integer", Some(Shape::S64))
        | ("number", Some(Shape::F64))
        | ("string", Some(Shape::String))
        | ("bytes", Some(Shape::Bytes)) => true,
        ("object", Some(Shape::List(entry))) => {
            matches!(&**entry, Shape::Tuple(pair) if matches!(pair.as_slice(), [Shape::String, _]))
        }
        _ => false,
    };
    if !cases.iter().all(fits) {
        return None;
    }
    let kind = |(name, payload): (String, Option<Shape>)| match (name.as_str(), payload) {
        ("boolean", _) => Kind::Boolean,
        ("integer", _) => Kind::Integer,
        ("number", _) => Kind::Number,
        ("string", _) => Kind::String,
        ("bytes", _) => Kind::Bytes,
        (_, Some(Shape::List(entry))) => match *entry {
            Shape::Tuple(mut pair) => pair.pop().map_or(Kind::Null, Kind::Object),
            _ => Kind::Null,
        },
        _ => Kind::Null,
    };
    Some(cases.drain(..).map(kind).collect())
}

/// What a user has to give, for messages.
pub fn expected(kinds: &[Kind]) -> String {
    let names: Vec<_> = kinds
        .iter()
        .map(|kind| match kind {
            Kind::Null => "null",
            Kind::Boolean => "a boolean",
            Kind::Integer => "an integer of 64 bits",
            Kind::Number => "a number",
            Kind::String => "a string",
            Kind::Bytes => "a Uint8Array or ArrayBuffer",
            Kind::Object(_) => "an object",
        })
        .collect();
    names.join(", ")
}

impl Encoder<'_> {
    /// `shape` is the variant itself.
    pub fn natural(&mut self, shape: &Shape, kinds: &[Kind], value: JSValue) -> Encoded {
        let place = |wanted: fn(&Kind) -> bool| kinds.iter().position(wanted);
        let whole = || place(|kind| matches!(kind, Kind::Integer));
        let found = unsafe {
            if is_nullish(value) {
                place(|kind| matches!(kind, Kind::Null))
            } else if q::JS_IsBool(value) {
                place(|kind| matches!(kind, Kind::Boolean))
            } else if q::JS_IsBigInt(value) {
                whole()
            } else if is_number(value) {
                let whole = integer(value).and_then(|_| whole());
                whole.or_else(|| place(|kind| matches!(kind, Kind::Number)))
            } else if q::JS_IsString(value) {
                place(|kind| matches!(kind, Kind::String))
            } else if buffer_bytes(value).is_some() {
                place(|kind| matches!(kind, Kind::Bytes))
            } else if is_plain_object(value) {
                place(|kind| matches!(kind, Kind::Object(_)))
            } else {
                None
            }
        };
        let Some((index, kind)) = found.and_then(|index| Some((index, kinds.get(index)?))) else {
            return Err(wrong(shape, value));
        };
        self.number(index);
        match kind {
            Kind::Null => Ok(()),
            Kind::Boolean => self.value(&Shape::Bool, value),
            Kind::Integer => self.value(&Shape::S64, value),
            Kind::Number => self.value(&Shape::F64, value),
            Kind::String => self.value(&Shape::String, value),
            Kind::Bytes => self.value(&Shape::Bytes, value),
            Kind::Object(inner) => {
                let keys = Keys::of(value)?;
                self.number(keys.len());
                for key in keys.iter() {
                    let name = Text::of_atom(key)?;
                    self.blob(name.as_str().as_bytes())?;
                    let property = crate::js::get(value, key)?;
                    self.value(inner, property.raw())
                        .map_err(|refused| inside(refused, format!(".{}", name.as_str())))?;
                }
                Ok(())
            }
        }
    }
}

impl Decoder<'_> {
    pub fn natural(&mut self, kinds: &[Kind]) -> JsResult<Val> {
        let index = self.number()?;
        match kinds.get(index).ok_or_else(truncated)? {
            Kind::Null => Ok(Val::own(q::JS_NULL)),
            Kind::Boolean => self.value(&Shape::Bool),
            Kind::Integer => self.value(&Shape::S64),
            Kind::Number => self.value(&Shape::F64),
            Kind::String => self.value(&Shape::String),
            Kind::Bytes => self.value(&Shape::Bytes),
            Kind::Object(inner) => {
                let object = Val::object()?;
                for _ in 0..self.number()? {
                    let name = Val::bytes(self.slice()?)?;
                    object.set_str(name.text()?.as_str(), self.value(inner)?)?;
                }
                Ok(object)
            }
        }
    }
}
