//! The modifiers of GJSON paths, as k6's version of GJSON has them: those that the crate `gjson`
//! has, and the six that it lacks.

use gjson::Kind;

use crate::api::http::json_path::find;

/// How deep `@dig` goes.
const MAX_DEPTH: u32 = 1000;

const OF_CRATE: [&str; 7] = [
    "this", "reverse", "ugly", "pretty", "valid", "flatten", "join",
];
const OWN: [&str; 6] = ["keys", "values", "tostr", "fromstr", "group", "dig"];

pub fn is_modifier(name: &str) -> bool {
    OF_CRATE.contains(&name) || OWN.contains(&name)
}

/// What a modifier makes of a JSON text, which is empty where there is no value.
pub fn modified(json: &str, name: &str, arg: &str) -> String {
    match name {
        "keys" => keys(json),
        "values" => values(json),
        "tostr" => quoted(json),
        "fromstr" => from_text(json),
        "group" => group(json),
        "dig" => {
            let mut found = Vec::new();
            dig(json, arg, 0, &mut found);
            format!("[{}]", found.join(","))
        }
        _ => {
            let path = match arg {
                "" => format!("@{name}"),
                arg => format!("@{name}:{arg}"),
            };
            gjson::get(json, &path).json().to_string()
        }
    }
}

/// Elements of what is no object have no names.
fn keys(json: &str) -> String {
    let value = gjson::parse(json);
    let mut names = Vec::new();
    match value.kind() {
        _ if !value.exists() => {}
        Kind::Object => value.each(|key, _| {
            names.push(key.json().to_string());
            true
        }),
        Kind::Array => value.each(|_, _| {
            names.push("null".to_string());
            true
        }),
        _ => names.push("null".to_string()),
    }
    format!("[{}]", names.join(","))
}

fn values(json: &str) -> String {
    let value = gjson::parse(json);
    match value.kind() {
        Kind::Array => json.to_string(),
        Kind::Object => {
            let mut list = Vec::new();
            value.each(|_, value| {
                list.push(value.json().to_string());
                true
            });
            format!("[{}]", list.join(","))
        }
        _ => format!("[{json}]"),
    }
}

/// The JSON in a text; nothing where the text is not in JSON itself.
fn from_text(json: &str) -> String {
    if !gjson::valid(json) {
        return String::new();
    }
    let value = gjson::parse(json);
    match value.kind() {
        Kind::String => value.str().to_string(),
        _ => json.to_string(),
    }
}

/// `{"id":[1,2],"v":[3,4]}` as `[{"id":1,"v":3},{"id":2,"v":4}]`.
fn group(json: &str) -> String {
    let value = gjson::parse(json);
    if value.kind() != Kind::Object {
        return String::new();
    }
    let mut rows: Vec<Vec<String>> = Vec::new();
    value.each(|key, column| {
        let mut row = 0;
        if column.kind() == Kind::Array {
            column.each(|_, element| {
                let pair = format!("{}:{}", key.json(), element.json());
                match rows.get_mut(row) {
                    Some(pairs) => pairs.push(pair),
                    None => rows.push(vec![pair]),
                }
                row += 1;
                true
            });
        }
        true
    });
    let rows: Vec<_> = rows
        .iter()
        .map(|pairs| format!("{{{}}}", pairs.join(",")))
        .collect();
    format!("[{}]", rows.join(","))
}

/// What a path finds here and in everything below.
fn dig(json: &str, path: &str, depth: u32, found: &mut Vec<String>) {
    found.extend(find(json, path));
    let value = gjson::parse(json);
    if depth < MAX_DEPTH && matches!(value.kind(), Kind::Array | Kind::Object) {
        value.each(|_, child| {
            dig(child.json(), path, depth + 1, found);
            true
        });
    }
}

/// A text as JSON.
pub fn quoted(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            '\0'..='\u{1f}' => json.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => json.push(c),
        }
    }
    json.push('"');
    json
}
