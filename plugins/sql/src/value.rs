//! Values between WIT and SQLite.

use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, Value as Own, ValueRef};

use crate::exports::runner::sql::sql::Value;

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Own::Null),
            Self::Boolean(yes) => ToSqlOutput::Owned(Own::Integer((*yes).into())),
            Self::Integer(number) => ToSqlOutput::Owned(Own::Integer(*number)),
            Self::Number(number) => ToSqlOutput::Owned(Own::Real(*number)),
            Self::String(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}

impl From<ValueRef<'_>> for Value {
    /// Text that is not UTF-8, which a file of another program can hold, comes as bytes.
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(number) => Self::Integer(number),
            ValueRef::Real(number) => Self::Number(number),
            ValueRef::Text(text) => match std::str::from_utf8(text) {
                Ok(text) => Self::String(text.to_owned()),
                Err(_) => Self::Bytes(text.to_vec()),
            },
            ValueRef::Blob(bytes) => Self::Bytes(bytes.to_vec()),
        }
    }
}
