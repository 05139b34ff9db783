//! Opening, files, statistics.

use rquickjs_sys::JSValue;

use crate::api::kv::value::{array, borrowed, optional, refused, refused_as, refused_text, texts};
use crate::bindings::runner::kv::manage::{
    self, Backend, CsvFormat, DiskOptions, Exported, Imported, MemoryOptions, Options, Validated,
};
use crate::bindings::runner::kv::store;
use crate::bindings::runner::tasks::tasks;
use crate::js::{Args, JsResult, Text, Val, define, is_undefined, number, truthy};
use crate::native;
use crate::state::engine;

native! {
    js_in_init = in_init;
    js_now = now;
    js_open = open;
    js_rebuild = rebuild;
    js_import_csv = import_csv;
    js_validate_csv = validate_csv;
    js_export_csv = export_csv;
    js_import_jsonl = import_jsonl;
    js_validate_jsonl = validate_jsonl;
    js_export_jsonl = export_jsonl;
    js_backup = backup;
    js_restore = restore;
    js_stats = stats;
}

pub fn install(native: &Val) -> JsResult<()> {
    define(native, c"inInit", 0, js_in_init)?;
    define(native, c"now", 0, js_now)?;
    define(native, c"open", 9, js_open)?;
    define(native, c"rebuild", 0, js_rebuild)?;
    define(native, c"importCsv", 6, js_import_csv)?;
    define(native, c"validateCsv", 6, js_validate_csv)?;
    define(native, c"exportCsv", 6, js_export_csv)?;
    define(native, c"importJsonl", 3, js_import_jsonl)?;
    define(native, c"validateJsonl", 2, js_validate_jsonl)?;
    define(native, c"exportJsonl", 3, js_export_jsonl)?;
    define(native, c"backup", 1, js_backup)?;
    define(native, c"restore", 3, js_restore)?;
    define(native, c"stats", 0, js_stats)
}

fn in_init(_: JSValue, _: Args) -> JsResult<Val> {
    Ok(Val::bool(engine().vu.in_init()))
}

/// Milliseconds with a fraction.
fn now(_: JSValue, _: Args) -> JsResult<Val> {
    Ok(Val::num(tasks::now() as f64 / 1e6))
}

/// `(memory, json, trackKeys, shards, maxBytes, path, timeout, sync, readOnly)`.
fn open(_: JSValue, args: Args) -> JsResult<Val> {
    let path = Text::of(args.at(5))?;
    let backend = if truthy(args.at(0))? {
        Backend::Memory(MemoryOptions {
            shards: number(args.at(3))? as u32,
            max_bytes: number(args.at(4))? as u64,
        })
    } else {
        Backend::Disk(DiskOptions {
            path: &path,
            lock_timeout: (number(args.at(6))? * 1e6) as u64,
            sync: truthy(args.at(7))?,
            read_only: truthy(args.at(8))?,
        })
    };
    let json = truthy(args.at(1))?;
    let options = Options {
        backend,
        json,
        track_keys: truthy(args.at(2))?,
    };
    manage::open(options).map_err(refused)?;
    engine().vu.kv_text.set(!json);
    Ok(Val::UNDEFINED)
}

fn rebuild(_: JSValue, _: Args) -> JsResult<Val> {
    manage::rebuild_index()
        .map(|()| Val::UNDEFINED)
        .map_err(refused_as("KeyListRebuildError"))
}

fn imported(result: Imported) -> JsResult<Val> {
    array([
        Ok(Val::count(result.imported)),
        Ok(Val::count(result.bytes_read)),
    ])
}

fn exported(result: Exported) -> JsResult<Val> {
    array([
        Ok(Val::count(result.exported)),
        Ok(Val::count(result.bytes_written)),
    ])
}

fn validated(result: Validated) -> JsResult<Val> {
    array([
        Ok(Val::count(result.records)),
        Ok(Val::count(result.bytes_read)),
        Ok(Val::bool(result.checked_all)),
        result
            .first_error
            .map_or(Ok(Val::UNDEFINED), |error| Val::str(&error)),
    ])
}

/// From `(file, keyColumn, hasHeader, delimiter, limit, batchSize)`.
fn format<'a>(column: &'a Text, args: Args) -> JsResult<CsvFormat<'a>> {
    Ok(CsvFormat {
        key_column: column,
        has_header: truthy(args.at(2))?,
        delimiter: number(args.at(3))? as u8,
        limit: optional(args.at(4))?,
        batch_size: optional(args.at(5))?.map(|size| size as u32),
    })
}

