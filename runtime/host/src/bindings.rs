//! Generated from `wit/`; nothing else is in here.
//!
//! The world is the JS engine's, which is the script world and the modules interface; a
//! component that imports less is linked all the same.
#![allow(missing_docs, reason = "the documentation is in the WIT files")]
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "generated code"
)]

wasmtime::component::bindgen!({
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
    world: "runner:image/js-engine",
    imports: {
        "runner:tasks/tasks.sleep": async,
        "runner:tasks/tasks.next": async,
        "runner:http/http.send": async,
        "runner:http/http.batch": async,
        "runner:extension/extensions.open": async,
        "runner:extension/extensions.call": async,
        "runner:extension/extensions.drop-resource": async,
    },
    exports: { default: async },
    with: {
        "runner:http/http.exchange": crate::http::HostExchange,
        "runner:http/http.cookie-jar": runner_http::CookieJar,
    },
});

/// What only the JS engine has.
pub mod imaging {
    wasmtime::component::bindgen!({
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
        world: "runner:image/image-maker",
        imports: { "runner:image/maker.refuse": trappable },
        exports: { default: async },
    });
}
