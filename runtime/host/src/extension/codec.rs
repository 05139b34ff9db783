//! Values between the script's binary form (`wit/deps/extension`) and wasmtime's.
//!
//! The script's engine has checked types before it encoded, but it is a guest like any other:
//! whatever does not decode is an error, never a panic.

use runner_extensions::Shape;
use wasmtime::component::{ResourceAny, Val};

use super::handles::Handles;

/// Reads arguments.
pub(crate) struct Decoder<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) handles: &'a mut Handles,
}

/// What does not decode; the text is for the user.
pub(crate) type Result<T> = std::result::Result<T, String>;

impl<'a> Decoder<'a> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (head, tail) = self.bytes.split_first_chunk().ok_or_else(truncated)?;
        self.bytes = tail;
        Ok(*head)
    }

    fn u32(&mut self) -> Result<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn flag(&mut self) -> Result<bool> {
        let [byte] = self.take()?;
        Ok(byte != 0)
    }

    pub(crate) fn slice(&mut self) -> Result<&'a [u8]> {
        let length = self.u32()? as usize;
        let (head, tail) = self.bytes.split_at_checked(length).ok_or_else(truncated)?;
        self.bytes = tail;
        Ok(head)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str> {
        let text = std::str::from_utf8(self.slice()?);
        text.map_err(|_| "a string is not UTF-8".into())
    }

    /// A resource that stays the script's.
    pub(crate) fn borrowed(&mut self) -> Result<ResourceAny> {
        let handle = self.u32()?;
        self.handles.get(handle).ok_or_else(gone)
    }

    /// The next value.
    pub(crate) fn value(&mut self, shape: &Shape) -> Result<Val> {
        Ok(match shape {
            Shape::Bool => Val::Bool(self.flag()?),
            Shape::S8 => Val::S8(i8::from_le_bytes(self.take()?)),
            Shape::U8 => Val::U8(u8::from_le_bytes(self.take()?)),
            Shape::S16 => Val::S16(i16::from_le_bytes(self.take()?)),
            Shape::U16 => Val::U16(u16::from_le_bytes(self.take()?)),
            Shape::S32 => Val::S32(i32::from_le_bytes(self.take()?)),
            Shape::U32 => Val::U32(self.u32()?),
            Shape::S64 => Val::S64(i64::from_le_bytes(self.take()?)),
            Shape::U64 => Val::U64(u64::from_le_bytes(self.take()?)),
            Shape::F32 => Val::Float32(f32::from_le_bytes(self.take()?)),
            Shape::F64 => Val::Float64(f64::from_le_bytes(self.take()?)),
            Shape::Char => Val::Char(char::from_u32(self.u32()?).ok_or("no character")?),
            Shape::String => Val::String(self.text()?.to_owned()),
            Shape::Bytes => Val::List(self.slice()?.iter().map(|byte| Val::U8(*byte)).collect()),
            Shape::List(inner) => {
                let length = self.u32()? as usize;
                // Each element takes a byte or nothing at all; a wrong length ends soon.
                let mut list = Vec::with_capacity(length.min(self.bytes.len()));
                for _ in 0..length {
                    list.push(self.value(inner)?);
                }
                Val::List(list)
            }
            Shape::Record(_, fields) => {
                let field =
                    |(name, shape): &(String, Shape)| Ok((name.clone(), self.value(shape)?));
                Val::Record(fields.iter().map(field).collect::<Result<_>>()?)
            }
            Shape::Tuple(fields) => {
                let fields = fields.iter().map(|shape| self.value(shape));
                Val::Tuple(fields.collect::<Result<_>>()?)
            }
            Shape::Variant(_, cases) => {
                let (name, payload) = pick(cases, self.u32()?)?;
                let payload = self.boxed(payload.as_ref())?;
                Val::Variant(name.clone(), payload)
            }
            Shape::Enum(_, cases) => Val::Enum(pick(cases, self.u32()?)?.clone()),
            Shape::Option(inner) => {
                let some = self.flag()?;
                Val::Option(self.boxed(some.then_some(&**inner))?)
            }
            Shape::Result(ok, err) => Val::Result(if self.flag()? {
                Err(self.boxed(err.as_deref())?)
            } else {
                Ok(self.boxed(ok.as_deref())?)
            }),
            Shape::Flags(_, names) => {
                let mut set = Vec::new();
                for name in names {
                    if self.flag()? {
                        set.push(name.clone());
                    }
                }
                Val::Flags(set)
            }
            Shape::Own(_) => {
                let handle = self.u32()?;
                Val::Resource(self.handles.take(handle).ok_or_else(gone)?)
            }
            Shape::Borrow(_) => Val::Resource(self.borrowed()?),
        })
    }

    fn boxed(&mut self, shape: Option<&Shape>) -> Result<Option<Box<Val>>> {
        shape
            .map(|shape| self.value(shape).map(Box::new))
            .transpose()
    }
}

