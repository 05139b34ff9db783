//! Generated from `wit/`: the world `js-engine`. Parameters are borrowed, so that a call copies nothing;
//! results are owned. Nothing else in this crate is generated.
#![allow(missing_docs, clippy::all, clippy::restriction)]

wit_bindgen::generate!({
    world: "runner:inside/js-engine",
    path: ["../../wit", "../../wit/inside"],
    ownership: Borrowing { duplicate_if_necessary: true },
    generate_all,
    export_macro_name: "export_engine",
    pub_export_macro: false,
});
