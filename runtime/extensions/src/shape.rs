//! What an extension exports, in terms that do not depend on wasmtime's types: the host encodes
//! and decodes by it, the JS engine is told it, TypeScript is printed from it.

/// A type. Names are those under which the extension exports the type, where it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// `bool`.
    Bool,
    /// `s8`.
    S8,
    /// `u8`.
    U8,
    /// `s16`.
    S16,
    /// `u16`.
    U16,
    /// `s32`.
    S32,
    /// `u32`.
    U32,
    /// `s64`.
    S64,
    /// `u64`.
    U64,
    /// `f32`.
    F32,
    /// `f64`.
    F64,
    /// `char`.
    Char,
    /// `string`.
    String,
    /// `list<u8>`.
    Bytes,
    /// Any other list.
    List(Box<Shape>),
    /// Name, then fields in order.
    Record(Option<String>, Vec<(String, Shape)>),
    /// Fields in order.
    Tuple(Vec<Shape>),
    /// Name, then cases in order.
    Variant(Option<String>, Vec<(String, Option<Shape>)>),
    /// Name, then cases in order.
    Enum(Option<String>, Vec<String>),
    /// `option<T>`.
    Option(Box<Shape>),
    /// `result<T, E>`.
    Result(Option<Box<Shape>>, Option<Box<Shape>>),
    /// Name, then flags in order.
    Flags(Option<String>, Vec<String>),
    /// An own handle; place in [`Description::resources`].
    Own(usize),
    /// A borrowed handle.
    Borrow(usize),
}

impl Shape {
    /// That of a type which has one.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Record(name, _)
            | Self::Variant(name, _)
            | Self::Enum(name, _)
            | Self::Flags(name, _) => name.as_deref(),
            _ => None,
        }
    }
}

/// What a function belongs to. Numbers are places in [`Description::resources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Nothing.
    Free,
    /// Makes a resource.
    Constructor(usize),
    /// Has the resource as its first parameter.
    Method(usize),
    /// Belongs to the class, not to an object.
    Static(usize),
}

impl Role {
    /// The resource, unless the function is free.
    pub fn resource(self) -> Option<usize> {
        match self {
            Self::Free => None,
            Self::Constructor(index) | Self::Method(index) | Self::Static(index) => Some(index),
        }
    }
}

/// One exported function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// The interface that exports it, with package and version; none for the world itself.
    pub interface: Option<String>,
    /// As the component names it, such as `[method]comparator.is-greater`.
    pub export: String,
    /// Its own part of that name; empty for a constructor.
    pub name: String,
    /// What it belongs to.
    pub role: Role,
    /// Names and types in order.
    pub params: Vec<(String, Shape)>,
    /// None where it returns nothing.
    pub result: Option<Shape>,
}

/// One exported resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// The interface that exports it; none for the world itself.
    pub interface: Option<String>,
    /// Kebab-case.
    pub name: String,
    /// The first place of the same resource, where one interface uses another's.
    pub same_as: Option<usize>,
}

/// Everything that a script can use of an extension.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description {
    /// In the order of export.
    pub functions: Vec<Function>,
    /// In the order of export.
    pub resources: Vec<Resource>,
    /// Exported interfaces with at least one function or resource.
    pub interfaces: Vec<String>,
    /// It exports `runner:extension/lifecycle`.
    pub lifecycle: bool,
}

impl Description {
    /// What an interface's items are grouped under in the module: nothing where the extension
    /// exports one interface only, else the interface's own name (kebab-case).
    pub fn namespace<'a>(&self, interface: Option<&'a str>) -> Option<&'a str> {
        if self.interfaces.len() < 2 {
            return None;
        }
        let name = interface?;
        let name = name.split('@').next().unwrap_or(name);
        Some(name.rsplit('/').next().unwrap_or(name))
    }
}
