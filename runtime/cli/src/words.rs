//! What a session's notices say to users.

use runner_session::{AbortReason, Notice, Remedy};

use crate::logging::Level;

/// A line of the log.
pub struct Line {
    /// How serious it is.
    pub level: Level,
    /// What happened.
    pub message: String,
    /// Further names and values.
    pub fields: Vec<(&'static str, String)>,
}

/// Puts a notice into words; nothing where it has been said with something else.
pub fn line(notice: &Notice) -> Option<Line> {
    let error = |message: String| said(Level::Error, message);
    let warning = |message: String| said(Level::Warning, message);
    let debug = |message: String| said(Level::Debug, message);
    Some(match notice {
        Notice::Uncached(reason) => warning(format!(
            "compiled code is not kept, so each start compiles anew: {reason}"
        )),
        Notice::NoImage { reason, was_wanted } => {
            let message = format!("each VU runs the script's init: {reason}");
            match was_wanted {
                true => warning(message),
                false => debug(message),
            }
        }
        Notice::NoPortableImage(reason) => debug(format!(
            "the component runs init code at each start: {reason}"
        )),
        Notice::Image { bytes, took } => debug(format!(
            "VUs start from an image of the initialised script: {} KiB, made in {:.1} ms",
            bytes >> 10,
            took.as_secs_f64() * 1e3
        )),
        Notice::Aborted(reason) => error(aborted(reason)?),
        Notice::NothingCompleted => warning(
            "No script iterations fully finished, consider making the test duration longer".into(),
        ),
        Notice::MarkedAsFailed => error("test run was marked as failed".into()),
        Notice::Crossed { names, ended: true } => error(format!(
            "thresholds on metrics '{}' were crossed; at least one has abortOnFail enabled, stopping \
             test prematurely",
            names.join(", ")
        )),
        Notice::Crossed {
            names,
            ended: false,
        } => error(format!(
            "thresholds on metrics '{}' have been crossed",
            names.join(", ")
        )),
        Notice::IterationsFailed(1) => error("an iteration failed (--fail-on-exceptions)".into()),
        Notice::IterationsFailed(count) => {
            error(format!("{count} iterations failed (--fail-on-exceptions)"))
        }
        Notice::ManySeries(count) => warning(format!(
            "The test has generated metrics with {count} unique time series, which is higher than \
             the suggested limit of 100000 and could cause high memory usage. Consider not using \
             high-cardinality values like unique IDs as metric tags or, if you need them in the \
             URL, use the name metric tag or URL grouping."
        )),
        Notice::NoVu {
            vu: Some(vu),
            error,
        } => said(
            Level::Error,
            format!("error while initialising VU {vu}: {error}"),
        ),
        Notice::NoVu { vu: None, error } | Notice::Summary(error) => {
            said(Level::Error, error.clone())
        }
        Notice::Phase { error, remedy } => {
            let hint = match remedy {
                Remedy::Timeout(option) => Some(format!(
                    "You can increase the time limit via the {option} option"
                )),
                Remedy::Script => Some("script exception".to_owned()),
                Remedy::None => None,
            };
            Line {
                fields: hint.map(|hint| ("hint", hint)).into_iter().collect(),
                ..said(Level::Error, error.clone())
            }
        }
        Notice::Output { name, error } => of_output(
            name,
            format!("an output fails, and the test goes on: {error}"),
        ),
        Notice::Lost {
            name,
            samples,
            reason,
        } => {
            let reason = reason.as_deref().unwrap_or("it was slower than the test");
            of_output(name, format!("the output lost {samples} samples: {reason}"))
        }
        // A notice of a later session, which its own words would belong to.
        _ => return None,
    })
}

/// Why the run was ended early; thresholds have a notice of their own.
fn aborted(reason: &AbortReason) -> Option<String> {
    Some(match reason {
        AbortReason::Signal(name) => {
            format!("test run was aborted because runner received a '{name}' signal")
        }
        AbortReason::Script(message) if message.is_empty() => "test aborted".to_owned(),
        AbortReason::Script(message) => format!("test aborted: {message}"),
        AbortReason::Rest => "test run stopped from REST API".to_owned(),
        AbortReason::Fault(text) => text.clone(),
        AbortReason::Threshold => return None,
    })
}

fn said(level: Level, message: String) -> Line {
    Line {
        level,
        message,
        fields: Vec::new(),
    }
}

fn of_output(name: &str, message: String) -> Line {
    Line {
        fields: vec![("output", name.to_owned())],
        ..said(Level::Error, message)
    }
}
