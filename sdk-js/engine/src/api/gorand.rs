//! The numbers that k6 draws after `randomSeed`, which are those of Go's `math/rand`: an
//! additive lagged Fibonacci generator, y(n) = y(n-607) + y(n-273) mod 2^64, whose state is the
//! Lehmer sequence of the seed (multiplier 48271) XORed with a fixed table. The table is the
//! generator's own state 7.8e12 steps after seed 1. Nobody steps that far: the generator is
//! linear, so [`table`] jumps there by raising x to that power modulo the generator's
//! polynomial (43 squarings), once, while the snapshot is made.

const LENGTH: usize = 607;
const TAP: usize = 273;
const FEED: usize = LENGTH - TAP;
const STEPS: u64 = 7_800_000_000_000;
const MODULUS: i64 = (1 << 31) - 1;
/// What Go takes for a seed of zero.
const ZERO_SEED: i64 = 89_482_311;

type Vector = [u64; LENGTH];

/// A seeded generator.
pub struct GoSource {
    state: Vector,
    tap: usize,
    feed: usize,
}

impl GoSource {
    pub fn new(seed: i64, table: &Vector) -> GoSource {
        let mut state = lehmer(seed, 40, 20);
        for (word, fixed) in state.iter_mut().zip(table) {
            *word ^= fixed;
        }
        GoSource {
            state,
            tap: 0,
            feed: FEED,
        }
    }

    fn next(&mut self) -> u64 {
        self.tap = self.tap.checked_sub(1).unwrap_or(LENGTH - 1);
        self.feed = self.feed.checked_sub(1).unwrap_or(LENGTH - 1);
        let sum = at(&self.state, self.feed).wrapping_add(at(&self.state, self.tap));
        put(&mut self.state, self.feed, sum);
        sum
    }

    /// 0 up to, but not, 1.
    pub fn float64(&mut self) -> f64 {
        loop {
            let value = self.next() & (u64::MAX >> 1);
            let float = value as f64 / (1u64 << 63) as f64;
            if float < 1.0 {
                return float;
            }
        }
    }
}

/// The fixed table.
pub fn table() -> Box<Vector> {
    let start = lehmer(1, 20, 10);
    // Output k (0 and before) of the generator stands at (FEED - k) mod LENGTH of its state.
    let mut outputs = vec![0u64; 2 * LENGTH];
    for back in 0..LENGTH {
        put(
            &mut outputs,
            LENGTH - 1 - back,
            at(&start, (FEED + back) % LENGTH),
        );
    }
    for n in LENGTH..2 * LENGTH {
        let sum = at(&outputs, n - LENGTH).wrapping_add(at(&outputs, n - TAP));
        put(&mut outputs, n, sum);
    }
    let jump = power(STEPS);
    let mut table = Box::new([0u64; LENGTH]);
    for index in 0..LENGTH {
        let mut sum = 0u64;
        for (offset, factor) in jump.iter().enumerate() {
            sum = sum.wrapping_add(factor.wrapping_mul(at(&outputs, index + offset)));
        }
        // Output number `index - (LENGTH - 1) + STEPS`, in the same layout as above.
        let number = (index as u64 + 1 + STEPS - LENGTH as u64) % LENGTH as u64;
        put(&mut *table, (FEED + LENGTH - number as usize) % LENGTH, sum);
    }
    table
}

/// x^n modulo x^607 - x^334 - 1, over the integers mod 2^64.
fn power(n: u64) -> Vector {
    let mut result = [0u64; LENGTH];
    put(&mut result, 0, 1);
    for bit in (0..64 - n.leading_zeros()).rev() {
        result = square(&result);
        if n >> bit & 1 == 1 {
            let mut wide = [0u64; 2 * LENGTH];
            for (index, value) in result.iter().enumerate() {
                put(&mut wide, index + 1, *value);
            }
            result = reduce(&mut wide);
        }
    }
    result
}

fn square(vector: &Vector) -> Vector {
    let mut wide = [0u64; 2 * LENGTH];
    for (i, a) in vector.iter().enumerate() {
        for (b, slot) in vector.iter().zip(wide.iter_mut().skip(i)) {
            *slot = slot.wrapping_add(a.wrapping_mul(*b));
        }
    }
    reduce(&mut wide)
}

fn reduce(wide: &mut [u64; 2 * LENGTH]) -> Vector {
    for index in (LENGTH..2 * LENGTH).rev() {
        let high = at(wide, index);
        for target in [index - LENGTH, index - LENGTH + FEED] {
            let sum = at(wide, target).wrapping_add(high);
            put(wide, target, sum);
        }
    }
    let mut result = [0u64; LENGTH];
    for (slot, value) in result.iter_mut().zip(wide.iter()) {
        *slot = *value;
    }
    result
}

/// A state made of 607 triples of the Lehmer generator, after 20 that are thrown away.
fn lehmer(seed: i64, high: u32, middle: u32) -> Vector {
    let mut x = seed % MODULUS;
    if x < 0 {
        x += MODULUS;
    }
    if x == 0 {
        x = ZERO_SEED;
    }
    let mut next = || {
        x = x * 48_271 % MODULUS;
        x as u64
    };
    for _ in 0..20 {
        next();
    }
    core::array::from_fn(|_| next() << high ^ next() << middle ^ next())
}

// Indices are in range by construction; these keep the lookups free of panics.
fn at(slice: &[u64], index: usize) -> u64 {
    slice.get(index).copied().unwrap_or_default()
}

fn put(slice: &mut [u64], index: usize, value: u64) {
    if let Some(slot) = slice.get_mut(index) {
        *slot = value;
    }
}
