//! Names of types in declarations: one for each type, none twice.
//!
//! Two interfaces can each have a type of one name, and a type can be called what a class or
//! something of JavaScript's own is called. The first keeps its name, others get a number. A type that
//! is another as an argument than as a result has two names where it is used as both.

use crate::natural::natural;
use crate::shape::{Description, Shape};
use runner_contract::{camel_case, pascal_case};

/// Types that declarations use themselves.
const USED: [&str; 4] = ["Uint8Array", "ArrayBuffer", "ArrayBufferView", "Error"];
/// What cannot name a function or parameter.
const RESERVED: [&str; 52] = [
    "any",
    "arguments",
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "undefined",
    "var",
    "void",
    "while",
    "with",
    "yield",
    "globalThis",
];

/// Whether TypeScript has another use for a name.
pub(crate) fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}

/// Which way a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// From the script.
    Argument,
    /// To the script.
    Result,
}

/// Names and types, innermost types of a function first.
pub(crate) struct TypeNames {
    taken: Vec<String>,
    named: Vec<(String, Shape, Way)>,
}

impl TypeNames {
    /// Of everything that functions take and return.
    pub(crate) fn of(description: &Description, namespaces: &[Option<&str>]) -> Self {
        let classes = description.resources.iter();
        let classes = classes.map(|resource| pascal_case(&resource.name));
        let namespaces = namespaces.iter().flatten().map(|name| camel_case(name));
        let used = USED.map(str::to_owned).into_iter();
        let mut names = Self {
            taken: classes.chain(namespaces).chain(used).collect(),
            named: Vec::new(),
        };
        // A type that is used both ways is called as in results.
        for shape in description
            .functions
            .iter()
            .filter_map(|function| function.result.as_ref())
        {
            names.collect(shape, Way::Result);
        }
        for (_, shape) in description
            .functions
            .iter()
            .flat_map(|function| &function.params)
        {
            names.collect(shape, Way::Argument);
        }
        names
    }

    /// In the order in which they should be declared.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &Shape, Way)> {
        self.named
            .iter()
            .map(|(name, shape, way)| (&**name, shape, *way))
    }

    /// What a type is called; none for one without a name.
    pub(crate) fn name(&self, shape: &Shape, way: Way) -> Option<&str> {
        let found = self
            .named
            .iter()
            .find(|(_, known, of)| known == shape && (*of == way || !differs(shape)));
        found.map(|(name, ..)| &**name)
    }

    fn collect(&mut self, shape: &Shape, way: Way) {
        inner(shape).for_each(|shape| self.collect(shape, way));
        let Some(name) = shape.name() else {
            return;
        };
        if self.name(shape, way).is_some() {
            return;
        }
        let mut plain = pascal_case(name);
        if self.named.iter().any(|(_, known, _)| known == shape) {
            plain.push_str("Input");
        }
        let mut name = plain.clone();
        let mut number = 2;
        while self.taken.contains(&name) {
            name = format!("{plain}{number}");
            number += 1;
        }
        self.taken.push(name.clone());
        self.named.push((name, shape.clone(), way));
    }
}

/// The types that a type is made of.
fn inner(shape: &Shape) -> Box<dyn Iterator<Item = &Shape> + '_> {
    match shape {
        Shape::Record(_, fields) => Box::new(fields.iter().map(|(_, shape)| shape)),
        Shape::Variant(_, cases) => {
            Box::new(cases.iter().filter_map(|(_, payload)| payload.as_ref()))
        }
        Shape::List(inner) | Shape::Option(inner) => Box::new(std::iter::once(&**inner)),
        Shape::Tuple(fields) => Box::new(fields.iter()),
        Shape::Result(ok, err) => Box::new([ok, err].into_iter().filter_map(|s| s.as_deref())),
        _ => Box::new(std::iter::empty()),
    }
}

/// Whether the type is another as an argument than as a result.
fn differs(shape: &Shape) -> bool {
    // A plain value is bytes only as a Uint8Array, whichever way it goes.
    if let Shape::Variant(_, cases) = shape
        && natural(cases, |_| String::new()).is_some()
    {
        let bytes = |shape: &&Shape| matches!(shape, Shape::Bytes);
        return inner(shape).filter(|s| !bytes(s)).any(differs);
    }
    matches!(shape, Shape::Bytes | Shape::Flags(..)) || inner(shape).any(differs)
}

