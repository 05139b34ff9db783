//! From the text of one file to what the engine evaluates: is it an ES module or CommonJS, is
//! it correct, and, for TypeScript, the JavaScript that remains without the types.
//!
//! As in k6, a file is an ES module when it has `import`, `export` or a top-level `await`, and
//! CommonJS otherwise; its name does not matter. It is read as JavaScript first; only when that
//! fails, and its name ends in `.ts` or it came from standard input, it is read as TypeScript.
//! Types are stripped and enums and namespaces transformed; nothing is checked, bundled or
//! lowered. Other languages' syntax (JSX, legacy decorators) is not supported.
//!
//! Parsing recurses with the text's nesting, so it runs on a thread of its own with a deep
//! stack: callers may sit on the small stack of a suspended VU.

use std::path::Path;

use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_codegen::{Codegen, CodegenOptions, CommentOptions};
use oxc_parser::{ParseOptions, Parser, ParserReturn};
use oxc_semantic::{Scoping, SemanticBuilder};
use oxc_span::SourceType;
use oxc_transformer::{TransformOptions, Transformer};

use crate::diagnostic::{Finding, Position, render};
use crate::location::{STDIN_ID, path_of};
use crate::source_map::Mapping;

/// Stack of the parsing thread, in bytes. Address space: pages are used as they are needed.
const STACK: usize = 256 << 20;

/// How a module is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// An ES module.
    Esm,
    /// A CommonJS script: a function body over `module`, `exports`, `require`.
    CommonJs,
    /// A JSON text; its value is the module.
    Json,
}

/// A file that is ready to be evaluated.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) format: Format,
    /// JavaScript or JSON.
    pub(crate) text: String,
    /// Where the user's own positions are, when `text` is not what the user wrote.
    pub(crate) mapping: Option<Mapping>,
}

/// Why a text cannot be a module.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum CompileError {
    /// `id:line:column: message`, the line, a caret.
    Syntax(String),
    /// The parser itself failed.
    Internal(String),
}

/// Compiles the text of module `id`.
pub(crate) fn compile(id: &str, text: String) -> Result<Compiled, CompileError> {
    let text = prepare(text);
    if id.ends_with(".json") {
        return json(id, text);
    }
    on_a_deep_stack(id, || on_this_stack(id, text))?
}

/// Runs `work`, which parses the text of `id`, on a stack that its nesting cannot exhaust.
pub(crate) fn on_a_deep_stack<T: Send>(
    id: &str,
    work: impl FnOnce() -> T + Send,
) -> Result<T, CompileError> {
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .name("script-compile".to_owned())
            .stack_size(STACK)
            .spawn_scoped(scope, work)
            .map_err(|e| CompileError::Internal(format!("cannot start a thread: {e}")))?
            .join()
            .map_err(|_| CompileError::Internal(format!("the parser failed on {id}")))
    })
}

/// Drops a byte order mark, and turns a `#!` line into a comment of the same length: it would
/// no longer stand first once the engine wraps the text.
fn prepare(mut text: String) -> String {
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    if text.starts_with("#!") {
        text.replace_range(..2, "//");
    }
    text
}

fn json(id: &str, text: String) -> Result<Compiled, CompileError> {
    match serde_json::from_str::<serde::de::IgnoredAny>(&text) {
        Ok(_) => Ok(Compiled {
            format: Format::Json,
            text,
            mapping: None,
        }),
        Err(e) => {
            let at = Position {
                line: e.line().max(1),
                column: e.column().max(1),
            };
            let full = e.to_string();
            let message = full.split(" at line ").next().unwrap_or(&full);
            Err(CompileError::Syntax(render(id, &text, at, message)))
        }
    }
}

fn on_this_stack(id: &str, text: String) -> Result<Compiled, CompileError> {
    let failure = match check_js(&text) {
        Ok(format) => {
            return Ok(Compiled {
                format,
                text,
                mapping: None,
            });
        }
        Err(failure) => failure,
    };
    let stdin = id == STDIN_ID;
    if !stdin && !id.ends_with(".ts") {
        let mut failure = failure;
        // What is wrong without its types, too, is not TypeScript: a second default export, say.
        if strip_types(id, &text).is_ok_and(|stripped| check_js(&stripped.text).is_ok()) {
            let hint = "this is TypeScript; give the file a name that ends in .ts to have its \
                        types removed";
            failure.help = Some(hint.to_owned());
        }
        return Err(CompileError::Syntax(failure.render(id, &text)));
    }
    strip_types(id, &text).map_err(|typed| {
        // Standard input may be either language: the one that understood more of it is right.
        let best = if stdin && failure.offset > typed.offset {
            failure
        } else {
            typed
        };
        CompileError::Syntax(best.render(id, &text))
    })
}

