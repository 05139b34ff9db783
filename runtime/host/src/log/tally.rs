//! Counts things that are told apart by a number, from any thread and without a lock: what a loop
//! repeats a hundred thousand times a second costs a look at a few numbers each time.
//!
//! Limits: a hundred things are told apart, and the rest is counted together.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Things that are told apart.
const MOST: usize = 100;
/// Places for them: more, so that looking for one ends soon. A power of two.
const SLOTS: usize = 256;
/// Bytes of a text that count for its number.
const READ: usize = 4 << 10;

/// Things of one kind.
#[derive(Debug)]
pub(crate) struct Tally<T> {
    slots: Box<[Slot<T>]>,
    used: AtomicUsize,
    others: Count,
}

#[derive(Debug)]
struct Slot<T> {
    /// 0 while it is free.
    key: AtomicU64,
    first: OnceLock<T>,
    count: Count,
}

#[derive(Debug, Default)]
struct Count {
    all: AtomicU64,
    told: AtomicU64,
}

impl Count {
    fn add(&self) {
        self.all.fetch_add(1, Ordering::Relaxed);
    }

    /// How many came since this was asked.
    fn news(&self) -> u64 {
        let all = self.all.load(Ordering::Relaxed);
        all.saturating_sub(self.told.swap(all, Ordering::Relaxed))
    }
}

impl<T> Default for Tally<T> {
    fn default() -> Self {
        let slot = || Slot {
            key: AtomicU64::new(0),
            first: OnceLock::new(),
            count: Count::default(),
        };
        Self {
            slots: std::iter::repeat_with(slot).take(SLOTS).collect(),
            used: AtomicUsize::new(0),
            others: Count::default(),
        }
    }
}

impl<T> Tally<T> {
    /// Counts one that was seen before, or that there is no room for. False asks for
    /// [`Self::first`].
    pub(crate) fn again(&self, key: Key) -> bool {
        for slot in self.probe(key) {
            match slot.key.load(Ordering::Acquire) {
                0 => break,
                found if found == key.0 => {
                    slot.count.add();
                    return true;
                }
                _ => {}
            }
        }
        let is_full = self.used.load(Ordering::Relaxed) >= MOST;
        if is_full {
            self.others.add();
        }
        is_full
    }

    /// Counts one that [`Self::again`] did not know; false where another thread was faster.
    pub(crate) fn first(&self, key: Key, thing: T) -> bool {
        for slot in self.probe(key) {
            let taken = slot
                .key
                .compare_exchange(0, key.0, Ordering::AcqRel, Ordering::Acquire);
            match taken {
                Ok(_) => {
                    self.used.fetch_add(1, Ordering::Relaxed);
                    // This thread alone has taken it.
                    let _ = slot.first.set(thing);
                    slot.count.add();
                    slot.count.told.fetch_add(1, Ordering::Relaxed);
                    return true;
                }
                Err(found) if found == key.0 => {
                    slot.count.add();
                    return false;
                }
                Err(_) => {}
            }
        }
        self.others.add();
        false
    }

    /// What came since this was asked last, without what was the first of its kind; none stands for
    /// those that are not told apart.
    pub(crate) fn news(&self, mut tell: impl FnMut(Option<&T>, u64)) {
        for slot in &self.slots {
            if let Some(first) = slot.first.get()
                && let count @ 1.. = slot.count.news()
            {
                tell(Some(first), count);
            }
        }
        if let count @ 1.. = self.others.news() {
            tell(None, count);
        }
    }

    /// Everything since the beginning.
    pub(crate) fn all(&self, mut tell: impl FnMut(Option<&T>, u64)) {
        for slot in &self.slots {
            if let Some(first) = slot.first.get() {
                tell(Some(first), slot.count.all.load(Ordering::Relaxed));
            }
        }
        if let count @ 1.. = self.others.all.load(Ordering::Relaxed) {
            tell(None, count);
        }
    }

