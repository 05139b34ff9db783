//! HTTP/1.1 on one connection. The codec does no I/O and keeps no buffer between answers;
//! `conn` moves bytes between it and the socket through scratch space of the thread.

mod chunked;
mod conn;
mod decode;
mod encode;
mod field;
mod head;

pub(crate) use conn::H1;
pub(crate) use encode::Outgoing;
pub(crate) use encode::{each_header, validate};
pub(crate) use field::each_field;
pub(crate) use head::{Hidden, is_bodiless, status_text};
