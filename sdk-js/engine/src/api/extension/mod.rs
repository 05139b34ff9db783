//! `k6/x/…`: modules made of what an extension exports.
//!
//! The host describes the extension once; here its functions become native JavaScript functions,
//! its resources classes. A call encodes its arguments into one buffer (the format is in
//! `wit/deps/extension`), makes one host call, and decodes the answer. Types and counts are checked
//! here, so that a wrong argument is a TypeError that names function and argument, and nothing
//! has been called yet.
//!
//! How values look: records are objects with camelCase fields; variants `{tag, val}`, or
//! the value alone where the cases are JavaScript's own kinds (`natural`); enums strings as in
//! WIT; flags objects of booleans; option is the value or undefined; list<u8> a Uint8Array; 64-bit
//! integers numbers where exact, else BigInt. The error of a function's result is thrown as an
//! Error whose `payload` is the value; a result elsewhere is `{tag, val}`.

mod class;
mod decode;
mod encode;
mod failed;
mod module;
mod natural;
mod shape;

pub use class::define_class;
pub use module::open;
