//! `runner:kv/manage`: opening the store, and its files.

use std::path::{Path, PathBuf};
use std::time::Duration;

use runner_kv::{
    Backend, CsvFormat, DEFAULT_MEMORY, Exported, Imported, Options, RestoreLimits, Serialization,
    Validated,
};

use super::waiting;
use crate::bindings::runner::kv::manage as wit;
use crate::bindings::runner::kv::store::{Error, ErrorKind};
use crate::{Phase, VuState};

type Result<T> = std::result::Result<T, Error>;

impl VuState {
    /// Whether whoever is running may read that file: the script may, extensions where granted.
    fn may_read(&self, file: &str) -> Result<()> {
        let reach = self.reach.as_ref();
        reach.map_or(Ok(()), |reach| {
            reach
                .read(&self.script.folder, Path::new(file))
                .map_err(denied)
        })
    }

    fn may_write(&self, file: &str) -> Result<()> {
        let reach = self.reach.as_ref();
        reach.map_or(Ok(()), |reach| {
            reach
                .write(&self.script.folder, Path::new(file))
                .map_err(denied)
        })
    }
}

fn denied(message: String) -> Error {
    let kind = ErrorKind::SnapshotPermission;
    Error { kind, message }
}

impl wit::Host for VuState {
    fn open(&mut self, options: wit::Options) -> Result<()> {
        // An extension that is started anew says again what it said before.
        let again = self.reach.is_some() && self.script.kv.is_configured();
        if self.phase() != Phase::Init && !again {
            return Err(Error {
                kind: ErrorKind::OutsideInit,
                message: "openKv() must be called in the init context".to_owned(),
            });
        }
        if let wit::Backend::Disk(disk) = &options.backend {
            match disk.read_only {
                true => self.may_read(&disk.path)?,
                false => self.may_write(&disk.path)?,
            }
        }
        // The store is the run's, and so is what VUs that start from an image find open.
        self.run_only();
        let kv = &self.script.kv;
        kv.configure(resolve(options))?;
        if self.load.is_some() {
            waiting(|| kv.store().map(drop))?;
        }
        Ok(())
    }

    fn close(&mut self) -> Result<()> {
        self.kv_long(runner_kv::Store::close)
    }

    fn rebuild_index(&mut self) -> Result<()> {
        self.kv_long(runner_kv::Store::rebuild)
    }

    fn import_csv(&mut self, file: String, format: wit::CsvFormat) -> Result<wit::Imported> {
        self.may_read(&file)?;
        let format = csv(format);
        self.kv_long(|store| store.import_csv(&file, &format))
            .map(imported)
    }

    fn validate_csv(&mut self, file: String, format: wit::CsvFormat) -> Result<wit::Validated> {
        self.may_read(&file)?;
        let format = csv(format);
        self.kv_long(|store| store.validate_csv(&file, &format))
            .map(validated)
    }

    fn export_csv(
        &mut self,
        file: String,
        prefix: String,
        columns: Option<Vec<String>>,
        include_key: bool,
        delimiter: u8,
        limit: Option<u64>,
    ) -> Result<wit::Exported> {
        self.may_write(&file)?;
        self.kv_long(|store| {
            store.export_csv(&file, &prefix, columns, include_key, delimiter, limit)
        })
        .map(exported)
    }

    fn import_jsonl(
        &mut self,
        file: String,
        limit: Option<u64>,
        batch_size: Option<u32>,
    ) -> Result<wit::Imported> {
        self.may_read(&file)?;
        let batch = batch_size.map(|size| size as usize);
        self.kv_long(|store| store.import_jsonl(&file, limit, batch))
            .map(imported)
    }

    fn validate_jsonl(&mut self, file: String, limit: Option<u64>) -> Result<wit::Validated> {
        self.may_read(&file)?;
        self.kv_long(|store| store.validate_jsonl(&file, limit))
            .map(validated)
    }

    fn export_jsonl(
        &mut self,
        file: String,
        prefix: String,
        limit: Option<u64>,
    ) -> Result<wit::Exported> {
        self.may_write(&file)?;
        self.kv_long(|store| store.export_jsonl(&file, &prefix, limit))
            .map(exported)
    }

    fn backup(&mut self, file: String) -> Result<wit::Exported> {
        self.may_write(&file)?;
        self.kv_long(|store| store.backup(&file)).map(exported)
    }

    fn restore(
        &mut self,
        file: String,
        max_entries: Option<u64>,
        max_bytes: Option<u64>,
    ) -> Result<u64> {
        self.may_read(&file)?;
        let limits = RestoreLimits {
            entries: max_entries,
            bytes: max_bytes,
        };
        self.kv_long(|store| store.restore(&file, limits))
    }
}

fn resolve(options: wit::Options) -> Options {
    let backend = match options.backend {
        wit::Backend::Memory(memory) => Backend::Memory {
            shards: memory.shards as usize,
            max_bytes: match memory.max_bytes {
                0 => DEFAULT_MEMORY,
                bytes => bytes,
            },
        },
        wit::Backend::Disk(disk) => Backend::Disk {
            path: PathBuf::from(disk.path),
            timeout: Duration::from_nanos(disk.lock_timeout),
            sync: disk.sync,
            read_only: disk.read_only,
        },
    };
    Options {
        backend,
        serialization: if options.json {
            Serialization::Json
        } else {
            Serialization::String
        },
        track_keys: options.track_keys,
    }
}

fn csv(format: wit::CsvFormat) -> CsvFormat {
    CsvFormat {
        key_column: format.key_column,
        has_header: format.has_header,
        delimiter: format.delimiter,
        limit: format.limit,
        batch: format.batch_size.map(|size| size as usize),
    }
}

fn imported(imported: Imported) -> wit::Imported {
    wit::Imported {
        imported: imported.imported,
        bytes_read: imported.bytes_read,
    }
}

fn exported(exported: Exported) -> wit::Exported {
    wit::Exported {
        exported: exported.exported,
        bytes_written: exported.bytes_written,
    }
}

fn validated(validated: Validated) -> wit::Validated {
    wit::Validated {
        records: validated.records,
        bytes_read: validated.bytes_read,
        checked_all: validated.checked_all,
        first_error: validated.first_error,
    }
}
