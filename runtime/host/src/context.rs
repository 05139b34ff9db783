//! What the VUs of a run share: what each capability has for all of them, and what stands over all
//! capabilities.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use jiff::tz::TimeZone;
use runner_metrics::{MetricId, Metrics, Registry, SystemTags};

use crate::data::DataContext;
use crate::execution::{AbortRequest, InstanceCounters};
use crate::extension::Extensions;
use crate::http::HttpContext;
use crate::log::{LogSink, Repeats};

/// What exists from the moment the script is read.
pub struct ScriptContext {
    /// Modules, files and shared arrays.
    pub data: DataContext,
    /// Where relative paths start, and what places in messages are shown relative to.
    pub folder: PathBuf,
    /// The key-value store of the run.
    pub kv: runner_kv::Slot,
    /// What `k6/x/…` can mean.
    pub extensions: Arc<Extensions>,
    /// Environment of the script.
    pub env: Vec<(String, String)>,
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
    pub http: HttpContext,
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
