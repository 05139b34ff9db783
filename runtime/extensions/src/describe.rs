//! Reads a compiled component's exports into a [`Description`].
//!
//! Limits: scripts cannot use streams, futures, maps and error contexts, nor resources that the
//! extension itself imports; the refusal names the function.

use runner_contract::{Importer, camel_case, lifecycle, pascal_case};
use runner_engine::{EngineError, PART_INIT};
use wasmtime::Engine;
use wasmtime::component::types::{ComponentFunc, ComponentInstance, ComponentItem, Type};
use wasmtime::component::{Component, ResourceType};

use crate::ExtensionError;
use crate::shape::{Description, Function, Resource, Role, Shape};
use crate::tools::is_of_a_tool;

/// Describes `component`, which the user knows as extension `name`.
pub fn describe(
    name: &str,
    component: &Component,
    engine: &Engine,
) -> Result<Description, ExtensionError> {
    let mut reader = Reader::new(name);
    for (export, item) in component.component_type().exports(engine) {
        match item.ty {
            item if is_of_a_tool(export, &item, engine) => {}
            ComponentItem::ComponentInstance(_) if export == lifecycle(Importer::Extension) => {
                reader.found.lifecycle = true;
            }
            // The init of an extension inside this one.
            ComponentItem::ComponentInstance(_) if export.starts_with(PART_INIT) => {}
            ComponentItem::ComponentInstance(instance) => {
                reader.interface(export, &instance, engine);
            }
            item => {
                reader.item(None, export, item);
            }
        }
    }
    let found = reader.finish()?;
    distinct(name, &found)?;
    Ok(found)
}

/// Describes one interface alone, such as the one that a script imports from extension `name`.
///
/// # Errors
/// As [`describe`].
pub fn describe_interface(
    name: &str,
    interface: &str,
    instance: &ComponentInstance,
    engine: &Engine,
) -> Result<Description, ExtensionError> {
    let mut reader = Reader::new(name);
    reader.interface(interface, instance, engine);
    reader.finish()
}

struct Reader<'a> {
    extension: &'a str,
    found: Description,
    resources: Vec<ResourceType>,
    named: Vec<(Type, String)>,
    functions: Vec<(Option<String>, String, ComponentFunc)>,
}

impl<'a> Reader<'a> {
    fn new(extension: &'a str) -> Self {
        Self {
            extension,
            found: Description::default(),
            resources: Vec::new(),
            named: Vec::new(),
            functions: Vec::new(),
        }
    }

    fn interface(&mut self, name: &str, instance: &ComponentInstance, engine: &Engine) {
        let mut used = false;
        for (inner, item) in instance.exports(engine) {
            used |= self.item(Some(name), inner, item.ty);
        }
        if used {
            self.found.interfaces.push(name.to_owned());
        }
    }

    /// True for what a script can use by itself.
    fn item(&mut self, interface: Option<&str>, name: &str, item: ComponentItem) -> bool {
        match item {
            ComponentItem::ComponentFunc(function) => {
                let interface = interface.map(str::to_owned);
                self.functions.push((interface, name.to_owned(), function));
                true
            }
            ComponentItem::Resource(resource) => {
                self.resource(interface.map(str::to_owned), name, resource);
                true
            }
            ComponentItem::Type(named) => {
                self.named.push((named, name.to_owned()));
                false
            }
            _ => false,
        }
    }

    /// Types and resources are known now.
    fn finish(mut self) -> Result<Description, ExtensionError> {
        for (interface, export, function) in std::mem::take(&mut self.functions) {
            let function = self.function(interface, export, &function)?;
            self.found.functions.push(function);
        }
        Ok(self.found)
    }

    fn resource(&mut self, interface: Option<String>, name: &str, ty: ResourceType) {
        let same_as = self.resources.iter().position(|known| *known == ty);
        self.resources.push(ty);
        self.found.resources.push(Resource {
            interface,
            name: name.to_owned(),
            same_as,
        });
    }

    fn function(
        &self,
        interface: Option<String>,
        export: String,
        ty: &ComponentFunc,
    ) -> Result<Function, ExtensionError> {
        if ty.async_() {
            return Err(self.unusable(&export, "is an async function; make it a plain one"));
        }
        let (role, name) = self.role(interface.as_deref(), &export)?;
        let params: Result<Vec<_>, _> = ty
            .params()
            .map(|(name, ty)| Ok((name.to_owned(), self.shape(&export, &ty)?)))
            .collect();
        let result = match ty.results().next() {
            Some(ty) => Some(self.shape(&export, &ty)?),
            None => None,
        };
        Ok(Function {
            interface,
            export,
            name,
            role,
            params: params?,
            result,
        })
    }

    /// From `[method]comparator.is-greater` to the resource and the name.
    fn role(
        &self,
        interface: Option<&str>,
        export: &str,
    ) -> Result<(Role, String), ExtensionError> {
        let Some((kind, rest)) = export.strip_prefix('[').and_then(|e| e.split_once(']')) else {
            return Ok((Role::Free, export.to_owned()));
        };
        let (resource, name) = rest.split_once('.').unwrap_or((rest, ""));
        let place = self
            .found
            .resources
            .iter()
            .position(|known| known.name == resource && known.interface.as_deref() == interface)
            .ok_or_else(|| self.unusable(export, "belongs to a resource that is not exported"))?;
        let role = match kind {
            "constructor" => Role::Constructor(place),
            "method" => Role::Method(place),
            "static" => Role::Static(place),
            _ => return Err(self.unusable(export, "is of an unknown kind")),
        };
        Ok((role, name.to_owned()))
    }

