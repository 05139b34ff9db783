//! What the VUs of a run share.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use jiff::tz::TimeZone;
use parking_lot::RwLock;
use runner_metrics::{MetricId, Metrics, Registry, SystemTags};
use runner_script::{Files, ModuleStore};

use crate::extension::Extensions;
use crate::repeats::Repeats;

/// How serious a log line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Only with `--verbose`.
    Debug,
    /// Ordinary.
    Info,
    /// Something that the user should look at.
    Warn,
    /// Something failed.
    Error,
}

/// Where log lines go. Must not block on a slow reader.
pub trait LogSink: Send + Sync {
    /// Writes one line; `source` says which part of the run it comes from, `fields` are further
    /// names and values.
    fn log(&self, level: Level, source: &str, message: &str, fields: &[(&str, &str)]);

    /// Says what takes its time before a run can begin, such as `compiling the JS engine`; None when
    /// it has ended. Of several that overlap the last one told is shown.
    fn busy(&self, what: Option<&str>) {
        let _ = what;
    }
}

/// Says to `log` that a file is compiled, with its size.
pub fn compiling(log: &dyn LogSink, what: &str, bytes: usize) {
    let size = match bytes as f64 {
        small if small < 1e6 => format!("{:.0} kB", small / 1e3),
        large => format!("{:.1} MB", large / 1e6),
    };
    log.busy(Some(&format!(
        "compiling {what} ({size}), once on this machine"
    )));
}

/// Why a script wants to end the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AbortRequest {
    /// `exec.test.abort`: stop now, exit code 108.
    Abort(String),
    /// `exec.test.fail`: go on, exit code 110.
    Fail(String),
}

/// How JavaScript is to differ from what it is by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JsSettings {
    /// There is no `global`: the compatibility mode `base`.
    pub base: bool,
    /// `__ENV` is read-only: the feature `freeze-env`.
    pub freeze_env: bool,
}

impl JsSettings {
    /// The id under which the JS engine asks for them, as for a JSON module.
    pub const MODULE: &str = "runner:settings";

    /// The settings that are on, as a JSON list; none where all are as usual.
    pub fn to_json(self) -> Option<String> {
        let named = [(self.base, "\"base\""), (self.freeze_env, "\"freeze-env\"")];
        let on: Vec<_> = named
            .iter()
            .filter(|(on, _)| *on)
            .map(|(_, name)| *name)
            .collect();
        (!on.is_empty()).then(|| format!("[{}]", on.join(",")))
    }
}

/// Live counters of the process, for `exec.instance`.
pub trait InstanceCounters: Send + Sync {
    /// Iterations that ran to their end.
    fn completed(&self) -> u64;
    /// Iterations that were cut short.
    fn interrupted(&self) -> u64;
    /// The id in the whole test of the VU with this id in this process.
    fn vu_in_test(&self, vu: u64) -> u64;
    /// VUs that are running an iteration.
    fn vus_active(&self) -> u64;
    /// VUs that exist.
    fn vus_initialized(&self) -> u64;
    /// Since the scenarios started; zero before.
    fn elapsed(&self) -> Duration;
    /// When the clock of the named scenario started, as Unix time in nanoseconds, and how far it
    /// is, 0 to 1.
    fn scenario(&self, name: &str) -> (u64, f64);
}

/// What exists from the moment the script is read.
pub struct ScriptContext {
    /// Modules of an interpreted script; none for a compiled one.
    pub modules: Option<Arc<ModuleStore>>,
    /// Files beside the script.
    pub files: Arc<Files>,
    /// Read-only arrays, once per process.
    pub shared: SharedArrays,
    /// The key-value store of the run.
    pub kv: runner_kv::Slot,
    /// What `k6/x/…` can mean.
    pub extensions: Arc<Extensions>,
    /// Environment of the script.
    pub env: Vec<(String, String)>,
    /// What the JS engine is told besides.
    pub js: JsSettings,
    /// Names and kinds of metrics.
    pub registry: Arc<Registry>,
    /// Where log lines go.
    pub log: Arc<dyn LogSink>,
    /// Where those go that an iteration may repeat.
    pub repeats: Arc<Repeats>,
    /// How a script ends the run.
    pub abort: Box<dyn Fn(AbortRequest) + Send + Sync>,
    /// Zero of the monotonic clock that guests see.
    pub epoch: Instant,
    /// Unix time at that zero, in nanoseconds: guests' wall clock costs no system call of its own.
    pub epoch_unix: u64,
    /// Local time of scripts.
    pub zone: TimeZone,
}

