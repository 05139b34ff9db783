//! What the user sees of an exception: its text and the frames of their own files.

use core::ffi::CStr;

use rquickjs_sys::{self as q};

use crate::bindings::exports::runner::script::lifecycle::{Failure, FailureKind};
use crate::js::{Thrown, Val, caught};
use crate::state::engine;

/// Prefix of what comes from a rejected promise, as k6 writes it.
pub const IN_PROMISE: &str = "Uncaught (in promise) ";

/// A failed call into the script.
pub fn from_thrown(thrown: Thrown) -> Failure {
    from_error(&caught(thrown), "")
}

/// A failure made from an exception object.
pub fn from_error(error: &Val, prefix: &str) -> Failure {
    if let Some(message) = engine().vu.aborted.borrow().as_ref() {
        let message = message.clone();
        return Failure {
            kind: FailureKind::Aborted,
            message,
            stack: String::new(),
        };
    }
    let kind = engine()
        .sources
        .fault_of(error.raw())
        .unwrap_or(FailureKind::Exception);
    let (message, stack) = describe(error);
    Failure {
        kind,
        message: format!("{prefix}{message}"),
        stack,
    }
}

/// A failure that is not an exception.
pub fn plain(kind: FailureKind, message: String) -> Failure {
    Failure {
        kind,
        message,
        stack: String::new(),
    }
}

/// `String(error)` and its frames, one per line, as `at function (file:///script.js:line:column)`.
pub fn describe(error: &Val) -> (String, String) {
    let message = match error.text() {
        Ok(text) => text.to_owned(),
        Err(thrown) => {
            drop(caught(thrown));
            "an exception that cannot be printed".to_string()
        }
    };
    (message, frames(error))
}

/// A syntax error found in the text of `id` itself, not in a module that it imports.
pub fn is_syntax_error(error: &Val, id: &CStr) -> bool {
    let is_error = unsafe { q::JS_IsError(error.raw()) };
    is_error
        && matches!(error.get(engine().atoms.name).and_then(|name| name.text()),
            Ok(name) if name.as_str() == "SyntaxError")
        && raw_stack(error).contains(&*id.to_string_lossy())
}

fn raw_stack(error: &Val) -> String {
    if !unsafe { q::JS_IsError(error.raw()) } {
        return String::new();
    }
    let stack = error
        .get(engine().atoms.stack)
        .and_then(|stack| stack.text());
    match stack {
        Ok(text) => text.to_owned(),
        Err(thrown) => {
            drop(caught(thrown));
            String::new()
        }
    }
}

/// Frames of native code and of the modules inside the engine are left out.
fn frames(error: &Val) -> String {
    let mut frames = String::new();
    for line in raw_stack(error).lines() {
        let frame = line.trim();
        if !frame.starts_with("at ")
            || frame.ends_with("(native)")
            || frame.ends_with("(missing)")
            || frame.contains("(k6:")
            || frame.starts_with("at k6:")
        {
            continue;
        }
        if !frames.is_empty() {
            frames.push('\n');
        }
        match frame
            .strip_prefix("at <anonymous> (")
            .and_then(|rest| rest.strip_suffix(')'))
        {
            Some(place) => {
                frames.push_str("at ");
                frames.push_str(place);
            }
            None => frames.push_str(frame),
        }
    }
    frames
}
