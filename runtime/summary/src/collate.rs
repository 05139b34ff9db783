//! The order of names in the summary: that of a dictionary, not of code points.
//!
//! Punctuation comes before digits, digits before letters, and case decides only between
//! names that are otherwise equal. This is the default Unicode collation for ASCII; other
//! characters follow the letters by code point, which is enough for a stable order.

use std::cmp::Ordering;

/// ASCII punctuation in collation order.
const PUNCTUATION: &str = "\t\n\u{b}\u{c}\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";

/// Compares two names.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let primary = a.chars().map(primary).cmp(b.chars().map(primary));
    // Lower case first.
    primary.then_with(|| b.cmp(a))
}

fn primary(c: char) -> (u8, u32) {
    if let Some(at) = PUNCTUATION.find(c) {
        (0, u32::try_from(at).unwrap_or(u32::MAX))
    } else if c.is_ascii_digit() {
        (1, u32::from(c))
    } else if c.is_ascii_alphabetic() {
        (2, u32::from(c.to_ascii_lowercase()))
    } else {
        (3, u32::from(c))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_dictionary_order() {
        let sorted = [
            "abe",
            "Cap",
            "mid",
            "my",
            "My",
            "my_x",
            "my{a:b,c:d}",
            "my{a:b}",
            "my2",
            "zed",
        ];
        let mut names = sorted;
        names.reverse();
        names.sort_by(|a, b| compare(a, b));
        assert_eq!(names, sorted);
    }
}