impl ScriptContext {
    /// Unix nanoseconds of `at`.
    pub fn unix_nanos(&self, at: Instant) -> u64 {
        let offset = at.saturating_duration_since(self.epoch).as_nanos();
        self.epoch_unix
            .saturating_add(u64::try_from(offset).unwrap_or(u64::MAX))
    }

    /// Now, as [`ScriptContext::epoch_unix`] wants it.
    pub fn unix_now() -> u64 {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    }
}

impl std::fmt::Debug for ScriptContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScriptContext").finish_non_exhaustive()
    }
}

/// What exists once the run is planned.
pub struct LoadContext {
    /// Aggregation of samples.
    pub metrics: Arc<Metrics>,
    /// What all HTTP clients share.
    pub http: Arc<runner_http::Shared>,
    /// What HTTP clients tell about besides outcomes.
    pub http_log: Arc<dyn runner_http::Notices>,
    /// Tags on every sample of the run.
    pub run_tags: Vec<(String, String)>,
    /// Which system tags are recorded.
    pub system_tags: SystemTags,
    /// Resolved options as JSON, for `exec.test.options`.
    pub options: String,
    /// Live counters.
    pub counters: Arc<dyn InstanceCounters>,
    /// The rate of failed iterations, where somebody asked for it.
    pub failed: Option<MetricId>,
}

impl std::fmt::Debug for LoadContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoadContext").finish_non_exhaustive()
    }
}

/// Arrays that exist once per process. Elements are JSON texts.
#[derive(Debug, Default)]
pub struct SharedArrays {
    arrays: RwLock<Arrays>,
}

#[derive(Debug, Default)]
struct Arrays {
    by_name: HashMap<String, u32>,
    all: Vec<Arc<[Box<str>]>>,
}

impl SharedArrays {
    /// Id and length of the array of that name.
    pub fn open(&self, name: &str) -> Option<(u32, u32)> {
        let arrays = self.arrays.read();
        let id = *arrays.by_name.get(name)?;
        Some((id, arrays.length(id)))
    }

    /// Makes the array, or returns the one that another VU made first.
    pub fn create(&self, name: String, elements: Vec<String>) -> (u32, u32) {
        let mut arrays = self.arrays.write();
        let next = u32::try_from(arrays.all.len()).unwrap_or(u32::MAX);
        let id = *arrays.by_name.entry(name).or_insert(next);
        if id == next {
            arrays
                .all
                .push(elements.into_iter().map(String::into_boxed_str).collect());
        }
        (id, arrays.length(id))
    }

    /// One whole array.
    pub fn get(&self, id: u32) -> Option<Arc<[Box<str>]>> {
        self.arrays.read().all.get(id as usize).cloned()
    }
}

impl Arrays {
    fn length(&self, id: u32) -> u32 {
        let length = self
            .all
            .get(id as usize)
            .map_or(0, |elements| elements.len());
        u32::try_from(length).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unusual_settings_are_told() {
        assert_eq!(JsSettings::default().to_json(), None);
        let settings = JsSettings {
            base: true,
            freeze_env: true,
        };
        let told = settings.to_json().unwrap();
        assert_eq!(told, r#"["base","freeze-env"]"#);
    }

    #[test]
    fn the_first_shared_array_of_a_name_wins() {
        let arrays = SharedArrays::default();
        assert_eq!(arrays.open("users"), None);
        let first = arrays.create("users".into(), vec!["1".into(), "2".into()]);
        assert_eq!(arrays.create("users".into(), vec!["9".into()]), first);
        assert_eq!(arrays.open("users"), Some(first));
        assert_eq!(&*arrays.get(first.0).unwrap()[1], "2");
        assert!(arrays.get(7).is_none());
    }
}
