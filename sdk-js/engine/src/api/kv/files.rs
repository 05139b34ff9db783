//! Files: CSV, JSON lines, backups.

use crate::api::kv::value::{borrowed, refused_text};
use crate::bindings::runner::kv::manage::{self, CsvFormat, Exported, Imported, Validated};
use crate::js::{IntoJs, JsResult, Text, Val, array};

crate::natives! { install {
    c"importCsv"(
        file: Text, key: Text, header: bool, delimiter: u8, limit: Option<u64>, batch: Option<u32>
    ) => manage::import_csv(&file, format(&key, header, delimiter, limit, batch)).map_err(refused_text),
    c"validateCsv"(file: Text, key: Text, header: bool, delimiter: u8, limit: Option<u64>) =>
        manage::validate_csv(&file, format(&key, header, delimiter, limit, None)).map_err(refused_text),
    c"exportCsv"(
        file: Text, prefix: Text, columns: Option<Vec<Text>>, key: bool, delimiter: u8, limit: Option<u64>
    ) => {
        let columns = columns.as_deref().map(borrowed);
        manage::export_csv(&file, &prefix, columns.as_deref(), key, delimiter, limit)
            .map_err(refused_text)
    },
    c"importJsonl"(file: Text, limit: Option<u64>, batch: Option<u32>) =>
        manage::import_jsonl(&file, limit, batch).map_err(refused_text),
    c"validateJsonl"(file: Text, limit: Option<u64>) =>
        manage::validate_jsonl(&file, limit).map_err(refused_text),
    c"exportJsonl"(file: Text, prefix: Text, limit: Option<u64>) =>
        manage::export_jsonl(&file, &prefix, limit).map_err(refused_text),
    c"backup"(file: Text) => manage::backup(&file),
    c"restore"(file: Text, entries: Option<u64>, bytes: Option<u64>) =>
        manage::restore(&file, entries, bytes),
} }

fn format(
    key_column: &str,
    has_header: bool,
    delimiter: u8,
    limit: Option<u64>,
    batch_size: Option<u32>,
) -> CsvFormat<'_> {
    CsvFormat {
        key_column,
        has_header,
        delimiter,
        limit,
        batch_size,
    }
}

/// `[imported, bytesRead]`.
impl IntoJs for Imported {
    fn into_js(self) -> JsResult<Val> {
        (self.imported, self.bytes_read).into_js()
    }
}

/// `[exported, bytesWritten]`.
impl IntoJs for Exported {
    fn into_js(self) -> JsResult<Val> {
        (self.exported, self.bytes_written).into_js()
    }
}

/// `[records, bytesRead, checkedAll, firstError]`.
impl IntoJs for Validated {
    fn into_js(self) -> JsResult<Val> {
        array([
            self.records.into_js(),
            self.bytes_read.into_js(),
            self.checked_all.into_js(),
            self.first_error.map_or(Ok(Val::UNDEFINED), IntoJs::into_js),
        ])
    }
}
