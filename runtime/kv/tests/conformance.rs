//! What every backend must do, run on each of them with and without an index of keys.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use runner_kv::{
    Backend, ClaimRef, Clock, Compared, CsvFormat, ErrorKind, Expected, MAX_KEY, Options,
    RestoreLimits, Serialization, Store, Write,
};

struct Fixture {
    store: Store,
    clock: Clock,
    folder: tempfile::TempDir,
}

impl Fixture {
    fn set(&self, key: &str, value: &str) {
        self.store.set(key, b(value), None).unwrap();
    }

    fn get(&self, key: &str) -> Option<String> {
        let value = self.store.find(key).unwrap()?;
        Some(String::from_utf8(value.to_vec()).unwrap())
    }

    fn keys(&self, prefix: &str) -> Vec<String> {
        let items = self.store.list(prefix, None, false).unwrap();
        items.into_iter().map(|item| item.key).collect()
    }

    fn file(&self, name: &str, content: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }
}

fn b(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

/// Runs a test on every kind of store.
fn everywhere(test: impl Fn(&Fixture)) {
    for (disk, tracked) in [(false, false), (false, true), (true, false), (true, true)] {
        let folder = tempfile::tempdir().unwrap();
        let mut options = if disk {
            Options::disk(folder.path().join("store"))
        } else {
            Options::memory()
        };
        options.track_keys = tracked;
        run(options, folder, &test);
    }
}

fn run(options: Options, folder: tempfile::TempDir, test: &impl Fn(&Fixture)) {
    let clock = Clock::manual(1_700_000_000_000);
    let store = Store::open_at(&options, clock.clone()).unwrap();
    eprintln!("on {options:?}");
    test(&Fixture {
        store,
        clock,
        folder,
    });
}

fn kind<T: std::fmt::Debug>(result: Result<T, runner_kv::Error>) -> ErrorKind {
    result.unwrap_err().kind
}

#[test]
fn single_keys() {
    everywhere(|f| {
        assert_eq!(kind(f.store.get("a")), ErrorKind::KeyNotFound);
        f.set("a", "1");
        f.set("a", "2");
        f.set("ä/ü", "");
        assert_eq!(f.get("a").unwrap(), "2");
        assert_eq!(f.get("ä/ü").unwrap(), "");
        assert!(f.store.exists("a").unwrap() && !f.store.exists("b").unwrap());
        assert_eq!(f.store.count("").unwrap(), 2);
        f.store.delete("a").unwrap();
        f.store.delete("a").unwrap();
        assert!(f.store.delete_if_exists("ä/ü").unwrap());
        assert!(!f.store.delete_if_exists("ä/ü").unwrap());
        assert_eq!(f.store.count("").unwrap(), 0);
        f.set("x", "1");
        f.store.clear().unwrap();
        assert_eq!((f.get("x"), f.store.count("").unwrap()), (None, 0));
        f.set("x", "2");
        assert_eq!(f.keys(""), ["x"]);
    });
}

#[test]
fn sizes_of_keys_and_values() {
    everywhere(|f| {
        assert_eq!(kind(f.store.set("", b("1"), None)), ErrorKind::InvalidKey);
        assert_eq!(kind(f.store.get("")), ErrorKind::InvalidKey);
        let longest = "k".repeat(MAX_KEY);
        f.set(&longest, "1");
        assert_eq!(f.get(&longest).unwrap(), "1");
        let longer = "k".repeat(MAX_KEY + 1);
        let error = f.store.set(&longer, b("1"), None).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidKey);
        assert!(error.message.contains("32768"), "{error}");
        assert_eq!(kind(f.store.count(&longer)), ErrorKind::InvalidOptions);
        let large = "v".repeat(3 << 20);
        f.set("large", &large);
        assert!(f.get("large").unwrap() == large);
        let huge = Bytes::from(vec![b'v'; runner_kv::MAX_VALUE + 1]);
        assert_eq!(
            kind(f.store.set("huge", huge, None)),
            ErrorKind::ValueTooLarge
        );
        let many = vec!["k".to_owned(); runner_kv::MAX_BATCH + 1];
        assert_eq!(kind(f.store.get_many(&many)), ErrorKind::InvalidOptions);
        assert_eq!(
            kind(f.store.set("a", b("1"), Some(0))),
            ErrorKind::InvalidOptions
        );
    });
}

