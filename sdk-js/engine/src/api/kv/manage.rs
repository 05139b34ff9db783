//! Opening, and statistics.

use crate::api::kv::value::{TEXT, refused, refused_as};
use crate::bindings::runner::kv::manage::{self, Backend, DiskOptions, MemoryOptions, Options};
use crate::bindings::runner::kv::store::{self, Stats};
use crate::bindings::runner::tasks::tasks;
use crate::js::{JsResult, Text, Val};
use crate::state::engine;

crate::natives! { install {
    c"inInit"() => engine().vu.in_init(),
    /// Milliseconds with a fraction.
    c"now"() => tasks::now() as f64 / 1e6,
    c"open"(
        memory: bool, json: bool, track_keys: bool, shards: u32, max_bytes: u64, path: Text,
        timeout: f64, sync: bool, read_only: bool
    ) => {
        let backend = if memory {
            Backend::Memory(MemoryOptions { shards, max_bytes })
        } else {
            let lock_timeout = (timeout * 1e6) as u64;
            Backend::Disk(DiskOptions { path: &path, lock_timeout, sync, read_only })
        };
        manage::open(Options { backend, json, track_keys }).map_err(refused)?;
        TEXT.set(!json);
    },
    c"rebuild"() => manage::rebuild_index().map_err(refused_as("KeyListRebuildError")),
    c"stats"() => stats(store::get_stats().map_err(refused_as("DiskStoreSizeError"))?),
} }

/// What `stats()` resolves to.
fn stats(stats: Stats) -> JsResult<Val> {
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