    fn shape(&self, function: &str, ty: &Type) -> Result<Shape, ExtensionError> {
        let inner = |ty: &Type| self.shape(function, ty);
        let boxed = |ty: &Type| inner(ty).map(Box::new);
        let refuse = |what: &str| {
            let reason = format!("uses {what}, which scripts cannot pass");
            Err(self.unusable(function, &reason))
        };
        Ok(match ty {
            Type::Bool => Shape::Bool,
            Type::S8 => Shape::S8,
            Type::U8 => Shape::U8,
            Type::S16 => Shape::S16,
            Type::U16 => Shape::U16,
            Type::S32 => Shape::S32,
            Type::U32 => Shape::U32,
            Type::S64 => Shape::S64,
            Type::U64 => Shape::U64,
            Type::Float32 => Shape::F32,
            Type::Float64 => Shape::F64,
            Type::Char => Shape::Char,
            Type::String => Shape::String,
            Type::List(list) if list.ty() == Type::U8 => Shape::Bytes,
            Type::List(list) => Shape::List(boxed(&list.ty())?),
            Type::Record(record) => {
                let fields: Result<_, _> = record
                    .fields()
                    .map(|field| Ok((field.name.to_owned(), inner(&field.ty)?)))
                    .collect();
                Shape::Record(self.name_of(ty), fields?)
            }
            Type::Tuple(tuple) => {
                let types: Result<_, _> = tuple.types().map(|ty| inner(&ty)).collect();
                Shape::Tuple(types?)
            }
            Type::Variant(variant) => {
                let cases: Result<_, _> = variant
                    .cases()
                    .map(|case| {
                        let payload = case.ty.as_ref().map(inner).transpose()?;
                        Ok((case.name.to_owned(), payload))
                    })
                    .collect();
                Shape::Variant(self.name_of(ty), cases?)
            }
            Type::Enum(cases) => {
                Shape::Enum(self.name_of(ty), cases.names().map(str::to_owned).collect())
            }
            Type::Option(option) => Shape::Option(boxed(&option.ty())?),
            Type::Result(result) => Shape::Result(
                result.ok().as_ref().map(boxed).transpose()?,
                result.err().as_ref().map(boxed).transpose()?,
            ),
            Type::Flags(flags) => {
                Shape::Flags(self.name_of(ty), flags.names().map(str::to_owned).collect())
            }
            Type::Own(resource) => Shape::Own(self.place(function, *resource)?),
            Type::Borrow(resource) => Shape::Borrow(self.place(function, *resource)?),
            Type::Map(_) => return refuse("a map"),
            Type::FixedLengthList(_) => return refuse("a list of fixed length"),
            Type::Future(_) => return refuse("a future"),
            Type::Stream(_) => return refuse("a stream"),
            Type::ErrorContext => return refuse("an error context"),
        })
    }

    fn place(&self, function: &str, ty: ResourceType) -> Result<usize, ExtensionError> {
        self.resources
            .iter()
            .position(|known| *known == ty)
            .ok_or_else(|| {
                let reason = "uses a resource that the extension does not export itself";
                self.unusable(function, reason)
            })
    }

    fn name_of(&self, ty: &Type) -> Option<String> {
        let found = self.named.iter().find(|(known, _)| known == ty);
        found.map(|(_, name)| name.clone())
    }

    fn unusable(&self, item: &str, reason: &str) -> ExtensionError {
        ExtensionError::Unusable {
            name: self.extension.to_owned(),
            item: item.to_owned(),
            reason: reason.to_owned(),
        }
    }
}

/// Refuses two items that a script would see under one name.
fn distinct(extension: &str, found: &Description) -> Result<(), ExtensionError> {
    let mut seen = std::collections::HashMap::new();
    let classes = found.resources.iter().map(|resource| {
        let path = (found.namespace(resource.interface.as_deref()), None, false);
        (path, pascal_case(&resource.name), &resource.name)
    });
    let functions = found.functions.iter().filter(|f| !f.name.is_empty());
    let functions = functions.map(|function| {
        let class = function.role.resource();
        let on_object = matches!(function.role, Role::Method(_));
        let namespace = found.namespace(function.interface.as_deref());
        let path = (namespace, class, on_object);
        (path, camel_case(&function.name), &function.export)
    });
    for (path, name, export) in classes.chain(functions) {
        if name == "default" && path.1.is_none() {
            return Err(ExtensionError::Unusable {
                name: extension.to_owned(),
                item: export.clone(),
                reason: "has the name of the module's default export; rename it".into(),
            });
        }
        let taken = match (path.1, path.2) {
            (Some(_), true) => name == "constructor",
            (Some(_), false) => name == "prototype",
            _ => false,
        };
        if taken {
            return Err(ExtensionError::Unusable {
                name: extension.to_owned(),
                item: export.clone(),
                reason: "has a name that every JavaScript class uses itself; rename it".into(),
            });
        }
        if let Some(other) = seen.insert((path, name.clone()), export) {
            return Err(ExtensionError::Unusable {
                name: extension.to_owned(),
                item: export.clone(),
                reason: format!("and {other} would both be {name} in a script; rename one"),
            });
        }
    }
    Ok(())
}

/// An error about the file itself.
pub(crate) fn engine_error(name: &str, source: EngineError) -> ExtensionError {
    ExtensionError::Engine {
        name: name.to_owned(),
        source,
    }
}
