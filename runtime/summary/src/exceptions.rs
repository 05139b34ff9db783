//! Why iterations failed and how often: a section of the text, and a list in the data.
//!
//! k6 has neither, and its summaries are read by programs: where no iteration failed, nothing is
//! added.

use serde_json::{Value, json};

use crate::paint::Painter;

/// What stands for kinds that are not told apart any more.
const OTHERS: &str = "exceptions of other kinds";

/// Iterations that failed for the same reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExceptionCount {
    /// The first line of the message; none for kinds that are not told apart.
    pub message: Option<String>,
    /// File and line, where they are known.
    pub place: Option<(String, u32)>,
    /// How many iterations.
    pub count: u64,
}

impl ExceptionCount {
    fn message(&self) -> &str {
        self.message.as_deref().unwrap_or(OTHERS)
    }
}

/// Adds the section to the text of a summary; nothing where nothing failed. The list comes sorted.
#[must_use]
pub fn add_exceptions(mut text: String, exceptions: &[ExceptionCount], color: bool) -> String {
    if exceptions.is_empty() {
        return text;
    }
    let painter = Painter { color };
    let rows: Vec<_> = exceptions.iter().map(row).collect();
    let widest = |of: fn(&(String, String, &str)) -> usize| rows.iter().map(of).max();
    let counts = widest(|(count, ..)| count.len()).unwrap_or_default();
    let places = widest(|(_, place, _)| place.chars().count()).unwrap_or_default();
    // The empty line at the end of the whole comes after this section.
    text.pop();
    text.push_str(&format!("  █ {} \n\n", painter.title("EXCEPTIONS")));
    for (count, place, message) in &rows {
        let count = painter.verdict(false, &format!("{count:>counts$}"));
        text.push_str(&format!("    {count}  {place:<places$}  {message}\n"));
    }
    text.push_str("\n\n\n");
    text
}

fn row(exception: &ExceptionCount) -> (String, String, &str) {
    let place = match &exception.place {
        Some((file, line)) => format!("{file}:{line}"),
        None => "-".to_owned(),
    };
    (exception.count.to_string(), place, exception.message())
}

/// Adds the list as `exceptions` to the object at `path`; nothing where nothing failed.
#[must_use]
pub fn with_exceptions(mut data: Value, path: &[&str], exceptions: &[ExceptionCount]) -> Value {
    if exceptions.is_empty() {
        return data;
    }
    let mut place = Some(&mut data);
    for name in path {
        place = place.and_then(|value| value.get_mut(name));
    }
    if let Some(object) = place.and_then(Value::as_object_mut) {
        let list: Vec<_> = exceptions.iter().map(entry).collect();
        object.insert("exceptions".to_owned(), list.into());
    }
    data
}

fn entry(exception: &ExceptionCount) -> Value {
    let mut entry = json!({ "message": exception.message(), "count": exception.count });
    if let (Some((file, line)), Some(object)) = (&exception.place, entry.as_object_mut()) {
        object.insert("file".to_owned(), file.as_str().into());
        object.insert("line".to_owned(), (*line).into());
    }
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> Vec<ExceptionCount> {
        let exception = |message: Option<&str>, place: Option<(&str, u32)>, count| ExceptionCount {
            message: message.map(str::to_owned),
            place: place.map(|(file, line)| (file.to_owned(), line)),
            count,
        };
        vec![
            exception(
                Some("TypeError: x is undefined"),
                Some(("script.js", 7)),
                12_345,
            ),
            exception(Some("Error: boom"), Some(("lib/häß.js", 19)), 12),
            exception(None, None, 3),
        ]
    }

    #[test]
    fn the_table() {
        let expected = "a section


  █ EXCEPTIONS 

    12345  script.js:7    TypeError: x is undefined
       12  lib/häß.js:19  Error: boom
        3  -              exceptions of other kinds



";
        let text = "a section\n\n\n\n".to_owned();
        assert_eq!(add_exceptions(text.clone(), &some(), false), expected);
        assert_eq!(add_exceptions(text.clone(), &[], false), text);
        let coloured = add_exceptions(text, &some(), true);
        assert!(
            coloured.contains("\x1b[31m12345\x1b[0m  script.js:7"),
            "{coloured}"
        );
    }

    #[test]
    fn the_list() {
        let data = json!({ "results": {} });
        let with = with_exceptions(data.clone(), &["results"], &some());
        let list = &with["results"]["exceptions"];
        assert_eq!(
            list[0],
            json!({ "message": "TypeError: x is undefined", "count": 12_345,
                    "file": "script.js", "line": 7 })
        );
        assert_eq!(list[2], json!({ "message": OTHERS, "count": 3 }));
        assert_eq!(with_exceptions(data.clone(), &[], &[]), data);
    }
}
