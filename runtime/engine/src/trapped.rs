//! What a trap says to whoever wrote the guest: the words of its panic where it had any, else
//! what the machine refused, and the innermost functions of its own.
//!
//! wasmtime's own text is for whoever wrote wasmtime: offsets into the file, mangled names, and a
//! page of the language's own panic machinery. Which line it was, the panic says itself.
//!
//! Limits: names are there only where the file still has them (not after `wasm-opt --strip`); those
//! of Rust are made readable, those of other languages are shown as they are.

use std::fmt;

use rustc_demangle::demangle;
use wasmtime::{Error, Trap, WasmBacktrace};

/// Functions that are shown.
const SHOWN: usize = 3;
/// A name is cut here: generics can be long.
const LONGEST: usize = 160;
/// The way from a panic to the trap, which is the same for all of them. A name may stand in `<`, as
/// the type that a method is of.
const MACHINERY: [&str; 12] = [
    "std::",
    "core::",
    "alloc::",
    "rust_",
    "__rust",
    "rustc::",
    "_start_panic",
    "panic_abort::",
    "abort",
    "wit_bindgen::",
    "cabi_",
    "dlmalloc",
];

/// How a guest ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trapped {
    message: String,
    frames: Vec<String>,
}

impl Trapped {
    /// Reads an error of a call. `panic` is what the guest said before, where it did.
    #[must_use]
    pub fn new(error: &Error, panic: Option<String>) -> Self {
        let backtrace = error.downcast_ref::<WasmBacktrace>();
        let names = backtrace
            .map(WasmBacktrace::frames)
            .unwrap_or_default()
            .iter()
            .filter_map(|frame| frame.func_name());
        Self {
            message: panic.unwrap_or_else(|| reason(error)),
            frames: frames(names),
        }
    }

    /// One line or more: the panic, or the machine's reason.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The functions, innermost first, each as `at NAME` on a line of its own.
    #[must_use]
    pub fn stack(&self) -> String {
        let lines: Vec<_> = self
            .frames
            .iter()
            .map(|name| format!("at {name}"))
            .collect();
        lines.join("\n")
    }
}

/// As exceptions are shown: the message, then one indented line per frame.
impl fmt::Display for Trapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        for name in &self.frames {
            write!(f, "\n\tat {name}")?;
        }
        Ok(())
    }
}

/// Adds a remark to a message, before the frames where it has some.
#[must_use]
pub fn remark(text: &str, remark: &str) -> String {
    let (message, frames) = text.split_at(text.find("\n\tat ").unwrap_or(text.len()));
    format!("{message}{remark}{frames}")
}

fn reason(error: &Error) -> String {
    let Some(trap) = error.downcast_ref::<Trap>() else {
        return error.root_cause().to_string();
    };
    let text = trap.to_string();
    match text.strip_prefix("wasm trap: ") {
        Some(text) => text.to_owned(),
        None => text,
    }
}

/// The guest's own functions; where there are none, the innermost ones whatever they are.
fn frames<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut all: Vec<String> = names
        .map(|name| shortened(format!("{:#}", demangle(name))))
        .collect();
    // Recursion would fill all three lines.
    all.dedup();
    let own = |name: &String| {
        let name = name.trim_start_matches(['<', '&']);
        !MACHINERY.iter().any(|known| name.starts_with(known))
    };
    if all.iter().any(own) {
        all.retain(own);
    }
    all.truncate(SHOWN);
    all
}

fn shortened(name: String) -> String {
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guest_s_own_functions_are_shown() {
        let names = [
            "abort",
            "_RNvCs5QKde7ScR4H_7___rustc17rust_begin_unwind",
            "_ZN4core9panicking9panic_fmt17h1234567890abcdefE",
            "_ZN5probe5inner17h1234567890abcdefE",
            "_ZN5probe5inner17h1234567890abcdefE",
            "_ZN66_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$core..ops..drop..Drop$GT$4drop17h1234567890abcdefE",
            "runner:probe/probe@0.1.0#trap",
            "outer",
            "outermost",
        ];
        let shown = frames(names.into_iter());
        assert_eq!(
            shown,
            ["probe::inner", "runner:probe/probe@0.1.0#trap", "outer"]
        );
        assert_eq!(frames(["abort", "abort"].into_iter()), ["abort"]);
        assert_eq!(frames([].into_iter()), [""; 0]);
    }

    #[test]
    fn a_trap_is_told_without_wasmtime_s_words() {
        let wat = r#"(module
            (func $deepest unreachable)
            (func $_ZN2my4main17h1234567890abcdefE (export "run") call $deepest))"#;
        let engine = wasmtime::Engine::default();
        let module = wasmtime::Module::new(&engine, wat::parse_str(wat).unwrap()).unwrap();
        let mut store = wasmtime::Store::new(&engine, ());
        let instance = wasmtime::Instance::new(&mut store, &module, &[]).unwrap();
        let run = instance
            .get_typed_func::<(), ()>(&mut store, "run")
            .unwrap();
        let error = run.call(&mut store, ()).unwrap_err();
        let silent = Trapped::new(&error, None).to_string();
        assert_eq!(
            silent,
            "wasm `unreachable` instruction executed\n\tat deepest\n\tat my::main"
        );
        let panicked = Trapped::new(&error, Some("panicked at src/lib.rs:1:2: boom".into()));
        assert_eq!(panicked.message(), "panicked at src/lib.rs:1:2: boom");
        assert_eq!(panicked.stack(), "at deepest\nat my::main");
        let noted = remark(&silent, " (twice)");
        assert!(noted.starts_with("wasm `unreachable` instruction executed (twice)\n\tat deepest"));
        assert_eq!(remark("plain", "; over"), "plain; over");
        let other = Trapped::new(&Error::msg("inner").context("outer"), None);
        assert_eq!(other.to_string(), "inner");
    }
}