/// Parses JavaScript. Module syntax is looked for first; a text without any that fails may
/// still be a module by its top-level `await`.
fn check_js(text: &str) -> Result<Format, Finding> {
    let allocator = Allocator::default();
    let kind = SourceType::unambiguous().with_jsx(false);
    let (result, format) = checked(parse(&allocator, text, kind));
    let Err(failure) = result else {
        return Ok(format);
    };
    if format == Format::CommonJs && text.contains("await") {
        let allocator = Allocator::default();
        if checked(parse(&allocator, text, SourceType::mjs()))
            .0
            .is_ok()
        {
            return Ok(Format::Esm);
        }
    }
    Err(failure)
}

pub(crate) fn parse<'a>(
    allocator: &'a Allocator,
    text: &'a str,
    kind: SourceType,
) -> ParserReturn<'a> {
    let options = ParseOptions {
        // CommonJS is a function body.
        allow_return_outside_function: !kind.is_module(),
        ..ParseOptions::default()
    };
    Parser::new(allocator, text, kind)
        .with_options(options)
        .parse()
}

/// The rules that a parser alone does not see: doubly declared names, stray `break`, ...
fn checked(parsed: ParserReturn<'_>) -> (Result<(), Finding>, Format) {
    let format = format_of(&parsed.program);
    let result = syntax(&parsed).and_then(|()| semantics(&parsed.program).map(drop));
    (result, format)
}

fn format_of(program: &Program<'_>) -> Format {
    if program.source_type.is_module() {
        Format::Esm
    } else {
        Format::CommonJs
    }
}

fn syntax(parsed: &ParserReturn<'_>) -> Result<(), Finding> {
    match Finding::first(parsed.diagnostics.iter()) {
        Some(finding) => Err(finding),
        None if parsed.panicked => Err(Finding {
            offset: 0,
            message: "this is not JavaScript".to_owned(),
            help: None,
        }),
        None => Ok(()),
    }
}

fn semantics(program: &Program<'_>) -> Result<Scoping, Finding> {
    let built = SemanticBuilder::new()
        .with_check_syntax_error(true)
        // The transformer folds enum members that depend on others.
        .with_enum_eval(true)
        .build(program);
    match Finding::first(built.diagnostics.iter()) {
        Some(finding) => Err(finding),
        None => Ok(built.semantic.into_scoping()),
    }
}

