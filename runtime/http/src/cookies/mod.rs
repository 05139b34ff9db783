//! Cookies of RFC 6265 without a list of public suffixes, as k6 keeps them.

mod date;
mod jar;
mod set_cookie;

pub(crate) use jar::push_pair;
pub use jar::{CookieAttributes, CookieJar};
pub use set_cookie::Cookie;
pub(crate) use set_cookie::parse;
