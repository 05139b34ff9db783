//! Calls that carry whole byte lists, without a value for each byte.
//!
//! wasmtime's dynamic values hold a `list<u8>` element by element: 10 KB both ways cost a quarter
//! of a millisecond. Its typed calls copy, but their types must be known here, so this file knows
//! the signatures that functions on bytes usually have: up to two texts or byte lists, or a
//! resource and one of them; nothing, a truth value, text or bytes back, alone, optional or with
//! a text as the error. All others go the general way, which is right for them too.

use runner_extensions::{Function, Shape};
use wasmtime::Store;
use wasmtime::component::{ComponentNamedList, Func, Lift, Lower};

use super::codec::{Decoder, Result};
use super::handles::Handles;
use super::state::ExtensionState;

/// One value that comes back.
trait Answer {
    fn write(self, out: &mut Vec<u8>);
}

/// What comes back: one value or none.
trait Answers {
    fn encode(self) -> Vec<u8>;
}

impl Answer for bool {
    fn write(self, out: &mut Vec<u8>) {
        out.push(u8::from(self));
    }
}

impl Answer for Vec<u8> {
    fn write(self, out: &mut Vec<u8>) {
        // What fits into 32 bits of memory has such a length.
        let length = u32::try_from(self.len()).unwrap_or(u32::MAX);
        out.reserve_exact(size_of::<u32>() + self.len());
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&self);
    }
}

impl Answer for String {
    fn write(self, out: &mut Vec<u8>) {
        self.into_bytes().write(out);
    }
}

impl Answer for () {
    fn write(self, _: &mut Vec<u8>) {}
}

impl<T: Answer> Answer for Option<T> {
    fn write(self, out: &mut Vec<u8>) {
        out.push(u8::from(self.is_some()));
        if let Some(value) = self {
            value.write(out);
        }
    }
}

impl<T: Answer, E: Answer> Answer for std::result::Result<T, E> {
    fn write(self, out: &mut Vec<u8>) {
        out.push(u8::from(self.is_err()));
        match self {
            Ok(value) => value.write(out),
            Err(error) => error.write(out),
        }
    }
}

impl Answers for () {
    fn encode(self) -> Vec<u8> {
        Vec::new()
    }
}

impl<T: Answer> Answers for (T,) {
    fn encode(self) -> Vec<u8> {
        let mut out = Vec::new();
        self.0.write(&mut out);
        out
    }
}

/// Whether [`call`] knows the signature.
pub(super) fn suits(function: &Function) -> bool {
    let is_bytes = |shape: &Shape| matches!(shape, Shape::Bytes);
    let result = function.result.as_ref();
    let back = result.is_some_and(|result| match result {
        Shape::Option(inner) => is_bytes(inner),
        Shape::Result(Some(ok), Some(err)) => is_bytes(ok) && matches!(**err, Shape::String),
        other => is_bytes(other),
    });
    let plain = match result {
        None | Some(Shape::Bool | Shape::String) => true,
        Some(Shape::Result(ok, Some(err))) if matches!(**err, Shape::String) => {
            matches!(ok.as_deref(), None | Some(Shape::String))
        }
        _ => false,
    };
    let mut params = function.params.iter().map(|(_, shape)| shape);
    match (params.next(), params.next(), params.next()) {
        (None | Some(Shape::String), None, _) => back,
        (Some(Shape::Bytes), None, _)
        | (Some(Shape::Bytes | Shape::String | Shape::Borrow(_)), Some(Shape::Bytes), None) => {
            back || plain
        }
        _ => false,
    }
}

/// Calls with encoded arguments; the inner error is wasmtime's. None where the signature is not
/// one of those, and nothing has been done.
pub(super) async fn call(
    store: &mut Store<ExtensionState>,
    callee: Func,
    function: &Function,
    arguments: &[u8],
    handles: &mut Handles,
) -> Result<Option<wasmtime::Result<Vec<u8>>>> {
    let mut decoder = Decoder {
        bytes: arguments,
        handles,
    };
    let mut params = function.params.iter().map(|(_, shape)| shape);
    let result = function.result.as_ref();
    Ok(match (params.next(), params.next()) {
        (None, _) => bytes_back(store, callee, (), result).await,
        (Some(Shape::String), None) => bytes_back(store, callee, (decoder.text()?,), result).await,
        (Some(Shape::Bytes), None) => anything(store, callee, (decoder.slice()?,), result).await,
        (Some(Shape::Bytes), Some(_)) => {
            let both = (decoder.slice()?, decoder.slice()?);
            anything(store, callee, both, result).await
        }
        (Some(Shape::String), Some(_)) => {
            let both = (decoder.text()?, decoder.slice()?);
            anything(store, callee, both, result).await
        }
        (Some(Shape::Borrow(_)), Some(_)) => {
            let both = (decoder.borrowed()?, decoder.slice()?);
            anything(store, callee, both, result).await
        }
        _ => None,
    })
}

