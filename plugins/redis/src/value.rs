//! A reply of either protocol, RESP2 or RESP3.

/// One value. What only tells the client how to show a value (the format of a verbatim string,
/// attributes) is dropped by the reader.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Null, of any kind.
    Nil,
    /// A status such as `OK`, or a big number's digits.
    Simple(String),
    /// A bulk string.
    Bulk(Vec<u8>),
    /// An error; the code comes first (`WRONGTYPE …`).
    Error(String),
    /// An integer.
    Integer(i64),
    /// RESP3.
    Double(f64),
    /// RESP3.
    Boolean(bool),
    /// An array, set or push.
    List(Vec<Value>),
    /// RESP3: keys and values in turn.
    Map(Vec<(Value, Value)>),
}

impl Value {
    /// For messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Nil => "nil",
            Self::Simple(text) if text == "QUEUED" => "QUEUED, as in a transaction",
            Self::Simple(_) => "a status",
            Self::Bulk(_) => "a string",
            Self::Error(_) => "an error",
            Self::Integer(_) => "an integer",
            Self::Double(_) => "a number",
            Self::Boolean(_) => "a boolean",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}
