//! JavaScript values to arguments, by their types.

use rquickjs_sys::{self as q, JSValue};

use crate::api::extension::class::{RESOURCE, Resource};
use crate::api::extension::shape::Shape;
use crate::atoms::atoms;
use crate::js::{Keys, Text, Thrown, Val, buffer_bytes, is_nullish, is_undefined};
use crate::state::ctx;

/// Most bytes of one call's arguments.
pub const LARGEST: usize = 64 << 20;

/// Why a value cannot be passed.
pub enum Refused {
    /// JavaScript threw, in a getter for example.
    Thrown(Thrown),
    /// Where inside the argument, innermost last; what was expected there, and what is there.
    Type {
        path: Vec<String>,
        expected: String,
        found: String,
    },
}

impl From<Thrown> for Refused {
    fn from(thrown: Thrown) -> Refused {
        Refused::Thrown(thrown)
    }
}

pub type Encoded = Result<(), Refused>;

/// Writes arguments; `resources` are kept alive by the caller until the call has been made.
pub struct Encoder<'a> {
    pub out: &'a mut Vec<u8>,
    pub module: u32,
    /// Objects that are given away: they are emptied when everything else was fine.
    pub moved: Vec<&'static Resource>,
    /// Objects that are lent; the first, which a method has, needs no list.
    pub lent: Option<&'static Resource>,
    pub lent_too: Vec<&'static Resource>,
    /// Objects that a getter may have made for this call alone: they live until it is made.
    pub kept: Vec<Val>,
}

