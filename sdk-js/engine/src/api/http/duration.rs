//! Durations in request parameters: a number is milliseconds, a text is k6's format, such as
//! `1d2h3m4.5s`, or a bare number of milliseconds.

/// Nanoseconds; the error is k6's message.
pub fn parse(text: &str) -> Result<u64, String> {
    let invalid = || format!("time: invalid duration \"{text}\"");
    if let Ok(milliseconds) = text.parse::<f64>() {
        return Ok(from_milliseconds(milliseconds));
    }
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total = 0.0;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .ok_or_else(|| format!("time: missing unit in duration \"{text}\""))?;
        let (amount, tail) = rest.split_at(digits);
        let amount: f64 = amount.parse().map_err(|_| invalid())?;
        let letters = tail
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        total += amount
            * match unit {
                "ns" => 1.0,
                "us" | "µs" | "μs" => 1e3,
                "ms" => 1e6,
                "s" => 1e9,
                "m" => 60e9,
                "h" => 3600e9,
                "d" => 24.0 * 3600e9,
                _ => {
                    return Err(format!(
                        "time: unknown unit \"{unit}\" in duration \"{text}\""
                    ));
                }
            };
        rest = tail;
    }
    Ok(total as u64)
}

/// Nanoseconds; negative numbers and NaN are none.
pub fn from_milliseconds(milliseconds: f64) -> u64 {
    (milliseconds.max(0.0) * 1e6) as u64
}

#[cfg(feature = "tests")]
mod tests;
