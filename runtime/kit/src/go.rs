//! What Go code that wit-bindgen generates leans on: types that Go has not, and memory that the host
//! may write to. Published as a Go module, it would have to be fetched; written here, a project needs
//! nothing but a compiler.
//!
//! Tuples have at most eight fields. Streams, futures and async functions are not there: the
//! contract has none.

/// Where the generated code expects it.
const PUBLISHED: &str = "\"go.bytecodealliance.org/pkg/wit/";
/// Where it is.
const HERE: &str = "\"wit_component/wit_support/";

/// Replaces the module by what is written here.
pub(crate) fn finish(files: Vec<(String, Vec<u8>)>) -> Vec<(String, Vec<u8>)> {
    let generated = files.into_iter().filter(|(name, _)| name != "go.mod");
    let mut files: Vec<_> = generated
        .map(|(name, text)| match String::from_utf8(text) {
            Ok(text) => {
                let text = text.replace(PUBLISHED, HERE);
                let text = match name.ends_with(EXPORTS) {
                    true => collecting(&text),
                    false => text,
                };
                (name, text.into_bytes())
            }
            Err(error) => (name, error.into_bytes()),
        })
        .collect();
    for (name, text) in [
        ("wit_support/types/types.go", TYPES.to_owned() + &tuples()),
        ("wit_support/runtime/runtime.go", RUNTIME.to_owned()),
    ] {
        files.push((name.to_owned(), text.into_bytes()));
    }
    files
}

/// The file with the functions that the host calls.
const EXPORTS: &str = "wit_exports.go";
const RUNTIME_IMPORT: &str = "witRuntime \"wit_component/wit_support/runtime\"";

/// Collects garbage where an exported function begins, because Go cannot do so by itself there.
fn collecting(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let imported = text.contains(RUNTIME_IMPORT);
    for line in text.lines() {
        out.push_str(line);
        out.push('\n');
        let called = line.starts_with("func wasm_export_") && line.ends_with('{');
        if called && !line.starts_with("func wasm_export_post_return_") {
            out.push_str("witRuntime.Collect()\n");
        }
        if !imported && line.starts_with("import (") {
            out.push_str(RUNTIME_IMPORT);
            out.push('\n');
        }
    }
    out
}

const TYPES: &str = include_str!("go/types.go.txt");
const RUNTIME: &str = include_str!("go/runtime.go.txt");

fn tuples() -> String {
    let tuple = |fields: usize| {
        let names: Vec<_> = (0..fields).map(|field| format!("T{field}")).collect();
        let fields: String = (0..fields)
            .map(|field| format!("\tF{field} T{field}\n"))
            .collect();
        let count = names.len();
        let names = names.join(", ");
        format!(
            "\n// Tuple{count} is a tuple.\ntype Tuple{count}[{names} any] struct {{\n{fields}}}\n"
        )
    };
    (1..=8).map(tuple).collect()
}