impl Encoder<'_> {
    fn put(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    pub fn number(&mut self, number: usize) {
        self.put(&(number as u32).to_le_bytes());
    }

    pub fn blob(&mut self, bytes: &[u8]) -> Encoded {
        if bytes.len() > LARGEST - self.out.len().min(LARGEST) {
            return Err(refuse(
                format!("arguments of at most {} MiB", LARGEST >> 20),
                "more than that",
            ));
        }
        self.number(bytes.len());
        self.put(bytes);
        Ok(())
    }

    pub fn value(&mut self, shape: &Shape, value: JSValue) -> Encoded {
        match shape {
            Shape::Bool if unsafe { q::JS_IsBool(value) } => {
                self.put(&[u8::from(crate::js::truthy(value)?)]);
            }
            Shape::Int(low, high, width) => match integer(value) {
                Some(number) if (*low..=*high).contains(&number) => {
                    let bytes = number.to_le_bytes();
                    self.put(bytes.get(..*width).unwrap_or_default());
                }
                _ => return Err(wrong(shape, value)),
            },
            Shape::S64 => match integer(value) {
                Some(number) => self.put(&number.to_le_bytes()),
                None => match big(value)?.and_then(|text| text.parse::<i64>().ok()) {
                    Some(number) => self.put(&number.to_le_bytes()),
                    None => return Err(wrong(shape, value)),
                },
            },
            Shape::U64 => match integer(value).map(u64::try_from) {
                Some(Ok(number)) => self.put(&number.to_le_bytes()),
                Some(Err(_)) => return Err(wrong(shape, value)),
                None => match big(value)?.and_then(|text| text.parse::<u64>().ok()) {
                    Some(number) => self.put(&number.to_le_bytes()),
                    None => return Err(wrong(shape, value)),
                },
            },
            Shape::F32 if is_number(value) => {
                self.put(&(crate::js::number(value)? as f32).to_le_bytes());
            }
            Shape::F64 if is_number(value) => {
                self.put(&crate::js::number(value)?.to_le_bytes());
            }
            Shape::Char if unsafe { q::JS_IsString(value) } => {
                let text = text(value)?;
                let mut characters = text.chars();
                match (characters.next(), characters.next()) {
                    (Some(character), None) => self.number(character as usize),
                    _ => return Err(wrong(shape, value)),
                }
            }
            Shape::String if unsafe { q::JS_IsString(value) } => {
                let text = text(value)?;
                self.blob(text.as_str().as_bytes())?;
            }
            Shape::Bytes => match buffer_bytes(value) {
                Some(bytes) => self.blob(bytes)?,
                None => return Err(wrong(shape, value)),
            },
            Shape::List(inner) => {
                let length = self.array(shape, value)?;
                self.number(length as usize);
                self.elements(value, length, |_| Some(inner))?;
            }
            Shape::Tuple(shapes) => {
                let length = self.array(shape, value)?;
                if length as usize != shapes.len() {
                    return Err(refuse(
                        shape.expected(),
                        &format!("one of {length} elements"),
                    ));
                }
                self.elements(value, length, |index| shapes.get(index as usize))?;
            }
            Shape::Record(fields) if is_plain_object(value) => {
                for (name, shape) in fields {
                    let field = crate::js::get(value, name.atom.raw())?;
                    self.value(shape, field.raw())
                        .map_err(|refused| inside(refused, format!(".{}", name.text)))?;
                    self.keep(shape, field);
                }
            }
            Shape::Flags(names) if is_plain_object(value) => {
                for name in names {
                    let set = crate::js::get(value, name.atom.raw())?;
                    if !is_undefined(set.raw()) && !unsafe { q::JS_IsBool(set.raw()) } {
                        return Err(inside(
                            wrong(&Shape::Bool, set.raw()),
                            format!(".{}", name.text),
                        ));
                    }
                    self.put(&[u8::from(crate::js::truthy(set.raw())?)]);
                }
                // A misspelt flag would be one that is silently not set.
                for key in Keys::of(value)?.iter() {
                    if !names.iter().any(|name| name.atom.raw() == key) {
                        let key = Text::of_atom(key)?;
                        return Err(refuse(
                            shape.expected(),
                            &format!("the flag {}", key.as_str()),
                        ));
                    }
                }
            }
            Shape::Enum(cases) => {
                let index = self.case(shape, value, cases.iter().map(String::as_str))?;
                self.number(index);
            }
            Shape::Variant(cases) => {
                // A case without payload may be given as its name alone.
                let (tag, payload) = tagged(shape, value)?;
                let names = cases.iter().map(|(name, _)| name.as_str());
                let index = self.case(shape, tag.raw(), names)?;
                self.number(index);
                if let Some((_, Some(inner))) = cases.get(index) {
                    self.value(inner, payload.raw())
                        .map_err(|refused| inside(refused, ".val".into()))?;
                    self.keep(inner, payload);
                }
            }
            Shape::Natural(kinds) => self.natural(shape, kinds, value)?,
            Shape::Option(inner) if matches!(**inner, Shape::Option(_)) => {
                let (tag, payload) = tagged(shape, value)?;
                let some = self.case(shape, tag.raw(), ["none", "some"].into_iter())? == 1;
                self.put(&[u8::from(some)]);
                if some {
                    self.value(inner, payload.raw())?;
                    self.keep(inner, payload);
                }
            }
            Shape::Option(inner) => {
                let some = !is_nullish(value);
                self.put(&[u8::from(some)]);
                if some {
                    self.value(inner, value)?;
                }
            }
            Shape::Result(ok, err) => {
                let (tag, payload) = tagged(shape, value)?;
                let failed = self.case(shape, tag.raw(), ["ok", "err"].into_iter())? == 1;
                self.put(&[u8::from(failed)]);
                if let Some(inner) = if failed { err } else { ok } {
                    self.value(inner, payload.raw())
                        .map_err(|refused| inside(refused, ".val".into()))?;
                    self.keep(inner, payload);
                }
            }
            Shape::Own(resource) => {
                let object = self.resource(shape, *resource, value)?;
                if self.is_lent(object) || self.is_moved(object) {
                    return Err(refuse(shape.expected(), "one that is passed twice"));
                }
                self.moved.push(object);
                self.number(object.handle().unwrap_or_default() as usize);
            }
            Shape::Borrow(resource) => {
                let object = self.resource(shape, *resource, value)?;
                if self.is_moved(object) {
                    return Err(refuse(
                        shape.expected(),
                        "one that is given away in the same call",
                    ));
                }
                match self.lent {
                    None => self.lent = Some(object),
                    Some(_) => self.lent_too.push(object),
                }
                self.number(object.handle().unwrap_or_default() as usize);
            }
            _ => return Err(wrong(shape, value)),
        }
        Ok(())
    }

    fn is_moved(&self, object: &Resource) -> bool {
        self.moved.iter().any(|other| core::ptr::eq(*other, object))
    }

    fn is_lent(&self, object: &Resource) -> bool {
        let mut lent = self.lent.iter().chain(&self.lent_too);
        lent.any(|other| core::ptr::eq(*other, object))
    }

    fn keep(&mut self, shape: &Shape, value: Val) {
        if holds(shape) {
            self.kept.push(value);
        }
    }

    fn resource(
        &self,
        shape: &Shape,
        resource: usize,
        value: JSValue,
    ) -> Result<&'static Resource, Refused> {
        match RESOURCE.data::<Resource>(value) {
            Some(object) if object.is(self.module, resource) => {
                if object.handle().is_none() {
                    return Err(refuse(shape.expected(), "one that was given away before"));
                }
                Ok(object)
            }
            _ => Err(wrong(shape, value)),
        }
    }

    /// Its length.
    fn array(&self, shape: &Shape, value: JSValue) -> Result<u32, Refused> {
        let typed = unsafe { q::JS_IsObject(value) && q::JS_GetTypedArrayType(value) >= 0 };
        if !typed && !unsafe { q::JS_IsArray(value) } {
            return Err(wrong(shape, value));
        }
        let length = crate::js::get(value, atoms().length)?;
        Ok(crate::js::number(length.raw())? as u32)
    }

    fn elements<'s>(
        &mut self,
        value: JSValue,
        length: u32,
        shape: impl Fn(u32) -> Option<&'s Shape>,
    ) -> Encoded {
        for index in 0..length {
            let Some(shape) = shape(index) else { break };
            if self.out.len() > LARGEST {
                return self.blob(&[]);
            }
            let raw = unsafe { q::JS_GetPropertyUint32(ctx(), value, index) };
            let element = Val::check(raw)?;
            self.value(shape, element.raw())
                .map_err(|refused| inside(refused, format!("[{index}]")))?;
            self.keep(shape, element);
        }
        Ok(())
    }

    fn case<'s>(
        &self,
        shape: &Shape,
        value: JSValue,
        mut cases: impl Iterator<Item = &'s str>,
    ) -> Result<usize, Refused> {
        if !unsafe { q::JS_IsString(value) } {
            return Err(wrong(shape, value));
        }
        let text = Text::of(value)?;
        cases
            .position(|case| case == text.as_str())
            .ok_or_else(|| refuse(shape.expected(), &format!("\"{}\"", text.as_str())))
    }
}

