//! Generated from `wit/`: the world `js-guest`, and the packages that came after it. Parameters are
//! borrowed, so that a call copies nothing; results are owned. Nothing else in this crate is generated.
#![allow(missing_docs, clippy::all, clippy::restriction)]

wit_bindgen::generate!({
    inline: r"
        package runner:js-engine;

        world guest {
            include runner:image/js-guest@0.1.0;
            import runner:time-zone/zone@0.1.0;
            import runner:collation/collator@0.1.0;
        }
    ",
    world: "runner:js-engine/guest",
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
        "../../wit/time-zone",
        "../../wit/collation",
    ],
    ownership: Borrowing { duplicate_if_necessary: true },
    generate_all,
    export_macro_name: "export_engine",
    pub_export_macro: false,
});

/// `runner:kv-pool`, which is newer than the world of the engine.
pub mod pools {
    wit_bindgen::generate!({
        world: "runner:kv-pool/observer",
        path: ["../../wit/kv", "../../wit/kv-pool"],
        with: { "runner:kv/store@0.1.0": crate::bindings::runner::kv::store },
        ownership: Borrowing { duplicate_if_necessary: true },
        generate_all,
    });
}
