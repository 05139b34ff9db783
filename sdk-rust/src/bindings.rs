//! Generated from `wit/`; nothing else is in this file.
#![allow(missing_docs, clippy::all)]

wit_bindgen::generate!({
    path: ["wit"],
    world: "runner:worlds/script",
    ownership: Borrowing { duplicate_if_necessary: true },
    generate_all,
    pub_export_macro: true,
    default_bindings_module: "runner_sdk::bindings",
});
