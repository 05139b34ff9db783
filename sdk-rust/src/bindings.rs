//! Generated from `wit/`; nothing else is in this file.
#![allow(missing_docs, clippy::all)]

wit_bindgen::generate!({
    path: [
        "wit/log",
        "wit/tasks",
        "wit/execution",
        "wit/metrics",
        "wit/http",
        "wit/data",
        "wit/kv",
        "wit/script",
    ],
    world: "runner:script/script",
    ownership: Borrowing { duplicate_if_necessary: true },
    generate_all,
    pub_export_macro: true,
    default_bindings_module: "runner_sdk::bindings",
});
