//! Values of metrics as people read them: times, amounts of data, shares, plain numbers.

use runner_metrics::Unit;
use runner_values::TimeUnit;

use crate::number::{fixed, rounded, shortest, truncated};

/// A value in its unit.
pub(super) fn value(value: f64, unit: Unit, time_unit: Option<TimeUnit>) -> String {
    match (unit, time_unit) {
        (Unit::Plain, _) => rounded(value, 6),
        (Unit::Data, _) => bytes(value),
        (Unit::Time, None) => time(value),
        (Unit::Time, Some(TimeUnit::Seconds)) => format!("{}s", fixed(value * 0.001, 2)),
        (Unit::Time, Some(TimeUnit::Milliseconds)) => format!("{}ms", fixed(value, 2)),
        (Unit::Time, Some(TimeUnit::Microseconds)) => format!("{}µs", fixed(value * 1000.0, 2)),
    }
}

/// A share from 0 to 1, cut to two decimals of a percent.
pub(super) fn percent(share: f64) -> String {
    format!("{}%", fixed((share * 100.0 * 100.0).trunc() / 100.0, 2))
}

/// Milliseconds in the unit that suits them; what is below its precision is cut off.
fn time(ms: f64) -> String {
    const SECOND: f64 = 1000.0;
    const MINUTE: f64 = 60.0 * SECOND;
    const HOUR: f64 = 60.0 * MINUTE;
    if ms == 0.0 {
        return "0s".to_owned();
    }
    if !ms.is_finite() {
        return shortest(ms);
    }
    // Negative times, which only custom metrics have, end up in the first branch too.
    if ms < 0.001 {
        return format!("{}ns", truncated(ms * 1e6, 0));
    }
    if ms < 1.0 {
        return format!("{}µs", truncated(ms * 1000.0, 2));
    }
    if ms < SECOND {
        return format!("{}ms", truncated(ms, 2));
    }
    if ms < MINUTE {
        return format!("{}s", truncated(ms / SECOND, 2));
    }
    let seconds = shortest((ms % MINUTE / SECOND).trunc());
    let minutes = shortest((ms % HOUR / MINUTE).trunc());
    if ms < HOUR {
        return format!("{minutes}m{seconds}s");
    }
    format!("{}h{minutes}m{seconds}s", shortest((ms / HOUR).trunc()))
}

/// Bytes in powers of 1000, with one decimal below ten.
fn bytes(amount: f64) -> String {
    const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    if amount < 10.0 {
        return format!("{} B", shortest(amount));
    }
    let power = (amount.ln() / 1000_f64.ln())
        .floor()
        .min((UNITS.len() - 1) as f64);
    let unit = UNITS.get(power as usize).copied().unwrap_or_default();
    let scaled = (amount / 1000_f64.powf(power) * 10.0 + 0.5).floor() / 10.0;
    format!("{} {unit}", fixed(scaled, usize::from(scaled < 10.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_pick_their_unit() {
        for (ms, text) in [
            (0.0, "0s"),
            (0.000_000_7, "0ns"),
            (0.000_999_7, "999ns"),
            (0.001, "1µs"),
            (0.999_999, "999.99µs"),
            (9.995, "9.99ms"),
            (1000.0, "1s"),
            (1234.567, "1.23s"),
            (59_999.99, "59.99s"),
            (60_000.0, "1m0s"),
            (119_999.9, "1m59s"),
            (3_599_999.0, "59m59s"),
            (3_661_500.0, "1h1m1s"),
            (1e12, "277777h46m40s"),
            (-1.5, "-1500000ns"),
            (f64::INFINITY, "Infinity"),
            (f64::NEG_INFINITY, "-Infinity"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(value(ms, Unit::Time, None), text);
        }
    }

    #[test]
    fn times_in_a_fixed_unit() {
        let text = |unit| value(1234.567, Unit::Time, Some(unit));
        assert_eq!(text(TimeUnit::Seconds), "1.23s");
        assert_eq!(text(TimeUnit::Milliseconds), "1234.57ms");
        assert_eq!(text(TimeUnit::Microseconds), "1234567.00µs");
    }

    #[test]
    fn amounts_of_data() {
        for (amount, text) in [
            (0.0, "0 B"),
            (6.5, "6.5 B"),
            (57.3, "57 B"),
            (999.0, "999 B"),
            (1040.0, "1.0 kB"),
            (28_400.0, "28 kB"),
            (1_270_000.0, "1.3 MB"),
            (9_960_000_000.0, "10 GB"),
            (1e24, "1000000 EB"),
        ] {
            assert_eq!(value(amount, Unit::Data, None), text);
        }
    }

    #[test]
    fn shares_are_cut() {
        assert_eq!(percent(2.0 / 3.0), "66.66%");
        assert_eq!(percent(1.0), "100.00%");
        assert_eq!(percent(0.0), "0.00%");
    }
}
