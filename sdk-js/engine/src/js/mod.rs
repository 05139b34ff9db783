//! A thin layer over QuickJS: owned values, strings, errors, native functions, own properties.

mod accessor;
mod callee;
mod class;
mod error;
mod function;
mod hooks;
mod keys;
mod text;
mod typed;
mod value;

pub use accessor::{Getter, accessor, accessors};
pub use class::Class;
pub use error::{caught, host_error, new_host_error, syntax_error, throw, type_error, uncatchable};
pub use function::{
    Args, CFunction, CFunctionMagic, args, define, define_hidden, define_magic, finish, function,
};
pub use hooks::{install as install_hooks, thrown_at};
pub use keys::Keys;
pub use text::Text;
pub use typed::{FromJs, IntoJs, Throw, array, next, settled};
pub use value::{
    Atom, JsResult, Thrown, Val, buffer_bytes, call, get, is_async_function, is_function,
    is_nullish, is_undefined, number, opaque, truthy,
};
