//! CSV: one entry per row. A row is an object of texts in a JSON store, named by the header; one
//! column is the key.

use std::fs::File;
use std::io;
use std::path::Path;

use bytes::Bytes;
use csv::{ReaderBuilder, StringRecord, WriterBuilder};
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};
use crate::files::jsonl::not_json;
use crate::files::quotes::Quotes;
use crate::files::writer::Writer;
use crate::files::{Exported, Imported, Validated, rows as checked, validate};
use crate::options::{check_key, shown};
use crate::store::Store;

/// Entries that are read from the store at once.
const PAGE: usize = 1_000;

/// How rows are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvFormat {
    /// The column whose text is the key; without a header its number (`0`, or `column_0`). Empty
    /// where only the form of a file is looked at.
    pub key_column: String,
    /// The first row has the names of columns.
    pub has_header: bool,
    /// Between two fields.
    pub delimiter: u8,
    /// Rows to read at most.
    pub limit: Option<u64>,
    /// Rows to put at once.
    pub batch: Option<usize>,
}

struct Rows<'a> {
    name: &'a str,
    reader: csv::Reader<Quotes<File>>,
    columns: Vec<String>,
    key: Option<usize>,
    record: StringRecord,
}

impl<'a> Rows<'a> {
    fn open(name: &'a str, path: &Path, format: &CsvFormat) -> Result<Self> {
        let key = number(format)?;
        let file = File::open(path).map_err(|error| Error::reading(name, &error))?;
        let about = file
            .metadata()
            .map_err(|error| Error::reading(name, &error))?;
        if about.is_dir() {
            let error = std::io::Error::other("it is a folder");
            return Err(Error::reading(name, &error));
        }
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(format.delimiter)
            .from_reader(Quotes::new(file, format.delimiter));
        let mut rows = Self {
            name,
            reader,
            columns: Vec::new(),
            key,
            record: StringRecord::new(),
        };
        if format.has_header {
            rows.header(&format.key_column)?;
        }
        Ok(rows)
    }

    fn header(&mut self, key: &str) -> Result<()> {
        // A file without any row is good, and brings nothing.
        if !self.advance()? {
            return Ok(());
        }
        self.columns = self.record.iter().map(str::to_owned).collect();
        if let Some(first) = self.columns.first_mut()
            && let Some(rest) = first.strip_prefix('\u{feff}')
        {
            *first = rest.to_owned();
        }
        for (index, column) in self.columns.iter().enumerate() {
            if column.is_empty() {
                return Err(self.bad(&format!("column {} has no name", index + 1)));
            }
            if self.columns.iter().take(index).any(|other| other == column) {
                return Err(self.bad(&format!("the column \"{}\" is there twice", shown(column))));
            }
        }
        if key.is_empty() {
            return Ok(());
        }
        self.key = self.columns.iter().position(|column| column == key);
        if self.key.is_none() {
            let known = shown(&self.columns.join(", "));
            return Err(self.bad(&format!("no column \"{key}\"; there are: {known}")));
        }
        Ok(())
    }

    fn advance(&mut self) -> Result<bool> {
        self.reader.read_record(&mut self.record).map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            let text = match error.into_kind() {
                csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
                    error.to_string()
                }
                csv::ErrorKind::Io(error) => return Error::reading(self.name, &error),
                csv::ErrorKind::Utf8 { .. } => format!("line {line}: it is not UTF-8"),
                other => format!("line {line}: {other:?}"),
            };
            let text = format!("\"{}\" {text}", self.name);
            Error::new(ErrorKind::SnapshotRead, text)
        })
    }

    fn bad(&self, why: &str) -> Error {
        let line = self.record.position().map_or(1, csv::Position::line);
        Error::new(
            ErrorKind::SnapshotRead,
            format!("\"{}\" line {line}: {why}", self.name),
        )
    }

    /// The next entry, with an empty key where no column has it; none at the end.
    fn next(&mut self) -> Result<Option<(String, Bytes)>> {
        if !self.advance()? {
            return Ok(None);
        }
        let mut key = String::new();
        if let Some(column) = self.key {
            key.push_str(self.record.get(column).unwrap_or_default());
            check_key(&key).map_err(|error| self.bad(&error.message))?;
        }
        let mut row = Map::new();
        for (index, column) in self.columns.iter().enumerate() {
            let field = self.record.get(index).unwrap_or_default();
            row.insert(column.clone(), Value::from(field));
        }
        for (index, field) in self.record.iter().enumerate().skip(self.columns.len()) {
            row.insert(format!("column_{index}"), Value::from(field));
        }
        Ok(Some((key, Value::Object(row).to_string().into())))
    }

    fn read(&self) -> u64 {
        self.reader.position().byte()
    }
}

/// The number of the column of keys, where columns have no names.
fn number(format: &CsvFormat) -> Result<Option<usize>> {
    let column = format.key_column.as_str();
    if format.has_header || column.is_empty() {
        return Ok(None);
    }
    let digits = column.strip_prefix("column_").unwrap_or(column);
    match digits.parse() {
        Ok(number) => Ok(Some(number)),
        Err(_) => Err(Error::options(format!(
            "without a header, keyColumn must be the number of a column, from \"0\" on, not \
             \"{column}\""
        ))),
    }
}

