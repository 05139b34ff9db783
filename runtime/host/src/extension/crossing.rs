//! Resources among values that cross between a compiled script and an extension, wherever they
//! are: between the two stores a resource is the number that the extension's instance keeps it
//! under.

use runner_extensions::Shape;
use wasmtime::component::{ResourceAny, Val};

use super::handles::Handles;

/// From numbers to the resources of the extension's own store.
pub(super) fn to_resources(
    shape: &Shape,
    value: &mut Val,
    handles: &mut Handles,
) -> wasmtime::Result<()> {
    each(shape, value, &mut |shape, value| {
        let Val::U32(handle) = value else {
            return Ok(());
        };
        let found: Option<ResourceAny> = match shape {
            Shape::Own(_) => handles.take(*handle),
            _ => handles.get(*handle),
        };
        *value = Val::Resource(found.ok_or_else(|| {
            wasmtime::Error::msg("the resource belongs to an instance that has ended")
        })?);
        Ok(())
    })
}

/// The other way.
pub(super) fn to_handles(
    shape: &Shape,
    value: &mut Val,
    handles: &mut Handles,
) -> wasmtime::Result<()> {
    each(shape, value, &mut |_, value| {
        let Val::Resource(resource) = value else {
            return Ok(());
        };
        let handle = handles.keep(*resource);
        *value = Val::U32(handle.ok_or_else(|| wasmtime::Error::msg("too many live resources"))?);
        Ok(())
    })
}

/// Visits everything that is a resource by its shape.
pub(super) fn each(
    shape: &Shape,
    value: &mut Val,
    visit: &mut impl FnMut(&Shape, &mut Val) -> wasmtime::Result<()>,
) -> wasmtime::Result<()> {
    match (shape, value) {
        (Shape::Own(_) | Shape::Borrow(_), value) => visit(shape, value),
        (Shape::List(inner), Val::List(list)) => list
            .iter_mut()
            .try_for_each(|value| each(inner, value, visit)),
        (Shape::Record(_, fields), Val::Record(values)) => fields
            .iter()
            .zip(values)
            .try_for_each(|((_, shape), (_, value))| each(shape, value, visit)),
        (Shape::Tuple(shapes), Val::Tuple(values)) => shapes
            .iter()
            .zip(values)
            .try_for_each(|(shape, value)| each(shape, value, visit)),
        (Shape::Variant(_, cases), Val::Variant(name, Some(value))) => {
            let case = cases.iter().find(|(case, _)| case == name);
            match case.and_then(|(_, payload)| payload.as_ref()) {
                Some(shape) => each(shape, value, visit),
                None => Ok(()),
            }
        }
        (Shape::Option(inner), Val::Option(Some(value))) => each(inner, value, visit),
        (Shape::Result(Some(shape), _), Val::Result(Ok(Some(value))))
        | (Shape::Result(_, Some(shape)), Val::Result(Err(Some(value)))) => {
            each(shape, value, visit)
        }
        _ => Ok(()),
    }
}
