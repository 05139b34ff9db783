//! Whether two descriptions of an interface, the extension's and the script's, mean the same types.
//!
//! Each side numbers its resources for itself, and may list fewer types than the other, so that
//! equal structures can have different names. What must agree is structure, the names of fields
//! and cases, and which resource a handle is of.

use runner_extensions::{Function, Resource, Shape};

/// The resources of both sides.
pub(super) struct Alike<'a> {
    pub(super) exported: &'a [Resource],
    pub(super) wanted: &'a [Resource],
}

impl Alike<'_> {
    /// Whether a function takes and returns the same on both sides.
    pub(super) fn functions(&self, exported: &Function, wanted: &Function) -> bool {
        exported.params.len() == wanted.params.len()
            && exported
                .params
                .iter()
                .zip(&wanted.params)
                .all(|((_, a), (_, b))| self.shapes(a, b))
            && self.options(exported.result.as_ref(), wanted.result.as_ref())
    }

    fn shapes(&self, exported: &Shape, wanted: &Shape) -> bool {
        match (exported, wanted) {
            (Shape::List(a), Shape::List(b)) | (Shape::Option(a), Shape::Option(b)) => {
                self.shapes(a, b)
            }
            (Shape::Record(_, a), Shape::Record(_, b)) => {
                let same =
                    |((a, x), (b, y)): (&(String, _), &(String, _))| a == b && self.shapes(x, y);
                a.len() == b.len() && a.iter().zip(b).all(same)
            }
            (Shape::Tuple(a), Shape::Tuple(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.shapes(a, b))
            }
            (Shape::Variant(_, a), Shape::Variant(_, b)) => {
                a.len() == b.len()
                    && a.iter()
                        .zip(b)
                        .all(|((a, x), (b, y))| a == b && self.options(x.as_ref(), y.as_ref()))
            }
            (Shape::Enum(_, a), Shape::Enum(_, b)) | (Shape::Flags(_, a), Shape::Flags(_, b)) => {
                a == b
            }
            (Shape::Result(a, x), Shape::Result(b, y)) => {
                self.options(a.as_deref(), b.as_deref()) && self.options(x.as_deref(), y.as_deref())
            }
            (Shape::Own(a), Shape::Own(b)) | (Shape::Borrow(a), Shape::Borrow(b)) => {
                let name = |of: &[Resource], place: usize| Some(of.get(place)?.name.clone());
                name(self.exported, *a) == name(self.wanted, *b)
            }
            // Without parts, so without names.
            (exported, wanted) => exported == wanted,
        }
    }

    fn options(&self, exported: Option<&Shape>, wanted: Option<&Shape>) -> bool {
        match (exported, wanted) {
            (Some(a), Some(b)) => self.shapes(a, b),
            (None, None) => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(name: &str) -> Resource {
        Resource {
            interface: None,
            name: name.into(),
            same_as: None,
        }
    }

    #[test]
    fn names_of_types_do_not_count_and_names_of_parts_do() {
        let alike = Alike {
            exported: &[resource("other"), resource("counter")],
            wanted: &[resource("counter")],
        };
        let same = |a: Shape, b: Shape| alike.shapes(&a, &b);
        let record = |name: Option<&str>, field: &str, shape: Shape| {
            Shape::Record(name.map(str::to_owned), vec![(field.to_owned(), shape)])
        };
        assert!(same(
            record(Some("a"), "x", Shape::U8),
            record(Some("b"), "x", Shape::U8)
        ));
        assert!(!same(
            record(None, "x", Shape::U8),
            record(None, "y", Shape::U8)
        ));
        assert!(!same(
            record(None, "x", Shape::U8),
            record(None, "x", Shape::U16)
        ));
        assert!(same(Shape::Own(1), Shape::Own(0)));
        assert!(!same(Shape::Own(0), Shape::Own(0)));
        assert!(!same(Shape::Own(1), Shape::Borrow(0)));
        assert!(!same(Shape::List(Box::new(Shape::U8)), Shape::Bytes));
        let cases = |payload| Shape::Variant(None, vec![("a".into(), payload)]);
        assert!(!same(cases(None), cases(Some(Shape::Bool))));
    }
}
