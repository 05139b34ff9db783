//! Variants that are JavaScript's own kinds of values, as TypeScript writes them. Which these are is
//! said by `runner_contract::kinds`; the JS engine applies the same rule.

use runner_contract::{Carried, Kind, kinds};

use crate::Shape;

/// The TypeScript types of such a variant's cases, where it is one. `inner` prints what the
/// properties of an object are.
pub(crate) fn natural(
    cases: &[(String, Option<Shape>)],
    inner: impl Fn(&Shape) -> String,
) -> Option<Vec<String>> {
    let carried = cases
        .iter()
        .map(|(name, payload)| (name.as_str(), carried(payload.as_ref())));
    let kinds = kinds(carried)?;
    let print = |(kind, (_, payload)): (&Kind, &(String, Option<Shape>))| match kind {
        Kind::Null => "null".to_owned(),
        Kind::Boolean => "boolean".to_owned(),
        Kind::Integer => "number | bigint".to_owned(),
        Kind::Number => "number".to_owned(),
        Kind::String => "string".to_owned(),
        Kind::Bytes => "Uint8Array".to_owned(),
        Kind::Object => {
            let properties = payload.as_ref().and_then(properties);
            format!(
                "Record<string, {}>",
                properties.map_or("unknown".into(), &inner)
            )
        }
    };
    let mut types: Vec<String> = kinds.iter().zip(cases).map(print).collect();
    // An integer is a number already.
    if kinds.contains(&Kind::Integer) {
        types.retain(|ty| ty != "number");
    }
    Some(types)
}

fn carried(payload: Option<&Shape>) -> Carried {
    match payload {
        None => Carried::Nothing,
        Some(Shape::Bool) => Carried::Bool,
        Some(Shape::S64) => Carried::S64,
        Some(Shape::F64) => Carried::F64,
        Some(Shape::String) => Carried::String,
        Some(Shape::Bytes) => Carried::Bytes,
        Some(shape) if properties(shape).is_some() => Carried::Properties,
        Some(_) => Carried::Other,
    }
}

/// What the properties are of a list of names with values.
fn properties(shape: &Shape) -> Option<&Shape> {
    let Shape::List(entry) = shape else {
        return None;
    };
    match &**entry {
        Shape::Tuple(pair) => match pair.as_slice() {
            [Shape::String, value] => Some(value),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_name_and_payload() {
        let case = |name: &str, payload| (name.to_owned(), payload);
        let print = |cases: &[_]| natural(cases, |_| "Value".into()).map(|types| types.join(" | "));
        let value = [
            case("null", None),
            case("integer", Some(Shape::S64)),
            case("number", Some(Shape::F64)),
            case("string", Some(Shape::String)),
        ];
        assert_eq!(
            print(&value).as_deref(),
            Some("null | number | bigint | string")
        );
        let entry = Shape::Tuple(vec![Shape::String, Shape::Bool]);
        let row = [case("object", Some(Shape::List(Box::new(entry))))];
        assert_eq!(print(&row).as_deref(), Some("Record<string, Value>"));
        assert_eq!(print(&[case("number", Some(Shape::U32))]), None);
        assert_eq!(
            print(&[case("null", None), case("named", Some(Shape::String))]),
            None
        );
    }
}
