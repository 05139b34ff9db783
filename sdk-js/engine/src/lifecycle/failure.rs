//! What the user sees of an exception: its text and the frames of their own files.

use core::ffi::CStr;

use rquickjs_sys::{self as q};

use crate::atoms::atoms;
use crate::bindings::exports::runner::script::lifecycle::{Failure, FailureKind};
use crate::js::{JsResult, Thrown, Val, caught, thrown_at};
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

/// For functions whose result counts: a promise that was rejected is no exception of the script
/// but a result that cannot be used, which has another exit code, as in k6.
pub fn rejected(mut failure: Failure) -> Failure {
    if failure.kind == FailureKind::Exception && failure.message.starts_with(IN_PROMISE) {
        failure.kind = FailureKind::InvalidResult;
    }
    failure
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
    // First: making text of it can run the script's code, which can throw something else.
    let frames = frames(error);
    let text = if unsafe { q::JS_IsSymbol(error.raw()) } {
        error.get_str("description").and_then(|text| text.text())
    } else {
        error.text()
    };
    let message = match text {
        Ok(text) => text.to_owned(),
        Err(thrown) => {
            drop(caught(thrown));
            "an exception that cannot be printed".to_string()
        }
    };
    (message, frames)
}

/// What can be thrown and is no Error: a string, an object.
fn is_bare(error: &Val) -> bool {
    !unsafe { q::JS_IsError(error.raw()) }
}

/// A syntax error found in the text of `id` itself, not in a module that it imports.
pub fn is_syntax_error(error: &Val, id: &CStr) -> bool {
    !is_bare(error)
        && matches!(error.get(atoms().name).and_then(|name| name.text()),
            Ok(name) if name.as_str() == "SyntaxError")
        && raw_stack(error).contains(&*id.to_string_lossy())
}

/// Puts the place and the line itself into the message of a syntax error that QuickJS found in
/// `source`, whose first line has the number `first`, which can be below 1.
pub fn show_line(error: &Val, id: &CStr, source: &[u8], first: i32) -> JsResult<()> {
    let id = id.to_string_lossy();
    let stack = raw_stack(error);
    let place = stack.split_once(&format!("{id}:")).map(|(_, rest)| rest);
    let mut numbers = place
        .unwrap_or_default()
        .split(|c: char| !c.is_ascii_digit())
        .map(|digits| digits.parse::<usize>().unwrap_or_default());
    let (line, column) = (
        numbers.next().unwrap_or_default(),
        numbers.next().unwrap_or_default(),
    );
    let index = (line as i64 - i64::from(first)).max(0) as usize;
    let Some(text) = source.split(|byte| *byte == b'\n').nth(index) else {
        return Ok(());
    };
    // A minified file is one line that nobody wants to see.
    if column == 0 || text.len() > 400 {
        return Ok(());
    }
    let message = error.get(atoms().message)?.text()?;
    let message = format!(
        "{id}:{line}:{column}: {}\n {line} | {}\n {:width$} | {:>column$}",
        message.as_str(),
        String::from_utf8_lossy(text).trim_end(),
        "",
        "^",
        width = line.to_string().len(),
    );
    error.set(atoms().message, Val::str(&message)?)
}

/// What is no Error has no stack of its own, but the engine knows where it was thrown.
fn raw_stack(error: &Val) -> String {
    let stack = if is_bare(error) {
        match thrown_at(error.raw()) {
            Some(trace) => trace.text(),
            None => return String::new(),
        }
    } else {
        error.get(atoms().stack).and_then(|stack| stack.text())
    };
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