/// Whether a value is itself an object of the extension's.
fn holds(shape: &Shape) -> bool {
    match shape {
        Shape::Own(_) | Shape::Borrow(_) => true,
        Shape::Option(inner) => holds(inner),
        _ => false,
    }
}

/// The two properties of a tagged value.
fn tagged(shape: &Shape, value: JSValue) -> Result<(Val, Val), Refused> {
    if unsafe { q::JS_IsString(value) } {
        return Ok((Val::dup(value), Val::UNDEFINED));
    }
    if !is_plain_object(value) {
        return Err(wrong(shape, value));
    }
    let value = Val::dup(value);
    Ok((value.get_str("tag")?, value.get_str("val")?))
}

pub fn is_plain_object(value: JSValue) -> bool {
    unsafe { q::JS_IsObject(value) && !q::JS_IsFunction(ctx(), value) && !q::JS_IsArray(value) }
}

pub fn is_number(value: JSValue) -> bool {
    unsafe { q::JS_IsNumber(value) }
}

/// A number that is an integer and exact.
pub fn integer(value: JSValue) -> Option<i64> {
    if !is_number(value) {
        return None;
    }
    let number = crate::js::number(value).ok()?;
    let exact = number.trunc() == number && number.abs() <= 9_007_199_254_740_991.0;
    exact.then_some(number as i64)
}

/// The digits of a BigInt.
fn big(value: JSValue) -> Result<Option<Text>, Refused> {
    if unsafe { q::JS_IsBigInt(value) } {
        Ok(Some(Text::of(value)?))
    } else {
        Ok(None)
    }
}

/// A string without half characters.
fn text(value: JSValue) -> Result<Text, Refused> {
    match Text::of(value)? {
        Text::Own(_) => Err(refuse(
            "well-formed text".into(),
            "a string with a lone surrogate",
        )),
        text => Ok(text),
    }
}

fn refuse(expected: String, found: &str) -> Refused {
    Refused::Type {
        path: Vec::new(),
        expected,
        found: found.to_string(),
    }
}

#[cold]
pub fn wrong(shape: &Shape, value: JSValue) -> Refused {
    refuse(shape.expected(), &found(value))
}

/// What a value is, for messages.
fn found(value: JSValue) -> String {
    unsafe {
        if is_undefined(value) {
            return "undefined".into();
        }
        if is_nullish(value) {
            return "null".into();
        }
        if is_number(value) || q::JS_IsBool(value) || q::JS_IsBigInt(value) {
            return match Text::of(value) {
                Ok(text) => text.to_owned(),
                Err(thrown) => {
                    drop(crate::js::caught(thrown));
                    "a number".into()
                }
            };
        }
        if q::JS_IsString(value) {
            return "a string".into();
        }
        if q::JS_IsFunction(ctx(), value) {
            return "a function".into();
        }
        if q::JS_IsArray(value) {
            return "an array".into();
        }
    }
    "an object".into()
}

#[cold]
pub fn inside(refused: Refused, step: String) -> Refused {
    match refused {
        Refused::Type {
            mut path,
            expected,
            found,
        } => {
            path.insert(0, step);
            Refused::Type {
                path,
                expected,
                found,
            }
        }
        thrown => thrown,
    }
}
