//! An extension's module as TypeScript declarations, as an editor wants them beside the script.

use std::fmt::Write;

use crate::names::{camel_case, pascal_case};
use crate::natural::natural;
use crate::shape::{Description, Function, Role, Shape};
use crate::type_names::{TypeNames, is_reserved};

/// Declarations of the module `k6/x/NAME`.
pub fn typescript(name: &str, description: &Description) -> String {
    let mut out = String::new();
    let mut namespaces: Vec<Option<&str>> = vec![None];
    for interface in &description.interfaces {
        let namespace = description.namespace(Some(interface));
        if !namespaces.contains(&namespace) {
            namespaces.push(namespace);
        }
    }
    put(&mut out, 0, &format!("declare module \"k6/x/{name}\" {{"));
    let printer = Printer {
        description,
        types: TypeNames::of(description, &namespaces),
    };
    for (name, shape) in printer.types.all() {
        printer.declare(&mut out, name, shape);
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

struct Printer<'a> {
    description: &'a Description,
    types: TypeNames,
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
                self.throws(out, depth, function);
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
                self.throws(out, depth + 1, function);
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

    /// What the payload of a thrown error is, which TypeScript cannot declare.
    fn throws(&self, out: &mut String, depth: usize, function: &Function) {
        if let Some(Shape::Result(_, Some(error))) = &function.result {
            let error = self.ty(error, false);
            put(
                out,
                depth,
                &format!("/** Throws an Error whose payload is: {error} */"),
            );
        }
    }

    fn signature(&self, function: &Function, skip: usize) -> String {
        let result = match &function.result {
            None => "void".to_owned(),
            // The error is thrown.
            Some(Shape::Result(ok, _)) => ok
                .as_ref()
                .map_or_else(|| "void".to_owned(), |ok| self.ty(ok, false)),
            Some(shape) => self.ty(shape, false),
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
                format!("{name}{escape}{mark}: {}", self.ty(shape, true))
            })
            .collect();
        printed.join(", ")
    }

    fn declare(&self, out: &mut String, name: &str, shape: &Shape) {
        let union = |texts: Vec<String>| format!("export type {name} = {};", texts.join(" | "));
        match shape {
            Shape::Record(_, fields) => {
                put(out, 1, &format!("export interface {name} {{"));
                for (field, shape) in fields {
                    put(out, 2, &self.field(field, shape));
                }
                put(out, 1, "}");
            }
            Shape::Flags(_, flags) => {
                put(out, 1, &format!("export interface {name} {{"));
                for flag in flags {
                    put(out, 2, &format!("{}?: boolean;", camel_case(flag)));
                }
                put(out, 1, "}");
            }
            Shape::Variant(_, cases) => put(out, 1, &union(self.cases(cases))),
            Shape::Enum(_, cases) => put(out, 1, &union(quoted(cases))),
            _ => {}
        }
    }

    fn field(&self, name: &str, shape: &Shape) -> String {
        let mark = if matches!(shape, Shape::Option(_)) {
            "?"
        } else {
            ""
        };
        format!("{}{mark}: {};", camel_case(name), self.ty(shape, true))
    }

    fn cases(&self, cases: &[(String, Option<Shape>)]) -> Vec<String> {
        if let Some(types) = natural(cases, |inner| self.ty(inner, true)) {
            return types;
        }
        let case = |(name, payload): &(String, Option<Shape>)| match payload {
            None => format!("{{ tag: \"{name}\" }}"),
            Some(shape) => format!("{{ tag: \"{name}\"; val: {} }}", self.ty(shape, true)),
        };
        cases.iter().map(case).collect()
    }

    /// A type where it is used. Arguments and fields take more than results give.
    fn ty(&self, shape: &Shape, given: bool) -> String {
        match shape {
            Shape::Bool => "boolean".into(),
            Shape::S64 | Shape::U64 => "number | bigint".into(),
            Shape::S8
            | Shape::U8
            | Shape::S16
            | Shape::U16
            | Shape::S32
            | Shape::U32
            | Shape::F32
            | Shape::F64 => "number".into(),
            Shape::Char | Shape::String => "string".into(),
            Shape::Bytes if given => "Uint8Array | ArrayBuffer".into(),
            Shape::Bytes => "Uint8Array".into(),
            Shape::List(inner) => match self.ty(inner, given) {
                // A union would end at its last member.
                union if union.contains(" | ") => format!("({union})[]"),
                one => format!("{one}[]"),
            },
            Shape::Tuple(fields) => {
                let fields: Vec<_> = fields.iter().map(|shape| self.ty(shape, given)).collect();
                format!("[{}]", fields.join(", "))
            }
            Shape::Option(inner) if matches!(**inner, Shape::Option(_)) => format!(
                "{{ tag: \"some\"; val: {} }} | {{ tag: \"none\" }}",
                self.ty(inner, given)
            ),
            Shape::Option(inner) => format!("{} | undefined", self.ty(inner, given)),
            Shape::Result(ok, err) => {
                let side = |tag: &str, shape: &Option<Box<Shape>>| match shape {
                    None => format!("{{ tag: \"{tag}\" }}"),
                    Some(shape) => {
                        format!("{{ tag: \"{tag}\"; val: {} }}", self.ty(shape, given))
                    }
                };
                format!("{} | {}", side("ok", ok), side("err", err))
            }
            shape if self.types.name(shape).is_some() => {
                self.types.name(shape).unwrap_or_default().to_owned()
            }
            Shape::Record(_, fields) => {
                let fields: Vec<_> = fields.iter().map(|(n, s)| self.field(n, s)).collect();
                format!("{{ {} }}", fields.join(" "))
            }
            Shape::Variant(_, cases) => self.cases(cases).join(" | "),
            Shape::Enum(_, cases) => quoted(cases).join(" | "),
            Shape::Flags(_, flags) => {
                let flags: Vec<_> = flags
                    .iter()
                    .map(|flag| format!("{}?: boolean;", camel_case(flag)))
                    .collect();
                format!("{{ {} }}", flags.join(" "))
            }
            Shape::Own(index) | Shape::Borrow(index) => {
                let Some(resource) = self.description.resources.get(*index) else {
                    return "unknown".into();
                };
                let class = pascal_case(&resource.name);
                match self.description.namespace(resource.interface.as_deref()) {
                    None => class,
                    Some(namespace) => format!("{}.{class}", camel_case(namespace)),
                }
            }
        }
    }
}

fn quoted(names: &[String]) -> Vec<String> {
    names.iter().map(|name| format!("\"{name}\"")).collect()
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
    orderOf(a: Uint8Array | ArrayBuffer, b?: string | undefined): Order;
  }
  const _default: { isGreater: typeof isGreater; Comparator: typeof Comparator };
  export default _default;
}
";
        assert_eq!(typescript("compare", &description), expected);
    }
}
