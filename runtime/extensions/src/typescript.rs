//! An extension's module as TypeScript declarations, as an editor wants them beside the script.

use std::fmt::Write;

use crate::docs::Docs;
use crate::shape::{Description, Function, Role, Shape};
use crate::type_names::{TypeNames, Way, is_reserved};
use crate::type_text::{TypeText, quoted};
use runner_contract::{camel_case, pascal_case};

/// Declarations of the module `k6/x/NAME`.
pub fn typescript(name: &str, description: &Description, docs: &Docs) -> String {
    let mut out = String::new();
    let mut namespaces: Vec<Option<&str>> = vec![None];
    for interface in &description.interfaces {
        let namespace = description.namespace(Some(interface));
        if !namespaces.contains(&namespace) {
            namespaces.push(namespace);
        }
    }
    if let [interface] = description.interfaces.as_slice() {
        comment(&mut out, 0, docs.interface(interface), &[]);
    }
    put(&mut out, 0, &format!("declare module \"k6/x/{name}\" {{"));
    let names = TypeNames::of(description, &namespaces);
    let printer = Printer {
        description,
        docs,
        text: TypeText::new(description, &names),
    };
    for (name, shape, way) in names.all() {
        printer.declare(&mut out, name, shape, way);
    }
    let mut exported = Vec::new();
    for namespace in namespaces {
        let mut body = String::new();
        let depth = if namespace.is_some() { 2 } else { 1 };
        let names = printer.items(&mut body, namespace, depth);
        match namespace {
            None => {
                let field = |name: String| match is_reserved(&name) {
                    true => format!("{name}: typeof {name}_"),
                    false => format!("{name}: typeof {name}"),
                };
                exported.extend(names.into_iter().map(field));
                out.push_str(&body);
            }
            Some(namespace) => {
                let of = |name: &&String| description.namespace(Some(name)) == Some(namespace);
                let interface = description.interfaces.iter().find(of);
                let text = interface.and_then(|interface| docs.interface(interface));
                comment(&mut out, 1, text, &[]);
                let namespace = camel_case(namespace);
                put(&mut out, 1, &format!("export namespace {namespace} {{"));
                out.push_str(&body);
                put(&mut out, 1, "}");
                exported.push(format!("{namespace}: typeof {namespace}"));
            }
        }
    }
    let fields = exported.join("; ");
    put(&mut out, 1, &format!("const _default: {{ {fields} }};"));
    put(&mut out, 1, "export default _default;");
    put(&mut out, 0, "}");
    out
}

fn put(out: &mut String, depth: usize, line: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{:width$}{line}", "", width = depth * 2);
}

/// What is said of the next item, and tags below it.
fn comment(out: &mut String, depth: usize, text: Option<&str>, tags: &[String]) {
    let lines = text.into_iter().flat_map(str::lines).map(str::trim);
    let lines: Vec<_> = lines.chain(tags.iter().map(String::as_str)).collect();
    match lines.as_slice() {
        [] => {}
        [line] => put(out, depth, &format!("/** {line} */")),
        lines => {
            put(out, depth, "/**");
            for line in lines {
                put(out, depth, format!(" * {line}").trim_end());
            }
            put(out, depth, " */");
        }
    }
}

struct Printer<'a> {
    description: &'a Description,
    docs: &'a Docs,
    text: TypeText<'a>,
}

