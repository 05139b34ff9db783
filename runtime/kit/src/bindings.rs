//! Bindings: the code that a compiler needs to call what a WIT world imports and to define what it
//! exports. The generators are those of wit-bindgen, as libraries; what is added is a file that takes
//! the place of an object file (C, C++), and the module that the code for Go leans on.

use std::path::Path;

use wit_bindgen_core::{Files, WorldGenerator};
use wit_parser::{Resolve, WorldId};

use crate::digest::{DIGEST_SECTION, digest};
use crate::{KitError, go};

/// Languages whose code is generated here. Rust, Python and JavaScript have tools of their own that
/// do so while they build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BindingsLanguage {
    /// Of Zig, too.
    C,
    /// C++20, with `std::expected`.
    Cpp,
    /// For the compiler of golang.org.
    Go,
}

/// Files by their paths, of the WIT in the folder or file `path`; `world` only where it has several.
///
/// # Errors
/// For WIT that cannot be read, or not be said in that language.
pub fn bindings(
    language: BindingsLanguage,
    path: &Path,
    world: Option<&str>,
) -> Result<Vec<(String, Vec<u8>)>, KitError> {
    let shown = || path.display().to_string();
    let bad = |reason| KitError::Wit {
        path: shown(),
        reason,
    };
    let mut resolve = Resolve::default();
    let package = resolve.push_path(path);
    let (package, _) = package.map_err(|error| bad(resolve.render_error(&error)))?;
    let found = resolve.select_world(&[package], world);
    let world = found.map_err(|error| match world {
        Some(_) => bad(format!("{error:#}")),
        None => bad(format!("{error:#}; name it with --world")),
    })?;
    let name = match resolve.worlds.get(world) {
        Some(world) => world.name.replace('-', "_"),
        None => String::new(),
    };
    let stub = stub(&resolve, world, &name);
    let mut files = Files::default();
    let mut generator = generator(language);
    let made = generator.generate(&mut resolve, world, &mut files);
    made.map_err(|error| KitError::Generator {
        path: shown(),
        reason: format!("{error:#}"),
    })?;
    let files = files
        .iter()
        .map(|(name, text)| (name.to_owned(), text.to_vec()));
    // Object files of types, which the stub replaces.
    let mut files: Vec<_> = files.filter(|(name, _)| !name.ends_with(".o")).collect();
    match language {
        BindingsLanguage::C => files.push((format!("{name}_component_type.c"), stub.into_bytes())),
        BindingsLanguage::Cpp => {
            files.push((format!("{name}_component_type.cpp"), stub.into_bytes()));
        }
        BindingsLanguage::Go => files = go::finish(files),
    }
    Ok(files)
}

fn generator(language: BindingsLanguage) -> Box<dyn WorldGenerator> {
    match language {
        BindingsLanguage::C => {
            let options = wit_bindgen_c::Opts {
                no_object_file: true,
                ..Default::default()
            };
            options.build()
        }
        BindingsLanguage::Cpp => wit_bindgen_cpp::Opts::default().build(None),
        BindingsLanguage::Go => {
            let options = wit_bindgen_go::Opts {
                // No process is started here; gofmt is the user's.
                format: wit_bindgen_go::Format::False,
                ..Default::default()
            };
            options.build()
        }
    }
}

/// Whether a file is the programmer's once it is there: in C++, the class of a resource, which gets
/// its fields there.
pub fn is_started_once(name: &str) -> bool {
    name.starts_with("exports-") && name.ends_with(".h")
}

/// The generated code asks for a symbol that an object file with the world's types defines. Here
/// `runner build --wit` knows the types, and the section says of which they were when this was made.
fn stub(resolve: &Resolve, world: WorldId, name: &str) -> String {
    let digest = digest(resolve, world).unwrap_or_default();
    format!(
        "// Written by `runner bindings`, which tells `runner build` by this which WIT it was.
#ifdef __cplusplus
extern \"C\" {{
#endif
void __component_type_object_force_link_{name}(void);
void __component_type_object_force_link_{name}(void) {{}}
#ifdef __cplusplus
}}
#endif

__asm__(\".section .custom_section.{DIGEST_SECTION},\\\"\\\",@\\n\"
        \".ascii \\\"{digest}\\\"\\n\"
        \".text\\n\");
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const WIT: &str = "package a:b;
        interface api { f: func(a: string) -> option<tuple<string, u8>>; resource r { constructor(); } }
        world my-world { export api; import log: func(line: string); }\n";

    fn made(language: BindingsLanguage) -> Vec<(String, String)> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.wit"), WIT).unwrap();
        let files = bindings(language, folder.path(), None).unwrap();
        let text = |(name, text)| (name, String::from_utf8(text).unwrap());
        files.into_iter().map(text).collect()
    }

    #[test]
    fn c_and_cpp_say_which_wit_it_was() {
        for (language, stub, header) in [
            (
                BindingsLanguage::C,
                "my_world_component_type.c",
                "my_world.h",
            ),
            (
                BindingsLanguage::Cpp,
                "my_world_component_type.cpp",
                "my_world_cpp.h",
            ),
        ] {
            let files = made(language);
            let find = |wanted: &str| files.iter().find(|(name, _)| name == wanted);
            let (_, stub) = find(stub).unwrap();
            assert!(stub.contains(".custom_section.runner_bindings"), "{stub}");
            assert!(stub.contains("_force_link_my_world(void) {}"), "{stub}");
            assert!(find(header).is_some());
        }
        assert!(is_started_once("exports-a-b-api-R.h"));
        assert!(!is_started_once("my_world_cpp.h"));
    }

    #[test]
    fn go_needs_no_other_module_and_collects_garbage() {
        let files = made(BindingsLanguage::Go);
        assert!(
            files
                .iter()
                .all(|(name, text)| name != "go.mod" && !text.contains("go.bytecodealliance.org"))
        );
        let (_, exports) = files
            .iter()
            .find(|(name, _)| name == "wit_exports.go")
            .unwrap();
        let functions = exports.matches("\nfunc wasm_export_").count();
        let after = exports.matches("\nfunc wasm_export_post_return_").count();
        assert!(functions > after && after > 0);
        let collected = exports.matches("{\nwitRuntime.Collect()\n").count();
        assert_eq!(collected, functions - after, "{exports}");
        let imported = exports
            .matches("witRuntime \"wit_component/wit_support/runtime\"")
            .count();
        assert_eq!(imported, 1, "{exports}");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.wit");
        fs::write(&file, "package a:b;\nworld v {}\nworld w {}\n").unwrap();
        let error = |world| {
            let made = bindings(BindingsLanguage::C, folder.path(), world);
            made.unwrap_err().to_string()
        };
        assert!(error(None).contains("--world"));
        assert!(error(Some("nope")).contains("nope"));
        fs::write(&file, "package a:b;\nworld {").unwrap();
        assert!(error(None).contains("a.wit:2"));
    }
}
