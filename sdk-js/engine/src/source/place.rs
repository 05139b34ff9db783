//! Where in the script's files a call stands: what relative names start from, as in k6.
//!
//! `open` is relative to the module that is being evaluated, whoever's function calls it: once
//! the evaluation of a module is over, a function of it opens what its caller would. `require` is
//! relative to the file in which the call stands. Both are read from the stack, so that keeping
//! them costs nothing; only init code asks.

use rquickjs_sys::{self as q, JSAtom};

use crate::js::{Text, caught};
use crate::state::{ctx, engine};

/// Native frames that may follow one another, such as `forEach` called by `apply`. QuickJS does
/// not tell one from the end of the stack.
const NATIVE_RUN: usize = 16;

/// Names of the files of the frames, innermost first; native frames have none.
struct Frames(Vec<JSAtom>);

impl Frames {
    fn now() -> Frames {
        let mut names = Vec::new();
        let mut natives = 0;
        while natives < NATIVE_RUN {
            let level = names.len() as i32;
            let name = unsafe { q::JS_GetScriptOrModuleName(ctx(), level) };
            natives = if is_native(name) { natives + 1 } else { 0 };
            names.push(name);
        }
        names.truncate(names.len() - natives);
        Frames(names)
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        for name in self.0.iter().filter(|name| !is_native(**name)) {
            unsafe { q::JS_FreeAtom(ctx(), *name) };
        }
    }
}

fn is_native(name: JSAtom) -> bool {
    name == q::JS_ATOM_NULL as JSAtom
}

/// The id, where the name is one of the script's modules: neither the engine's own code nor `eval`.
fn module(name: &JSAtom) -> Option<String> {
    if is_native(*name) {
        return None;
    }
    match Text::of_atom(*name) {
        Ok(text) => text.contains("://").then(|| text.to_owned()),
        Err(thrown) => {
            drop(caught(thrown));
            None
        }
    }
}

/// Id of the file in which the running call stands; none in native code.
pub fn caller() -> Option<String> {
    Frames::now().0.iter().find_map(module)
}

/// Id of the module that is being evaluated, where it is not the main module. Its body, or what a
/// timer or promise of it called, is the outermost frame, or that next to the innermost `require`.
pub fn evaluating() -> Option<String> {
    let frames = Frames::now();
    let begun = engine().sources.required_at.get();
    let own = frames.0.len().saturating_sub(begun);
    let id = frames.0.iter().take(own).rev().find_map(module)?;
    (engine().sources.entry().as_ref() != Some(&id)).then_some(id)
}

/// Runs `evaluate`, which evaluates a module that was required, so that [`evaluating`] finds it.
pub fn nested<T>(evaluate: impl FnOnce() -> T) -> T {
    let begun = &engine().sources.required_at;
    let outer = begun.replace(Frames::now().0.len());
    let result = evaluate();
    begun.set(outer);
    result
}
