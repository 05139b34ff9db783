//! Execution segments: which part of a test this process runs.
//!
//! Written as `from:to` with fractions, decimals or whole percentages (`1/3:2/3`, `0.2:50%`), or
//! as one number, which starts at 0. Only notation and validity are judged here.

use std::cmp::Ordering;
use std::fmt;

use crate::Expected;

const POINT: Expected =
    Expected::fixed("a fraction (1/3), decimal (0.25) or whole percentage (25%) from 0 to 1");
const SEGMENT: Expected =
    Expected::fixed("a segment from:to that starts before it ends, such as 0:1/3 or 50%:1");
const SEQUENCE: Expected =
    Expected::fixed("a list of at least two ascending points such as 0,1/4,1/2,1");

/// A number from 0 to 1 in lowest terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fraction {
    numerator: u64,
    denominator: u64,
}

impl Fraction {
    const ZERO: Self = Self {
        numerator: 0,
        denominator: 1,
    };
    const ONE: Self = Self {
        numerator: 1,
        denominator: 1,
    };

    /// Above the line.
    pub const fn numerator(self) -> u64 {
        self.numerator
    }

    /// Below the line, at least 1.
    pub const fn denominator(self) -> u64 {
        self.denominator
    }

    pub(crate) fn new(numerator: u64, denominator: u64) -> Option<Self> {
        if denominator == 0 || numerator > denominator {
            return None;
        }
        let divisor = gcd(numerator, denominator);
        Some(Self {
            numerator: numerator / divisor,
            denominator: denominator / divisor,
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(percent) = text.strip_suffix('%') {
            return Self::new(percent.parse().ok()?, 100);
        }
        if let Some((above, below)) = text.split_once('/') {
            return Self::new(above.trim().parse().ok()?, below.trim().parse().ok()?);
        }
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        // 18 decimals fit 64 bits; nobody cuts a test finer than that.
        if decimals.len() > 18 || text == "." || text.is_empty() || text.starts_with('+') {
            return None;
        }
        let denominator = 10_u64.checked_pow(u32::try_from(decimals.len()).ok()?)?;
        Self::new(format!("{whole}{decimals}").parse().ok()?, denominator)
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a.max(1) } else { gcd(b, a % b) }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fraction {
    fn cmp(&self, other: &Self) -> Ordering {
        let left = u128::from(self.numerator) * u128::from(other.denominator);
        left.cmp(&(u128::from(other.numerator) * u128::from(self.denominator)))
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.denominator {
            1 => write!(f, "{}", self.numerator),
            below => write!(f, "{}/{below}", self.numerator),
        }
    }
}

/// The part of the test after `from`, up to and with `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Start, not included.
    pub from: Fraction,
    /// End, included.
    pub to: Fraction,
}

impl Segment {
    /// The whole test.
    pub const FULL: Self = Self {
        from: Fraction::ZERO,
        to: Fraction::ONE,
    };

    /// `1/3:2/3`, or `1/3` for `0:1/3`.
    ///
    /// # Errors
    /// Where a point is no number from 0 to 1, or the end is not after the start.
    pub fn parse(text: &str) -> Result<Self, Expected> {
        let (from, to) = text.split_once(':').unwrap_or(("0", text));
        let segment = Self {
            from: Fraction::parse(from).ok_or(POINT)?,
            to: Fraction::parse(to).ok_or(POINT)?,
        };
        if segment.from < segment.to {
            Ok(segment)
        } else {
            Err(SEGMENT)
        }
    }
}

impl Segment {
    /// How much of the test it is. None where that cannot be written with 64 bits.
    pub(crate) fn length(&self) -> Option<Fraction> {
        let (from, to) = (self.from, self.to);
        let product = |a: u64, b: u64| u128::from(a) * u128::from(b);
        let above =
            product(to.numerator, from.denominator) - product(from.numerator, to.denominator);
        let below = product(to.denominator, from.denominator);
        let (mut a, mut b) = (above, below);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let part = |value: u128| u64::try_from(value / a.max(1)).ok();
        Fraction::new(part(above)?, part(below)?)
    }

    /// The segments that it makes of the test: what is before it, itself, what is after it.
    pub(crate) fn surrounded(self) -> Vec<Self> {
        let before = Self {
            from: Fraction::ZERO,
            to: self.from,
        };
        let after = Self {
            from: self.to,
            to: Fraction::ONE,
        };
        [before, self, after]
            .into_iter()
            .filter(|segment| segment.from < segment.to)
            .collect()
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.from, self.to)
    }
}

/// The points at which the test is cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentSequence(Vec<Fraction>);

impl SegmentSequence {
    /// `0,1/4,1/2,1`.
    ///
    /// # Errors
    /// Where points are fewer than two, not ascending, or no numbers from 0 to 1.
    pub fn parse(text: &str) -> Result<Self, Expected> {
        let points = text
            .split(',')
            .map(Fraction::parse)
            .collect::<Option<Vec<_>>>();
        let points = points.ok_or(POINT)?;
        let ascending = points.iter().zip(points.iter().skip(1)).all(|(a, b)| a < b);
        if points.len() < 2 || !ascending {
            Err(SEQUENCE)
        } else {
            Ok(Self(points))
        }
    }

    /// The segments between the points, with the ends added where they are missing.
    pub fn segments(&self) -> Vec<Segment> {
        let mut points = Vec::with_capacity(self.0.len() + 2);
        if self.0.first() != Some(&Fraction::ZERO) {
            points.push(Fraction::ZERO);
        }
        points.extend_from_slice(&self.0);
        if self.0.last() != Some(&Fraction::ONE) {
            points.push(Fraction::ONE);
        }
        let ends = points.iter().skip(1);
        points
            .iter()
            .zip(ends)
            .map(|(&from, &to)| Segment { from, to })
            .collect()
    }
}

impl fmt::Display for SegmentSequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, point) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            point.fmt(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notations() {
        let cases = [
            ("0:1/2", "0:1/2"),
            ("10%", "0:1/10"),
            ("0.2:50%", "1/5:1/2"),
            ("2/6:2/3", "1/3:2/3"),
            ("1", "0:1"),
        ];
        for (text, printed) in cases {
            assert_eq!(Segment::parse(text).unwrap().to_string(), printed, "{text}");
        }
        for wrong in ["x", "", "0:2", "2/3:1/3", "1/0", "0:0", "-1:1", "1.5%", "."] {
            assert!(Segment::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sequences_are_filled_up() {
        let sequence = SegmentSequence::parse("1/4,1/2").unwrap();
        let segments: Vec<_> = sequence.segments().iter().map(Segment::to_string).collect();
        assert_eq!(segments, ["0:1/4", "1/4:1/2", "1/2:1"]);
        for wrong in ["1/2", "1/2,1/4", "0,x", "0,0,1"] {
            assert!(SegmentSequence::parse(wrong).is_err(), "{wrong}");
        }
    }
}
