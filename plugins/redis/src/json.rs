//! Lists in lists, which the interface cannot express, as JSON text.
//!
//! Limits: text that is not UTF-8 loses what cannot be read, numbers that JSON has not (infinite,
//! NaN) become null, and a map's keys become text.

use serde_json::{Map, Value as Json};

use crate::value::Value;

/// `value` as JSON text.
pub fn json(value: Value) -> String {
    tree(value).to_string()
}

fn tree(value: Value) -> Json {
    match value {
        Value::Nil => Json::Null,
        Value::Simple(text) | Value::Error(text) => text.into(),
        Value::Bulk(bytes) => text(bytes).into(),
        Value::Integer(number) => number.into(),
        Value::Double(number) => number.into(),
        Value::Boolean(truth) => truth.into(),
        Value::List(list) => list.into_iter().map(tree).collect(),
        Value::Map(pairs) => {
            let entry = |(key, value)| (name(key), tree(value));
            Json::Object(pairs.into_iter().map(entry).collect::<Map<_, _>>())
        }
    }
}

fn name(key: Value) -> String {
    match key {
        Value::Simple(text) => text,
        Value::Bulk(bytes) => text(bytes),
        other => json(other),
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_become_json() {
        let value = Value::List(vec![
            Value::Nil,
            Value::Bulk("a\"ß\n".into()),
            Value::Bulk(vec![0xff]),
            Value::Integer(i64::MIN),
            Value::Double(f64::NAN),
            Value::Map(vec![(
                Value::Integer(1),
                Value::List(vec![Value::Boolean(true)]),
            )]),
        ]);
        let expected = "[null,\"a\\\"ß\\n\",\"\u{fffd}\",-9223372036854775808,null,{\"1\":[true]}]";
        assert_eq!(json(value), expected);
    }
}
