//! Parsers of single argument values.

use runner_hints::guess;
use runner_plan::types::{DnsOptions, Duration, Expected, HostnamePattern, IpNet, IpPool};
use runner_plan::types::{StageOptions, TimeUnit, TrendStat};

use super::ArgsError;

/// A message for clap, which puts the flag in front.
pub(super) type Parsed<T> = Result<T, String>;

/// What was said by a flag that may be given empty. An empty text, such as a shell makes of a variable
/// that is not set, has no value. The name keeps clap from taking it for a flag without one.
pub(super) type Said<T> = Option<T>;

fn text<T>(result: Result<T, Expected>) -> Parsed<T> {
    result.map_err(|expected| expected.to_string())
}

/// The value of a text that is not empty.
pub(super) fn said<T>(
    value: &str,
    parse: impl FnOnce(&str) -> Result<T, Expected>,
) -> Parsed<Said<T>> {
    let value = value.trim();
    (!value.is_empty()).then(|| text(parse(value))).transpose()
}

/// Negative numbers too: validation says which option cannot have them.
pub(super) fn integer(value: &str) -> Parsed<i64> {
    value
        .parse()
        .map_err(|_| "must be a whole number".to_owned())
}

pub(super) fn duration(value: &str) -> Parsed<Duration> {
    text(Duration::parse_go(value))
}

pub(super) fn stage(value: &str) -> Parsed<Said<StageOptions>> {
    said(value, StageOptions::parse)
}

pub(super) fn trend_stat(value: &str) -> Parsed<Said<TrendStat>> {
    said(value, TrendStat::parse)
}

pub(super) fn time_unit(value: &str) -> Parsed<Said<TimeUnit>> {
    said(value, TimeUnit::parse)
}

pub(super) fn ip_net(value: &str) -> Parsed<Said<IpNet>> {
    said(value, IpNet::parse)
}

pub(super) fn hostname(value: &str) -> Parsed<Said<HostnamePattern>> {
    said(value, HostnamePattern::parse)
}

pub(super) fn dns(value: &str) -> Parsed<Said<DnsOptions>> {
    said(value, DnsOptions::parse)
}

pub(super) fn local_ips(value: &str) -> Parsed<Said<IpPool>> {
    said(value, IpPool::parse)
}

/// One of the values that have names. A name that is near to the one found is pointed out.
pub(super) fn choice<T: Clone>(
    name: &str,
    found: String,
    choices: &[(&str, T)],
) -> Result<T, ArgsError> {
    if let Some((_, value)) = choices.iter().find(|(choice, _)| *choice == found) {
        return Ok(value.clone());
    }
    let names: Vec<&str> = choices.iter().map(|(choice, _)| *choice).collect();
    let expected = match names.split_last() {
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    };
    let guess = guess(&found, names);
    Err(ArgsError::Value {
        name: name.to_owned(),
        expected: format!("{expected}{guess}"),
        found,
    })
}

/// The ways in which k6 writes yes and no.
pub(super) fn boolean(value: &str) -> Parsed<bool> {
    match value {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err("must be true or false".to_owned()),
    }
}

/// `NAME=value`; without `=` the value is empty and not the host's. An empty text, such as a shell
/// makes of a variable that is not set, has no name and says nothing.
pub(super) fn variable(value: &str) -> Parsed<(String, String)> {
    if value.is_empty() {
        return Ok(Default::default());
    }
    let (name, value) = value.split_once('=').unwrap_or((value, ""));
    let mut chars = name.chars();
    let first = chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    if !first || !chars.all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(format!(
            "invalid environment variable name '{name}': use letters, digits and _, and no digit first"
        ));
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// `name=value`, both not empty; an empty text says nothing, as in [`variable`].
pub(super) fn tag(value: &str) -> Parsed<(String, String)> {
    if value.is_empty() {
        return Ok(Default::default());
    }
    match value.split_once('=') {
        Some(("", _)) => Err("invalid tag, empty name".to_owned()),
        Some((_, "")) | None => Err("invalid tag, empty value: write name=value".to_owned()),
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
    }
}

/// Bytes: a number with `B`, `KB`, `KiB` … `GiB`, or no unit. Decimal and binary units differ,
/// a single letter is binary.
pub(super) fn size(value: &str) -> Parsed<u64> {
    let wrong = || "must be a size such as 64MiB, 1GiB or 500MB, more than 0".to_owned();
    let value = value.trim();
    let digits = value
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(value.len());
    let (number, unit) = value.split_at(digits);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let factor: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        _ => return Err(wrong()),
    };
    number
        .checked_mul(factor)
        .filter(|bytes| *bytes > 0)
        .ok_or_else(wrong)
}

/// Those that have a name.
pub(super) fn named(pairs: &[(String, String)]) -> Vec<(String, String)> {
    let has_name = |(name, _): &&(String, String)| !name.is_empty();
    pairs.iter().filter(has_name).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_choice_is_pointed_out() {
        let error = choice(
            "--x",
            "ful".to_owned(),
            &[("compact", 1), ("full", 2), ("off", 3)],
        );
        let text = error.unwrap_err().to_string();
        assert_eq!(
            text,
            "--x must be compact, full or off (did you mean full?), not \"ful\""
        );
    }

    #[test]
    fn variables() {
        let pair = |name: &str, value: &str| Ok((name.to_owned(), value.to_owned()));
        assert_eq!(variable("FOO=a=b"), pair("FOO", "a=b"));
        assert_eq!(variable("FOO"), pair("FOO", ""));
        assert_eq!(variable("_a1="), pair("_a1", ""));
        assert_eq!(variable(""), pair("", ""));
        for wrong in ["1A=3", "A-B=2", "=x", "É=1"] {
            assert!(variable(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn tags() {
        assert_eq!(tag("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert_eq!(tag(""), Ok(Default::default()));
        for wrong in ["x", "=c", "a="] {
            assert!(tag(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes() {
        let cases = [
            ("256MiB", 256 << 20),
            ("64m", 64 << 20),
            ("500 MB", 500_000_000),
            ("1G", 1 << 30),
            ("1234", 1234),
        ];
        for (text, bytes) in cases {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for wrong in ["", "x", "0", "-1", "1.5GiB", "1TiBx", "99999999999GiB"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
