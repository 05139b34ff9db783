//! The text of an interval log: its head, and a line per interval and series.

use std::io::Write as _;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use runner_metrics::hdr::{Form, HdrError};

use super::intervals::Interval;
use super::series::Series;
use crate::encode::Clock;

/// Appends the head of a log that starts at that Unix time. Intervals begin relative to it.
pub(super) fn head(out: &mut Vec<u8>, start: Duration) {
    let seconds = format!("{:.3} (seconds since epoch)", start.as_secs_f64());
    out.extend_from_slice(b"#[Histogram log format version 1.3]\n");
    let _ = write!(out, "#[StartTime: {seconds}, ");
    let nanos = u64::try_from(start.as_nanos()).unwrap_or(u64::MAX);
    Clock::default().nanos(out, nanos);
    let _ = writeln!(out, "]\n#[BaseTime: {seconds}]");
    out.extend_from_slice(
        b"#[Values: nanoseconds of times, bytes of data, thousandths of other numbers]\n\
          #[Interval_Max: milliseconds of times, bytes of data, other numbers as they are]\n\
          \"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n",
    );
}

/// Appends a line.
pub(super) fn interval(
    out: &mut Vec<u8>,
    series: &Series,
    interval: &Interval,
) -> Result<(), HdrError> {
    let bytes = interval.trend.encode(Form::Compressed)?;
    let _ = writeln!(
        out,
        "Tag={},{:.3},{:.3},{:.3},{}",
        series.tag,
        interval.begin.as_secs_f64(),
        interval.length.as_secs_f64(),
        interval.trend.max(),
        BASE64_STANDARD.encode(bytes)
    );
    Ok(())
}

/// A name as a tag, in which commas, blanks and ends of lines are not allowed: these, and per cent
/// signs, become `%` and two digits.
pub(super) fn tag(name: &str) -> String {
    let mut tag = String::with_capacity(name.len());
    for c in name.chars() {
        if matches!(c, ',' | ' ' | '%') || c.is_ascii_control() {
            tag.push_str(&format!("%{:02X}", u32::from(c)));
        } else {
            tag.push(c);
        }
    }
    tag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_have_no_commas_blanks_or_line_ends() {
        for (name, expected) in [
            ("http_req_duration", "http_req_duration"),
            ("t{a:b}", "t{a:b}"),
            ("t{a:b, c:50%}", "t{a:b%2C%20c:50%25}"),
            ("t{a:\r\n\u{e9}}", "t{a:%0D%0A\u{e9}}"),
        ] {
            assert_eq!(tag(name), expected);
        }
    }

    #[test]
    fn the_head_names_the_moment_twice() {
        let mut out = Vec::new();
        head(&mut out, Duration::from_millis(1_700_000_000_250));
        let text = String::from_utf8(out).unwrap();
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("#[Histogram log format version 1.3]"));
        assert_eq!(
            lines.next(),
            Some("#[StartTime: 1700000000.250 (seconds since epoch), 2023-11-14T22:13:20.25Z]")
        );
        assert_eq!(
            lines.next(),
            Some("#[BaseTime: 1700000000.250 (seconds since epoch)]")
        );
        assert!(
            lines
                .last()
                .is_some_and(|line| line.starts_with("\"StartTimestamp\","))
        );
    }
}
