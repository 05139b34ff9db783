//! From replies to what each command promises. Both protocols are taken: a set or an array for
//! members, a map or an array for a hash, a boolean or an integer for yes and no.

use crate::failure::Failure;
use crate::value::Value;

/// What a command answers with, and how it is called in messages.
pub struct Answer {
    command: &'static str,
    value: Value,
}

impl Answer {
    /// The reply to `command`.
    pub fn new(command: &'static str, value: Value) -> Self {
        Self { command, value }
    }

    fn unexpected<T>(&self) -> Result<T, Failure> {
        Err(unexpected(self.command, &self.value))
    }

    /// A status: `OK`.
    ///
    /// # Errors
    /// As all of these, where the reply is of another kind.
    pub fn status(self) -> Result<String, Failure> {
        match self.value {
            Value::Simple(text) => Ok(text),
            _ => self.unexpected(),
        }
    }

    /// Bytes, or nothing.
    ///
    /// # Errors
    /// As above.
    pub fn bytes(self) -> Result<Option<Vec<u8>>, Failure> {
        match self.value {
            Value::Nil => Ok(None),
            Value::Bulk(bytes) => Ok(Some(bytes)),
            _ => self.unexpected(),
        }
    }

    /// Text, or nothing.
    ///
    /// # Errors
    /// As above, and for text that is not UTF-8.
    pub fn text(self) -> Result<Option<String>, Failure> {
        optional_text(self.command, self.value)
    }

    /// Any integer.
    ///
    /// # Errors
    /// As above.
    pub fn integer(self) -> Result<i64, Failure> {
        match self.value {
            Value::Integer(number) => Ok(number),
            _ => self.unexpected(),
        }
    }

    /// How many.
    ///
    /// # Errors
    /// As above.
    pub fn count(self) -> Result<u64, Failure> {
        match self.value {
            Value::Integer(number) if number >= 0 => Ok(number.unsigned_abs()),
            _ => self.unexpected(),
        }
    }

    /// Yes or no.
    ///
    /// # Errors
    /// As above.
    pub fn flag(self) -> Result<bool, Failure> {
        match self.value {
            Value::Integer(number) => Ok(number != 0),
            Value::Boolean(truth) => Ok(truth),
            _ => self.unexpected(),
        }
    }

    /// Texts.
    ///
    /// # Errors
    /// As above.
    pub fn texts(self) -> Result<Vec<String>, Failure> {
        let command = self.command;
        match self.value {
            Value::List(list) => list.into_iter().map(|value| text(command, value)).collect(),
            _ => self.unexpected(),
        }
    }

    /// Texts, or nothing, for each of several keys.
    ///
    /// # Errors
    /// As above.
    pub fn optional_texts(self) -> Result<Vec<Option<String>>, Failure> {
        let command = self.command;
        match self.value {
            Value::List(list) => {
                let texts = list.into_iter().map(|value| optional_text(command, value));
                texts.collect()
            }
            _ => self.unexpected(),
        }
    }

    /// Fields with their values.
    ///
    /// # Errors
    /// As above.
    pub fn pairs(self) -> Result<Vec<(String, String)>, Failure> {
        let command = self.command;
        let pair = |key, value| Ok((text(command, key)?, text(command, value)?));
        match self.value {
            Value::Map(pairs) => pairs
                .into_iter()
                .map(|(key, value)| pair(key, value))
                .collect(),
            Value::List(list) if list.len() % 2 == 0 => {
                let mut pairs = Vec::with_capacity(list.len() / 2);
                let mut list = list.into_iter();
                while let (Some(key), Some(value)) = (list.next(), list.next()) {
                    pairs.push(pair(key, value)?);
                }
                Ok(pairs)
            }
            _ => self.unexpected(),
        }
    }
}

fn optional_text(command: &'static str, value: Value) -> Result<Option<String>, Failure> {
    match value {
        Value::Nil => Ok(None),
        value => text(command, value).map(Some),
    }
}

fn text(command: &'static str, value: Value) -> Result<String, Failure> {
    match value {
        Value::Simple(text) if text != "QUEUED" => Ok(text),
        Value::Bulk(bytes) => String::from_utf8(bytes).map_err(|_| {
            let text = format!(
                "the reply to {command} is not UTF-8; read it with getBytes or sendCommand"
            );
            Failure::Protocol(text)
        }),
        value => Err(unexpected(command, &value)),
    }
}

fn unexpected(command: &str, value: &Value) -> Failure {
    let hint = match value {
        Value::Simple(text) if text == "QUEUED" => "; between MULTI and EXEC use sendCommand",
        _ => "",
    };
    Failure::Protocol(format!(
        "{command} was answered with {}{hint}",
        value.kind()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(value: Value) -> Answer {
        Answer::new("TEST", value)
    }

    fn bulk(text: &str) -> Value {
        Value::Bulk(text.into())
    }

    #[test]
    fn both_protocols_mean_the_same() {
        assert!(answer(Value::Boolean(true)).flag().unwrap());
        assert!(answer(Value::Integer(1)).flag().unwrap());
        assert!(!answer(Value::Integer(0)).flag().unwrap());
        let expected = vec![("a".to_owned(), "1".to_owned())];
        let list = Value::List(vec![bulk("a"), bulk("1")]);
        assert_eq!(answer(list).pairs().unwrap(), expected);
        let map = Value::Map(vec![(bulk("a"), bulk("1"))]);
        assert_eq!(answer(map).pairs().unwrap(), expected);
        let mixed = Value::List(vec![bulk("x"), Value::Nil]);
        assert_eq!(
            answer(mixed).optional_texts().unwrap(),
            [Some("x".to_owned()), None]
        );
    }

    #[test]
    fn other_kinds_are_refused_with_the_command_s_name() {
        let error = answer(bulk("x")).integer().unwrap_err().to_string();
        assert_eq!(error, "protocol: TEST was answered with a string");
        let error = answer(Value::Simple("QUEUED".into())).text().unwrap_err();
        assert!(
            error.to_string().contains("between MULTI and EXEC"),
            "{error}"
        );
        let error = answer(Value::Bulk(vec![0xff])).text().unwrap_err();
        assert!(error.to_string().contains("getBytes"), "{error}");
        assert!(answer(Value::Integer(-1)).count().is_err());
        assert!(answer(Value::List(vec![bulk("a")])).pairs().is_err());
        assert!(answer(Value::List(vec![Value::Nil])).texts().is_err());
    }
}