impl Store {
    /// Puts the rows of a file, in batches. What was put before a bad row stays.
    pub fn import_csv(&self, name: &str, format: &CsvFormat) -> Result<Imported> {
        self.storage()?;
        if format.key_column.is_empty() {
            return Err(Error::options("keyColumn must name a column"));
        }
        let mut rows = Rows::open(name, &self.at(name), format)?;
        let imported = self.import(format.limit, format.batch, || rows.next())?;
        Ok(Imported {
            imported,
            bytes_read: rows.read(),
        })
    }

    /// Looks whether a file could be imported, or without a column of keys whether it can be read.
    /// Nothing is put.
    pub fn validate_csv(&self, name: &str, format: &CsvFormat) -> Result<Validated> {
        self.storage()?;
        let mut rows = match Rows::open(name, &self.at(name), format) {
            Ok(rows) => rows,
            Err(error) if error.kind == ErrorKind::SnapshotRead => {
                return Ok(Validated {
                    records: 0,
                    bytes_read: 0,
                    checked_all: false,
                    first_error: Some(error.message),
                });
            }
            Err(error) => return Err(error),
        };
        let mut found = validate(format.limit, || rows.next())?;
        found.bytes_read = rows.read();
        Ok(found)
    }

    /// Writes entries whose values are flat objects as rows. Without `columns` they are the
    /// members of the first entry.
    pub fn export_csv(
        &self,
        name: &str,
        prefix: &str,
        columns: Option<Vec<String>>,
        include_key: bool,
        delimiter: u8,
        limit: Option<u64>,
    ) -> Result<Exported> {
        self.storage()?;
        check_columns(columns.as_deref(), include_key)?;
        let limit = checked(limit)?;
        let mut file = Writer::create(name, self.at(name))?;
        let row = |fields: &[String]| -> Result<Vec<u8>> {
            let mut writer = WriterBuilder::new()
                .delimiter(delimiter)
                .from_writer(Vec::new());
            let failed = |why: String| Error::new(ErrorKind::SnapshotExport, why);
            writer
                .write_record(fields)
                .map_err(|error| failed(error.to_string()))?;
            writer
                .into_inner()
                .map_err(|error| failed(error.to_string()))
        };
        let header = |file: &mut Writer, columns: &[String]| {
            let key = include_key.then(|| "key".to_owned());
            let names: Vec<_> = key.into_iter().chain(columns.iter().cloned()).collect();
            file.write(&row(&names)?)
        };
        let mut columns = columns;
        if let Some(columns) = &columns {
            header(&mut file, columns)?;
        }
        let exported = self.pages(prefix, limit, PAGE, |key, value| {
            let value = serde_json::from_slice(value).map_err(|error| not_json(key, &error))?;
            let Value::Object(members) = value else {
                return Err(not_flat(key, "is not an object"));
            };
            if columns.is_none() {
                header(
                    &mut file,
                    &columns.insert(members.keys().cloned().collect())[..],
                )?;
            }
            let columns = columns.as_deref().unwrap_or_default();
            let mut fields = Vec::with_capacity(columns.len() + 1);
            if include_key {
                fields.push(key.to_owned());
            }
            for column in columns {
                fields.push(match members.get(column) {
                    None | Some(Value::Null) => String::new(),
                    Some(Value::String(text)) => text.clone(),
                    Some(Value::Array(_) | Value::Object(_)) => {
                        return Err(not_flat(
                            key,
                            &format!("has a \"{column}\" that is no scalar"),
                        ));
                    }
                    Some(other) => other.to_string(),
                });
            }
            file.write(&row(&fields)?)
        })?;
        let bytes_written = file.written;
        file.finish()?;
        Ok(Exported {
            exported,
            bytes_written,
        })
    }
}

/// Names of columns that can be told apart.
fn check_columns(columns: Option<&[String]>, include_key: bool) -> Result<()> {
    let Some(columns) = columns else {
        return Ok(());
    };
    if columns.is_empty() {
        return Err(Error::options("columns must name at least one column"));
    }
    for (index, column) in columns.iter().enumerate() {
        let wrong = if column.is_empty() {
            "has no name".to_owned()
        } else if columns.iter().take(index).any(|other| other == column) {
            format!("\"{}\" is there already", shown(column))
        } else if include_key && column == "key" {
            "\"key\" would be there twice: the key of an entry is the first column, unless \
             includeKey is false"
                .to_owned()
        } else {
            continue;
        };
        return Err(Error::options(format!("column {} {wrong}", index + 1)));
    }
    Ok(())
}

fn not_flat(key: &str, why: &str) -> Error {
    Error::new(
        ErrorKind::Serializer,
        format!(
            "the value of \"{}\" {why}, which CSV cannot hold; use exportJSONL",
            shown(key)
        ),
    )
}
