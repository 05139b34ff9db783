//! How text outputs write numbers, times and strings: as k6 does, to the byte.

use std::io::Write as _;

/// Numbers from here on are written with an exponent.
const LARGE: f64 = 1e6;

/// Numbers below are written with an exponent.
const SMALL: f64 = 1e-4;

/// Appends the shortest number that reads back as `value`, as Go's `%g` writes it: `21`, `0.5`,
/// `1.234567e+06`, `1e-05`. JSON has no word for infinities: they are `null`.
pub(crate) fn number(out: &mut Vec<u8>, value: f64) {
    if !value.is_finite() {
        out.extend_from_slice(b"null");
        return;
    }
    let magnitude = value.abs();
    if magnitude == 0.0 || (SMALL..LARGE).contains(&magnitude) {
        if value.fract() == 0.0 {
            if value.is_sign_negative() {
                out.push(b'-');
            }
            integer(out, magnitude as u64);
            return;
        }
        let mut buffer = zmij::Buffer::new();
        let text = buffer.format_finite(value);
        if !text.contains('e') {
            out.extend_from_slice(text.as_bytes());
            return;
        }
        let _ = write!(out, "{value}");
        return;
    }
    // Two digits of exponent at least, with its sign.
    let text = format!("{value:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, digits) = match exponent.strip_prefix('-') {
        Some(digits) => ('-', digits),
        None => ('+', exponent),
    };
    let _ = write!(out, "{mantissa}e{sign}{digits:0>2}");
}

/// Appends a whole number.
pub(crate) fn integer(out: &mut Vec<u8>, mut value: u64) {
    let mut digits = [0_u8; 20];
    let mut count = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
        count += 1;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(20 - count..).unwrap_or_default());
}

/// Appends a JSON string with its quotes. Characters that mean something in HTML or end lines
/// in JavaScript are escaped.
pub(crate) fn string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut rest = text;
    while let Some(at) = rest.find(needs_escape) {
        let (plain, from) = rest.split_at(at);
        out.extend_from_slice(plain.as_bytes());
        let mut chars = from.chars();
        match chars.next() {
            Some('"') => out.extend_from_slice(b"\\\""),
            Some('\\') => out.extend_from_slice(b"\\\\"),
            Some('\n') => out.extend_from_slice(b"\\n"),
            Some('\r') => out.extend_from_slice(b"\\r"),
            Some('\t') => out.extend_from_slice(b"\\t"),
            Some(other) => {
                let _ = write!(out, "\\u{:04x}", u32::from(other));
            }
            None => {}
        }
        rest = chars.as_str();
    }
    out.extend_from_slice(rest.as_bytes());
    out.push(b'"');
}

fn needs_escape(c: char) -> bool {
    c < ' ' || matches!(c, '"' | '\\' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}')
}

/// Writes moments in RFC 3339, always in UTC. Remembers the last second, as samples of one
/// second come together.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    second: Option<u64>,
    text: Vec<u8>,
}

impl Clock {
    /// Appends Unix nanoseconds with whole seconds.
    pub(crate) fn seconds(&mut self, out: &mut Vec<u8>, nanos: u64) {
        self.render(nanos / 1_000_000_000);
        out.extend_from_slice(&self.text);
        out.push(b'Z');
    }

    /// Appends Unix nanoseconds with as many decimals as are not zero.
    pub(crate) fn nanos(&mut self, out: &mut Vec<u8>, nanos: u64) {
        self.render(nanos / 1_000_000_000);
        out.extend_from_slice(&self.text);
        let fraction = nanos % 1_000_000_000;
        if fraction > 0 {
            let start = out.len();
            // A leading one keeps the zeros, and makes room for the point.
            integer(out, 1_000_000_000 + fraction);
            if let Some(point) = out.get_mut(start) {
                *point = b'.';
            }
            while out.last() == Some(&b'0') {
                out.pop();
            }
        }
        out.push(b'Z');
    }

    fn render(&mut self, second: u64) {
        if self.second == Some(second) {
            return;
        }
        self.second = Some(second);
        let (year, month, day) = date(second / 86_400);
        let time = second % 86_400;
        self.text.clear();
        let _ = write!(
            self.text,
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}",
            time / 3600,
            time / 60 % 60,
            time % 60
        );
    }
}

/// Year, month and day of a day since 1970 (Gregorian, by eras of 400 years from 1 March).
fn date(day: u64) -> (u64, u64, u64) {
    let day = day + 719_468;
    let (era, of_era) = (day / 146_097, day % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    (era * 400 + year + next, month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_are_those_of_k6() {
        // Seen in what k6 1.1 writes.
        for (value, expected) in [
            (100_000.0, "100000"),
            (1e6, "1e+06"),
            (1_234_567.0, "1.234567e+06"),
            (123_456.789, "123456.789"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1e20, "1e+20"),
            (1e21, "1e+21"),
            (1.5e-5, "1.5e-05"),
            (1e-7, "1e-07"),
            (0.0, "0"),
            (-0.0, "-0"),
            (-0.1, "-0.1"),
            (-21.0, "-21"),
            (1.234_567_890_123_456_8e17, "1.2345678901234568e+17"),
            (0.1 + 0.2, "0.30000000000000004"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (999_999.5, "999999.5"),
            (999_999.0, "999999"),
            (0.154_359, "0.154359"),
        ] {
            assert_eq!(text(|out| number(out, value)), expected);
        }
    }

    #[test]
    fn strings_are_those_of_k6() {
        let shown = text(|out| string(out, "<&>é \"q\" \n\r\t\\ \u{1} \u{2028} \u{7f}"));
        assert_eq!(
            shown,
            "\"\\u003c\\u0026\\u003eé \\\"q\\\" \\n\\r\\t\\\\ \\u0001 \\u2028 \u{7f}\""
        );
        assert_eq!(text(|out| string(out, "")), "\"\"");
    }

    #[test]
    fn times() {
        let mut clock = Clock::default();
        let mut at = |nanos| text(|out| clock.nanos(out, nanos));
        assert_eq!(at(0), "1970-01-01T00:00:00Z");
        assert_eq!(
            at(1_795_228_261_832_890_076),
            "2026-11-21T02:31:01.832890076Z"
        );
        assert_eq!(
            at(1_795_228_261_033_026_510),
            "2026-11-21T02:31:01.03302651Z"
        );
        assert_eq!(at(951_782_399_500_000_000), "2000-02-28T23:59:59.5Z");
        assert_eq!(at(951_782_400_000_000_000), "2000-02-29T00:00:00Z");
        let whole = text(|out| clock.seconds(out, 4_107_542_400_999_999_999));
        assert_eq!(whole, "2100-03-01T00:00:00Z");
    }

    proptest! {
        #[test]
        fn numbers_read_back(value in prop::num::f64::NORMAL | prop::num::f64::ZERO) {
            let shown = text(|out| number(out, value));
            prop_assert_eq!(shown.parse::<f64>().unwrap().to_bits(), value.to_bits());
        }

        #[test]
        fn strings_read_back(value in any::<String>()) {
            let shown = text(|out| string(out, &value));
            prop_assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), value);
        }

        #[test]
        fn integers(value in any::<u64>()) {
            prop_assert_eq!(text(|out| integer(out, value)), value.to_string());
        }
    }
}
