//! Results to JavaScript values, by their types.

use rquickjs_sys as q;

use crate::api::extension::class;
use crate::api::extension::module::Module;
use crate::api::extension::shape::Shape;
use crate::js::{JsResult, Thrown, Val, host_error};
use crate::state::ctx;

/// Largest integer that a number holds exactly, and all below it.
const EXACT: u64 = 9_007_199_254_740_991;

/// Reads what a call returned.
pub struct Decoder<'a> {
    pub bytes: &'a [u8],
    pub module: &'static Module,
}

impl Decoder<'_> {
    fn take<const N: usize>(&mut self) -> JsResult<[u8; N]> {
        let (head, tail) = self.bytes.split_first_chunk().ok_or_else(truncated)?;
        self.bytes = tail;
        Ok(*head)
    }

    pub fn number(&mut self) -> JsResult<usize> {
        Ok(u32::from_le_bytes(self.take()?) as usize)
    }

    pub fn flag(&mut self) -> JsResult<bool> {
        let [byte] = self.take()?;
        Ok(byte != 0)
    }

    pub fn slice(&mut self) -> JsResult<&[u8]> {
        let length = self.number()?;
        let (head, tail) = self.bytes.split_at_checked(length).ok_or_else(truncated)?;
        self.bytes = tail;
        Ok(head)
    }

    pub fn value(&mut self, shape: &Shape) -> JsResult<Val> {
        Ok(match shape {
            Shape::Bool => Val::bool(self.flag()?),
            Shape::Int(low, _, width) => self.integer(*low < 0, *width)?,
            Shape::S64 => {
                let number = i64::from_le_bytes(self.take()?);
                if number.unsigned_abs() <= EXACT {
                    Val::num(number as f64)
                } else {
                    Val::check(unsafe { q::JS_NewBigInt64(ctx(), number) })?
                }
            }
            Shape::U64 => {
                let number = u64::from_le_bytes(self.take()?);
                if number <= EXACT {
                    Val::num(number as f64)
                } else {
                    Val::check(unsafe { q::JS_NewBigUint64(ctx(), number) })?
                }
            }
            Shape::F32 => Val::num(f32::from_le_bytes(self.take()?).into()),
            Shape::F64 => Val::num(f64::from_le_bytes(self.take()?)),
            Shape::Char => {
                let code = u32::from_le_bytes(self.take()?);
                let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                Val::str(character.encode_utf8(&mut [0; 4]))?
            }
            Shape::String => Val::bytes(self.slice()?)?,
            Shape::Bytes => bytes(self.slice()?)?,
            Shape::List(inner) => {
                let length = self.number()?;
                let list = Val::array()?;
                for index in 0..length {
                    list.push(index as u32, self.value(inner)?)?;
                }
                list
            }
            Shape::Tuple(shapes) => {
                let list = Val::array()?;
                for (index, shape) in shapes.iter().enumerate() {
                    list.push(index as u32, self.value(shape)?)?;
                }
                list
            }
            Shape::Record(fields) => {
                let object = Val::object()?;
                for (name, shape) in fields {
                    object.set(name.atom.raw(), self.value(shape)?)?;
                }
                object
            }
            Shape::Flags(names) => {
                let object = Val::object()?;
                for name in names {
                    object.set(name.atom.raw(), Val::bool(self.flag()?))?;
                }
                object
            }
            Shape::Enum(cases) => {
                let index = self.number()?;
                Val::str(cases.get(index).ok_or_else(truncated)?)?
            }
            Shape::Variant(cases) => {
                let index = self.number()?;
                let (name, payload) = cases.get(index).ok_or_else(truncated)?;
                self.tagged(name, payload.as_ref())?
            }
            Shape::Natural(kinds) => self.natural(kinds)?,
            Shape::Option(inner) if matches!(**inner, Shape::Option(_)) => {
                if self.flag()? {
                    self.tagged("some", Some(inner))?
                } else {
                    self.tagged("none", None)?
                }
            }
            Shape::Option(inner) => {
                if self.flag()? {
                    self.value(inner)?
                } else {
                    Val::UNDEFINED
                }
            }
            Shape::Result(ok, err) => {
                if self.flag()? {
                    self.tagged("err", err.as_deref())?
                } else {
                    self.tagged("ok", ok.as_deref())?
                }
            }
            Shape::Own(resource) | Shape::Borrow(resource) => {
                let handle = u32::from_le_bytes(self.take()?);
                class::object(self.module, *resource, handle)?
            }
        })
    }

    fn integer(&mut self, signed: bool, width: usize) -> JsResult<Val> {
        Ok(match (signed, width) {
            (true, 1) => Val::int(i8::from_le_bytes(self.take()?).into()),
            (false, 1) => Val::int(u8::from_le_bytes(self.take()?).into()),
            (true, 2) => Val::int(i16::from_le_bytes(self.take()?).into()),
            (false, 2) => Val::int(u16::from_le_bytes(self.take()?).into()),
            (true, _) => Val::int(i32::from_le_bytes(self.take()?)),
            (false, _) => Val::num(u32::from_le_bytes(self.take()?).into()),
        })
    }

    fn tagged(&mut self, tag: &str, payload: Option<&Shape>) -> JsResult<Val> {
        let object = Val::object()?;
        object.set_str("tag", Val::str(tag)?)?;
        if let Some(shape) = payload {
            object.set_str("val", self.value(shape)?)?;
        }
        Ok(object)
    }
}

/// A new Uint8Array.
fn bytes(bytes: &[u8]) -> JsResult<Val> {
    Val::check(unsafe { q::JS_NewUint8ArrayCopy(ctx(), bytes.as_ptr(), bytes.len() as _) })
}

#[cold]
pub fn truncated() -> Thrown {
    host_error("the host's answer cannot be read")
}