#[test]
fn atomic_changes() {
    everywhere(|f| {
        assert_eq!(f.store.increment("n", 2.0).unwrap(), 2.0);
        assert_eq!(f.store.increment("n", -3.0).unwrap(), -1.0);
        assert_eq!(f.get("n").unwrap(), "-1");
        // Numbers that were put as texts count on as numbers.
        f.set("text", "\"41\"");
        assert_eq!(f.store.increment("text", 1.0).unwrap(), 42.0);
        assert_eq!(f.get("text").unwrap(), "42");
        for (value, by) in [
            ("\"x\"", 1.0),
            ("1.5", 1.0),
            ("\"1.5\"", 1.0),
            ("1e308", 1.0),
            ("9223372036854775807", 1.0),
            ("\"-9223372036854775808\"", -1.0),
        ] {
            f.set("kept", value);
            assert_eq!(kind(f.store.increment("kept", by)), ErrorKind::ValueParse);
            assert_eq!(f.get("kept").unwrap(), value);
        }
        f.set("max", "9223372036854775807");
        f.store.increment("max", -1.0).unwrap();
        assert_eq!(f.get("max").unwrap(), "9223372036854775806");
        for by in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.5, 1e20] {
            assert_eq!(kind(f.store.increment("n", by)), ErrorKind::InvalidOptions);
        }
        assert_eq!(f.get("n").unwrap(), "-1");

        let first = f.store.get_or_set("o", b("1"), None).unwrap();
        let second = f.store.get_or_set("o", b("2"), None).unwrap();
        assert_eq!((first.loaded, second.loaded), (false, true));
        assert_eq!(second.value.unwrap(), b("1"));
        let swapped = f.store.swap("o", b("3"), None).unwrap();
        assert_eq!((swapped.value, swapped.loaded), (Some(b("1")), true));
        let swapped = f.store.swap("p", b("3"), None).unwrap();
        assert_eq!((swapped.value, swapped.loaded), (None, false));

        let cas = |key: &str, old: Option<&str>, new: &str| {
            let old = old.map(str::as_bytes);
            f.store.compare_and_swap(key, old, b(new), None).unwrap()
        };
        assert!(cas("c", None, r#"{"a":1,"b":2}"#).is_done());
        assert_eq!(
            cas("c", None, "1"),
            Compared::Mismatch(Some(b(r#"{"a":1,"b":2}"#)))
        );
        assert!(cas("c", Some(r#"{"b":2,"a":1}"#), "5").is_done());
        assert_eq!(cas("none", Some("1"), "2"), Compared::Mismatch(None));
        assert!(!f.store.compare_and_delete("c", b"6").unwrap().is_done());
        assert!(f.store.compare_and_delete("c", b"5").unwrap().is_done());
        assert_eq!(f.get("c"), None);
    });
}

#[test]
fn counters_lose_nothing_among_threads() {
    everywhere(|f| {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for number in 0..250 {
                        f.store.increment(&format!("n{}", number % 3), 1.0).unwrap();
                    }
                });
            }
        });
        let sum: f64 = (0..3)
            .map(|n| f.get(&format!("n{n}")).unwrap().parse::<f64>().unwrap())
            .sum();
        assert_eq!(sum, 1000.0);
    });
}

#[test]
fn time_to_live() {
    everywhere(|f| {
        f.store.set("a", b("1"), Some(100)).unwrap();
        f.store.set("b", b("2"), Some(200)).unwrap();
        f.set("c", "3");
        assert_eq!(f.store.ttl("a").unwrap(), Some(Some(100)));
        assert_eq!(f.store.ttl("c").unwrap(), Some(None));
        assert_eq!(f.store.ttl("none").unwrap(), None);
        f.clock.advance(99);
        assert_eq!(f.keys(""), ["a", "b", "c"]);
        f.clock.advance(1);
        assert_eq!(
            (f.get("a"), f.keys("")),
            (None, vec!["b".to_owned(), "c".to_owned()])
        );
        assert_eq!(f.store.count("").unwrap(), 2);
        assert_eq!(f.store.count("a").unwrap(), 0);
        // A value without an end takes the place of one with an end.
        f.set("b", "4");
        f.clock.advance(500);
        assert_eq!(f.get("b").unwrap(), "4");
        // Counters keep their end, so that a window of requests closes.
        f.store.set("n", b("1"), Some(50)).unwrap();
        assert_eq!(f.store.increment("n", 1.0).unwrap(), 2.0);
        f.clock.advance(60);
        assert_eq!(f.store.increment("n", 1.0).unwrap(), 1.0);
        assert!(f.store.expire("c", Some(10)).unwrap());
        assert!(f.store.expire("b", Some(10)).unwrap());
        assert!(f.store.expire("b", None).unwrap());
        assert!(!f.store.expire("none", Some(10)).unwrap());
        f.clock.advance(11);
        assert_eq!(f.keys(""), ["b", "n"]);
        assert_eq!(
            f.store.random_keys("c", 1, true).unwrap(),
            Vec::<String>::new()
        );
        assert_eq!(f.store.count("").unwrap(), 2);
        // What is over counts as absent.
        f.store.set("d", b("1"), Some(1)).unwrap();
        f.clock.advance(1);
        assert!(
            f.store
                .compare_and_swap("d", None, b("2"), None)
                .unwrap()
                .is_done()
        );
        assert_eq!(f.get("d").unwrap(), "2");
    });
}

#[test]
fn many_keys() {
    everywhere(|f| {
        let entries = |n: usize| {
            (0..n)
                .map(|i| (format!("m:{i:03}"), b(&i.to_string())))
                .collect()
        };
        assert_eq!(f.store.set_many(entries(50), None).unwrap(), 50);
        let keys = ["m:001".to_owned(), "none".to_owned(), "m:001".to_owned()];
        let values = f.store.get_many(&keys).unwrap();
        assert_eq!(values, [Some(b("1")), None, Some(b("1"))]);
        // Nothing has the empty key, and to ask for it is no error.
        let odd = [String::new(), "m:002".to_owned(), String::new()];
        let values = f.store.get_many(&odd).unwrap();
        assert_eq!(values, [None, Some(b("2")), None]);
        assert_eq!(kind(f.store.delete_many(&odd)), ErrorKind::InvalidKey);
        assert_eq!(f.store.delete_many(&keys).unwrap(), (1, 2));
        let bad = vec![("m:new".to_owned(), b("1")), (String::new(), b("2"))];
        assert_eq!(kind(f.store.set_many(bad, None)), ErrorKind::InvalidKey);
        assert_eq!(f.get("m:new"), None);
        assert_eq!(f.store.delete_by_prefix("m:00", 5).unwrap(), (5, false));
        assert_eq!(f.store.delete_by_prefix("m:00", 5).unwrap(), (4, true));
        assert_eq!(f.store.count("m:").unwrap(), 40);
        assert_eq!(
            kind(f.store.delete_by_prefix("", 5)),
            ErrorKind::InvalidOptions
        );
        assert_eq!(
            kind(f.store.delete_by_prefix("m", 100_001)),
            ErrorKind::InvalidOptions
        );
        assert_eq!(f.store.set_many(Vec::new(), None).unwrap(), 0);
    });
}

#[test]
fn pages_and_lists() {
    everywhere(|f| {
        for number in (0..25).rev() {
            f.set(&format!("p:{number:02}"), &number.to_string());
        }
        f.set("o", "1");
        f.set("q", "1");
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = f.store.scan("p:", Some(10), &cursor, true).unwrap();
            seen.extend(page.items.iter().map(|item| item.key.clone()));
            // Keys that come and go do not disturb the others.
            f.set("p:00a", "new");
            f.store.delete("p:24").unwrap();
            if page.cursor.is_empty() {
                break;
            }
            cursor = page.cursor;
        }
        let expected: Vec<_> = (0..24).map(|number| format!("p:{number:02}")).collect();
        assert_eq!(seen, expected);
        assert_eq!(f.store.scan("", None, "", false).unwrap().items.len(), 27);
        assert_eq!(f.keys("p:0").len(), 11);
        let two = f.store.list("p:", Some(2), true).unwrap();
        assert_eq!((two.len(), &two[0].value), (2, &b("0")));
        assert_eq!(
            kind(f.store.list("p:", Some(runner_kv::MAX_LIST + 1), true)),
            ErrorKind::InvalidOptions
        );
        assert_eq!(
            kind(f.store.scan("p:", Some(10), "%%", true)),
            ErrorKind::InvalidCursor
        );
        // "cTo=" is "q:": a cursor of another prefix.
        assert_eq!(
            kind(f.store.scan("p:", Some(10), "cTo=", true)),
            ErrorKind::InvalidCursor
        );
        // "/w==" is no UTF-8.
        assert_eq!(
            kind(f.store.scan("", Some(10), "/w==", true)),
            ErrorKind::InvalidCursor
        );
        assert_eq!(
            kind(f.store.scan("", Some(0), "", true)),
            ErrorKind::InvalidOptions
        );
        assert_eq!(
            kind(f.store.scan("", Some(100_001), "", true)),
            ErrorKind::InvalidOptions
        );
    });
}

#[test]
fn random_keys_are_spread_evenly() {
    everywhere(|f| {
        assert!(f.store.random_keys("", 1, true).unwrap().is_empty());
        for number in 0..10 {
            f.set(&format!("r:{number}"), "1");
            f.set(&format!("s:{number}"), "1");
        }
        let mut counts = BTreeMap::<String, u32>::new();
        for _ in 0..2000 {
            let key = f.store.random_keys("r:", 1, true).unwrap().pop().unwrap();
            *counts.entry(key).or_default() += 1;
        }
        assert_eq!(counts.len(), 10);
        assert!(counts.keys().all(|key| key.starts_with("r:")));
        // 200 each; the chance of a wrong alarm is below one in a million.
        assert!(
            counts.values().all(|count| (120..290).contains(count)),
            "{counts:?}"
        );
        let unique: BTreeSet<_> = f
            .store
            .random_keys("r:", 100, true)
            .unwrap()
            .into_iter()
            .collect();
        assert_eq!(unique.len(), 10);
        assert_eq!(f.store.random_keys("r:", 100, false).unwrap().len(), 100);
        assert!(f.store.random_keys("none", 5, false).unwrap().is_empty());
        f.store.rebuild().unwrap();
        f.store.delete("r:0").unwrap();
        assert_eq!(f.store.random_keys("r:", 100, true).unwrap().len(), 9);
        assert_eq!(
            kind(f.store.random_keys("", 1_000_001, true)),
            ErrorKind::InvalidOptions
        );
    });
}

#[test]
fn claims_and_fencing() {
    everywhere(|f| {
        for number in 0..3 {
            f.set(&format!("u:{number}"), &number.to_string());
        }
        assert!(f.store.claim_next("none", None, None).unwrap().is_none());
        let one = f
            .store
            .claim_next("u:", Some("me"), Some(1000))
            .unwrap()
            .unwrap();
        assert_eq!((one.reference.key.as_str(), &one.value), ("u:0", &b("0")));
        assert_eq!(one.expires_at, f.clock.now() + 1000);
        let rest = f.store.claim_random("u:", 5, None, Some(1000)).unwrap();
        let keys: BTreeSet<_> = rest
            .iter()
            .map(|claim| claim.reference.key.as_str())
            .collect();
        assert_eq!(keys, BTreeSet::from(["u:1", "u:2"]));
        assert!(
            f.store
                .claim_random("u:", 1, None, None)
                .unwrap()
                .is_empty()
        );
        assert!(f.store.pop_random("u:", 1).unwrap().is_empty());
        let stats = f.store.allocation_stats("u:").unwrap();
        assert_eq!(
            (stats.total, stats.claimed_live, stats.claimable),
            (3, 3, 0)
        );
        assert_eq!(stats.claimed_expired, 0);
        // The time of the first runs out; a later holder has a greater token, and the earlier one
        // can do nothing to it.
        assert!(f.store.renew_claim(&rest[0].reference, Some(5000)).unwrap());
        f.clock.advance(1000);
        assert!(!f.store.renew_claim(&one.reference, None).unwrap());
        // One that ran out, one of two others that was renewed.
        let stats = f.store.allocation_stats("u:").unwrap();
        assert_eq!(
            (stats.claimed_live, stats.claimed_expired, stats.claimable),
            (1, 2, 2)
        );
        assert_eq!(f.store.allocation_stats("v").unwrap().claimed_expired, 0);
        let second = f.store.claim_next("u:0", None, None).unwrap().unwrap();
        assert!(second.reference.token > one.reference.token);
        assert!(!f.store.release_claim(&one.reference).unwrap());
        assert!(!f.store.complete_claim(&one.reference, true).unwrap());
        assert_eq!(f.get("u:0").unwrap(), "0");
        let forged = ClaimRef {
            token: one.reference.token,
            ..second.reference.clone()
        };
        assert!(!f.store.release_claim(&forged).unwrap());
        assert!(f.store.complete_claim(&second.reference, true).unwrap());
        assert_eq!(f.get("u:0"), None);
        assert!(f.store.release_claim(&rest[0].reference).unwrap());
        assert!(!f.store.release_claim(&rest[0].reference).unwrap());
        let stats = f.store.stats().unwrap();
        assert_eq!((stats.claims_live, stats.claims_expired), (0, 1));
        assert_eq!(
            kind(f.store.claim_next("", None, Some(0))),
            ErrorKind::InvalidOptions
        );
        assert_eq!(
            kind(f.store.claim_next("", None, Some(86_400_001))),
            ErrorKind::InvalidOptions
        );
        let owner = "o".repeat(257);
        assert_eq!(
            kind(f.store.claim_next("", Some(&owner), None)),
            ErrorKind::InvalidOptions
        );
    });
}

#[test]
fn claims_of_certain_keys_and_owners() {
    everywhere(|f| {
        for number in 0..3 {
            f.set(&format!("u:{number}"), "1");
        }
        let keys = ["u:0".to_owned(), "u:1".to_owned(), "none".to_owned()];
        let nothing = f.store.claim_keys(&keys, None, None, true).unwrap();
        assert_eq!((nothing.claimed.len(), nothing.missing.len()), (0, 1));
        // All or nothing ends at the first that cannot be had.
        let first = ["none".to_owned(), "u:0".to_owned(), "neither".to_owned()];
        let nothing = f.store.claim_keys(&first, None, None, true).unwrap();
        assert_eq!(nothing.missing, ["none"]);
        for bad in [["u:0", "u:0"], ["u:0", ""]] {
            let bad = bad.map(str::to_owned);
            assert!(f.store.claim_keys(&bad, None, None, false).is_err());
        }
        let some = f.store.claim_keys(&keys, None, None, false).unwrap();
        assert_eq!(
            (some.claimed.len(), some.busy.len(), some.missing.len()),
            (2, 0, 1)
        );
        let busy = f.store.claim_keys(&keys[..2], None, None, false).unwrap();
        assert_eq!(busy.busy, &keys[..2]);
        let mine = f
            .store
            .claim_for_owner("u:", "vu1", Some(100))
            .unwrap()
            .unwrap();
        let again = f
            .store
            .claim_for_owner("u:", "vu1", Some(900))
            .unwrap()
            .unwrap();
        assert_eq!(mine, again);
        assert!(
            f.store
                .claim_for_owner("u:", "vu2", None)
                .unwrap()
                .is_none()
        );
        f.clock.advance(100);
        let new = f
            .store
            .claim_for_owner("u:", "vu1", Some(100))
            .unwrap()
            .unwrap();
        assert!(new.reference.token > mine.reference.token);
        f.store.delete(&new.reference.key).unwrap();
        assert!(
            f.store
                .claim_for_owner("u:", "vu1", None)
                .unwrap()
                .is_none()
        );
    });
}

#[test]
fn a_claim_ends_with_its_key() {
    type End = fn(&Fixture, &ClaimRef);
    let ends: [(&str, End); 7] = [
        ("delete", |f, claim| f.store.delete(&claim.key).unwrap()),
        ("delete_many", |f, claim| {
            let keys = [claim.key.clone(), "other".to_owned()];
            f.store.delete_many(&keys).unwrap();
        }),
        ("delete_by_prefix", |f, _| {
            f.store.delete_by_prefix("u:", 10).unwrap();
        }),
        ("compare_and_delete", |f, claim| {
            let done = f.store.compare_and_delete(&claim.key, b"1").unwrap();
            assert!(done.is_done());
        }),
        ("commit", |f, claim| {
            let write = Write {
                key: claim.key.clone(),
                value: None,
                ttl: None,
            };
            assert!(f.store.commit(&[], &[write]).unwrap());
        }),
        ("time to live", |f, claim| {
            assert!(f.store.expire(&claim.key, Some(10)).unwrap());
            f.clock.advance(10);
        }),
        ("clear", |f, _| f.store.clear().unwrap()),
    ];
    everywhere(|f| {
        for (name, end) in ends {
            let claim = || {
                f.set("u:1", "1");
                let claim = f.store.claim_next("u:", None, None).unwrap();
                claim.unwrap_or_else(|| panic!("{name}")).reference
            };
            let one = claim();
            end(f, &one);
            assert!(!f.store.release_claim(&one).unwrap(), "{name}");
            let one = claim();
            end(f, &one);
            assert!(!f.store.renew_claim(&one, None).unwrap(), "{name}");
            for delete in [true, false] {
                let one = claim();
                end(f, &one);
                assert!(!f.store.complete_claim(&one, delete).unwrap(), "{name}");
            }
            // Whoever puts the key anew finds it free, and the claim of the one before is none.
            let one = claim();
            end(f, &one);
            if name != "time to live" {
                let two = claim();
                assert!(two.token > one.token, "{name}");
                assert!(!f.store.complete_claim(&one, true).unwrap(), "{name}");
                assert!(f.store.release_claim(&two).unwrap(), "{name}");
            }
            f.store.clear().unwrap();
        }
        let odd = ClaimRef {
            id: String::new(),
            key: String::new(),
            token: 1,
        };
        assert_eq!(kind(f.store.release_claim(&odd)), ErrorKind::InvalidKey);
    });
}

#[test]
fn each_entry_is_popped_once() {
    everywhere(|f| {
        let entries = (0..200).map(|i| (format!("j:{i}"), b("1"))).collect();
        f.store.set_many(entries, None).unwrap();
        let popped = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for size in 1..5 {
                let (popped, store) = (&popped, &f.store);
                scope.spawn(move || {
                    loop {
                        let items = store.pop_random("j:", size).unwrap();
                        popped.fetch_add(items.len(), Ordering::Relaxed);
                        if items.is_empty() {
                            break;
                        }
                    }
                });
            }
        });
        // Whoever was last may have given up while another still held the rest.
        let rest = f.store.pop_random("j:", 1000).unwrap().len();
        assert_eq!(popped.into_inner() + rest, 200);
        assert_eq!(f.store.count("").unwrap(), 0);
    });
}

