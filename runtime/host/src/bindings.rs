//! Generated from `wit/`; nothing else is in here. The worlds are those of the table in
//! `runtime/contract`; a component that imports less than the world is linked all the same.
#![allow(missing_docs, reason = "the documentation is in the WIT files")]
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "generated code"
)]

wasmtime::component::bindgen!({
    path: ["../../wit", "../../wit/inside"],
    world: "runner:inside/vu-host",
    imports: {
        "runner:tasks/tasks.sleep": async,
        "runner:tasks/tasks.next": async,
        "runner:http/http.send": async,
        "runner:http/http.batch": async,
        "runner:extension/extensions.open": async,
        "runner:extension/extensions.call": async,
        "runner:extension/extensions.drop-resource": async,
        "runner:lock/locks.acquire": async,
        "runner:image/maker.refuse": trappable,
    },
    exports: { default: async },
    with: {
        "runner:http/http.exchange": crate::http::HostExchange,
        "runner:http/http.cookie-jar": runner_http::CookieJar,
        "runner:lock/locks.guard": crate::extension::Guard,
    },
});

/// What only the JS engine exports.
pub mod imaging {
    wasmtime::component::bindgen!({
        path: ["../../wit", "../../wit/inside"],
        world: "runner:inside/image-subject",
        exports: { default: async },
    });
}