    /// The slots in which a key may be, likeliest first.
    fn probe(&self, key: Key) -> impl Iterator<Item = &Slot<T>> {
        let start = (key.0 >> 32) as usize % SLOTS;
        let (before, after) = self.slots.split_at(start);
        after.iter().chain(before)
    }
}

/// The number that tells things apart, made of their texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key(u64);

impl Default for Key {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Key {
    /// Adds a text.
    #[must_use]
    pub fn exact(self, text: &str) -> Self {
        let bytes = text.bytes().take(READ);
        bytes.fold(self, Self::with).end()
    }

    /// Adds a text whose words with digits in them (numbers, ids, ports) do not count.
    #[must_use]
    pub fn loose(self, text: &str) -> Self {
        let mut key = self;
        let (mut word, mut has_digit) = (self, false);
        for byte in text.bytes().take(READ) {
            if byte.is_ascii_alphanumeric() {
                has_digit |= byte.is_ascii_digit();
                key = key.with(byte);
                continue;
            }
            if has_digit {
                key = word.with(b'0');
            }
            key = key.with(byte);
            (word, has_digit) = (key, false);
        }
        if has_digit {
            key = word.with(b'0');
        }
        key.end()
    }

    fn with(self, byte: u8) -> Self {
        Self((self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }

    /// Texts are kept apart, and no key is 0.
    fn end(self) -> Self {
        let ended = self.with(0xff);
        Self(ended.0.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(tally: &Tally<&'static str>) -> Vec<(Option<&'static str>, u64)> {
        let mut news = Vec::new();
        tally.news(|first, count| news.push((first.copied(), count)));
        news.sort_unstable();
        news
    }

    #[test]
    fn what_was_seen_is_counted() {
        let tally = Tally::default();
        let (a, b) = (Key::default().exact("a"), Key::default().exact("b"));
        assert!(!tally.again(a));
        assert!(tally.first(a, "a"));
        assert_eq!(told(&tally), []);
        assert!(tally.again(a) && tally.again(a));
        assert!(!tally.again(b));
        assert!(tally.first(b, "b"));
        assert!(!tally.first(b, "late"));
        assert_eq!(told(&tally), [(Some("a"), 2), (Some("b"), 1)]);
        assert_eq!(told(&tally), []);
        let mut all = Vec::new();
        tally.all(|first, count| all.push((first.copied(), count)));
        all.sort_unstable();
        assert_eq!(all, [(Some("a"), 3), (Some("b"), 2)]);
    }

    #[test]
    fn only_so_many_are_told_apart() {
        let tally = Tally::default();
        for n in 0..1000 {
            let key = Key::default().exact(&n.to_string());
            if !tally.again(key) {
                tally.first(key, "one of many");
            }
        }
        assert_eq!(told(&tally), [(None, 900)]);
    }

    #[test]
    fn threads_count_together() {
        let tally = Tally::default();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for n in 0..10_000 {
                        let key = Key::default().exact(&(n % 7).to_string());
                        if !tally.again(key) {
                            tally.first(key, "x");
                        }
                    }
                });
            }
        });
        let (mut kinds, mut sum) = (0, 0);
        tally.all(|_, count| {
            kinds += 1;
            sum += count;
        });
        assert_eq!((kinds, sum), (7, 40_000));
    }

    #[test]
    fn words_with_digits_do_not_count() {
        let loose = |text: &str| Key::default().loose(text);
        assert_eq!(
            loose("user 17 at 127.0.0.1:80"),
            loose("user 9 at 10.0.0.22:8080")
        );
        assert_eq!(loose("id f47ac10b."), loose("id 9e107d9d."));
        assert_eq!(loose("item42"), loose("item7"));
        assert_ne!(loose("user 17"), loose("users 17"));
        assert_ne!(loose("user x"), loose("user y"));
        let both = Key::default().loose("a").loose("b");
        assert_ne!(both, Key::default().loose("ab"));
        assert_ne!(Key::default().exact("1"), Key::default().exact("2"));
    }
}
