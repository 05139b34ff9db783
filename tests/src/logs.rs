//! Reading log lines: `time="…" level=info msg="…" source=console`.

/// One log line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// `debug`, `info`, `warning` or `error`.
    pub level: String,
    /// The message, unquoted; empty where the line has none.
    pub message: String,
    /// What follows the message, in order.
    pub fields: Vec<(String, String)>,
}

impl Log {
    /// Where it comes from, if it says so.
    pub fn source(&self) -> Option<&str> {
        self.field("source")
    }

    /// A field by name.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// The log lines of a text; other lines are left out.
pub(crate) fn parse(text: &str) -> Vec<Log> {
    text.lines()
        .filter(|line| line.starts_with("time="))
        .filter_map(line)
        .collect()
}

fn line(text: &str) -> Option<Log> {
    let (mut level, mut message, mut fields) = (None, None, Vec::new());
    let mut rest = text;
    while let Some((key, after)) = rest.split_once('=') {
        let (value, after) = value(after)?;
        match key.trim() {
            "time" => {}
            "level" => level = Some(value),
            "msg" => message = Some(value),
            key => fields.push((key.to_owned(), value)),
        }
        rest = after.trim_start();
    }
    Some(Log {
        level: level?,
        message: message.unwrap_or_default(),
        fields,
    })
}

/// A bare word, or a quoted text with the escapes that Go writes.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(' ').unwrap_or(text.len());
        return Some((text[..end].to_owned(), &text[end..]));
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, &quoted[at + 1..])),
            '\\' => match letters.next()?.1 {
                'n' => value.push('\n'),
                't' => value.push('\t'),
                'r' => value.push('\r'),
                'x' => value.push(code(&mut letters, 2)?),
                'u' => value.push(code(&mut letters, 4)?),
                'U' => value.push(code(&mut letters, 8)?),
                other => value.push(other),
            },
            _ => value.push(letter),
        }
    }
    None
}

fn code(letters: &mut std::str::CharIndices<'_>, digits: usize) -> Option<char> {
    let hex: String = letters.take(digits).map(|(_, letter)| letter).collect();
    char::from_u32(u32::from_str_radix(&hex, 16).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_escapes_are_undone() {
        let text = "noise\ntime=\"x\" level=info msg=\"a \\\"b\\\"\\n\\x00\\u2028\" source=console\n\
                    time=1 level=warning msg=bare error=\"two words\"\n";
        let logs = parse(text);
        assert_eq!(logs[0].message, "a \"b\"\n\0\u{2028}");
        assert_eq!(logs[0].source(), Some("console"));
        assert_eq!(
            (logs[1].message.as_str(), logs[1].field("error")),
            ("bare", Some("two words"))
        );
    }
}
