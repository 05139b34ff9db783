//! Names: from WIT's kebab-case to JavaScript's.

/// `is-greater` to `isGreater`. Words in capitals keep them (`vu-ID` is `vuID`), and a lone `s`
/// after one is its plural (`active-VU-s` is `activeVUs`).
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

/// As [`camel_case`], for classes and types: `internal-state` to `InternalState`.
pub fn pascal_case(kebab: &str) -> String {
    let camel = camel_case(kebab);
    let mut name = String::with_capacity(camel.len());
    capitalise(&camel, &mut name);
    name
}

fn capitalise(word: &str, into: &mut String) {
    let mut letters = word.chars();
    into.extend(letters.next().map(|first| first.to_ascii_uppercase()));
    into.push_str(letters.as_str());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kebab_case_becomes_javascript() {
        assert_eq!(camel_case("is-greater"), "isGreater");
        assert_eq!(camel_case("active-VU-s"), "activeVUs");
        assert_eq!(camel_case("vu-ID-from-runtime"), "vuIDFromRuntime");
        assert_eq!(camel_case("get-x-s"), "getXS");
        assert_eq!(pascal_case("internal-state"), "InternalState");
        assert_eq!(pascal_case("URL-parser"), "URLParser");
    }
}