impl Printer<'_> {
    /// Functions and classes of one namespace; returns their names.
    fn items(&self, out: &mut String, namespace: Option<&str>, depth: usize) -> Vec<String> {
        let of = |interface: &Option<String>| {
            self.description.namespace(interface.as_deref()) == namespace
        };
        let mut names = Vec::new();
        for function in &self.description.functions {
            if function.role == Role::Free && of(&function.interface) {
                let name = camel_case(&function.name);
                self.comment(out, depth, function);
                let signature = self.signature(function, 0);
                match (is_reserved(&name), namespace) {
                    (false, _) => put(out, depth, &format!("export function {name}{signature};")),
                    (true, None) => {
                        put(out, depth, &format!("function {name}_{signature};"));
                        put(out, depth, &format!("export {{ {name}_ as {name} }};"));
                    }
                    // TypeScript has no way to say this.
                    (true, Some(_)) => put(out, depth, &format!("// {name}{signature}")),
                }
                names.push(name);
            }
        }
        for (index, resource) in self.description.resources.iter().enumerate() {
            if !of(&resource.interface) {
                continue;
            }
            let text = self
                .docs
                .resource(resource.interface.as_deref(), &resource.name);
            comment(out, depth, text, &[]);
            let name = pascal_case(&resource.name);
            put(out, depth, &format!("export class {name} {{"));
            let functions = self.description.functions.iter();
            let mut own = functions
                .filter(|f| f.role.resource() == Some(index))
                .peekable();
            if !own.clone().any(|f| matches!(f.role, Role::Constructor(_))) {
                put(out, depth + 1, "private constructor();");
            }
            for function in own.by_ref() {
                let called = camel_case(&function.name);
                self.comment(out, depth + 1, function);
                let line = match function.role {
                    Role::Constructor(_) => format!("constructor({});", self.params(function, 0)),
                    Role::Static(_) => format!("static {called}{};", self.signature(function, 0)),
                    _ => format!("{called}{};", self.signature(function, 1)),
                };
                put(out, depth + 1, &line);
            }
            put(out, depth, "}");
            names.push(name);
        }
        names
    }

    /// What a function does, and what it throws, which TypeScript cannot declare.
    fn comment(&self, out: &mut String, depth: usize, function: &Function) {
        let thrown = match &function.result {
            Some(Shape::Result(_, Some(error))) => match &**error {
                Shape::String => Some("@throws {Error} with the extension's message".to_owned()),
                error => {
                    let ty = self.text.of(error, Way::Result);
                    Some(format!("@throws {{Error & {{ payload: {ty} }}}}"))
                }
            },
            Some(Shape::Result(_, None)) => Some("@throws {Error}".to_owned()),
            _ => None,
        };
        let text = self
            .docs
            .function(function.interface.as_deref(), &function.export);
        comment(out, depth, text, thrown.as_slice());
    }

    fn signature(&self, function: &Function, skip: usize) -> String {
        let result = match &function.result {
            None => "void".to_owned(),
            // The error is thrown.
            Some(Shape::Result(ok, _)) => ok
                .as_ref()
                .map_or_else(|| "void".to_owned(), |ok| self.text.of(ok, Way::Result)),
            Some(shape) => self.text.of(shape, Way::Result),
        };
        format!("({}): {result}", self.params(function, skip))
    }

    fn params(&self, function: &Function, skip: usize) -> String {
        let params: Vec<_> = function.params.iter().skip(skip).collect();
        let last_needed = params
            .iter()
            .rposition(|(_, shape)| !matches!(shape, Shape::Option(_)));
        let printed: Vec<_> = params
            .iter()
            .enumerate()
            .map(|(index, (name, shape))| {
                let optional = last_needed.is_none_or(|last| index > last);
                let mark = if optional { "?" } else { "" };
                let name = camel_case(name);
                let escape = if is_reserved(&name) { "_" } else { "" };
                let ty = self.text.of(shape, Way::Argument);
                format!("{name}{escape}{mark}: {ty}")
            })
            .collect();
        printed.join(", ")
    }

    fn declare(&self, out: &mut String, name: &str, shape: &Shape, way: Way) {
        let wit = shape.name().unwrap_or_default();
        comment(out, 1, self.docs.named(wit), &[]);
        let part = |part: &str| self.docs.part(wit, part);
        match shape {
            Shape::Record(_, fields) => {
                put(out, 1, &format!("export interface {name} {{"));
                for (field, shape) in fields {
                    comment(out, 2, part(field), &[]);
                    put(out, 2, &self.text.field(field, shape, way));
                }
                put(out, 1, "}");
            }
            Shape::Flags(_, flags) => {
                put(out, 1, &format!("export interface {name} {{"));
                for flag in flags {
                    comment(out, 2, part(flag), &[]);
                    put(out, 2, &self.text.flag(flag, way));
                }
                put(out, 1, "}");
            }
            Shape::Variant(_, cases) => {
                let names: Vec<_> = cases.iter().map(|(name, _)| &**name).collect();
                self.union(out, name, &self.text.cases(cases, way), &names, wit);
            }
            Shape::Enum(_, cases) => {
                let names: Vec<_> = cases.iter().map(String::as_str).collect();
                self.union(out, name, &quoted(cases), &names, wit);
            }
            _ => {}
        }
    }

    /// One line, or one for each case where something is said of them.
    fn union(&self, out: &mut String, name: &str, types: &[String], cases: &[&str], wit: &str) {
        let said = cases.iter().any(|case| self.docs.part(wit, case).is_some());
        // Cases that are JavaScript's own kinds are not told apart one by one.
        if !said || types.len() != cases.len() {
            put(
                out,
                1,
                &format!("export type {name} = {};", types.join(" | ")),
            );
            return;
        }
        put(out, 1, &format!("export type {name} ="));
        for (place, (ty, case)) in types.iter().zip(cases).enumerate() {
            comment(out, 2, self.docs.part(wit, case), &[]);
            let end = if place + 1 == types.len() { ";" } else { "" };
            put(out, 2, &format!("| {ty}{end}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::Resource;

    #[test]
    fn a_module_with_functions_types_and_a_class() {
        let interface = Some("acme:compare/compare@1.0.0".to_owned());
        let function =
            |export: &str, name: &str, role, params: &[(&str, Shape)], result| Function {
                interface: interface.clone(),
                export: export.into(),
                name: name.into(),
                role,
                params: params
                    .iter()
                    .map(|(n, s)| ((*n).into(), s.clone()))
                    .collect(),
                result,
            };
        let order = Shape::Enum(Some("order".into()), vec!["less".into(), "more".into()]);
        let description = Description {
            functions: vec![
                function(
                    "is-greater",
                    "is-greater",
                    Role::Free,
                    &[("a", Shape::S64), ("b", Shape::S64)],
                    Some(Shape::Bool),
                ),
                function(
                    "[constructor]comparator",
                    "",
                    Role::Constructor(0),
                    &[],
                    Some(Shape::Own(0)),
                ),
                function(
                    "[method]comparator.order-of",
                    "order-of",
                    Role::Method(0),
                    &[
                        ("self", Shape::Borrow(0)),
                        ("a", Shape::Bytes),
                        ("b", Shape::Option(Box::new(Shape::String))),
                    ],
                    Some(Shape::Result(Some(Box::new(order)), None)),
                ),
            ],
            resources: vec![Resource {
                interface: interface.clone(),
                name: "comparator".into(),
                same_as: None,
            }],
            interfaces: vec!["acme:compare/compare@1.0.0".into()],
            lifecycle: false,
        };
        let expected = "\
declare module \"k6/x/compare\" {
  export type Order = \"less\" | \"more\";
  export function isGreater(a: number | bigint, b: number | bigint): boolean;
  export class Comparator {
    constructor();
    /** @throws {Error} */
    orderOf(a: ArrayBufferView | ArrayBuffer, b?: string | undefined): Order;
  }
  const _default: { isGreater: typeof isGreater; Comparator: typeof Comparator };
  export default _default;
}
";
        assert_eq!(
            typescript("compare", &description, &Docs::default()),
            expected
        );
    }
}
