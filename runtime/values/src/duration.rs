//! Durations as options spell them, and as k6 prints them.
//!
//! Two notations exist: the command line takes Go's (`1h30m`, `1.5s`; a unit is required), all
//! other places also take days (`1d2h`) and bare numbers, which are milliseconds. Values are
//! signed because a negative duration is a mistake that validation has to name, and print as
//! Go prints them (`10m0s`, `1.5s`, `300ms`), because k6's texts do.

use std::fmt;
use std::time::Duration as StdDuration;

use crate::Expected;

const MICROSECOND: i64 = 1_000;
const MILLISECOND: i64 = 1_000 * MICROSECOND;
const SECOND: i64 = 1_000 * MILLISECOND;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

const GO: Expected = Expected::fixed("a duration with units, such as 1h30m, 10s or 500ms");
const EXTENDED: Expected =
    Expected::fixed("a duration such as 1d12h, 10m or 1.5s, or a number of milliseconds");

/// A signed span of time in nanoseconds, within ±292 years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Duration(i64);

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// From nanoseconds.
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// From whole seconds; saturates.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(SECOND))
    }

    /// From milliseconds, which may have a fraction. None where it does not fit.
    pub fn from_millis(millis: f64) -> Option<Self> {
        let nanos = millis * MILLISECOND as f64;
        // The bound is 2^63, the first float that does not fit.
        (nanos.is_finite() && nanos.abs() < 9_223_372_036_854_775_808.0)
            .then_some(Self(nanos as i64))
    }

    /// In nanoseconds.
    pub const fn as_nanos(self) -> i64 {
        self.0
    }

    /// For the clock; negative values become zero.
    pub fn to_std(self) -> StdDuration {
        StdDuration::from_nanos(u64::try_from(self.0).unwrap_or(0))
    }

    /// From the clock's type; saturates after 292 years.
    pub fn from_std(duration: StdDuration) -> Self {
        Self(i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX))
    }

    /// Go's notation, the one of command-line flags: a sign, then numbers with units
    /// (`ns`, `us`, `µs`, `ms`, `s`, `m`, `h`); a bare `0` is allowed.
    ///
    /// # Errors
    /// Where the text is anything else, or does not fit.
    pub fn parse_go(text: &str) -> Result<Self, Expected> {
        let (negative, magnitude) = split_sign(text);
        if magnitude == "0" {
            return Ok(Self::ZERO);
        }
        let nanos = parse_units(magnitude).ok_or(GO)?;
        signed(negative, nanos).ok_or(GO)
    }

    /// The notation of scripts, config files and environment variables: Go's, with days in
    /// front (`1d2h3m4.5s`), or a bare number of milliseconds.
    ///
    /// # Errors
    /// Where the text is anything else, or does not fit.
    pub fn parse_extended(text: &str) -> Result<Self, Expected> {
        if let Some(first) = text.bytes().find(|byte| !matches!(byte, b'+' | b'-'))
            && (first.is_ascii_digit() || first == b'.')
            && let Ok(millis) = text.parse::<f64>()
        {
            return Self::from_millis(millis).ok_or(EXTENDED);
        }
        let (negative, magnitude) = split_sign(text);
        let Some((days, rest)) = magnitude.split_once('d') else {
            return Self::parse_go(text).map_err(|_| EXTENDED);
        };
        if days.is_empty() || !days.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(EXTENDED);
        }
        let days = days.parse::<i64>().map_err(|_| EXTENDED)?;
        let days = i128::from(days) * i128::from(DAY);
        let rest = if rest.is_empty() {
            0
        } else {
            parse_units(rest).ok_or(EXTENDED)?
        };
        signed(negative, days + rest).ok_or(EXTENDED)
    }
}

fn split_sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn signed(negative: bool, nanos: i128) -> Option<Duration> {
    i64::try_from(if negative { -nanos } else { nanos })
        .ok()
        .map(Duration)
}

/// One or more `number unit` pairs, without a sign. None where it is not that, or is too long.
fn parse_units(mut text: &str) -> Option<i128> {
    if text.is_empty() {
        return None;
    }
    let mut total: i128 = 0;
    while !text.is_empty() {
        let number_end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, rest) = text.split_at(number_end);
        let unit_end = rest
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(rest.len());
        let (unit, rest) = rest.split_at(unit_end);
        let unit = i128::from(match unit {
            "ns" => 1,
            "us" | "\u{b5}s" | "\u{3bc}s" => MICROSECOND,
            "ms" => MILLISECOND,
            "s" => SECOND,
            "m" => MINUTE,
            "h" => HOUR,
            _ => return None,
        });
        total = total.checked_add(scale(number, unit)?)?;
        // Keeps sums of absurdly many parts from overflowing before the final check.
        if total > i128::from(i64::MAX) + 1 {
            return None;
        }
        text = rest;
    }
    Some(total)
}

