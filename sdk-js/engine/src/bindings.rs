//! Generated from `wit/`: the world `js-guest`. Parameters are borrowed, so that a call copies
//! nothing; results are owned. Nothing else in this crate is generated.
#![allow(missing_docs, clippy::all, clippy::restriction)]

wit_bindgen::generate!({
    world: "runner:image/js-guest",
    path: [
        "../../wit/log",
        "../../wit/tasks",
        "../../wit/execution",
        "../../wit/metrics",
        "../../wit/http",
        "../../wit/data",
        "../../wit/kv",
        "../../wit/extension",
        "../../wit/script",
        "../../wit/image",
    ],
    ownership: Borrowing { duplicate_if_necessary: true },
    generate_all,
    export_macro_name: "export_engine",
    pub_export_macro: false,
});