#[test]
fn circular_feeders() {
    everywhere(|f| {
        assert!(f.store.next_circular("c:").unwrap().is_none());
        for key in ["c:1", "c:2", "c:3", "d:1"] {
            f.set(key, "1");
        }
        let next = || f.store.next_circular("c:").unwrap().unwrap().key;
        assert_eq!(
            [next(), next(), next(), next()],
            ["c:1", "c:2", "c:3", "c:1"]
        );
        f.store.delete("c:2").unwrap();
        assert_eq!([next(), next()], ["c:3", "c:1"]);
        assert_eq!(f.store.next_circular("d:").unwrap().unwrap().key, "d:1");
    });
}

#[test]
fn transactions() {
    everywhere(|f| {
        f.set("from", "100");
        let seen = |key: &str, value: Option<&str>| Expected {
            key: key.to_owned(),
            value: value.map(b),
        };
        let put = |key: &str, value: &str| Write {
            key: key.to_owned(),
            value: Some(b(value)),
            ttl: None,
        };
        let remove = |key: &str| Write {
            key: key.to_owned(),
            value: None,
            ttl: None,
        };
        let read = [seen("from", Some("100")), seen("to", None)];
        assert!(
            f.store
                .commit(&read, &[put("from", "60"), put("to", "40")])
                .unwrap()
        );
        assert_eq!(
            (f.get("from").unwrap(), f.get("to").unwrap()),
            ("60".into(), "40".into())
        );
        assert!(!f.store.commit(&read, &[put("from", "0")]).unwrap());
        assert_eq!(f.get("from").unwrap(), "60");
        assert!(
            f.store
                .commit(&[], &[remove("to"), put("x", "1"), put("x", "2")])
                .unwrap()
        );
        assert_eq!((f.get("to"), f.get("x").unwrap()), (None, "2".into()));
        assert!(f.store.commit(&[seen("x", Some("2"))], &[]).unwrap());
        let twice = [seen("x", Some("2")), seen("x", None)];
        assert_eq!(kind(f.store.commit(&twice, &[])), ErrorKind::InvalidOptions);
        // Money that moves between accounts is never seen to be more or less.
        for number in 0..4 {
            f.set(&format!("acc{number}"), "10");
        }
        let names: Vec<String> = (0..4).map(|number| format!("acc{number}")).collect();
        let sum = || -> i64 {
            let values = f.store.get_many(&names).unwrap();
            let number = |value: Option<Bytes>| {
                String::from_utf8(value.unwrap().to_vec())
                    .unwrap()
                    .parse::<i64>()
                    .unwrap()
            };
            values.into_iter().map(number).sum()
        };
        std::thread::scope(|scope| {
            for thread in 0..3_usize {
                let (names, f) = (&names, &f);
                scope.spawn(move || {
                    for round in 0..60 {
                        let (from, to) = (
                            &names[(round + thread) % 4],
                            &names[(round + 1 + thread) % 4],
                        );
                        loop {
                            let (a, c) = (f.get(from).unwrap(), f.get(to).unwrap());
                            let (less, more) =
                                (a.parse::<i64>().unwrap() - 1, c.parse::<i64>().unwrap() + 1);
                            let read = [
                                Expected {
                                    key: from.clone(),
                                    value: Some(b(&a)),
                                },
                                Expected {
                                    key: to.clone(),
                                    value: Some(b(&c)),
                                },
                            ];
                            let writes = [
                                Write {
                                    key: from.clone(),
                                    value: Some(b(&less.to_string())),
                                    ttl: None,
                                },
                                Write {
                                    key: to.clone(),
                                    value: Some(b(&more.to_string())),
                                    ttl: None,
                                },
                            ];
                            if f.store.commit(&read, &writes).unwrap() {
                                break;
                            }
                        }
                    }
                });
            }
            for _ in 0..200 {
                assert_eq!(sum(), 40);
            }
        });
        assert_eq!(sum(), 40);
    });
}

