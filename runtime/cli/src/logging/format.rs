//! How a record looks. The formats are those of k6, so that tools that read its logs read
//! these: `key=value` with Go's quoting, JSON with sorted keys, or a coloured line.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::options::{Level, LogFormat};
use crate::local_time;

/// What was logged.
pub(super) struct Record {
    pub(super) level: Level,
    pub(super) source: String,
    pub(super) message: String,
    pub(super) fields: Vec<(String, String)>,
    pub(super) at: SystemTime,
    pub(super) since_start: Duration,
}

/// Formats records for one output.
pub(super) struct Formatter {
    format: LogFormat,
    is_colored: bool,
    zone: TimeZone,
    /// The last second that was formatted: many records share it.
    time: (i64, String),
}

impl Formatter {
    /// For files, pipes, and terminals without colours.
    pub(super) fn plain(format: LogFormat) -> Self {
        Self {
            format,
            is_colored: false,
            zone: local_time::zone(),
            time: (i64::MIN, String::new()),
        }
    }

    /// For terminals.
    pub(super) fn colored(format: LogFormat) -> Self {
        Self {
            is_colored: true,
            ..Self::plain(format)
        }
    }

    /// Appends the record's line, or lines, to `out`.
    pub(super) fn format(&mut self, record: &Record, with_source: bool, out: &mut String) {
        let source = (with_source && !record.source.is_empty()).then_some(record.source.as_str());
        // Sorted by key, as in k6.
        let fields: BTreeMap<&str, &str> = record
            .fields
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .chain(source.map(|source| ("source", source)))
            .collect();
        match self.format {
            LogFormat::Raw => out.push_str(&record.message),
            LogFormat::Json => json(record, &fields, self.time_of(record), out),
            LogFormat::Text if self.is_colored => colored(record, &fields, out),
            LogFormat::Text => text(record, &fields, self.time_of(record), out),
        }
        out.push('\n');
    }

    /// RFC 3339 in the local time zone, to the second.
    fn time_of(&mut self, record: &Record) -> &str {
        let at = Timestamp::try_from(record.at).unwrap_or(Timestamp::UNIX_EPOCH);
        if self.time.0 != at.as_second() {
            let zoned = at.to_zoned(self.zone.clone());
            let mut text = zoned.strftime("%Y-%m-%dT%H:%M:%S").to_string();
            if zoned.offset().seconds() == 0 {
                text.push('Z');
            } else {
                text.push_str(&zoned.strftime("%:z").to_string());
            }
            self.time = (at.as_second(), text);
        }
        &self.time.1
    }
}

fn text(record: &Record, fields: &BTreeMap<&str, &str>, time: &str, out: &mut String) {
    let _ = write!(out, "time=\"{time}\" level={}", record.level.name());
    if !record.message.is_empty() {
        out.push_str(" msg=");
        value(&record.message, out);
    }
    for (key, field) in fields {
        let _ = write!(out, " {}{key}=", prefix(key));
        value(field, out);
    }
}

fn colored(record: &Record, fields: &BTreeMap<&str, &str>, out: &mut String) {
    let (label, color) = match record.level {
        Level::Error => ("ERRO", 31),
        Level::Warning => ("WARN", 33),
        Level::Info => ("INFO", 36),
        Level::Debug => ("DEBU", 37),
    };
    let message = record.message.strip_suffix('\n').unwrap_or(&record.message);
    let seconds = record.since_start.as_secs();
    let _ = write!(
        out,
        "\x1b[{color}m{label}\x1b[0m[{seconds:04}] {message:<44} "
    );
    for (key, field) in fields {
        let _ = write!(out, " \x1b[{color}m{key}\x1b[0m=");
        value(field, out);
    }
}