/// `number` (digits with at most one point) times `unit`, fractions cut off.
fn scale(number: &str, unit: i128) -> Option<i128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
        return None;
    }
    let whole: i128 = if whole.is_empty() {
        0
    } else {
        whole.parse::<u64>().ok()?.into()
    };
    // 18 digits are beyond a nanosecond for every unit; more would only overflow.
    let fraction = fraction.get(..fraction.len().min(18))?;
    let part: i128 = if fraction.is_empty() {
        0
    } else {
        fraction.parse::<u64>().ok()?.into()
    };
    let divisor = 10_i128.pow(u32::try_from(fraction.len()).ok()?);
    Some(whole * unit + part * unit / divisor)
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.unsigned_abs();
        if nanos == 0 {
            return f.write_str("0s");
        }
        if self.0 < 0 {
            f.write_str("-")?;
        }
        if nanos < MICROSECOND as u64 {
            return write!(f, "{nanos}ns");
        }
        if nanos < MILLISECOND as u64 {
            return decimal(f, nanos, 3, "µs");
        }
        if nanos < SECOND as u64 {
            return decimal(f, nanos, 6, "ms");
        }
        let minutes = nanos / MINUTE as u64;
        if minutes >= 60 {
            write!(f, "{}h", minutes / 60)?;
        }
        if minutes > 0 {
            write!(f, "{}m", minutes % 60)?;
        }
        decimal(f, nanos % MINUTE as u64, 9, "s")
    }
}

/// `value` divided by 10^`digits` without trailing zeros, then `unit`.
fn decimal(f: &mut fmt::Formatter<'_>, value: u64, digits: u32, unit: &str) -> fmt::Result {
    let divisor = 10_u64.pow(digits);
    write!(f, "{}", value / divisor)?;
    let fraction = value % divisor;
    if fraction > 0 {
        let text = format!("{fraction:0width$}", width = digits as usize);
        write!(f, ".{}", text.trim_end_matches('0'))?;
    }
    f.write_str(unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parses_both_notations() {
        let cases = [
            ("10s", Some(10 * SECOND), Some(10 * SECOND)),
            ("1h30m", Some(90 * MINUTE), Some(90 * MINUTE)),
            ("1.5s", Some(1_500 * MILLISECOND), Some(1_500 * MILLISECOND)),
            (".5s", Some(500 * MILLISECOND), Some(500 * MILLISECOND)),
            ("-2ms", Some(-2 * MILLISECOND), Some(-2 * MILLISECOND)),
            ("3µs4ns", Some(3_004), Some(3_004)),
            ("0", Some(0), Some(0)),
            ("10", None, Some(10 * MILLISECOND)),
            ("1.5", None, Some(1_500_000)),
            ("-10", None, Some(-10 * MILLISECOND)),
            ("1d", None, Some(DAY)),
            (
                "1d2h3m4s5ms",
                None,
                Some(DAY + 2 * HOUR + 3 * MINUTE + 4 * SECOND + 5_000_000),
            ),
            ("-1d1h", None, Some(-DAY - HOUR)),
            ("", None, None),
            ("s", None, None),
            ("x", None, None),
            ("d", None, None),
            ("1.5d", None, None),
            ("1h1d", None, None),
            ("1..5s", None, None),
            ("10 s", None, None),
            ("inf", None, None),
            ("9999999999h", None, None),
            ("99999999999999999999s", None, None),
        ];
        for (text, go, extended) in cases {
            assert_eq!(
                Duration::parse_go(text).ok().map(Duration::as_nanos),
                go,
                "{text}"
            );
            let parsed = Duration::parse_extended(text).ok().map(Duration::as_nanos);
            assert_eq!(parsed, extended, "{text}");
        }
    }

    #[test]
    fn prints_as_go_does() {
        let cases = [
            (0, "0s"),
            (1, "1ns"),
            (1_500, "1.5µs"),
            (500 * MILLISECOND, "500ms"),
            (SECOND, "1s"),
            (1_500 * MILLISECOND, "1.5s"),
            (10 * MINUTE, "10m0s"),
            (26 * HOUR, "26h0m0s"),
            (-90 * SECOND, "-1m30s"),
            (HOUR + 1, "1h0m0.000000001s"),
        ];
        for (nanos, text) in cases {
            assert_eq!(Duration(nanos).to_string(), text);
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_parses_back(nanos in any::<i64>()) {
            let duration = Duration(nanos);
            let text = duration.to_string();
            prop_assert_eq!(Duration::parse_go(&text), Ok(duration));
            prop_assert_eq!(Duration::parse_extended(&text), Ok(duration));
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = Duration::parse_go(&text);
            let _ = Duration::parse_extended(&text);
        }
    }
}
