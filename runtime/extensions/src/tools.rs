//! Exports that are a language's tools' own and no part of what an extension offers.
//!
//! componentize-py and componentize-qjs start their interpreter while the component is built, by a
//! function that stays exported afterwards. They are told by what only they have, so that an
//! extension's own `init` or `exports` is left alone.

use wasmtime::Engine;
use wasmtime::component::types::ComponentItem;

/// Parameters of componentize-qjs's `init`.
const QJS_INIT: [&str; 4] = ["shim", "script", "entry-path", "disable-gc"];

/// Types in componentize-py's interface `exports`.
const PYTHON_TYPES: [&str; 3] = ["function-export-kind", "return-style", "symbols"];

/// Whether an export of the component is one of those.
pub fn is_of_a_tool(export: &str, item: &ComponentItem, engine: &Engine) -> bool {
    match item {
        ComponentItem::ComponentFunc(init) if export == "init" => {
            init.params().map(|(name, _)| name).eq(QJS_INIT)
        }
        ComponentItem::ComponentInstance(exports) if export == "exports" => PYTHON_TYPES
            .iter()
            .all(|ty| exports.exports(engine).any(|(name, _)| name == *ty)),
        _ => false,
    }
}