fn pick<T>(cases: &[T], index: u32) -> Result<&T> {
    cases
        .get(index as usize)
        .ok_or_else(|| "no such case".into())
}

fn truncated() -> String {
    "the arguments end too early".into()
}

fn gone() -> String {
    "the object belongs to an instance that has ended, or was given away".into()
}

/// Writes results.
pub(crate) struct Encoder<'a> {
    pub(crate) out: Vec<u8>,
    pub(crate) handles: &'a mut Handles,
}

impl Encoder<'_> {
    fn put(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    fn length(&mut self, length: usize) -> Result<()> {
        let length = u32::try_from(length).map_err(|_| "the result is larger than 4 GiB")?;
        self.put(&length.to_le_bytes());
        Ok(())
    }

    fn index(&mut self, index: Option<usize>) -> Result<()> {
        self.length(index.ok_or_else(mismatch)?)
    }

    /// The next value.
    pub(crate) fn value(&mut self, shape: &Shape, value: &Val) -> Result<()> {
        match (shape, value) {
            (Shape::Bool, Val::Bool(value)) => self.put(&[u8::from(*value)]),
            (Shape::S8, Val::S8(value)) => self.put(&value.to_le_bytes()),
            (Shape::U8, Val::U8(value)) => self.put(&value.to_le_bytes()),
            (Shape::S16, Val::S16(value)) => self.put(&value.to_le_bytes()),
            (Shape::U16, Val::U16(value)) => self.put(&value.to_le_bytes()),
            (Shape::S32, Val::S32(value)) => self.put(&value.to_le_bytes()),
            (Shape::U32, Val::U32(value)) => self.put(&value.to_le_bytes()),
            (Shape::S64, Val::S64(value)) => self.put(&value.to_le_bytes()),
            (Shape::U64, Val::U64(value)) => self.put(&value.to_le_bytes()),
            (Shape::F32, Val::Float32(value)) => self.put(&value.to_le_bytes()),
            (Shape::F64, Val::Float64(value)) => self.put(&value.to_le_bytes()),
            (Shape::Char, Val::Char(value)) => self.put(&u32::from(*value).to_le_bytes()),
            (Shape::String, Val::String(text)) => {
                self.length(text.len())?;
                self.put(text.as_bytes());
            }
            (Shape::Bytes, Val::List(list)) => {
                self.length(list.len())?;
                self.out.reserve(list.len());
                for value in list {
                    let Val::U8(byte) = value else {
                        return Err(mismatch());
                    };
                    self.out.push(*byte);
                }
            }
            (Shape::List(inner), Val::List(list)) => {
                self.length(list.len())?;
                for value in list {
                    self.value(inner, value)?;
                }
            }
            (Shape::Record(_, fields), Val::Record(values)) => {
                for ((_, shape), (_, value)) in fields.iter().zip(values) {
                    self.value(shape, value)?;
                }
            }
            (Shape::Tuple(shapes), Val::Tuple(values)) => {
                for (shape, value) in shapes.iter().zip(values) {
                    self.value(shape, value)?;
                }
            }
            (Shape::Variant(_, cases), Val::Variant(name, payload)) => {
                let index = cases.iter().position(|(case, _)| case == name);
                self.index(index)?;
                let shape = index.and_then(|index| cases.get(index)?.1.as_ref());
                self.payload(shape, payload.as_deref())?;
            }
            (Shape::Enum(_, cases), Val::Enum(name)) => {
                self.index(cases.iter().position(|case| case == name))?;
            }
            (Shape::Option(inner), Val::Option(value)) => {
                self.put(&[u8::from(value.is_some())]);
                if let Some(value) = value {
                    self.value(inner, value)?;
                }
            }
            (Shape::Result(ok, err), Val::Result(value)) => {
                self.put(&[u8::from(value.is_err())]);
                match value {
                    Ok(value) => self.payload(ok.as_deref(), value.as_deref())?,
                    Err(value) => self.payload(err.as_deref(), value.as_deref())?,
                }
            }
            (Shape::Flags(_, names), Val::Flags(set)) => {
                for name in names {
                    self.put(&[u8::from(set.contains(name))]);
                }
            }
            (Shape::Own(_) | Shape::Borrow(_), Val::Resource(resource)) => {
                let handle = self
                    .handles
                    .keep(*resource)
                    .ok_or("too many live objects")?;
                self.put(&handle.to_le_bytes());
            }
            _ => return Err(mismatch()),
        }
        Ok(())
    }

    fn payload(&mut self, shape: Option<&Shape>, value: Option<&Val>) -> Result<()> {
        match (shape, value) {
            (Some(shape), Some(value)) => self.value(shape, value),
            (None, None) => Ok(()),
            _ => Err(mismatch()),
        }
    }
}

