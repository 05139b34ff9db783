//! Numbers as JavaScript writes them, which is what the summary's layout is defined by.

/// The shortest text that reads back as `value`, as `String(value)` gives it.
pub(super) fn shortest(value: f64) -> String {
    if !value.is_finite() {
        return match value {
            v if v.is_nan() => "NaN",
            v if v > 0.0 => "Infinity",
            _ => "-Infinity",
        }
        .to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{:e}", value.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits = mantissa.replace('.', "");
    let len = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    // Position of the decimal point after the first digit.
    let point = exponent.parse().unwrap_or(0) + 1;
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    let text = if len <= point && point <= 21 {
        format!("{digits}{}", zeros(point - len))
    } else if 0 < point && point <= 21 {
        let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
        format!("{whole}.{fraction}")
    } else if -6 < point && point <= 0 {
        format!("0.{}{digits}", zeros(-point))
    } else {
        let sign = if point > 0 { '+' } else { '-' };
        format!("{mantissa}e{sign}{}", (point - 1).abs())
    };
    if value < 0.0 {
        format!("-{text}")
    } else {
        text
    }
}

/// `value` with that many decimals, halves rounded away from zero, as `toFixed` gives it.
pub(super) fn fixed(value: f64, decimals: usize) -> String {
    if value.abs() >= 1e21 || !value.is_finite() {
        return shortest(value);
    }
    let mut magnitude = value.abs();
    // A float lies in the middle between two results only if doubling it once more often than
    // there are decimals gives an odd number. Formatting rounds to even there: nudge it up.
    let doubled = magnitude * 2_f64.powi(i32::try_from(decimals).unwrap_or(0) + 1);
    if doubled.fract() == 0.0 && doubled % 2.0 == 1.0 {
        magnitude = f64::from_bits(magnitude.to_bits() + 1);
    }
    let sign = if value < 0.0 { "-" } else { "" };
    format!("{sign}{magnitude:.decimals$}")
}

/// `value` with at most that many decimals.
pub(super) fn rounded(value: f64, decimals: usize) -> String {
    shortest(fixed(value, decimals).parse().unwrap_or(value))
}

/// `value` with at most that many decimals, the rest cut off.
pub(super) fn truncated(value: f64, decimals: usize) -> String {
    let scale = 10_f64.powi(i32::try_from(decimals).unwrap_or(0));
    rounded((scale * value).trunc() / scale, decimals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortest_texts() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-1.5, "-1.5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (123_456_789_012.123_46, "123456789012.12346"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1.0000000000000012e21, "1.0000000000000012e+21"),
            (1e-6, "0.000001"),
            (1.5e-7, "1.5e-7"),
            (5e-324, "5e-324"),
            (1e300, "1e+300"),
        ] {
            assert_eq!(shortest(value), text);
        }
    }

    #[test]
    fn fixed_decimals() {
        for (value, decimals, text) in [
            (0.125, 2, "0.13"),
            (0.375, 2, "0.38"),
            (-0.125, 2, "-0.13"),
            (2.5, 0, "3"),
            (1.005, 2, "1.00"),
            (9.995, 2, "9.99"),
            (-0.0005, 2, "-0.00"),
            (-0.0, 2, "0.00"),
            (0.007_812_5, 6, "0.007813"),
            (1e21, 2, "1e+21"),
            (3599.999, 2, "3600.00"),
        ] {
            assert_eq!(fixed(value, decimals), text, "{value}");
        }
    }

    #[test]
    fn decimals_that_are_not_needed_go() {
        assert_eq!(rounded(0.1 + 0.2, 6), "0.3");
        assert_eq!(rounded(1e-7, 6), "0");
        assert_eq!(rounded(-0.750_000_617, 6), "-0.750001");
        assert_eq!(truncated(9.995, 2), "9.99");
        assert_eq!(truncated(999.999, 2), "999.99");
        assert_eq!(truncated(-1.999, 0), "-1");
    }
}