/// The text of a result's error, as [`call`] answered it.
pub(super) fn error(answer: &[u8]) -> Option<&str> {
    let text = answer.strip_prefix(&[1])?.get(size_of::<u32>()..)?;
    std::str::from_utf8(text).ok()
}

type Called = Option<wasmtime::Result<Vec<u8>>>;

async fn anything<P>(
    store: &mut Store<ExtensionState>,
    callee: Func,
    params: P,
    result: Option<&Shape>,
) -> Called
where
    P: ComponentNamedList + Lower + Send + Sync,
{
    Some(match result {
        None => typed::<P, ()>(store, callee, params).await,
        Some(Shape::Bool) => typed::<P, (bool,)>(store, callee, params).await,
        Some(Shape::String) => typed::<P, (String,)>(store, callee, params).await,
        Some(Shape::Result(None, _)) => {
            typed::<P, (std::result::Result<(), String>,)>(store, callee, params).await
        }
        Some(Shape::Result(Some(ok), _)) if matches!(**ok, Shape::String) => {
            typed::<P, (std::result::Result<String, String>,)>(store, callee, params).await
        }
        _ => return bytes_back(store, callee, params, result).await,
    })
}

async fn bytes_back<P>(
    store: &mut Store<ExtensionState>,
    callee: Func,
    params: P,
    result: Option<&Shape>,
) -> Called
where
    P: ComponentNamedList + Lower + Send + Sync,
{
    Some(match result {
        Some(Shape::Bytes) => typed::<P, (Vec<u8>,)>(store, callee, params).await,
        Some(Shape::Option(_)) => typed::<P, (Option<Vec<u8>>,)>(store, callee, params).await,
        Some(Shape::Result(..)) => {
            typed::<P, (std::result::Result<Vec<u8>, String>,)>(store, callee, params).await
        }
        _ => return None,
    })
}

async fn typed<P, R>(
    store: &mut Store<ExtensionState>,
    callee: Func,
    params: P,
) -> wasmtime::Result<Vec<u8>>
where
    P: ComponentNamedList + Lower + Send + Sync,
    R: ComponentNamedList + Lift + Answers + Send + Sync + 'static,
{
    let callee = callee.typed::<P, R>(&*store)?;
    Ok(callee.call_async(store, params).await?.encode())
}

#[cfg(test)]
mod tests {
    use super::*;
    use runner_extensions::Role;

    fn function<const N: usize>(params: [Shape; N], result: Option<Shape>) -> Function {
        Function {
            interface: None,
            export: "f".into(),
            name: "f".into(),
            role: Role::Free,
            params: params
                .into_iter()
                .map(|shape| ("p".into(), shape))
                .collect(),
            result,
        }
    }

    #[test]
    fn only_functions_on_bytes_are_called_this_way() {
        let boxed = |shape| Some(Box::new(shape));
        let (bytes, text) = (Shape::Bytes, Shape::String);
        let fallible = Shape::Result(boxed(Shape::Bytes), boxed(Shape::String));
        let yes = [
            function([bytes.clone()], None),
            function([bytes.clone()], Some(bytes.clone())),
            function([bytes.clone(), bytes.clone()], Some(fallible.clone())),
            function([text.clone(), bytes.clone()], Some(Shape::Bool)),
            function([Shape::Borrow(0), bytes.clone()], Some(text.clone())),
            function([text.clone()], Some(Shape::Option(Box::new(Shape::Bytes)))),
            function([], Some(bytes.clone())),
        ];
        for function in yes {
            assert!(suits(&function), "{function:?}");
        }
        let no = [
            function([], None),
            function([text.clone()], Some(text.clone())),
            function([bytes.clone()], Some(Shape::U8)),
            function(
                [bytes.clone()],
                Some(Shape::Option(Box::new(Shape::String))),
            ),
            function(
                [bytes.clone()],
                Some(Shape::Result(boxed(Shape::Bytes), None)),
            ),
            function([bytes.clone(), text.clone()], None),
            function([bytes.clone(), bytes.clone(), bytes], None),
            function([Shape::S32, Shape::S32], Some(Shape::S32)),
        ];
        for function in no {
            assert!(!suits(&function), "{function:?}");
        }
    }

    #[test]
    fn answers_are_written_as_the_contract_says() {
        assert!(().encode().is_empty());
        assert_eq!((true,).encode(), [1]);
        assert_eq!((vec![7_u8, 8],).encode(), [2, 0, 0, 0, 7, 8]);
        assert_eq!(
            (Some("ü".to_owned()),).encode(),
            [1, 2, 0, 0, 0, 0xc3, 0xbc]
        );
        assert_eq!((None::<String>,).encode(), [0]);
        let failed: std::result::Result<Vec<u8>, String> = Err("x".into());
        let failed = (failed,).encode();
        assert_eq!(failed, [1, 1, 0, 0, 0, b'x']);
        assert_eq!(error(&failed), Some("x"));
        assert_eq!(error(&(true,).encode()), None);
    }
}