fn mismatch() -> String {
    "a result does not have its declared type".into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(shape: &Shape, value: &Val) -> Vec<u8> {
        let mut handles = Handles::default();
        let mut encoder = Encoder {
            out: Vec::new(),
            handles: &mut handles,
        };
        encoder.value(shape, value).unwrap();
        let bytes = encoder.out;
        let mut decoder = Decoder {
            bytes: &bytes,
            handles: &mut handles,
        };
        assert_eq!(&decoder.value(shape).unwrap(), value);
        assert!(decoder.bytes.is_empty());
        bytes
    }

    #[test]
    fn values_survive_both_ways() {
        let boxed = |value| Some(Box::new(value));
        around(&Shape::S64, &Val::S64(i64::MIN));
        around(&Shape::Char, &Val::Char('\u{10ffff}'));
        around(&Shape::Bytes, &Val::List(vec![Val::U8(0), Val::U8(255)]));
        let text = Shape::Option(Box::new(Shape::String));
        around(&text, &Val::Option(boxed(Val::String("ü".into()))));
        around(&text, &Val::Option(None));
        let cases = vec![("a".into(), None), ("b".into(), Some(Shape::U8))];
        let variant = Shape::Variant(None, cases);
        let bytes = around(&variant, &Val::Variant("b".into(), boxed(Val::U8(7))));
        assert_eq!(bytes, [1, 0, 0, 0, 7]);
        around(&variant, &Val::Variant("a".into(), None));
        // The same shape on both sides must still tell ok from error.
        let result = Shape::Result(Some(Box::new(Shape::U8)), Some(Box::new(Shape::U8)));
        assert_eq!(around(&result, &Val::Result(Ok(boxed(Val::U8(1))))), [0, 1]);
        assert_eq!(
            around(&result, &Val::Result(Err(boxed(Val::U8(1))))),
            [1, 1]
        );
        let flags = Shape::Flags(None, vec!["x".into(), "y".into()]);
        around(&flags, &Val::Flags(vec!["y".into()]));
        let list = Shape::List(Box::new(Shape::Tuple(vec![Shape::U16, Shape::Bool])));
        around(
            &list,
            &Val::List(vec![Val::Tuple(vec![Val::U16(9), Val::Bool(true)])]),
        );
    }

    #[test]
    fn what_a_guest_makes_up_is_an_error() {
        let mut handles = Handles::default();
        let mut refused = |shape: Shape, bytes: &[u8]| {
            let handles = &mut handles;
            Decoder { bytes, handles }.value(&shape).unwrap_err()
        };
        refused(Shape::U64, &[1]);
        refused(Shape::String, &[255, 255, 255, 255]);
        refused(Shape::String, &[1, 0, 0, 0, 0xff]);
        refused(Shape::Char, &[0, 0xd8, 0, 0]);
        refused(Shape::List(Box::new(Shape::U8)), &[255, 255, 255, 255, 1]);
        refused(Shape::Enum(None, vec!["a".into()]), &[1, 0, 0, 0]);
        refused(Shape::Own(0), &[0, 0, 0, 0]);
    }
}
