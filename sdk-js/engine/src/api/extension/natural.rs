//! Variants that are JavaScript's own kinds of values, and so cross without a tag. Which these are is
//! said by `runner_contract::kinds`, as it is for the declarations that the host prints.

use rquickjs_sys::{self as q, JSValue};
use runner_contract::{self as contract, Carried};

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

/// The kinds that a variant's cases are; none where one of them is something else. Takes what is
/// carried.
pub fn kinds(cases: &mut Vec<(String, Option<Shape>)>) -> Option<Vec<Kind>> {
    let carried = cases
        .iter()
        .map(|(name, payload)| (name.as_str(), carried(payload.as_ref())));
    let kinds = contract::kinds(carried)?;
    let kind = |(kind, (_, payload)): (contract::Kind, (String, Option<Shape>))| match kind {
        contract::Kind::Null => Kind::Null,
        contract::Kind::Boolean => Kind::Boolean,
        contract::Kind::Integer => Kind::Integer,
        contract::Kind::Number => Kind::Number,
        contract::Kind::String => Kind::String,
        contract::Kind::Bytes => Kind::Bytes,
        contract::Kind::Object => payload
            .and_then(properties)
            .map_or(Kind::Null, Kind::Object),
    };
    Some(kinds.into_iter().zip(cases.drain(..)).map(kind).collect())
}

fn carried(payload: Option<&Shape>) -> Carried {
    match payload {
        None => Carried::Nothing,
        Some(Shape::Bool) => Carried::Bool,
        Some(Shape::S64) => Carried::S64,
        Some(Shape::F64) => Carried::F64,
        Some(Shape::String) => Carried::String,
        Some(Shape::Bytes) => Carried::Bytes,
        Some(Shape::List(entry)) => match &**entry {
            Shape::Tuple(pair) if matches!(pair.as_slice(), [Shape::String, _]) => {
                Carried::Properties
            }
            _ => Carried::Other,
        },
        Some(_) => Carried::Other,
    }
}

/// What the properties are of a list of names with values.
fn properties(shape: Shape) -> Option<Shape> {
    match shape {
        Shape::List(entry) => match *entry {
            Shape::Tuple(mut pair) => pair.pop(),
            _ => None,
        },
        _ => None,
    }
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
