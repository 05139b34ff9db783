//! Names of types in declarations: one for each type, none twice.
//!
//! Two interfaces can each have a type of one name, and a type can be called what a class or
//! something of JavaScript's own is called. The first keeps its name, others get a number.

use crate::names::{camel_case, pascal_case};
use crate::shape::{Description, Shape};

/// Types that declarations use themselves.
const USED: [&str; 3] = ["Uint8Array", "ArrayBuffer", "Error"];
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

/// Names and types, innermost types of a function first.
pub(crate) struct TypeNames {
    taken: Vec<String>,
    named: Vec<(String, Shape)>,
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
        for function in &description.functions {
            let params = function.params.iter().map(|(_, shape)| shape);
            params
                .chain(&function.result)
                .for_each(|shape| names.collect(shape));
        }
        names
    }

    /// In the order in which they should be declared.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &Shape)> {
        self.named.iter().map(|(name, shape)| (&**name, shape))
    }

    /// What a type is called; none for one without a name.
    pub(crate) fn name(&self, shape: &Shape) -> Option<&str> {
        let found = self.named.iter().find(|(_, known)| known == shape);
        found.map(|(name, _)| &**name)
    }

    fn collect(&mut self, shape: &Shape) {
        match shape {
            Shape::Record(_, fields) => fields.iter().for_each(|(_, shape)| self.collect(shape)),
            Shape::Variant(_, cases) => {
                let payloads = cases.iter().filter_map(|(_, payload)| payload.as_ref());
                payloads.for_each(|shape| self.collect(shape));
            }
            Shape::List(inner) | Shape::Option(inner) => self.collect(inner),
            Shape::Tuple(fields) => fields.iter().for_each(|shape| self.collect(shape)),
            Shape::Result(ok, err) => {
                let sides = [ok, err];
                let sides = sides.into_iter().filter_map(|side| side.as_deref());
                sides.for_each(|shape| self.collect(shape));
            }
            _ => {}
        }
        let (Shape::Record(Some(name), _)
        | Shape::Variant(Some(name), _)
        | Shape::Enum(Some(name), _)
        | Shape::Flags(Some(name), _)) = shape
        else {
            return;
        };
        if self.name(shape).is_some() {
            return;
        }
        let plain = pascal_case(name);
        let mut name = plain.clone();
        let mut number = 2;
        while self.taken.contains(&name) {
            name = format!("{plain}{number}");
            number += 1;
        }
        self.taken.push(name.clone());
        self.named.push((name, shape.clone()));
    }
}

#[cfg(test)]
mod tests {
    use crate::shape::{Description, Function, Resource, Role, Shape};
    use crate::typescript;

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
        assert_eq!(typescript("odd", &description), expected);
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
        let printed = typescript("odd", &description);
        assert!(printed.contains("  function delete_(): void;\n  export { delete_ as delete };\n"));
        assert!(printed.contains("{ delete: typeof delete_ }"), "{printed}");
    }
}
