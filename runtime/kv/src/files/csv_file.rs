//! CSV: one entry per row. A row is an object of texts in a JSON store, named by the header; one
//! column is the key.

use std::fs::File;
use std::io::BufReader;

use bytes::Bytes;
use csv::{ReaderBuilder, StringRecord, WriterBuilder};
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};
use crate::files::jsonl::not_json;
use crate::files::writer::Writer;
use crate::files::{Exported, Imported, Validated, bounds};
use crate::options::{check_key, shown};
use crate::store::Store;

/// Entries that are read from the store at once.
const PAGE: usize = 1_000;

/// How rows are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvFormat {
    /// The column whose text is the key; without a header `column_0` and so on.
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
    reader: csv::Reader<BufReader<File>>,
    columns: Vec<String>,
    key: usize,
    record: StringRecord,
}

impl<'a> Rows<'a> {
    fn open(name: &'a str, format: &CsvFormat) -> Result<Self> {
        if format.key_column.is_empty() {
            return Err(Error::options("keyColumn must name a column"));
        }
        let file = File::open(name).map_err(|error| Error::reading(name, &error))?;
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
            .from_reader(BufReader::new(file));
        let mut rows = Self {
            name,
            reader,
            columns: Vec::new(),
            key: 0,
            record: StringRecord::new(),
        };
        if format.has_header {
            rows.header(&format.key_column)?;
        } else {
            let number = format.key_column.strip_prefix("column_");
            rows.key = number.and_then(|number| number.parse().ok()).ok_or_else(|| {
                Error::options(format!(
                    "without a header, keyColumn must be column_0, column_1 and so on, not \"{}\"",
                    format.key_column
                ))
            })?;
        }
        Ok(rows)
    }

    fn header(&mut self, key: &str) -> Result<()> {
        if !self.advance()? {
            return Err(self.bad("there is no header"));
        }
        self.columns = self.record.iter().map(str::to_owned).collect();
        if let Some(first) = self.columns.first_mut()
            && let Some(rest) = first.strip_prefix('\u{feff}')
        {
            *first = rest.to_owned();
        }
        for (index, column) in self.columns.iter().enumerate() {
            if self.columns.iter().take(index).any(|other| other == column) {
                return Err(self.bad(&format!("the column \"{}\" is there twice", shown(column))));
            }
        }
        let position = self.columns.iter().position(|column| column == key);
        self.key = position.ok_or_else(|| {
            let known = shown(&self.columns.join(", "));
            self.bad(&format!("no column \"{key}\"; there are: {known}"))
        })?;
        Ok(())
    }

    fn advance(&mut self) -> Result<bool> {
        self.reader.read_record(&mut self.record).map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            Error::new(
                ErrorKind::SnapshotRead,
                format!("\"{}\" line {line}: {error}", self.name),
            )
        })
    }

    fn bad(&self, why: &str) -> Error {
        let line = self.record.position().map_or(1, csv::Position::line);
        Error::new(
            ErrorKind::SnapshotRead,
            format!("\"{}\" line {line}: {why}", self.name),
        )
    }

    /// The next entry; none at the end.
    fn next(&mut self) -> Result<Option<(String, Bytes)>> {
        if !self.advance()? {
            return Ok(None);
        }
        let key = self.record.get(self.key).unwrap_or_default().to_owned();
        check_key(&key).map_err(|error| self.bad(&error.message))?;
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

impl Store {
    /// Puts the rows of a file, in batches. What was put before a bad row stays.
    pub fn import_csv(&self, name: &str, format: &CsvFormat) -> Result<Imported> {
        let (limit, batch) = bounds(format.limit, format.batch)?;
        let mut rows = Rows::open(name, format)?;
        let mut imported = 0;
        let mut entries = Vec::new();
        while imported + (entries.len() as u64) < limit {
            let Some(entry) = rows.next()? else { break };
            entries.push(entry);
            if entries.len() == batch {
                imported += self.set_many(std::mem::take(&mut entries), None)?;
            }
        }
        imported += self.set_many(entries, None)?;
        Ok(Imported {
            imported,
            bytes_read: rows.read(),
        })
    }

    /// Looks whether a file could be imported. Nothing is put.
    pub fn validate_csv(&self, name: &str, format: &CsvFormat) -> Result<Validated> {
        let (limit, _) = bounds(format.limit, format.batch)?;
        let mut result = Validated {
            records: 0,
            bytes_read: 0,
            checked_all: false,
            first_error: None,
        };
        let mut rows = match Rows::open(name, format) {
            Ok(rows) => rows,
            Err(error) if error.kind == ErrorKind::SnapshotRead => {
                result.first_error = Some(error.message);
                return Ok(result);
            }
            Err(error) => return Err(error),
        };
        while result.records < limit {
            match rows.next() {
                Ok(Some(_)) => result.records += 1,
                Ok(None) => {
                    result.checked_all = true;
                    break;
                }
                Err(error) => {
                    result.first_error = Some(error.message);
                    break;
                }
            }
        }
        result.bytes_read = rows.read();
        Ok(result)
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
        let mut file = Writer::create(name)?;
        let mut columns = columns;
        let mut first = true;
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
        let exported = self.pages(prefix, limit, PAGE, |key, value| {
            let value = serde_json::from_slice(value).map_err(|error| not_json(key, &error))?;
            let Value::Object(members) = value else {
                return Err(not_flat(key, "is not an object"));
            };
            let columns = columns.get_or_insert_with(|| members.keys().cloned().collect());
            if std::mem::take(&mut first) {
                let key_name = include_key.then(|| "key".to_owned());
                let names: Vec<_> = key_name
                    .into_iter()
                    .chain(columns.iter().cloned())
                    .collect();
                file.write(&row(&names)?)?;
            }
            let mut fields = Vec::with_capacity(columns.len() + 1);
            if include_key {
                fields.push(key.to_owned());
            }
            for column in columns.iter() {
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

fn not_flat(key: &str, why: &str) -> Error {
    Error::new(
        ErrorKind::Serializer,
        format!(
            "the value of \"{}\" {why}, which CSV cannot hold; use exportJSONL",
            shown(key)
        ),
    )
}
