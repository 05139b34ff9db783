//! Link settings of the engine module. They live here and not in `.cargo/config.toml`, so that
//! they hold whatever folder cargo is called from.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=../modules");
    if std::env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("wasm32") {
        // 1 MiB of linear-memory stack; QuickJS is limited to a part of it (see boot.rs), so
        // that endless recursion is a RangeError and never a trap.
        println!("cargo:rustc-link-arg-cdylib=-zstack-size=1048576");
    }
}