#[cfg(test)]
mod tests {
    use crate::shape::{Description, Function, Resource, Role, Shape};
    use crate::{Docs, typescript};

    fn function(interface: &str, name: &str, role: Role, params: &[(&str, Shape)]) -> Function {
        Function {
            interface: Some(interface.into()),
            export: name.into(),
            name: name.into(),
            role,
            params: params
                .iter()
                .map(|(name, shape)| ((*name).into(), shape.clone()))
                .collect(),
            result: None,
        }
    }

    fn record(name: &str, field: &str) -> Shape {
        Shape::Record(Some(name.into()), vec![(field.into(), Shape::Bool)])
    }

    #[test]
    fn names_that_clash_or_are_reserved_are_told_apart() {
        let (a, b) = ("acme:odd/a@1.0.0", "acme:odd/b@1.0.0");
        let list = Shape::List(Box::new(Shape::Option(Box::new(record("counter", "z")))));
        let description = Description {
            functions: vec![
                function(a, "one", Role::Free, &[("in", record("config", "x"))]),
                function(b, "two", Role::Free, &[("default", record("config", "y"))]),
                function(b, "delete", Role::Free, &[("this", list)]),
                function(b, "delete", Role::Method(0), &[("self", Shape::Borrow(0))]),
            ],
            resources: vec![Resource {
                interface: Some(b.into()),
                name: "counter".into(),
                same_as: None,
            }],
            interfaces: vec![a.into(), b.into()],
            lifecycle: false,
        };
        let expected = "\
declare module \"k6/x/odd\" {
  export interface Config {
    x: boolean;
  }
  export interface Config2 {
    y: boolean;
  }
  export interface Counter2 {
    z: boolean;
  }
  export namespace a {
    export function one(in_: Config): void;
  }
  export namespace b {
    export function two(default_: Config2): void;
    // delete(this_: (Counter2 | undefined)[]): void
    export class Counter {
      private constructor();
      delete(): void;
    }
  }
  const _default: { a: typeof a; b: typeof b };
  export default _default;
}
";
        assert_eq!(typescript("odd", &description, &Docs::default()), expected);
    }

    #[test]
    fn a_function_of_the_module_can_have_a_reserved_name() {
        let functions = vec![function("acme:odd/a", "delete", Role::Free, &[])];
        let interfaces = vec!["acme:odd/a".into()];
        let description = Description {
            functions,
            interfaces,
            ..Description::default()
        };
        let printed = typescript("odd", &description, &Docs::default());
        assert!(printed.contains("  function delete_(): void;\n  export { delete_ as delete };\n"));
        assert!(printed.contains("{ delete: typeof delete_ }"), "{printed}");
    }

    #[test]
    fn a_type_that_goes_both_ways_has_two_names_where_it_differs() {
        let rights = Shape::Flags(Some("rights".into()), vec!["read".into()]);
        let file = Shape::Record(Some("file".into()), vec![("rights".into(), rights)]);
        let plain = record("plain", "x");
        let mut echo = function("acme:odd/a", "echo", Role::Free, &[("file", file.clone())]);
        echo.result = Some(file);
        let mut same = function(
            "acme:odd/a",
            "same",
            Role::Free,
            &[("plain", plain.clone())],
        );
        same.result = Some(plain);
        let description = Description {
            functions: vec![echo, same],
            interfaces: vec!["acme:odd/a".into()],
            ..Description::default()
        };
        let printed = typescript("odd", &description, &Docs::default());
        for expected in [
            "interface Rights {\n    read: boolean;\n",
            "interface File {\n    rights: Rights;\n",
            "interface RightsInput {\n    read?: boolean;\n",
            "interface FileInput {\n    rights: RightsInput;\n",
            "function echo(file: FileInput): File;",
            "function same(plain: Plain): Plain;",
        ] {
            assert!(printed.contains(expected), "{expected}: {printed}");
        }
    }
}