fn json(record: &Record, fields: &BTreeMap<&str, &str>, time: &str, out: &mut String) {
    let mut object: BTreeMap<String, &str> = fields
        .iter()
        .map(|(key, field)| (format!("{}{key}", prefix(key)), *field))
        .collect();
    object.insert("level".to_owned(), record.level.name());
    object.insert("msg".to_owned(), &record.message);
    object.insert("time".to_owned(), time);
    for c in serde_json::to_string(&object).unwrap_or_default().chars() {
        match c {
            // As Go does, so that the line can stand in a web page.
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
}

/// A field must not pass for one of the record's own keys.
fn prefix(key: &str) -> &'static str {
    if matches!(key, "time" | "level" | "msg") {
        "fields."
    } else {
        ""
    }
}

/// A value, in quotes unless it is made of harmless characters.
fn value(text: &str, out: &mut String) {
    let is_harmless = |c: char| c.is_ascii_alphanumeric() || "-._/@^+".contains(c);
    if text.chars().all(is_harmless) {
        out.push_str(text);
    } else {
        quote(text, out);
    }
}

/// Go's quoting: what can be printed stays, the rest is escaped.
fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x07' => out.push_str("\\a"),
            '\x08' => out.push_str("\\b"),
            '\x0b' => out.push_str("\\v"),
            '\x0c' => out.push_str("\\f"),
            ' '..='~' => out.push(c),
            c if is_printable(c) => out.push(c),
            c => {
                let code = u32::from(c);
                let _ = match code {
                    0..=0x7f => write!(out, "\\x{code:02x}"),
                    0x80..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push('"');
}

/// Letters, marks, numbers, signs; not controls, format characters or odd spaces.
fn is_printable(c: char) -> bool {
    // Standard Rust knows this only through its debug escapes. A character in front keeps it
    // from escaping a mark merely because it stands alone.
    let mut buffer = [b'a', 0, 0, 0, 0];
    let [_, rest @ ..] = &mut buffer;
    let length = 1 + c.encode_utf8(rest).len();
    let text = buffer
        .get(..length)
        .and_then(|bytes| str::from_utf8(bytes).ok());
    text.is_some_and(|text| text.escape_debug().count() == 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(level: Level, message: &str, fields: &[(&str, &str)]) -> Record {
        Record {
            level,
            source: "console".to_owned(),
            message: message.to_owned(),
            fields: fields
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
                .collect(),
            at: SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000),
            since_start: Duration::from_secs(3),
        }
    }

    fn line(mut formatter: Formatter, record: &Record) -> String {
        formatter.zone = TimeZone::UTC;
        let mut out = String::new();
        formatter.format(record, true, &mut out);
        out
    }

    #[test]
    fn key_value() {
        let text = |message: &str, fields: &[(&str, &str)]| {
            line(
                Formatter::plain(LogFormat::Text),
                &record(Level::Info, message, fields),
            )
        };
        let head = "time=\"2027-01-15T08:00:00Z\" level=info";
        let cases: [(&str, &str); 7] = [
            ("w", " msg=w source=console\n"),
            ("", " source=console\n"),
            ("x=1", " msg=\"x=1\" source=console\n"),
            ("multi word", " msg=\"multi word\" source=console\n"),
            (
                "a\n\"b\"\t\\",
                " msg=\"a\\n\\\"b\\\"\\t\\\\\" source=console\n",
            ),
            (
                "é\u{1}\u{ad}\u{1f600}",
                " msg=\"é\\x01\\u00ad\u{1f600}\" source=console\n",
            ),
            ("e\u{301}", " msg=\"e\u{301}\" source=console\n"),
        ];
        for (message, tail) in cases {
            assert_eq!(text(message, &[]), format!("{head}{tail}"));
        }
        let fields = [
            ("scenario", "a"),
            ("executor", "constant-vus"),
            ("time", "now"),
        ];
        let expected = format!(
            "{head} msg=m executor=constant-vus scenario=a source=console fields.time=now\n"
        );
        assert_eq!(text("m", &fields), expected);
    }

    #[test]
    fn local_time_has_its_offset() {
        let mut formatter = Formatter::plain(LogFormat::Text);
        formatter.zone = TimeZone::fixed(jiff::tz::offset(5));
        let time = formatter.time_of(&record(Level::Info, "m", &[])).to_owned();
        assert_eq!(time, "2027-01-15T13:00:00+05:00");
    }

    #[test]
    fn json_has_sorted_keys() {
        let text = line(
            Formatter::plain(LogFormat::Json),
            &record(Level::Warning, "a<b>\n", &[]),
        );
        let expected = r#"{"level":"warning","msg":"a\u003cb\u003e\n","source":"console","time":"2027-01-15T08:00:00Z"}"#;
        assert_eq!(text, format!("{expected}\n"));
    }

    #[test]
    fn raw_is_the_message_alone() {
        let text = line(
            Formatter::plain(LogFormat::Raw),
            &record(Level::Error, "a \"b\"", &[]),
        );
        assert_eq!(text, "a \"b\"\n");
    }

    #[test]
    fn terminals_get_colours_and_columns() {
        let info = record(Level::Info, "multi word", &[]);
        let expected = format!(
            "\x1b[36mINFO\x1b[0m[0003] {:<44}  \x1b[36msource\x1b[0m=console\n",
            "multi word"
        );
        assert_eq!(line(Formatter::colored(LogFormat::Text), &info), expected);
        let stack = record(Level::Error, "Error: x\n\tat default\n", &[]);
        let text = line(Formatter::colored(LogFormat::Text), &stack);
        assert!(
            text.starts_with("\x1b[31mERRO\x1b[0m[0003] Error: x\n\tat default  "),
            "{text:?}"
        );
    }
}
