//! `runner:collation`: the order of texts. The JS engine orders plain English by itself; the tables
//! of Unicode are here once, and not in each VU's engine.

use std::cmp::Ordering;
use std::sync::LazyLock;

use icu_collator::options::CollatorOptions;
use icu_collator::{CollatorBorrowed, CollatorPreferences};
use wasmtime::component::Linker;

use crate::VuState;
use crate::bindings::runner::collation::collator::{self, Host};
use crate::linker::{Find, Vu};

/// None only if its data were not compiled in.
static ROOT: LazyLock<Option<CollatorBorrowed<'static>>> = LazyLock::new(|| {
    CollatorBorrowed::try_new(CollatorPreferences::default(), CollatorOptions::default()).ok()
});

/// Adds the room's interfaces.
pub(crate) fn add_to_linker<T: Send + 'static>(
    to: &mut Linker<T>,
    vu: Find<T>,
) -> wasmtime::Result<()> {
    collator::add_to_linker::<T, Vu>(to, vu)
}

impl Host for VuState {
    fn compare(&mut self, left: String, right: String) -> i8 {
        compare(&left, &right) as i8
    }
}

fn compare(left: &str, right: &str) -> Ordering {
    match &*ROOT {
        Some(collator) => collator.compare(left, right),
        None => left.cmp(right),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_come_before_accents_and_accents_before_case() {
        let sorted = [
            "", "1", "10", "2", "a", "A", "á", "ä", "ae", "æ", "b", "é", "f", "ø", "ß", "z", "α",
            "я", "日",
        ];
        for pair in sorted.windows(2) {
            assert_eq!(compare(pair[0], pair[1]), Ordering::Less, "{pair:?}");
            assert_eq!(compare(pair[1], pair[0]), Ordering::Greater, "{pair:?}");
        }
        assert_eq!(compare("a\u{301}", "\u{e1}"), Ordering::Equal);
    }
}