/// Parses TypeScript and prints it without its types.
fn strip_types(id: &str, text: &str) -> Result<Compiled, Finding> {
    let allocator = Allocator::default();
    let kind = SourceType::ts().with_unambiguous(true);
    let mut parsed = parse(&allocator, text, kind);
    if syntax(&parsed).is_err() && format_of(&parsed.program) == Format::CommonJs {
        let module = parse(&allocator, text, SourceType::ts());
        if text.contains("await") && syntax(&module).is_ok() {
            parsed = module;
        }
    }
    syntax(&parsed)?;
    // Decided before imports of types alone are dropped.
    let format = format_of(&parsed.program);
    let scoping = semantics(&parsed.program)?;
    let mut program = parsed.program;
    let path = path_of(id).unwrap_or_default();
    let options = TransformOptions::default();
    let done =
        Transformer::new(&allocator, &path, &options).build_with_scoping(scoping, &mut program);
    if let Some(finding) = Finding::first(done.diagnostics.iter()) {
        return Err(finding);
    }
    let printed = Codegen::new()
        .with_options(CodegenOptions {
            comments: CommentOptions::disabled(),
            source_map_path: Some(Path::new(id).to_path_buf()),
            ..CodegenOptions::default()
        })
        .with_source_text(text)
        .build(&program);
    let mapping = printed.map.map(|map| Mapping::of_types(id, &map));
    Ok(Compiled {
        format,
        text: printed.code,
        mapping,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn js(text: &str) -> Result<Compiled, CompileError> {
        compile("file:///t/x.js", text.to_owned())
    }

    fn ts(text: &str) -> Result<Compiled, CompileError> {
        compile("file:///t/x.ts", text.to_owned())
    }

    fn syntax_error(result: Result<Compiled, CompileError>) -> String {
        match result {
            Err(CompileError::Syntax(text)) => text,
            other => panic!("no syntax error: {other:?}"),
        }
    }

    #[test]
    fn syntax_tells_modules_from_commonjs() {
        for (text, format) in [
            ("import http from 'k6/http'; http.get('')", Format::Esm),
            ("export default function () {}", Format::Esm),
            ("await 1", Format::Esm),
            (
                "const x = await f(); for await (const y of x) {}",
                Format::Esm,
            ),
            ("module.exports.default = () => {}", Format::CommonJs),
            ("const http = require('k6/http'); return;", Format::CommonJs),
            ("async function f() { await 1 }", Format::CommonJs),
            (
                "// import x from 'y'\nvar await = 1; await",
                Format::CommonJs,
            ),
        ] {
            assert_eq!(js(text).unwrap().format, format, "{text}");
        }
    }

    #[test]
    fn javascript_is_passed_on_unchanged() {
        let text = "export  default /* a */ function () { return `${1}` }\n";
        let done = js(text).unwrap();
        assert_eq!(done.text, text);
        assert!(done.mapping.is_none());
    }

    #[test]
    fn byte_order_marks_and_shebangs_are_neutralised() {
        assert_eq!(
            js("\u{feff}#!/bin/x\nlet a").unwrap().text,
            "///bin/x\nlet a"
        );
    }

    #[test]
    fn syntax_errors_show_the_place() {
        let text = syntax_error(js("export default function () {\n  let a = = 3;\n}\n"));
        assert!(
            text.starts_with("file:///t/x.js:2:11: Unexpected token\n"),
            "{text}"
        );
        assert!(
            text.contains("\n 2 |   let a = = 3;\n   |           ^"),
            "{text}"
        );
    }

    #[test]
    fn rules_beyond_the_grammar_are_checked() {
        let text = syntax_error(js("export let a = 1;\nlet a = 2;"));
        assert!(text.contains("`a`"), "{text}");
        let text = syntax_error(js("let a;\nbreak;"));
        assert!(text.starts_with("file:///t/x.js:2:1: "), "{text}");
    }

    #[test]
    fn types_are_stripped_only_where_allowed() {
        let text = "export const a: number = 1;";
        assert_eq!(ts(text).unwrap().text, "export const a = 1;\n");
        assert_eq!(
            compile(STDIN_ID, text.to_owned()).unwrap().text,
            "export const a = 1;\n"
        );
        let error = syntax_error(js(text));
        assert!(error.starts_with("file:///t/x.js:1:14: "), "{error}");
        assert!(
            error.ends_with("ends in .ts to have its types removed"),
            "{error}"
        );
    }

    #[test]
    fn what_typescript_would_let_pass_is_not_called_typescript() {
        let error = syntax_error(js("export default function () {}\nexport default 5;\n"));
        assert!(error.starts_with("file:///t/x.js:2:"), "{error}");
        assert!(error.contains("export default 5;"), "{error}");
        assert!(!error.contains("TypeScript"), "{error}");
    }

    #[test]
    fn a_ts_file_that_is_javascript_is_left_alone() {
        let text = "export const a =  1;";
        assert_eq!(ts(text).unwrap().text, text);
    }

    #[test]
    fn enums_namespaces_and_parameter_properties_become_code() {
        let done = ts("enum E { A = 1, B = A << 2 }\nexport const b: E = E.B;").unwrap();
        assert!(done.text.contains("= 4]"), "{}", done.text);
        let done = ts("export namespace N { export const x: number = 1 }").unwrap();
        assert!(
            done.text.contains("N.x = 1") || done.text.contains("_N.x = 1"),
            "{}",
            done.text
        );
        let done = ts("export class C { constructor(private a: string) {} }").unwrap();
        assert!(done.text.contains("this.a = a"), "{}", done.text);
    }

    #[test]
    fn imports_of_types_go_and_the_module_stays_a_module() {
        let done = ts("import { T } from './t.ts';\nlet x: T = 1 as T;").unwrap();
        assert_eq!(done.format, Format::Esm);
        assert!(!done.text.contains("./t.ts"), "{}", done.text);
        let done = ts("const h: any = require('k6/http'); module.exports = h!;").unwrap();
        assert_eq!(done.format, Format::CommonJs);
        let done = ts("const x: number = await f();").unwrap();
        assert_eq!(done.format, Format::Esm);
    }

    #[test]
    fn typescript_errors_are_those_of_typescript() {
        let error = syntax_error(ts("const a: number = 1;\nconst b: = 2;"));
        assert!(error.starts_with("file:///t/x.ts:2:10: "), "{error}");
    }

    #[test]
    fn standard_input_reports_the_language_that_got_further() {
        let error = syntax_error(compile(STDIN_ID, "const a: number = 1;\nlet = = 2;".into()));
        assert!(error.starts_with("file:///-:2:"), "{error}");
        let error = syntax_error(compile(STDIN_ID, "const a = 1;\nlet b = = 2;".into()));
        assert!(error.starts_with("file:///-:2:9: "), "{error}");
    }

    #[test]
    fn json_is_checked() {
        let ok = compile("file:///t/x.json", "{\"a\": [1]}".into()).unwrap();
        assert_eq!(ok.format, Format::Json);
        let error = syntax_error(compile("file:///t/x.json", "{\n  \"a\": x\n}".into()));
        assert!(
            error.starts_with("file:///t/x.json:2:8: expected value\n"),
            "{error}"
        );
    }

    #[test]
    fn deep_nesting_does_not_overflow_the_callers_stack() {
        let text = format!(
            "export default {}1{}",
            "(".repeat(20_000),
            ")".repeat(20_000)
        );
        std::thread::Builder::new()
            .stack_size(128 << 10)
            .spawn(move || js(&text).map(|done| done.format))
            .unwrap()
            .join()
            .unwrap()
            .unwrap();
    }
}
