//! Durations as k6 writes them: Go's notation, and the fixed-width form of progress bars.

use std::fmt::Write as _;
use std::time::Duration;

const SECOND: u128 = 1_000_000_000;
const TENTH: u128 = SECOND / 10;

/// Go's notation: `0s`, `500ms`, `1.5s`, `1m40s`, `26h3m0s`.
#[must_use]
pub fn go_duration(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    match nanos {
        0 => "0s".to_owned(),
        1..1_000 => format!("{nanos}ns"),
        1_000..1_000_000 => format!("{}µs", decimal(nanos, 1_000)),
        1_000_000..SECOND => format!("{}ms", decimal(nanos, 1_000_000)),
        _ => {
            let minutes = nanos / (60 * SECOND);
            let mut text = String::new();
            if minutes >= 60 {
                let _ = write!(text, "{}h", minutes / 60);
            }
            if minutes > 0 {
                let _ = write!(text, "{}m", minutes % 60);
            }
            let _ = write!(text, "{}s", decimal(nanos % (60 * SECOND), SECOND));
            text
        }
    }
}

/// `value / unit` with as many decimals as it has.
fn decimal(value: u128, unit: u128) -> String {
    let (whole, rest) = (value / unit, value % unit);
    if rest == 0 {
        return whole.to_string();
    }
    let digits = unit.ilog10() as usize;
    let fraction = format!("{rest:0digits$}");
    format!("{whole}.{}", fraction.trim_end_matches('0'))
}

/// `duration` to a tenth of a second, with the units and the width that `max` demand, so that
/// a growing time does not move the text after it: `00m01.0s` for a `max` of 10m.
#[must_use]
pub fn fixed_length(duration: Duration, max: Duration) -> String {
    let tenths = (duration.as_nanos() + TENTH / 2) / TENTH;
    let max_tenths = (max.as_nanos() + TENTH / 2) / TENTH;
    // The largest unit of `max` sets the width of the first number; all others have two digits.
    let units: [(u128, char); 3] = [(864_000, 'd'), (36_000, 'h'), (600, 'm')];
    let mut text = String::new();
    let mut rest = tenths;
    let mut width = None;
    for (unit, name) in units {
        if width.is_none() && max_tenths >= unit {
            width = Some((max_tenths / unit).to_string().len());
        }
        if let Some(width) = width.as_mut() {
            let _ = write!(text, "{:0w$}{name}", rest / unit, w = *width);
            rest %= unit;
            *width = 2;
        }
    }
    let width = width.unwrap_or_else(|| (max_tenths / 10).to_string().len());
    let _ = write!(text, "{:0width$}.{}s", rest / 10, rest % 10);
    text
}

/// `value` padded with zeros to the width of `max`.
pub(crate) fn fixed_number(value: u64, max: u64) -> String {
    let width = max.to_string().len();
    format!("{value:0width$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_notation() {
        let cases = [
            (0, "0s"),
            (1, "1ns"),
            (1_500, "1.5µs"),
            (27_380, "27.38µs"),
            (500_000_000, "500ms"),
            (1_000_000_000, "1s"),
            (1_500_000_000, "1.5s"),
            (1_000_000_001, "1.000000001s"),
            (100_000_000_000, "1m40s"),
            (120_000_000_000, "2m0s"),
            (3_600_000_000_000, "1h0m0s"),
            (93_780_000_000_000, "26h3m0s"),
        ];
        for (nanos, text) in cases {
            assert_eq!(go_duration(Duration::from_nanos(nanos)), text);
        }
    }

    #[test]
    fn fixed_widths_follow_the_maximum() {
        let ms = Duration::from_millis;
        let cases = [
            (1_000, 3_000, "1.0s"),
            (2_970, 3_000, "3.0s"),
            (1_000, 32_000, "01.0s"),
            (500, 120_000, "0m00.5s"),
            (1_000, 631_000, "00m01.0s"),
            (97_100, 100_000, "1m37.1s"),
            (3_800, 93_910_000, "0d00h00m03.8s"),
            (61_000, 3_600_000, "0h01m01.0s"),
            (0, 0, "0.0s"),
        ];
        for (value, max, text) in cases {
            assert_eq!(fixed_length(ms(value), ms(max)), text);
        }
    }

    #[test]
    fn numbers_keep_their_width() {
        assert_eq!(fixed_number(6, 10), "06");
        assert_eq!(fixed_number(3, 3), "3");
        assert_eq!(fixed_number(0, 100), "000");
    }
}
