//! A description as the JS engine is told it: types in one table, each before its users.

use runner_extensions::{Description, Role, Shape};

use crate::bindings::runner::extension::extensions as wit;

/// Flattens a description.
pub(crate) fn description(description: &Description) -> wit::Description {
    let mut types = Types::default();
    let functions = description.functions.iter().map(|function| {
        let params = function.params.iter().map(|(name, shape)| wit::Field {
            name: name.clone(),
            ty: types.add(shape),
        });
        wit::Function {
            namespace: namespace(description, function.interface.as_deref()),
            name: function.name.clone(),
            role: match function.role {
                Role::Free => wit::Role::Free,
                Role::Constructor(index) => wit::Role::Constructor(number(index)),
                Role::Method(index) => wit::Role::Method(number(index)),
                Role::Static(index) => wit::Role::Static(number(index)),
            },
            params: params.collect(),
            result: function.result.as_ref().map(|shape| types.add(shape)),
        }
    });
    let functions = functions.collect();
    let resources = description.resources.iter();
    let resources = resources.map(|resource| wit::ResourceType {
        namespace: namespace(description, resource.interface.as_deref()),
        name: resource.name.clone(),
    });
    wit::Description {
        resources: resources.collect(),
        functions,
        types: types.0,
    }
}

fn namespace(description: &Description, interface: Option<&str>) -> Option<String> {
    description.namespace(interface).map(str::to_owned)
}

/// Component types are far from four thousand million.
fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

#[derive(Default)]
struct Types(Vec<wit::ValueType>);

impl Types {
    fn add(&mut self, shape: &Shape) -> u32 {
        let ty = self.flatten(shape);
        self.0.push(ty);
        number(self.0.len() - 1)
    }

    fn side(&mut self, shape: &Option<Box<Shape>>) -> Option<u32> {
        shape.as_deref().map(|shape| self.add(shape))
    }

    fn flatten(&mut self, shape: &Shape) -> wit::ValueType {
        use wit::ValueType as To;
        match shape {
            Shape::Bool => To::Bool,
            Shape::S8 => To::S8,
            Shape::U8 => To::U8,
            Shape::S16 => To::S16,
            Shape::U16 => To::U16,
            Shape::S32 => To::S32,
            Shape::U32 => To::U32,
            Shape::S64 => To::S64,
            Shape::U64 => To::U64,
            Shape::F32 => To::F32,
            Shape::F64 => To::F64,
            Shape::Char => To::Char,
            Shape::String => To::String,
            Shape::Bytes => To::Bytes,
            Shape::List(inner) => To::List(self.add(inner)),
            Shape::Record(_, fields) => To::Record(
                fields
                    .iter()
                    .map(|(name, shape)| wit::Field {
                        name: name.clone(),
                        ty: self.add(shape),
                    })
                    .collect(),
            ),
            Shape::Tuple(fields) => To::Tuple(fields.iter().map(|shape| self.add(shape)).collect()),
            Shape::Variant(_, cases) => To::Variant(
                cases
                    .iter()
                    .map(|(name, payload)| wit::Case {
                        name: name.clone(),
                        payload: payload.as_ref().map(|shape| self.add(shape)),
                    })
                    .collect(),
            ),
            Shape::Enum(_, cases) => To::Enum(cases.clone()),
            Shape::Option(inner) => To::Option(self.add(inner)),
            Shape::Result(ok, err) => To::Result(wit::Outcome {
                ok: self.side(ok),
                err: self.side(err),
            }),
            Shape::Flags(_, names) => To::Flags(names.clone()),
            Shape::Own(index) => To::Own(number(*index)),
            Shape::Borrow(index) => To::Borrow(number(*index)),
        }
    }
}