fn format(key: &str) -> CsvFormat {
    CsvFormat {
        key_column: key.to_owned(),
        has_header: true,
        delimiter: b',',
        limit: None,
        batch: Some(2),
    }
}

#[test]
fn csv_files() {
    everywhere(|f| {
        let text = "username,password,role\nu1,p1,admin\nu2,p2\nu3,\"p,3\",user,extra\n";
        let name = f.file("users.csv", text);
        let imported = f.store.import_csv(&name, &format("username")).unwrap();
        assert_eq!(
            (imported.imported, imported.bytes_read),
            (3, text.len() as u64)
        );
        let row = r#"{"username":"u3","password":"p,3","role":"user","column_3":"extra"}"#;
        assert_eq!(f.get("u3").unwrap(), row);
        assert!(f.get("u2").unwrap().contains(r#""role":"""#));
        let one = CsvFormat {
            limit: Some(1),
            ..format("password")
        };
        assert_eq!(f.store.import_csv(&name, &one).unwrap().imported, 1);
        let plain = CsvFormat {
            has_header: false,
            ..format("column_1")
        };
        let valid = f.store.validate_csv(&name, &plain).unwrap();
        assert_eq!(
            (valid.records, valid.checked_all, valid.first_error),
            (4, true, None)
        );
        let numbered = CsvFormat {
            key_column: "0".to_owned(),
            ..plain.clone()
        };
        assert_eq!(f.store.import_csv(&name, &numbered).unwrap().imported, 4);
        assert!(f.get("u1").unwrap().contains(r#""column_0":"u1""#));
        f.store.delete("username").unwrap();
        assert_eq!(
            f.store
                .import_csv(&name, &format("username"))
                .unwrap()
                .imported,
            3
        );
        let named = CsvFormat {
            key_column: "id".to_owned(),
            ..plain
        };
        assert_eq!(
            kind(f.store.validate_csv(&name, &named)),
            ErrorKind::InvalidOptions
        );
        // Without a column of keys only the form counts.
        let form = f.store.validate_csv(&name, &format("")).unwrap();
        assert_eq!((form.records, form.first_error), (3, None));
        let none = f.file("none.csv", "");
        assert_eq!(
            f.store.import_csv(&none, &format("id")).unwrap().imported,
            0
        );
        let valid = f.store.validate_csv(&none, &format("id")).unwrap();
        assert_eq!((valid.records, valid.checked_all), (0, true));

        let error = f.store.import_csv(&name, &format("id")).unwrap_err();
        assert_eq!(error.kind, ErrorKind::SnapshotRead);
        assert!(
            error.message.contains("username, password, role"),
            "{error}"
        );
        assert_eq!(
            kind(f.store.import_csv(&f.path("not-there"), &format("a"))),
            ErrorKind::SnapshotNotFound
        );
        assert_eq!(
            kind(f.store.import_csv(&name, &format(""))),
            ErrorKind::InvalidOptions
        );
        let zero = CsvFormat {
            limit: Some(0),
            ..format("username")
        };
        assert_eq!(
            kind(f.store.import_csv(&name, &zero)),
            ErrorKind::InvalidOptions
        );
        let empty = f.file("empty-key.csv", "id,x\n,1\n");
        let found = f.store.validate_csv(&empty, &format("id")).unwrap();
        assert!(
            found.first_error.unwrap().contains("line 2"),
            "names the line"
        );
        let twice = f.file("twice.csv", "id,id\n1,2\n");
        assert!(
            f.store
                .validate_csv(&twice, &format("id"))
                .unwrap()
                .first_error
                .is_some()
        );
        for (text, rows, why) in [
            ("id,\n1,2\n", 0, "line 1: column 2 has no name"),
            ("id\n1\n\"2\n3\n", 1, "line 3: a quote that nobody closes"),
            ("id\n1\n2\"\n3\n", 1, "line 3: a quote in a field"),
        ] {
            let bad = f.file("bad.csv", text);
            for key in ["", "id"] {
                let found = f.store.validate_csv(&bad, &format(key)).unwrap();
                assert_eq!((found.records, found.checked_all), (rows, false), "{text}");
                let error = found.first_error.unwrap();
                assert!(error.contains(why), "{error}");
            }
            let one = CsvFormat {
                batch: Some(1),
                ..format("id")
            };
            let error = f.store.import_csv(&bad, &one).unwrap_err();
            assert_eq!(error.kind, ErrorKind::SnapshotRead);
            let told = error.message.contains("in the store: 1)");
            assert_eq!(told, rows == 1, "{error}");
        }
        let not_text = f.folder.path().join("bytes.csv");
        std::fs::write(&not_text, b"id\n\xff\xfe\n").unwrap();
        let not_text = not_text.display().to_string();
        assert_eq!(
            kind(f.store.import_csv(&not_text, &format("id"))),
            ErrorKind::SnapshotRead
        );

        let out = f.path("deep/out.csv");
        let columns = Some(vec!["role".to_owned(), "password".to_owned()]);
        let exported = f
            .store
            .export_csv(&out, "u", columns, true, b';', None)
            .unwrap();
        assert_eq!(exported.exported, 3);
        let written = std::fs::read_to_string(&out).unwrap();
        assert_eq!(
            written,
            "key;role;password\nu1;admin;p1\nu2;;p2\nu3;user;p,3\n"
        );
        assert_eq!(written.len() as u64, exported.bytes_written);
        // Names stand there, whether or not there is an entry.
        let columns = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
        let export = |names: &[&str], key: bool, limit: Option<u64>| {
            f.store
                .export_csv(&out, "nobody", columns(names), key, b',', limit)
        };
        assert_eq!(export(&["a", "key"], false, None).unwrap().exported, 0);
        assert_eq!(std::fs::read_to_string(&out).unwrap(), "a,key\n");
        for bad in [
            export(&[], true, None),
            export(&["a", ""], true, None),
            export(&["a", "a"], true, None),
            export(&["a", "key"], true, None),
            export(&["a"], true, Some(0)),
            export(&["a"], true, Some(1_000_001)),
        ] {
            assert_eq!(kind(bad), ErrorKind::InvalidOptions);
        }
        f.set("v", "[1]");
        assert_eq!(
            kind(
                f.store
                    .export_csv(&f.path("no.csv"), "v", None, true, b',', None)
            ),
            ErrorKind::Serializer
        );
        assert!(!f.folder.path().join("no.csv").exists());
    });
}

#[test]
fn json_lines() {
    everywhere(|f| {
        let text = "{\"key\":\"a\",\"value\":{\"n\":[1,null]}}\n{\"value\":\"x\",\"key\":\"b\"}";
        let name = f.file("in.jsonl", text);
        assert_eq!(
            f.store.import_jsonl(&name, None, Some(1)).unwrap().imported,
            2
        );
        assert_eq!(f.get("a").unwrap(), r#"{"n":[1,null]}"#);
        let out = f.path("out.jsonl");
        let exported = f.store.export_jsonl(&out, "", Some(1)).unwrap();
        assert_eq!(exported.exported, 1);
        assert_eq!(
            std::fs::read_to_string(&out).unwrap(),
            "{\"key\":\"a\",\"value\":{\"n\":[1,null]}}\n"
        );
        let empty = f.file("empty.jsonl", "");
        let valid = f.store.validate_jsonl(&empty, None).unwrap();
        assert_eq!((valid.records, valid.checked_all), (0, true));
        for (bad, line) in [
            ("{\"key\":\"a\",\"value\":1}\n\n", "line 2"),
            ("{\"key\":\"\",\"value\":1}\n", "line 1"),
            ("{\"value\":1}\n", "line 1"),
            ("{\"key\":\"a\"}\n", "line 1"),
            ("id,name\n", "line 1"),
        ] {
            let name = f.file("bad.jsonl", bad);
            let error = f.store.import_jsonl(&name, None, None).unwrap_err();
            assert_eq!(error.kind, ErrorKind::SnapshotRead, "{bad}");
            assert!(error.message.contains(line), "{error}");
            assert!(
                f.store
                    .validate_jsonl(&name, None)
                    .unwrap()
                    .first_error
                    .is_some()
            );
        }
        assert_eq!(
            kind(f.store.import_jsonl(&f.path("not-there"), None, None)),
            ErrorKind::SnapshotNotFound
        );
        assert_eq!(
            kind(f.store.import_jsonl(&name, Some(2_000_000), None)),
            ErrorKind::InvalidOptions
        );
        assert_eq!(
            kind(
                f.store
                    .export_jsonl(&format!("{name}/below/a/file"), "", None)
            ),
            ErrorKind::SnapshotExport
        );
    });
}

#[test]
fn backup_and_restore() {
    everywhere(|f| {
        f.set("a", "1");
        f.store.set("b", b("2"), Some(1000)).unwrap();
        let name = f.path("backups/one.kv");
        let written = f.store.backup(&name).unwrap();
        assert_eq!(written.exported, 2);
        assert_eq!(
            std::fs::metadata(&name).unwrap().len(),
            written.bytes_written
        );
        f.set("a", "changed");
        f.set("c", "3");
        f.store.claim_next("a", None, None).unwrap().unwrap();
        let none = RestoreLimits::default();
        assert_eq!(f.store.restore(&name, none).unwrap(), 2);
        assert_eq!(f.keys(""), ["a", "b"]);
        assert_eq!(f.get("a").unwrap(), "1");
        assert_eq!(f.store.ttl("b").unwrap(), Some(Some(1000)));
        assert!(f.store.claim_next("a", None, None).unwrap().is_some());
        let few = RestoreLimits {
            entries: Some(1),
            bytes: None,
        };
        assert_eq!(kind(f.store.restore(&name, few)), ErrorKind::SnapshotBudget);
        let small = RestoreLimits {
            entries: None,
            bytes: Some(3),
        };
        assert_eq!(
            kind(f.store.restore(&name, small)),
            ErrorKind::SnapshotBudget
        );
        assert_eq!(
            kind(f.store.restore(&f.path("not-there"), none)),
            ErrorKind::SnapshotNotFound
        );
        let good = std::fs::read(&name).unwrap();
        // Every way of being cut off or changed is noticed, and nothing is changed by it.
        for length in 0..good.len() {
            std::fs::write(&name, &good[..length]).unwrap();
            assert_eq!(
                kind(f.store.restore(&name, none)),
                ErrorKind::SnapshotRead,
                "{length}"
            );
        }
        for place in 0..good.len() {
            let mut bad = good.clone();
            bad[place] ^= 4;
            std::fs::write(&name, &bad).unwrap();
            assert!(f.store.restore(&name, none).is_err(), "{place}");
        }
        assert_eq!(f.keys(""), ["a", "b"]);
        f.clock.advance(1000);
        std::fs::write(&name, &good).unwrap();
        assert_eq!(f.store.restore(&name, none).unwrap(), 1);
        assert_eq!(f.keys(""), ["a"]);
        // A store on disk is its own backup.
        if matches!(f.store.options().backend, Backend::Disk { .. }) {
            let own = f.path("store");
            assert_eq!(f.store.backup(&own).unwrap().exported, 1);
            assert_eq!(f.store.restore(&own, none).unwrap(), 1);
            assert_eq!(f.keys(""), ["a"]);
        }
    });
}

#[test]
fn a_closed_store_refuses_everything() {
    everywhere(|f| {
        f.set("a", "1");
        f.store.close().unwrap();
        f.store.close().unwrap();
        let error = f.store.get("a").unwrap_err();
        assert_eq!(error.kind, ErrorKind::Closed);
        assert_eq!(kind(f.store.set("a", b("1"), None)), ErrorKind::Closed);
        assert_eq!(kind(f.store.count("")), ErrorKind::Closed);
        let claim = ClaimRef {
            id: "claim-1".to_owned(),
            key: "a".to_owned(),
            token: 1,
        };
        assert_eq!(kind(f.store.release_claim(&claim)), ErrorKind::Closed);
        let name = f.file("in.jsonl", "");
        assert_eq!(kind(f.store.validate_jsonl(&name, None)), ErrorKind::Closed);
    });
}

#[test]
fn text_stores_hold_bytes() {
    let options = Options {
        serialization: Serialization::String,
        ..Options::memory()
    };
    run(options, tempfile::tempdir().unwrap(), &|f: &Fixture| {
        f.store
            .set("raw", Bytes::from_static(b"\x00\xff"), None)
            .unwrap();
        assert_eq!(&f.store.get("raw").unwrap()[..], b"\x00\xff");
        f.set("j", r#"{"a":1}"#);
        let spaced = f
            .store
            .compare_and_swap("j", Some(br#"{ "a":1}"#), b("x"), None)
            .unwrap();
        assert!(!spaced.is_done());
        let name = f.file("n.jsonl", "{\"key\":\"a\",\"value\":1}\n");
        assert_eq!(
            kind(f.store.import_jsonl(&name, None, None)),
            ErrorKind::SnapshotRead
        );
    });
}

#[test]
fn a_memory_store_has_a_budget() {
    let mut options = Options::memory();
    options.backend = runner_kv::Backend::Memory {
        shards: 3,
        max_bytes: 2000,
    };
    run(options, tempfile::tempdir().unwrap(), &|f: &Fixture| {
        let error = (0..100)
            .find_map(|i| f.store.set(&format!("k{i}"), b("0123456789"), None).err())
            .unwrap();
        assert_eq!(error.kind, ErrorKind::StoreFull);
        assert!(error.message.contains("memory.maxBytes"), "{error}");
        let held = f.store.count("").unwrap();
        assert!((10..20).contains(&held), "{held}");
        let two = vec![
            ("k0".to_owned(), b("1")),
            ("new".to_owned(), b(&"x".repeat(900))),
        ];
        assert_eq!(kind(f.store.set_many(two, None)), ErrorKind::StoreFull);
        assert_eq!(f.get("k0").unwrap(), "0123456789", "half a batch was done");
        f.store.delete("k0").unwrap();
        f.set("again", "1");
        f.store.clear().unwrap();
        assert_eq!(f.store.stats().unwrap().bytes, 0);
    });
}
