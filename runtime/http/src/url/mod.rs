//! URLs by the rules of Go's net/url.

mod escape;
mod parts;

pub(crate) use parts::Url;