fn import_csv(_: JSValue, args: Args) -> JsResult<Val> {
    let (file, column) = (Text::of(args.at(0))?, Text::of(args.at(1))?);
    imported(manage::import_csv(&file, format(&column, args)?).map_err(refused_text)?)
}

fn validate_csv(_: JSValue, args: Args) -> JsResult<Val> {
    let (file, column) = (Text::of(args.at(0))?, Text::of(args.at(1))?);
    validated(manage::validate_csv(&file, format(&column, args)?).map_err(refused_text)?)
}

/// `(file, prefix, columns, includeKey, delimiter, limit)`.
fn export_csv(_: JSValue, args: Args) -> JsResult<Val> {
    let (file, prefix) = (Text::of(args.at(0))?, Text::of(args.at(1))?);
    let columns = if is_undefined(args.at(2)) {
        None
    } else {
        Some(texts(args.at(2))?)
    };
    let columns = columns.as_deref().map(borrowed);
    let result = manage::export_csv(
        &file,
        &prefix,
        columns.as_deref(),
        truthy(args.at(3))?,
        number(args.at(4))? as u8,
        optional(args.at(5))?,
    );
    exported(result.map_err(refused_text)?)
}

fn import_jsonl(_: JSValue, args: Args) -> JsResult<Val> {
    let batch = optional(args.at(2))?.map(|size| size as u32);
    let result = manage::import_jsonl(&Text::of(args.at(0))?, optional(args.at(1))?, batch);
    imported(result.map_err(refused_text)?)
}

fn validate_jsonl(_: JSValue, args: Args) -> JsResult<Val> {
    let result = manage::validate_jsonl(&Text::of(args.at(0))?, optional(args.at(1))?);
    validated(result.map_err(refused_text)?)
}

fn export_jsonl(_: JSValue, args: Args) -> JsResult<Val> {
    let (file, prefix) = (Text::of(args.at(0))?, Text::of(args.at(1))?);
    let result = manage::export_jsonl(&file, &prefix, optional(args.at(2))?);
    exported(result.map_err(refused_text)?)
}

fn backup(_: JSValue, args: Args) -> JsResult<Val> {
    exported(manage::backup(&Text::of(args.at(0))?).map_err(refused)?)
}

fn restore(_: JSValue, args: Args) -> JsResult<Val> {
    let file = Text::of(args.at(0))?;
    let count = manage::restore(&file, optional(args.at(1))?, optional(args.at(2))?);
    count.map(Val::count).map_err(refused)
}

/// What `stats()` resolves to.
fn stats(_: JSValue, _: Args) -> JsResult<Val> {
    let stats = store::get_stats().map_err(refused_as("DiskStoreSizeError"))?;
    let result = Val::object()?;
    let name = |one: bool, yes: &str, no: &str| Val::str(if one { yes } else { no });
    result.set_str("backend", name(stats.memory, "memory", "disk")?)?;
    result.set_str("serialization", name(stats.json, "json", "string")?)?;
    result.set_str("trackKeys", Val::bool(stats.track_keys))?;
    result.set_str("count", Val::count(stats.count))?;
    let claims = Val::object()?;
    claims.set_str("live", Val::count(stats.claims_live))?;
    claims.set_str("expired", Val::count(stats.claims_expired))?;
    result.set_str("claims", claims)?;
    let index = match stats.index_keys {
        None => Val::NULL,
        Some(keys) => {
            let index = Val::object()?;
            index.set_str("enabled", Val::bool(true))?;
            index.set_str("keysList", Val::count(keys))?;
            index.set_str("consistent", Val::bool(keys == stats.count))?;
            index
        }
    };
    result.set_str("index", index)?;
    let disk = if stats.memory {
        Val::NULL
    } else {
        let disk = Val::object()?;
        disk.set_str("path", Val::str(&stats.path)?)?;
        disk.set_str("sizeBytes", Val::count(stats.bytes))?;
        disk.set_str("readOnly", Val::bool(stats.read_only))?;
        disk
    };
    result.set_str("disk", disk)?;
    let memory = if stats.memory {
        let memory = Val::object()?;
        memory.set_str("sizeBytes", Val::count(stats.bytes))?;
        memory
    } else {
        Val::NULL
    };
    result.set_str("memory", memory)?;
    Ok(result)
}
