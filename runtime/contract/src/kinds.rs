//! Variants that are JavaScript's own kinds of values, and so cross without a tag.
//!
//! A variant is one of these when each of its cases is named for such a kind and carries what that
//! kind is: `null`, `boolean(bool)`, `integer(s64)`, `number(f64)`, `string(string)`,
//! `bytes(list<u8>)` and `object(list<tuple<string, T>>)`, where `T` can be such a variant again.
//! Numbers that are integers go to `integer` where there is one.

/// What a case of a variant carries, as far as the rule looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carried {
    /// Nothing.
    Nothing,
    /// `bool`.
    Bool,
    /// `s64`.
    S64,
    /// `f64`.
    F64,
    /// `string`.
    String,
    /// `list<u8>`.
    Bytes,
    /// `list<tuple<string, T>>`.
    Properties,
    /// Anything else.
    Other,
}

/// A kind of values of JavaScript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null`, and `undefined`.
    Null,
    /// `true` and `false`.
    Boolean,
    /// A number or bigint that is a whole number of 64 bits.
    Integer,
    /// Any number.
    Number,
    /// A text.
    String,
    /// A Uint8Array.
    Bytes,
    /// An object with the properties that the case carries.
    Object,
}

/// The kinds that a variant's cases are; none where one of them is something else.
pub fn kinds<'a>(cases: impl IntoIterator<Item = (&'a str, Carried)>) -> Option<Vec<Kind>> {
    let kind = |(name, carried)| match (name, carried) {
        ("null", Carried::Nothing) => Some(Kind::Null),
        ("boolean", Carried::Bool) => Some(Kind::Boolean),
        ("integer", Carried::S64) => Some(Kind::Integer),
        ("number", Carried::F64) => Some(Kind::Number),
        ("string", Carried::String) => Some(Kind::String),
        ("bytes", Carried::Bytes) => Some(Kind::Bytes),
        ("object", Carried::Properties) => Some(Kind::Object),
        _ => None,
    };
    cases.into_iter().map(kind).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_name_and_payload() {
        let value = [
            ("null", Carried::Nothing),
            ("integer", Carried::S64),
            ("object", Carried::Properties),
        ];
        assert_eq!(
            kinds(value),
            Some(vec![Kind::Null, Kind::Integer, Kind::Object])
        );
        assert_eq!(kinds([("number", Carried::S64)]), None);
        assert_eq!(
            kinds([("null", Carried::Nothing), ("ok", Carried::Bool)]),
            None
        );
    }
}
