//! Gives each virtual user a stack of 256 KiB in its own memory, instead of 1 MiB: SQLite's parser
//! and its sorter keep a few tens of KiB there.

fn main() {
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        println!("cargo::rustc-link-arg-cdylib=-zstack-size=262144");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
