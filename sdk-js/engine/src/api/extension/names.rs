//! From WIT's kebab-case to JavaScript's; the same rules as `runtime/extensions/src/names.rs`.

/// `is-greater` to `isGreater`, `vu-ID` to `vuID`, `active-VU-s` to `activeVUs`.
pub fn camel_case(kebab: &str) -> String {
    let mut name = String::with_capacity(kebab.len());
    let mut acronym = false;
    for (index, word) in kebab.split('-').enumerate() {
        if index == 0 || (word == "s" && acronym) {
            name.push_str(word);
        } else {
            capitalise(word, &mut name);
        }
        acronym = word.starts_with(|c: char| c.is_ascii_uppercase());
    }
    name
}

/// `internal-state` to `InternalState`.
pub fn pascal_case(kebab: &str) -> String {
    let camel = camel_case(kebab);
    let mut name = String::with_capacity(camel.len());
    capitalise(&camel, &mut name);
    name
}

fn capitalise(word: &str, into: &mut String) {
    let mut letters = word.chars();
    if let Some(first) = letters.next() {
        into.push(first.to_ascii_uppercase());
    }
    into.push_str(letters.as_str());
}
