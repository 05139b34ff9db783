//! Stack traces in the user's own positions.
//!
//! The engine knows the code that it was given: types are stripped, bundles are one long line. It
//! counts columns in bytes, source maps and users in characters. A trace is rewritten frame by
//! frame; what is not a frame of a loaded module stays as it is.

use crate::modules::ModuleStore;

impl ModuleStore {
    /// Rewrites `file:///…:LINE:COLUMN`, and the same with https, in `stack` to what the user wrote.
    pub fn map_stack(&self, stack: &str) -> String {
        let mut out = String::with_capacity(stack.len());
        let mut rest = stack;
        while let Some((start, scheme)) = next_url(rest) {
            let (before, frame) = rest.split_at(start);
            out.push_str(before);
            match self.map_frame(frame) {
                Some((text, length)) => {
                    out.push_str(&text);
                    rest = frame.get(length..).unwrap_or_default();
                }
                None => {
                    out.push_str(scheme);
                    rest = frame.get(scheme.len()..).unwrap_or_default();
                }
            }
        }
        out.push_str(rest);
        out
    }

    /// The rewritten form of the place that `text` begins with, and the length of the original.
    fn map_frame(&self, text: &str) -> Option<(String, usize)> {
        let line_end = text.find('\n').unwrap_or(text.len());
        let text = text.get(..line_end)?;
        // An id can have colons in it: the first one with a number and a known module before it.
        for (at, _) in text.match_indices(':').skip(1) {
            let id = text.get(..at)?;
            let Some((line, mut length)) = number(text, at) else {
                continue;
            };
            let Some(module) = self.loaded(id) else {
                continue;
            };
            let mut column = None;
            if let Some((value, end)) = number(text, length) {
                column = Some(value);
                length = end;
            }
            column = column.map(|column| module.characters(line, column));
            let (id, line, column) = match module.mapping().and_then(|m| m.origin(line, column)) {
                Some((source, line, mapped)) => (source, line, column.map(|_| mapped)),
                None => (id, line, column),
            };
            let text = match column {
                Some(column) => format!("{id}:{line}:{column}"),
                None => format!("{id}:{line}"),
            };
            return Some((text, length));
        }
        None
    }
}

/// Where the first id starts, and its scheme.
fn next_url(text: &str) -> Option<(usize, &'static str)> {
    ["file://", "https://"]
        .into_iter()
        .filter_map(|scheme| Some((text.find(scheme)?, scheme)))
        .min()
}

/// The number after the colon at `at`, and where it ends; none when there is no such number.
fn number(text: &str, at: usize) -> Option<(u32, usize)> {
    let digits = text.get(at..)?.strip_prefix(':')?;
    let length = digits.bytes().take_while(u8::is_ascii_digit).count();
    let value = digits.get(..length)?.parse().ok()?;
    Some((value, at + 1 + length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use std::fs;

    fn store(name: &str, text: &str) -> (tempfile::TempDir, ModuleStore) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        fs::write(&path, text).unwrap();
        let store = ModuleStore::new(&Source::open(&path).unwrap()).unwrap();
        (dir, store)
    }

    #[test]
    fn typescript_frames_are_mapped() {
        let text = "interface A {\n  b: string;\n}\n\nexport default function f(a: A): void {\n    \
                    throw new Error(a.b);\n}\n";
        let (_dir, store) = store("x.ts", text);
        let id = store.entry().to_owned();
        // Without the interface, `throw` stands in line 2, behind a tab.
        let module = store.load(&id).unwrap();
        assert_eq!(
            module.source.lines().nth(1).unwrap().trim_start(),
            "throw new Error(a.b);"
        );
        let stack = format!("Error: x\n    at f ({id}:2:2)\n    at g (native)\n");
        assert_eq!(
            store.map_stack(&stack),
            format!("Error: x\n    at f ({id}:6:5)\n    at g (native)\n")
        );
        let at_new = module.source.lines().nth(1).unwrap().find("new").unwrap() + 1;
        assert_eq!(
            store.map_stack(&format!("at {id}:2:{at_new}")),
            format!("at {id}:6:11")
        );
    }

    #[test]
    fn columns_are_characters() {
        let (_dir, store) = store("x.js", "f();\n'ä€😀'; g();");
        let id = store.entry();
        // Of bytes; the smiley is two units of UTF-16, as in source maps.
        let stack = format!("at ({id}:1:3)\nat ({id}:2:14)\nat ({id}:2)\nat ({id}:2:99)");
        let expected = format!("at ({id}:1:3)\nat ({id}:2:9)\nat ({id}:2)\nat ({id}:2:13)");
        assert_eq!(store.map_stack(&stack), expected);
    }

    #[test]
    fn what_is_no_frame_stays() {
        let (_dir, store) = store("x.js", "export {}");
        for stack in [
            "",
            "Error: cannot read file:///etc/x:y: no",
            "at file:///other.js:1:2",
            "file://",
            "file:///a:99999999999999:1",
            "ä file://ü:1:1",
        ] {
            assert_eq!(store.map_stack(stack), stack);
        }
    }

    #[test]
    fn minified_bundles_are_mapped_behind_other_characters() {
        // Column 11 of the first line, as the map counts from 0, is line 3, column 3.
        let map = r#"{"version":3,"sources":["src/a.ts"],"names":[],"mappings":"AAAA,WAEE"}"#;
        let (dir, store) = store("x.js", "f('äöü😀');boom()\n//# sourceMappingURL=x.js.map\n");
        fs::write(dir.path().join("x.js.map"), map).unwrap();
        let source = store.entry().replace("x.js", "src/a.ts");
        let stack = |column| format!("at f ({}:1:{column})", store.entry());
        // Bytes from 1: `boom`, and the semicolon before it.
        assert_eq!(store.map_stack(&stack(17)), format!("at f ({source}:3:3)"));
        assert_eq!(store.map_stack(&stack(16)), format!("at f ({source}:1:1)"));
    }

    #[test]
    fn bundles_are_mapped_by_their_own_map() {
        let map = r#"{"version":3,"sources":["src/a.ts"],"names":[],"mappings":"AAAA,SAEE"}"#;
        let (dir, store) = store("x.js", "export {}\n//# sourceMappingURL=x.js.map\n");
        fs::write(dir.path().join("x.js.map"), map).unwrap();
        let source = store.entry().replace("x.js", "src/a.ts");
        let stack = format!("at f ({}:1:12)", store.entry());
        assert_eq!(store.map_stack(&stack), format!("at f ({source}:3:3)"));
    }
}
