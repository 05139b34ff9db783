//! What a script needs, without running it: the modules that it imports, and the extensions and
//! versions that it asks for.
//!
//! Only `import … from` and `export … from` count, and `"use k6 …"` directives at the top of a
//! module: what `require()` and `import()` load is known when they run. Modules of k6 itself
//! (`k6`, `k6/…`) are named and not looked into.

use std::collections::{BTreeMap, BTreeSet};

use oxc_allocator::Allocator;
use oxc_span::SourceType;

use crate::compile::{Format, on_a_deep_stack, parse};
use crate::modules::{ModuleError, ModuleStore};

/// No constraint.
const ANY: &str = "*";
const K6: &str = "k6";

/// The needs of one script.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dependencies {
    /// URLs of modules, the main one included, and names of k6's own and of extensions.
    pub imports: BTreeSet<String>,
    /// Extensions, and k6 where something is said about it, with the versions that will do.
    pub build: BTreeMap<String, String>,
}

impl Dependencies {
    fn note(&mut self, name: &str, constraint: &str) {
        let known = self.build.entry(name.to_owned()).or_default();
        if known.is_empty() || known == ANY {
            *known = constraint.to_owned();
        }
    }
}

/// True for modules that k6 itself does not have.
pub fn is_extension(specifier: &str) -> bool {
    specifier.starts_with("k6/x/")
}

impl ModuleStore {
    /// Follows the imports of the main module.
    ///
    /// # Errors
    /// One of the modules cannot be found or read, or has a syntax error.
    pub fn dependencies(&self) -> Result<Dependencies, ModuleError> {
        let mut found = Dependencies::default();
        let mut open = vec![self.entry().to_owned()];
        while let Some(id) = open.pop() {
            if !found.imports.insert(id.clone()) {
                continue;
            }
            let module = self.load(&id)?;
            if module.format != Format::Esm {
                continue;
            }
            let heading = on_a_deep_stack(&id, || Heading::of(&module.source))?;
            for directive in &heading.directives {
                if let Some((name, constraint)) = directive_of(directive) {
                    found.note(name, constraint);
                }
            }
            for specifier in heading.imports {
                if specifier == K6 || specifier.starts_with("k6/") {
                    if is_extension(&specifier) {
                        found.note(&specifier, ANY);
                    }
                    found.imports.insert(specifier);
                } else {
                    open.push(self.resolve(&specifier, &id)?);
                }
            }
        }
        if found.build.keys().any(|name| name != K6) {
            found.note(K6, ANY);
        }
        Ok(found)
    }
}

/// What stands at the top of a module.
struct Heading {
    imports: Vec<String>,
    directives: Vec<String>,
}

impl Heading {
    fn of(text: &str) -> Self {
        let allocator = Allocator::default();
        let parsed = parse(&allocator, text, SourceType::mjs());
        let imports = parsed.module_record.requested_modules.keys();
        let directives = parsed.program.directives.iter();
        Self {
            imports: imports.map(|specifier| specifier.to_string()).collect(),
            directives: directives
                .map(|directive| directive.directive.to_string())
                .collect(),
        }
    }
}

/// `use k6 >= 1.0` and `use k6 with k6/x/kv >= 0.2`: the name, and the constraint without spaces
/// around it.
fn directive_of(text: &str) -> Option<(&str, &str)> {
    let rest = text.trim().strip_prefix("use k6")?;
    let (name, constraint) = match rest.trim_start().strip_prefix("with ") {
        Some(extension) => {
            let extension = extension.trim_start();
            let end = extension
                .find(|c: char| c.is_whitespace() || "<>=!~^*".contains(c))
                .unwrap_or(extension.len());
            extension.split_at(end)
        }
        None => (K6, rest),
    };
    let constraint = constraint.trim();
    let known = constraint.is_empty()
        || constraint.starts_with(|c: char| "<>=!~^*v".contains(c) || c.is_ascii_digit());
    let constraint = if constraint.is_empty() {
        ANY
    } else {
        constraint
    };
    (known && !name.is_empty()).then_some((name, constraint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Source;
    use std::fs;

    fn of(files: &[(&str, &str)]) -> Result<Dependencies, ModuleError> {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(dir.path().join(name), text).unwrap();
        }
        let source = Source::open(dir.path().join(files[0].0)).unwrap();
        let store = ModuleStore::new(&source)?;
        let mut found = store.dependencies()?;
        let folder = format!("file://{}/", dir.path().display());
        let names = found.imports.iter().map(|id| id.replace(&folder, ""));
        found.imports = names.collect();
        Ok(found)
    }

    fn names(list: &[&str]) -> BTreeSet<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn imports_are_followed() {
        let found = of(&[
            (
                "main.ts",
                "import http from 'k6/http';\nimport { a } from './a.js';\n\
                 import type { T } from './types.ts';\nconst x: number = a; http.get(`${x}`);",
            ),
            (
                "a.js",
                "export { b as a } from './b.js'; import './main.ts';",
            ),
            (
                "b.js",
                "export const b = 1; import('k6/x/late'); require('k6/ws');",
            ),
        ])
        .unwrap();
        assert_eq!(
            found.imports,
            names(&["a.js", "b.js", "k6/http", "main.ts"])
        );
        assert!(found.build.is_empty(), "{found:?}");
    }

    #[test]
    fn extensions_have_constraints() {
        let found = of(&[(
            "main.js",
            "'use k6 > 0.54'; 'use k6 with k6/x/faker >= 0.4.0'; 'use k6 with k6/x/sql';\n\
             'use strict';\nimport 'k6/x/faker'; import 'k6/x/other';",
        )])
        .unwrap();
        let pair = |(a, b): (&str, &str)| (a.to_owned(), b.to_owned());
        let build = [
            ("k6", "> 0.54"),
            ("k6/x/faker", ">= 0.4.0"),
            ("k6/x/other", "*"),
            ("k6/x/sql", "*"),
        ];
        assert_eq!(found.build, build.map(pair).into());
        let found = of(&[("main.js", "import 'k6/x/faker'")]).unwrap();
        assert_eq!(found.build["k6"], "*");
    }

    #[test]
    fn commonjs_is_not_followed() {
        let found = of(&[("main.js", "const x = require('./nowhere.js');")]).unwrap();
        assert_eq!(found.imports, names(&["main.js"]));
    }

    #[test]
    fn missing_modules_are_named() {
        let error = of(&[("main.js", "import './nowhere.js'")]).unwrap_err();
        assert!(error.to_string().contains("\"./nowhere.js\""), "{error}");
    }

    #[test]
    fn directives() {
        assert_eq!(directive_of("use k6"), Some(("k6", "*")));
        assert_eq!(directive_of("use k6>0.49"), Some(("k6", ">0.49")));
        assert_eq!(
            directive_of("use k6 with k6/x/toml>v0.1.0"),
            Some(("k6/x/toml", ">v0.1.0"))
        );
        assert_eq!(
            directive_of("use k6 with xk6-dashboard*"),
            Some(("xk6-dashboard", "*"))
        );
        assert_eq!(directive_of("use strict"), None);
        assert_eq!(directive_of("use k6bananas"), None);
    }
}
