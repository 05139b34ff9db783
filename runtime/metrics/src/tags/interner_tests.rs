//! What sets an interner keeps, which it folds, and when it warns.

use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;

use super::*;
use crate::{BYTES_KEPT, SERIES_LIMIT};

#[test]
fn the_order_of_tags_does_not_matter() {
    let interner = TagInterner::new();
    let a = interner.intern([("b", "2"), ("a", "1")]);
    let b = interner.intern([("a", "1"), ("b", "2")]);
    assert_eq!(a, b);
    assert_eq!(
        interner.get(a).iter().collect::<Vec<_>>(),
        [("a", "1"), ("b", "2")]
    );
    assert_eq!(interner.intern([]), TagSetId::EMPTY);
    assert_eq!(interner.len(), 2);
}

#[test]
fn overriding_tags_win() {
    let interner = TagInterner::new();
    let base = interner.intern([("status", "200"), ("url", "x")]);
    let derived = interner.with(base, &[("status", "404"), ("a", "1")]);
    let set = interner.get(derived);
    assert_eq!(set.get("status"), Some("404"));
    assert_eq!(set.get("url"), Some("x"));
    assert_eq!(set.get("a"), Some("1"));
    assert_eq!(set.get("b"), None);
    assert_eq!(
        interner.with(base, &[("status", "404"), ("a", "1")]),
        derived
    );
    assert_eq!(interner.with(base, &[]), base);
}

#[test]
fn the_hook_is_called_above_the_limit_and_at_doublings() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let interner = TagInterner::with_warning(Box::new(|_| {
        CALLS.fetch_add(1, Ordering::Relaxed);
    }));
    let mut next = 0;
    for (count, calls) in [
        (SERIES_LIMIT - 2, 0),
        // Estimates may be off by some per cent.
        (SERIES_LIMIT * 5 / 4, 1),
        (SERIES_LIMIT * 5 / 2, 2),
        (SERIES_LIMIT * 5, 3),
    ] {
        while next < count {
            interner.extend(&Tags::default(), &[("n", next.to_string())]);
            next += 1;
        }
        assert_eq!(CALLS.load(Ordering::Relaxed), calls, "{count}");
    }
    assert_eq!(interner.len(), SERIES_LIMIT);
}

#[test]
fn beyond_the_limit_what_aggregates_ask_for_is_kept() {
    let interner = TagInterner::new();
    interner.want(vec![("status".into(), "200".into())], true);
    let base = Tags::from(interner.intern([("scenario", "s"), ("zone", "z")]));
    let set = |n: usize| {
        let status = if n.is_multiple_of(2) { "200" } else { "404" };
        interner.extend(&base, &[("id", &*n.to_string()), ("status", status)])
    };
    let kept = set(0);
    assert!(kept.is_kept());
    for n in 0..SERIES_LIMIT + 10 {
        set(n);
    }
    assert_eq!(set(0).id(), kept.id());
    for (n, folded) in [
        (SERIES_LIMIT + 2, vec![("scenario", "s"), ("status", "200")]),
        (SERIES_LIMIT + 3, vec![("scenario", "s")]),
    ] {
        let tags = set(n);
        assert!(!tags.is_kept());
        assert!(interner.get(tags.id()).iter().eq(folded), "{n}");
        let whole = interner.resolve(&tags);
        assert_eq!(whole.get("id"), Some(&*n.to_string()));
        assert_eq!((whole.get("zone"), whole.len()), (Some("z"), 4));
        let more = interner.extend(&tags, &[("more", "x")]);
        assert_eq!(interner.resolve(&more).len(), 5);
    }
    assert!(interner.len() < SERIES_LIMIT + 5, "{}", interner.len());
}

#[test]
fn long_texts_count_too() {
    let interner = TagInterner::new();
    interner.want(Vec::new(), false);
    for n in 0..300_u32 {
        let text = n.to_string().repeat(1 << 19);
        interner.extend(&Tags::default(), &[("t", &text)]);
    }
    let sets = interner.sets.read();
    assert!(sets.bytes < BYTES_KEPT + (4 << 20), "{}", sets.bytes);
}

proptest! {
    #[test]
    fn sets_behave_like_maps(
        base in prop::collection::vec(("[a-e]{1,2}", "[a-c]"), 0..40),
        extra in prop::collection::vec(("[a-e]{1,2}", "[a-c]"), 0..6),
    ) {
        let interner = TagInterner::new();
        let pairs = |list: &[(String, String)]| -> Vec<(String, String)> { list.to_vec() };
        let expected: std::collections::BTreeMap<_, _> =
            pairs(&base).into_iter().chain(pairs(&extra)).collect();
        let base = interner.intern(base.iter().map(|(k, v)| (k.as_str(), v.as_str())));
        let extra: Vec<_> = extra.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let id = interner.with(base, &extra);
        prop_assert_eq!(interner.with(base, &extra), id);
        let set = interner.get(id);
        let direct = interner.intern(expected.iter().map(|(k, v)| (k.as_str(), v.as_str())));
        prop_assert_eq!(direct, id);
        prop_assert!(set.iter().eq(expected.iter().map(|(k, v)| (k.as_str(), v.as_str()))));
    }
}
