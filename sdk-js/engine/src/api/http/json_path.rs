//! GJSON paths with modifiers. The crate `gjson` finds values and has seven of the modifiers that
//! k6 knows; here paths are walked from modifier to modifier, so that all of them work wherever one
//! may stand: behind a dot or a pipe, for each element behind `#`, and inside of `{…}` and `[…]`.
//! Names behind an `@` that are no modifiers are keys. Not supported: modifiers in the left side of
//! a query.

use crate::api::http::json_modifiers::{is_modifier, modified, quoted};

/// The JSON at a path; none where there is nothing. Missing parents are empty texts, because some
/// modifiers make something of nothing.
pub fn find(json: &str, path: &str) -> Option<String> {
    if let Some(rest) = path.strip_prefix("..") {
        return find(&format!("[{json}]"), rest);
    }
    match path.as_bytes().first()? {
        b'@' if modifier_at(path, 0).is_some() => {
            let (name, arg, rest) = modifier(path);
            follow(&modified(json, name, arg), rest)
        }
        b'!' => {
            let (text, rest) = literal(path)?;
            follow(text, rest)
        }
        b'{' | b'[' => {
            let (inner, rest) = path.split_at(group_end(path, 0));
            follow(&several(json, inner), rest)
        }
        _ => walk(json, path),
    }
}

/// Goes on behind a value that was found.
fn follow(json: &str, rest: &str) -> Option<String> {
    if let Some(rest) = rest.strip_prefix(['.', '|']) {
        return find(json, rest);
    }
    let value = gjson::parse(json);
    (rest.is_empty() && value.exists()).then(|| value.json().to_string())
}

/// Ordinary components up to the first one that is not.
fn walk(json: &str, path: &str) -> Option<String> {
    let mut at = 0;
    while at < path.len() {
        let end = component_end(path, at);
        let component = path.get(at..end).unwrap_or_default();
        let next = end + 1;
        let rest = path.get(next..).unwrap_or_default();
        if special_at(path, at) {
            let before = path.get(..at.saturating_sub(1)).unwrap_or_default();
            return find(&plain(json, before).unwrap_or_default(), path.get(at..)?);
        }
        let each = component == "#" || component.starts_with("#(") && component.ends_with(")#");
        if each && path.get(end..next) == Some(".") {
            let (of_each, after) = rest.split_at(pipe(rest));
            if has_special(of_each) {
                let end = if component == "#" {
                    at.saturating_sub(1)
                } else {
                    end
                };
                let list = plain(json, path.get(..end).unwrap_or_default())?;
                return follow(&project(&list, of_each)?, after);
            }
        }
        at = next;
    }
    plain(json, path)
}

/// What the crate finds; everything for an empty path.
fn plain(json: &str, path: &str) -> Option<String> {
    if path.is_empty() {
        return Some(json.to_string());
    }
    // Keys that begin with an `@` would be taken for modifiers that do not exist.
    let mut escaped = String::with_capacity(path.len() + 4);
    let mut before = '.';
    for c in path.chars() {
        if c == '@' && matches!(before, '.' | '|') {
            escaped.push('\\');
        }
        escaped.push(c);
        before = c;
    }
    let value = gjson::get(json, &escaped);
    value.exists().then(|| value.json().to_string())
}

/// What the path finds in each element of an array.
fn project(list: &str, path: &str) -> Option<String> {
    let list = gjson::parse(list);
    if list.kind() != gjson::Kind::Array {
        return None;
    }
    let mut found = Vec::new();
    list.each(|_, element| {
        found.extend(find(element.json(), path));
        true
    });
    Some(format!("[{}]", found.join(",")))
}

/// An object or an array of what several paths find.
fn several(json: &str, paths: &str) -> String {
    let object = paths.starts_with('{');
    let inner = paths
        .get(1..paths.len().saturating_sub(1))
        .unwrap_or_default();
    let mut parts = Vec::new();
    for selector in split(inner) {
        let colon = if object { name_end(selector) } else { None };
        let (name, path) = match colon {
            Some(at) => (
                selector.get(..at),
                selector.get(at + 1..).unwrap_or_default(),
            ),
            None => (None, selector),
        };
        let Some(value) = find(json, path) else {
            continue;
        };
        parts.push(match (object, name) {
            (false, _) => value,
            (true, Some(name)) if name.starts_with('"') && gjson::valid(name) => {
                format!("{name}:{value}")
            }
            (true, Some(name)) => format!("{}:{value}", quoted(name)),
            (true, None) => format!("{}:{value}", quoted(last_name(path))),
        });
    }
    let (open, close) = if object { ('{', '}') } else { ('[', ']') };
    format!("{open}{}{close}", parts.join(","))
}

