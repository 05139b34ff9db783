//! Cookies as Go's client keeps them, without a list of public suffixes, as k6 does.

mod date;
mod jar;
mod place;
mod set_cookie;

pub use jar::{CookieAttributes, CookieJar};
pub use set_cookie::Cookie;
pub(crate) use set_cookie::{parse, push_pair, sent};
