//! Types as calls need them: nested, with property names interned.

use runner_contract::camel_case;

use crate::api::extension::natural::{self, Kind};
use crate::bindings::runner::extension::extensions::ValueType;
use crate::js::{Atom, JsResult, host_error};

/// A name of the script's, ready to be looked up.
pub struct Name {
    pub text: String,
    pub atom: Atom,
}

impl Name {
    fn new(kebab: &str) -> JsResult<Name> {
        let text = camel_case(kebab);
        let atom = Atom::new(&text)?;
        Ok(Name { text, atom })
    }
}

/// A type. Resources are places in the module's list.
pub enum Shape {
    Bool,
    /// Lowest and highest value, and width in bytes.
    Int(i64, i64, usize),
    S64,
    U64,
    F32,
    F64,
    Char,
    String,
    Bytes,
    List(Box<Shape>),
    Record(Vec<(Name, Shape)>),
    Tuple(Vec<Shape>),
    /// Cases keep their names as in WIT.
    Variant(Vec<(String, Option<Shape>)>),
    /// A variant whose values need no tag.
    Natural(Vec<Kind>),
    Enum(Vec<String>),
    Option(Box<Shape>),
    Result(Option<Box<Shape>>, Option<Box<Shape>>),
    Flags(Vec<Name>),
    Own(usize),
    Borrow(usize),
}

/// The type at `index` of the table. A type refers to earlier ones only, so this ends.
pub fn build(types: &[ValueType], index: u32) -> JsResult<Shape> {
    let (before, ty) = match types.split_at_checked(index as usize) {
        Some((before, [ty, ..])) => (before, ty),
        _ => return Err(host_error("the host described a type that it did not give")),
    };
    let inner = |index: u32| build(before, index);
    let boxed = |index: u32| build(before, index).map(Box::new);
    Ok(match ty {
        ValueType::Bool => Shape::Bool,
        ValueType::S8 => Shape::Int(i8::MIN.into(), i8::MAX.into(), 1),
        ValueType::U8 => Shape::Int(0, u8::MAX.into(), 1),
        ValueType::S16 => Shape::Int(i16::MIN.into(), i16::MAX.into(), 2),
        ValueType::U16 => Shape::Int(0, u16::MAX.into(), 2),
        ValueType::S32 => Shape::Int(i32::MIN.into(), i32::MAX.into(), 4),
        ValueType::U32 => Shape::Int(0, u32::MAX.into(), 4),
        ValueType::S64 => Shape::S64,
        ValueType::U64 => Shape::U64,
        ValueType::F32 => Shape::F32,
        ValueType::F64 => Shape::F64,
        ValueType::Char => Shape::Char,
        ValueType::String => Shape::String,
        ValueType::Bytes => Shape::Bytes,
        ValueType::List(index) => Shape::List(boxed(*index)?),
        ValueType::Record(fields) => Shape::Record(
            fields
                .iter()
                .map(|field| Ok((Name::new(&field.name)?, inner(field.ty)?)))
                .collect::<JsResult<_>>()?,
        ),
        ValueType::Tuple(types) => Shape::Tuple(
            types
                .iter()
                .map(|index| inner(*index))
                .collect::<JsResult<_>>()?,
        ),
        ValueType::Variant(cases) => {
            let mut cases = cases
                .iter()
                .map(|case| Ok((case.name.clone(), case.payload.map(inner).transpose()?)))
                .collect::<JsResult<_>>()?;
            match natural::kinds(&mut cases) {
                Some(kinds) => Shape::Natural(kinds),
                None => Shape::Variant(cases),
            }
        }
        ValueType::Enum(cases) => Shape::Enum(cases.clone()),
        ValueType::Option(index) => Shape::Option(boxed(*index)?),
        ValueType::Result(outcome) => Shape::Result(
            outcome.ok.map(boxed).transpose()?,
            outcome.err.map(boxed).transpose()?,
        ),
        ValueType::Flags(names) => Shape::Flags(
            names
                .iter()
                .map(|name| Name::new(name))
                .collect::<JsResult<_>>()?,
        ),
        ValueType::Own(index) => Shape::Own(*index as usize),
        ValueType::Borrow(index) => Shape::Borrow(*index as usize),
    })
}

impl Shape {
    /// What a user has to give, for messages.
    pub fn expected(&self) -> String {
        match self {
            Shape::Bool => "a boolean".into(),
            Shape::Int(low, high, _) => format!("an integer from {low} to {high}"),
            Shape::S64 => format!("an integer from {} to {}", i64::MIN, i64::MAX),
            Shape::U64 => format!("an integer from 0 to {}", u64::MAX),
            Shape::F32 | Shape::F64 => "a number".into(),
            Shape::Char => "a string of one character".into(),
            Shape::String => "a string".into(),
            Shape::Bytes => "a Uint8Array or ArrayBuffer".into(),
            Shape::List(_) => "an array".into(),
            Shape::Record(_) => "an object".into(),
            Shape::Flags(names) => {
                let names: Vec<_> = names.iter().map(|name| name.text.as_str()).collect();
                format!("an object of the flags {}", names.join(", "))
            }
            Shape::Tuple(fields) => format!("an array of {} elements", fields.len()),
            Shape::Variant(cases) => {
                let tags: Vec<_> = cases
                    .iter()
                    .map(|(name, _)| format!("\"{name}\""))
                    .collect();
                format!("{{tag, val}} with one of the tags {}", tags.join(", "))
            }
            Shape::Natural(kinds) => natural::expected(kinds),
            Shape::Enum(cases) => {
                let names: Vec<_> = cases.iter().map(|name| format!("\"{name}\"")).collect();
                format!("one of {}", names.join(", "))
            }
            Shape::Option(inner) => format!("{} or undefined", inner.expected()),
            Shape::Result(..) => "{tag, val} with the tag \"ok\" or \"err\"".into(),
            Shape::Own(_) | Shape::Borrow(_) => "an object of the extension's class".into(),
        }
    }

    /// Where `undefined` means something.
    pub fn optional(&self) -> bool {
        matches!(self, Shape::Option(_))
    }
}