/// The selectors between commas.
fn split(inner: &str) -> Vec<&str> {
    let (mut list, mut start, mut at) = (Vec::new(), 0, 0);
    while let Some(byte) = inner.as_bytes().get(at) {
        match byte {
            b'\\' => at += 2,
            b'{' | b'[' | b'(' | b'"' => at = group_end(inner, at),
            b',' => {
                list.extend(inner.get(start..at));
                at += 1;
                start = at;
            }
            _ => at += 1,
        }
    }
    list.extend(inner.get(start..).filter(|last| !last.is_empty()));
    list
}

/// The colon behind a name; one behind a modifier belongs to its argument.
fn name_end(selector: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        match selector.as_bytes().get(at)? {
            b'\\' => at += 2,
            b':' => return Some(at),
            b'@' => return None,
            b'{' | b'[' | b'(' | b'"' => at = group_end(selector, at),
            _ => at += 1,
        }
    }
}

/// What an element of an object is called that was given no name.
fn last_name(path: &str) -> &str {
    let mut start = 0;
    for (at, _) in path.match_indices(['.', '|']) {
        if !path.get(..at).is_some_and(|before| before.ends_with('\\')) {
            start = at + 1;
        }
    }
    let name = path.get(start..).unwrap_or_default();
    let odd = |c: char| c < ' ' || "[]{}()#|!".contains(c);
    if name.contains(odd) { "_" } else { name }
}

/// A value in the path itself: `!"text"`, `!5`, `!true`.
fn literal(path: &str) -> Option<(&str, &str)> {
    let text = path.get(1..)?;
    let end = match text.as_bytes().first()? {
        b'{' | b'[' | b'"' => group_end(text, 0),
        _ => text.find(['.', '|', ',']).unwrap_or(text.len()),
    };
    Some(text.split_at(end))
}

/// Name and argument of the modifier at the start, and what follows it.
fn modifier(path: &str) -> (&str, &str, &str) {
    let end = path.find([':', '.', '|']).unwrap_or(path.len());
    let (name, rest) = path.split_at(end);
    let name = name.get(1..).unwrap_or_default();
    let Some(arg) = rest.strip_prefix(':') else {
        return (name, "", rest);
    };
    let end = match arg.as_bytes().first() {
        Some(b'{' | b'[' | b'"') => group_end(arg, 0),
        _ => arg.find('|').unwrap_or(arg.len()),
    };
    let (arg, rest) = arg.split_at(end);
    (name, arg, rest)
}

/// The modifier whose name begins here.
fn modifier_at(path: &str, at: usize) -> Option<&str> {
    let name = path.get(at..)?.strip_prefix('@')?;
    let end = name.find([':', '.', '|']).unwrap_or(name.len());
    name.get(..end).filter(|name| is_modifier(name))
}

/// Whether the component that begins here is one for this file.
fn special_at(path: &str, at: usize) -> bool {
    match path.as_bytes().get(at) {
        Some(b'@') => modifier_at(path, at).is_some(),
        // Behind a dot it is a key like any other.
        Some(b'!') => path.get(..at).is_some_and(|before| !before.ends_with('.')),
        Some(b'{' | b'[') => path
            .get(at..group_end(path, at))
            .is_some_and(|group| group.contains(['@', '!'])),
        _ => false,
    }
}

fn has_special(path: &str) -> bool {
    let mut at = 0;
    while at < path.len() {
        if special_at(path, at) {
            return true;
        }
        at = component_end(path, at) + 1;
    }
    false
}

/// Where a component ends that begins here: at a dot, a pipe or the end.
fn component_end(path: &str, start: usize) -> usize {
    let bytes = path.as_bytes();
    let mut at = match (bytes.get(start), bytes.get(start + 1)) {
        (Some(b'{' | b'['), _) => group_end(path, start),
        (Some(b'#'), Some(b'(')) => group_end(path, start + 1),
        _ => start,
    };
    loop {
        match bytes.get(at) {
            None => return path.len(),
            Some(b'.' | b'|') => return at,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
        }
    }
}

/// The first pipe outside of groups, or the end.
fn pipe(path: &str) -> usize {
    let mut at = 0;
    loop {
        match path.as_bytes().get(at) {
            None => return path.len(),
            Some(b'|') => return at,
            Some(b'\\') => at += 2,
            Some(b'{' | b'[' | b'(' | b'"') => at = group_end(path, at),
            Some(_) => at += 1,
        }
    }
}

/// Behind the bracket or quotation mark that closes the one at `start`.
fn group_end(text: &str, start: usize) -> usize {
    let (mut depth, mut at, mut in_text) = (0u32, start, false);
    while let Some(byte) = text.as_bytes().get(at) {
        at += 1;
        match byte {
            b'\\' => at += 1,
            b'"' => in_text = !in_text,
            b'{' | b'[' | b'(' if !in_text => depth += 1,
            b'}' | b']' | b')' if !in_text => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 && !in_text && *byte != b'\\' {
            break;
        }
    }
    // A character of several bytes may follow a backslash.
    (at.min(text.len())..=text.len())
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(text.len())
}

#[cfg(feature = "tests")]
mod tests;
