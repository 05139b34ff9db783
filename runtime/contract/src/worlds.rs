//! The worlds, as text. They are in a package without a version, because what a world imports grows
//! with every capability; packages with a version never change.

use std::fmt::Write as _;

use crate::interfaces::{Importer, Interface, lifecycle, table};

const HEAD: &str = "\
// Made of the table in runtime/contract; to write it anew:
//   UPDATE_WORLDS=1 cargo test -p runner-contract
";

/// A WIT file of worlds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worlds {
    /// Its place in `wit/`.
    pub path: &'static str,
    /// What stands in it.
    pub text: String,
}

/// Those of components that users write, and those that only runner itself has.
pub fn worlds() -> [Worlds; 2] {
    [
        Worlds {
            path: "worlds.wit",
            text: public(),
        },
        Worlds {
            path: "inside/inside.wit",
            text: own(),
        },
    ]
}

fn public() -> String {
    let mut text = format!(
        "{HEAD}
/// What components of each kind can import of this version of runner. A component may import less, and
/// interfaces in earlier versions; what it imports, and not its world, decides where it runs.
package runner:worlds;
"
    );
    let named = |importer| move |interface: &Interface| interface.is_named_for(importer);
    world(
        &mut text,
        "A load test.",
        "script",
        named(Importer::Script),
        &[&exports(lifecycle(Importer::Script))],
    );
    world(
        &mut text,
        "A module of scripts. It exports interfaces of its own.",
        "extension",
        named(Importer::Extension),
        &[],
    );
    world(
        &mut text,
        "Something that gets every sample.",
        "output",
        named(Importer::Output),
        &[&exports(lifecycle(Importer::Output))],
    );
    world(
        &mut text,
        "An output that is told of thresholds and of the state of the run.",
        "observing-output",
        |_| false,
        &["include output", "export runner:output/observer@0.1.0"],
    );
    text
}

fn own() -> String {
    let mut text = format!(
        "{HEAD}
/// The two sides of the contract that are part of runner.
package runner:inside;
"
    );
    world(
        &mut text,
        "The JS engine: a script, and what only it has a use for.",
        "js-engine",
        Interface::is_for_engine,
        &[
            "include runner:worlds/script",
            "export runner:image/subject@0.1.0",
        ],
    );
    world(
        &mut text,
        "How an image is made of the JS engine.",
        "image-subject",
        |_| false,
        &["export runner:image/subject@0.1.0"],
    );
    world(
        &mut text,
        "The host's side: all that it has for instances of VUs, and what it calls of a script.",
        "vu-host",
        |interface| interface.is_for(Importer::Script),
        &[&exports(lifecycle(Importer::Script))],
    );
    text
}

fn exports(id: &str) -> String {
    format!("export {id}")
}

fn world(
    text: &mut String,
    doc: &str,
    name: &str,
    imports: impl Fn(&Interface) -> bool,
    more: &[&str],
) {
    // Writing to a String does not fail.
    let _ = write!(text, "\n/// {doc}\nworld {name} {{\n");
    let is_include = |line: &&&str| line.starts_with("include ");
    let imports = table().filter(|interface| imports(interface));
    let imports: Vec<_> = imports
        .map(|interface| format!("import {}", interface.id))
        .collect();
    let includes = more.iter().filter(is_include).copied();
    let exports = more.iter().filter(|line| !is_include(line)).copied();
    for line in includes
        .chain(imports.iter().map(String::as_str))
        .chain(exports)
    {
        let _ = writeln!(text, "    {line};");
    }
    text.push_str("}\n");
}
