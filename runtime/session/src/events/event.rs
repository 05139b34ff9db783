//! What a session tells its surroundings, as it happens: one stream, from which whoever shows a run
//! takes what it shows. Words for users are made by whoever shows them, except in log lines, which are
//! the script's, or were collapsed with others of their kind.

use std::time::Duration;

use runner_host::{Level, LogSink};
use runner_metrics::ThresholdResult;
use runner_scheduler::{AbortReason, RunProgress};

/// Something that happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A line of the log.
    Log {
        /// How serious it is.
        level: Level,
        /// Which part of the run it comes from; empty for the tool itself.
        source: &'a str,
        /// Its text.
        message: &'a str,
        /// Further names and values.
        fields: &'a [(&'a str, &'a str)],
    },
    /// What takes its time before a run can begin, such as `compiling the JS engine`; none when it has
    /// ended. Of several that overlap the last one told is shown.
    Busy(Option<&'a str>),
    /// Where the run is.
    Stage(Stage),
    /// How far it is, several times a second, from a thread of its own.
    Progress(&'a RunProgress),
    /// Thresholds were evaluated.
    Thresholds(&'a [ThresholdResult]),
    /// Something that the user should know of the run.
    Notice(&'a Notice),
}

/// Hears what happens. Called from any thread; must not block on a slow reader.
pub trait Events: Send + Sync {
    /// `event` happened.
    fn event(&self, event: Event<'_>);

    /// How long it is between two [`Event::Progress`]; none for no progress at all.
    fn progress_every(&self) -> Option<Duration> {
        None
    }
}

/// Where a run is, for whoever shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// VUs are made: how many there are, of how many.
    Initialising(u64, u64),
    /// All is ready, but the run is paused.
    Paused,
    /// setup runs.
    Setup,
    /// The scenarios run.
    Running,
    /// teardown runs.
    Teardown,
    /// All is over, but the user wants to look at it before the summary.
    Lingering,
    /// All is over but the summary.
    Finished,
}

/// Something that the user should know of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// Compiled code could not be kept: why.
    Uncached(String),
    /// Each VU runs the script's init: why, and whether an image was asked for.
    NoImage {
        /// In words that follow "each VU runs the script's init:".
        reason: String,
        /// `--fork always`.
        was_wanted: bool,
    },
    /// A component that is built runs its init code at each start: why.
    NoPortableImage(String),
    /// VUs start from an image.
    Image {
        /// Bytes that are stored of it.
        bytes: usize,
        /// How long it took.
        took: Duration,
    },
    /// The run was ended early. Not for thresholds, see [`Notice::Crossed`].
    Aborted(AbortReason),
    /// No iteration came to its end.
    NothingCompleted,
    /// The script called `exec.test.fail`.
    MarkedAsFailed,
    /// Thresholds on these metrics were crossed.
    Crossed {
        /// Metrics and submetrics, in alphabetical order.
        names: Vec<String>,
        /// They ended the run.
        ended: bool,
    },
    /// Iterations failed, and that is not to be.
    IterationsFailed(u64),
    /// So many different sets of tags that samples take much memory.
    ManySeries(u64),
    /// A VU could not be started.
    NoVu {
        /// Its number; none where a task that makes VUs ended.
        vu: Option<u64>,
        /// Why, in words for the user.
        error: String,
    },
    /// setup or teardown failed.
    Phase {
        /// Why.
        error: String,
        /// What would have to be changed.
        remedy: Remedy,
    },
    /// handleSummary failed, or what stands in its place.
    Summary(String),
    /// An output fails, and the run goes on.
    Output {
        /// Its name.
        name: String,
        /// Why.
        error: String,
    },
    /// An output did not get or write all samples.
    Lost {
        /// Its name.
        name: String,
        /// How many.
        samples: u64,
        /// Why; none where it was slower than the test.
        reason: Option<String>,
    },
}

/// What helps where setup or teardown failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// A longer time, with this option.
    Timeout(&'static str),
    /// Mending the script's exception.
    Script,
    /// Nothing that is known.
    None,
}

/// A session's events as the log of everything below it.
pub(crate) struct AsLog(pub(crate) std::sync::Arc<dyn Events>);

impl LogSink for AsLog {
    fn log(&self, level: Level, source: &str, message: &str, fields: &[(&str, &str)]) {
        self.0.event(Event::Log {
            level,
            source,
            message,
            fields,
        });
    }

    fn busy(&self, what: Option<&str>) {
        self.0.event(Event::Busy(what));
    }
}
