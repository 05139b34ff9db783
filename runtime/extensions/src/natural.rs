//! Variants that are JavaScript's own kinds of values: they cross without `{tag, val}`, because
//! each of their cases is named for such a kind and carries what that kind is. The same rule is
//! in `sdk-js/engine/src/api/extension/natural.rs`, which applies it; here it is only printed.

use crate::Shape;

/// The TypeScript types of such a variant's cases, where it is one. `inner` prints what the
/// properties of an object are.
pub(crate) fn natural(
    cases: &[(String, Option<Shape>)],
    inner: impl Fn(&Shape) -> String,
) -> Option<Vec<String>> {
    let kind = |(name, payload): &(String, Option<Shape>)| {
        Some(match (name.as_str(), payload) {
            ("null", None) => "null".to_owned(),
            ("boolean", Some(Shape::Bool)) => "boolean".to_owned(),
            ("integer", Some(Shape::S64)) => "number | bigint".to_owned(),
            ("number", Some(Shape::F64)) => "number".to_owned(),
            ("string", Some(Shape::String)) => "string".to_owned(),
            ("bytes", Some(Shape::Bytes)) => "Uint8Array".to_owned(),
            ("object", Some(Shape::List(entry))) => match &**entry {
                Shape::Tuple(pair) => match pair.as_slice() {
                    [Shape::String, value] => format!("Record<string, {}>", inner(value)),
                    _ => return None,
                },
                _ => return None,
            },
            _ => return None,
        })
    };
    let mut types: Vec<String> = cases.iter().map(kind).collect::<Option<_>>()?;
    // An integer is a number already.
    if types.iter().any(|ty| ty == "number | bigint") {
        types.retain(|ty| ty != "number");
    }
    Some(types)
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
