//! A type as TypeScript writes it where it is used. Functions take more than they give: any view of
//! bytes for a Uint8Array, and flags that are left out.

use crate::Description;
use crate::natural::natural;
use crate::shape::Shape;
use crate::type_names::{TypeNames, Way};
use runner_contract::{camel_case, pascal_case};

/// Prints the types of one description.
pub(crate) struct TypeText<'a> {
    description: &'a Description,
    names: &'a TypeNames,
}

impl<'a> TypeText<'a> {
    /// With `names` for the types that have one.
    pub(crate) fn new(description: &'a Description, names: &'a TypeNames) -> Self {
        Self { description, names }
    }

    /// A type where it is used.
    pub(crate) fn of(&self, shape: &Shape, way: Way) -> String {
        match shape {
            Shape::Bool => "boolean".into(),
            // A bigint only where a number would not be exact.
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
            Shape::Bytes if way == Way::Argument => "ArrayBufferView | ArrayBuffer".into(),
            Shape::Bytes => "Uint8Array".into(),
            Shape::List(inner) => match self.of(inner, way) {
                // A union would end at its last member.
                union if union.contains(" | ") => format!("({union})[]"),
                one => format!("{one}[]"),
            },
            Shape::Tuple(fields) => {
                let fields: Vec<_> = fields.iter().map(|shape| self.of(shape, way)).collect();
                format!("[{}]", fields.join(", "))
            }
            Shape::Option(inner) if matches!(**inner, Shape::Option(_)) => format!(
                "{{ tag: \"some\"; val: {} }} | {{ tag: \"none\" }}",
                self.of(inner, way)
            ),
            Shape::Option(inner) => format!("{} | undefined", self.of(inner, way)),
            Shape::Result(ok, err) => {
                let side = |tag: &str, shape: &Option<Box<Shape>>| match shape {
                    None => format!("{{ tag: \"{tag}\" }}"),
                    Some(shape) => {
                        format!("{{ tag: \"{tag}\"; val: {} }}", self.of(shape, way))
                    }
                };
                format!("{} | {}", side("ok", ok), side("err", err))
            }
            Shape::Own(index) | Shape::Borrow(index) => self.class(*index),
            Shape::Record(..) | Shape::Variant(..) | Shape::Enum(..) | Shape::Flags(..) => {
                match self.names.name(shape, way) {
                    Some(name) => name.to_owned(),
                    None => self.inline(shape, way),
                }
            }
        }
    }

    /// A type that has no name.
    fn inline(&self, shape: &Shape, way: Way) -> String {
        let object = |fields: Vec<String>| format!("{{ {} }}", fields.join(" "));
        match shape {
            Shape::Record(_, fields) => {
                object(fields.iter().map(|(n, s)| self.field(n, s, way)).collect())
            }
            Shape::Flags(_, flags) => {
                object(flags.iter().map(|flag| self.flag(flag, way)).collect())
            }
            Shape::Variant(_, cases) => self.cases(cases, way).join(" | "),
            Shape::Enum(_, cases) => quoted(cases).join(" | "),
            _ => "unknown".into(),
        }
    }

    fn class(&self, index: usize) -> String {
        let Some(resource) = self.description.resources.get(index) else {
            return "unknown".into();
        };
        let class = pascal_case(&resource.name);
        match self.description.namespace(resource.interface.as_deref()) {
            None => class,
            Some(namespace) => format!("{}.{class}", camel_case(namespace)),
        }
    }

    /// A property of an object.
    pub(crate) fn field(&self, name: &str, shape: &Shape, way: Way) -> String {
        let mark = match shape {
            Shape::Option(_) => "?",
            _ => "",
        };
        format!("{}{mark}: {};", camel_case(name), self.of(shape, way))
    }

    /// One of several flags.
    pub(crate) fn flag(&self, name: &str, way: Way) -> String {
        let mark = match way {
            Way::Argument => "?",
            Way::Result => "",
        };
        format!("{}{mark}: boolean;", camel_case(name))
    }

    /// The members of a variant's union.
    pub(crate) fn cases(&self, cases: &[(String, Option<Shape>)], way: Way) -> Vec<String> {
        if let Some(types) = natural(cases, |inner| self.of(inner, way)) {
            return types;
        }
        let case = |(name, payload): &(String, Option<Shape>)| match payload {
            None => format!("{{ tag: \"{name}\" }}"),
            Some(shape) => format!("{{ tag: \"{name}\"; val: {} }}", self.of(shape, way)),
        };
        cases.iter().map(case).collect()
    }
}

/// As TypeScript writes texts.
pub(crate) fn quoted(names: &[String]) -> Vec<String> {
    names.iter().map(|name| format!("\"{name}\"")).collect()
}
