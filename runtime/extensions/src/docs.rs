//! What the WIT of an extension says of its items, for declarations: comments are no part of a
//! component's types.
//!
//! They are looked for in two places: in the section `package-docs` of the component, which
//! `runner build --wit` writes as tools for WIT packages do, and in a folder `wit` beside the file or
//! in one of the folders above it, where the compiler of another language left it. There only
//! packages count that have the names of what the component exports.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use wasmparser::{Parser, Payload};
use wit_parser::{PackageMetadata, Resolve};

/// How far above a file its project may begin: `target/wasm32-wasip2/release/x.wasm`.
const ABOVE: usize = 4;

/// Texts by interface, without its version (or only its own name, from a component), and by item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Docs(BTreeMap<(String, Item), String>);

/// What is described.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    Interface,
    /// As exported: `[method]counter.next`.
    Function(String),
    /// A type or resource.
    Type(String),
    /// A field, case or flag of a type.
    Part(String, String),
}

impl Docs {
    /// Of the component `bytes`, which was read from `file`, an absolute path.
    pub fn find(file: &Path, bytes: &[u8]) -> Self {
        let mut docs = Self::default();
        for payload in Parser::new(0).parse_all(bytes) {
            match payload {
                Ok(Payload::CustomSection(section)) => {
                    if section.name() == PackageMetadata::SECTION_NAME {
                        // A version, then JSON.
                        docs.package("", section.data().get(1..).unwrap_or_default());
                        return docs;
                    }
                }
                Err(_) => break,
                Ok(_) => {}
            }
        }
        let folders = file.ancestors().skip(1).take(ABOVE);
        let mut folders = folders.map(|folder| folder.join("wit"));
        if let Some(folder) = folders.find(|folder| folder.is_dir()) {
            let mut resolve = Resolve::default();
            // Comments are no reason to fail.
            if resolve.push_dir(&folder).is_ok() {
                for (id, package) in resolve.packages.iter() {
                    let prefix = format!("{}:{}/", package.name.namespace, package.name.name);
                    if let Ok(bytes) = PackageMetadata::extract(&resolve, id).encode() {
                        docs.package(&prefix, bytes.get(1..).unwrap_or_default());
                    }
                }
            }
        }
        docs
    }

    /// An interface's own text.
    pub fn interface(&self, interface: &str) -> Option<&str> {
        self.get(interface, Item::Interface)
    }

    /// A function's, by its name in the component.
    pub fn function(&self, interface: Option<&str>, export: &str) -> Option<&str> {
        self.get(
            interface.unwrap_or_default(),
            Item::Function(export.to_owned()),
        )
    }

    /// A resource's.
    pub fn resource(&self, interface: Option<&str>, name: &str) -> Option<&str> {
        self.get(interface.unwrap_or_default(), Item::Type(name.to_owned()))
    }

    /// A type's, wherever it is declared.
    pub fn named(&self, name: &str) -> Option<&str> {
        self.anywhere(&Item::Type(name.to_owned()))
    }

    /// That of a field, case or flag.
    pub fn part(&self, name: &str, part: &str) -> Option<&str> {
        self.anywhere(&Item::Part(name.to_owned(), part.to_owned()))
    }

    fn get(&self, interface: &str, item: Item) -> Option<&str> {
        let interface = interface.split('@').next().unwrap_or(interface);
        let own = interface.rsplit('/').next().unwrap_or(interface);
        let mut key = (interface.to_owned(), item);
        if let Some(text) = self.0.get(&key) {
            return Some(text);
        }
        key.0 = own.to_owned();
        self.0.get(&key).map(String::as_str)
    }

    fn anywhere(&self, item: &Item) -> Option<&str> {
        let found = self.0.iter().find(|((_, known), _)| known == item);
        found.map(|(_, text)| &**text)
    }

    /// The JSON that wit-parser writes of one package.
    fn package(&mut self, prefix: &str, json: &[u8]) {
        let Ok(package) = serde_json::from_slice::<Value>(json) else {
            return;
        };
        for (name, interface) in entries(&package, "interfaces") {
            let interface_name = format!("{prefix}{name}");
            let mut put = |item, value: &Value| {
                if let Some(text) = text(value) {
                    self.0.insert((interface_name.clone(), item), text);
                }
            };
            put(Item::Interface, interface);
            for (function, value) in entries(interface, "funcs") {
                put(Item::Function(function.clone()), value);
            }
            for (name, ty) in entries(interface, "types") {
                put(Item::Type(name.clone()), ty);
                for (part, value) in entries(ty, "items") {
                    put(Item::Part(name.clone(), part.clone()), value);
                }
            }
        }
        for (_, world) in entries(&package, "worlds") {
            for functions in ["func_exports", "funcs"] {
                for (function, value) in entries(world, functions) {
                    if let Some(text) = text(value) {
                        let item = Item::Function(function.clone());
                        self.0.insert((String::new(), item), text);
                    }
                }
            }
        }
    }
}

fn entries<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    value
        .get(key)
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
}

/// Either the text alone, or an object that has it.
fn text(value: &Value) -> Option<String> {
    let text = value.as_str().or_else(|| value.get("docs")?.as_str())?;
    // What would end a comment.
    Some(text.trim().replace("*/", "*\\/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIT: &str = "package acme:a@1.2.0;
        /// All of it.
        interface api {
            /// Adds */ one.
            f: func();
            /// A choice.
            enum choice {
                /// The first.
                one,
                two,
            }
            /// Counts.
            resource counter {
                /// On and on.
                next: func() -> choice;
            }
        }
        world w { export api; }\n";

    fn check(docs: &Docs, api: &str) {
        assert_eq!(docs.interface(api), Some("All of it."));
        assert_eq!(docs.function(Some(api), "f"), Some("Adds *\\/ one."));
        let next = docs.function(Some(api), "[method]counter.next");
        assert_eq!(next, Some("On and on."));
        assert_eq!(docs.resource(Some(api), "counter"), Some("Counts."));
        assert_eq!(docs.named("choice"), Some("A choice."));
        assert_eq!(docs.part("choice", "one"), Some("The first."));
        assert_eq!(docs.part("choice", "two"), None);
        assert_eq!(docs.function(None, "f"), None);
    }

    #[test]
    fn of_a_folder_above_the_file() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("wit")).unwrap();
        std::fs::write(root.path().join("wit/a.wit"), WIT).unwrap();
        let file = root.path().join("target/release/a.wasm");
        let docs = Docs::find(&file, b"");
        check(&docs, "acme:a/api@1.2.0");
        // Another package's interface of that name is another.
        assert_eq!(docs.interface("other:a/api"), None);
        assert_eq!(
            Docs::find(&root.path().join("1/2/3/4/5/a.wasm"), b""),
            Docs::default()
        );
    }

    #[test]
    fn of_the_component() {
        let mut resolve = Resolve::default();
        let package = resolve.push_str("a.wit", WIT).unwrap();
        let component = wit_component::encode(&resolve, package).unwrap();
        check(
            &Docs::find(Path::new("a.wasm"), &component),
            "acme:a/api@1.2.0",
        );
    }
}
