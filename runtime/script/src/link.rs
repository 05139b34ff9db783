//! Where an import stands that cannot be linked. The engine knows the modules and the name that one
//! of them does not have; the statement's line is found here, in the text as the user wrote it.

use oxc_allocator::Allocator;
use oxc_span::SourceType;

use crate::compile::{on_a_deep_stack, parse};
use crate::diagnostic::{position, render};
use crate::modules::{Module, ModuleStore};

impl ModuleStore {
    /// `message` with line, column and the line itself, where it is one of the engine's about an
    /// import: `SyntaxError: IMPORTER: … module 'ID' has no export 'NAME'`.
    pub fn place_import(&self, message: &str) -> Option<String> {
        let start = ["file://", "https://"]
            .iter()
            .filter_map(|scheme| message.find(scheme))
            .min()?;
        let (kind, rest) = message.split_at_checked(start)?;
        let (importer, reason) = rest.split_once(": ")?;
        let module = self.loaded(importer)?;
        let imported = quoted(reason, "module '")?;
        let name = quoted(reason, "export '")?;
        let offset =
            on_a_deep_stack(importer, || self.statement(&module, imported, name)).ok()??;
        let mut at = position(&module.source, offset);
        if let Some(mapping) = module.mapping() {
            let (line, column) = (u32::try_from(at.line).ok()?, u32::try_from(at.column).ok()?);
            let (_, line, column) = mapping.origin(line, Some(column))?;
            (at.line, at.column) = (line as usize, column as usize);
        }
        let shown = render(importer, module.original(), at, reason);
        Some(format!("{kind}{shown}"))
    }

    /// Offset of `name` in the statement of `module` that imports it from `imported`.
    fn statement(&self, module: &Module, imported: &str, name: &str) -> Option<usize> {
        let allocator = Allocator::default();
        let parsed = parse(&allocator, &module.source, SourceType::mjs());
        let record = &parsed.module_record;
        let imports = record
            .import_entries
            .iter()
            .map(|entry| (entry.statement_span, Some(&entry.module_request)));
        let exports = record
            .indirect_export_entries
            .iter()
            .map(|entry| (entry.statement_span, entry.module_request.as_ref()));
        let means = |specifier: &str| {
            specifier == imported
                || self
                    .known(specifier, &module.id)
                    .is_some_and(|id| &*id == imported)
        };
        let mut statements = imports
            .chain(exports)
            .filter(|(_, request)| request.is_some_and(|request| means(request.name.as_str())))
            .map(|(span, _)| span);
        let first = statements.next()?;
        let place = |start: u32, end: u32| {
            let text = module.source.get(start as usize..end as usize)?;
            Some(start as usize + word(text, name)?)
        };
        std::iter::once(first)
            .chain(statements)
            .find_map(|span| place(span.start, span.end))
            // A default import has no name.
            .or(Some(first.start as usize))
    }
}

/// What stands between `before` and the next quote.
fn quoted<'t>(text: &'t str, before: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once('\'').map(|(inside, _)| inside)
}

/// Offset of `name` in `text` where it is a word of its own.
fn word(text: &str, name: &str) -> Option<usize> {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    text.match_indices(name).map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).and_then(|text| text.chars().next_back());
        let after = text
            .get(at + name.len()..)
            .and_then(|text| text.chars().next());
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use std::fs;

    fn store(name: &str, text: &str) -> (tempfile::TempDir, ModuleStore, String) {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(name), text).unwrap();
        fs::write(
            dir.path().join("lib.js"),
            "export const a = 1, notnope = 2;",
        )
        .unwrap();
        let store = ModuleStore::new(&Source::open(dir.path().join(name)).unwrap()).unwrap();
        let lib = store.resolve("./lib.js", "").unwrap();
        store.load(&lib).unwrap();
        (dir, store, lib)
    }

    #[test]
    fn the_name_is_found_in_its_statement() {
        let text = "// nope\nimport { a,\n  notnope, nope } from './lib.js';\nnope();\n";
        let (_dir, store, lib) = store("main.js", text);
        let main = store.entry();
        let said = format!("SyntaxError: {main}: module '{lib}' has no export 'nope'");
        let shown = store.place_import(&said).unwrap();
        assert_eq!(
            shown,
            format!(
                "SyntaxError: {main}:3:12: module '{lib}' has no export 'nope'\n \
                 3 |   notnope, nope }} from './lib.js';\n   |            ^"
            )
        );
    }

    #[test]
    fn typescript_and_re_exports_are_placed_where_they_were_written() {
        let text = "interface A {\n  b: string;\n}\nexport { nope } from './lib.js';\n";
        let (_dir, store, lib) = store("main.ts", text);
        let main = store.entry();
        let said = format!("SyntaxError: {main}: module '{lib}' has no export 'nope'");
        let shown = store.place_import(&said).unwrap();
        assert!(
            shown.starts_with(&format!("SyntaxError: {main}:4:")),
            "{shown}"
        );
        assert!(
            shown.contains("| export { nope } from './lib.js';"),
            "{shown}"
        );
    }

    #[test]
    fn a_default_import_is_its_statement() {
        let (_dir, store, lib) = store("main.js", "let x;\nimport y from './lib.js';\n");
        let main = store.entry();
        let said = format!("SyntaxError: {main}: module '{lib}' has no export 'default'");
        let shown = store.place_import(&said).unwrap();
        assert!(
            shown.starts_with(&format!("SyntaxError: {main}:2:1: ")),
            "{shown}"
        );
    }

    #[test]
    fn other_messages_are_left_alone() {
        let (_dir, store, _) = store("main.js", "export {}");
        let main = store.entry().to_owned();
        for message in [
            "",
            "SyntaxError: x",
            "Error: file:///other.js: module 'x' has no export 'y'",
        ] {
            assert_eq!(store.place_import(message), None);
        }
        let said = format!("SyntaxError: {main}:1:1: unexpected");
        assert_eq!(store.place_import(&said), None);
    }
}
