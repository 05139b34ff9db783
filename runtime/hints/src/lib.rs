//! What a user may have meant by a name that does not exist: options, modules, metrics, functions,
//! outputs, files.
//!
//! One rule for all of them, so that a guess is as good everywhere: a few wrong, missing or swapped
//! letters, or most of the name. Case does not count. Nothing is better than a guess that is far
//! off.

/// Most names that are offered at once.
const MOST: usize = 3;

/// Those of `known` that look most like `name`; several only where they are equally near.
pub fn near<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = name.to_lowercase();
    let mut scored: Vec<(usize, &str)> = known
        .into_iter()
        .filter_map(|other| Some((distance(&wanted, &other.to_lowercase())?, other)))
        .collect();
    scored.sort_unstable();
    scored.dedup();
    let best = scored.first().map(|(distance, _)| *distance);
    scored
        .into_iter()
        .filter(|(distance, _)| Some(*distance) == best)
        .map(|(_, other)| other)
        .take(MOST)
        .collect()
}

/// `did you mean a or b?`, where there are such names.
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let near = near(name, known);
    (!near.is_empty()).then(|| format!("did you mean {}?", near.join(" or ")))
}

/// [`did_you_mean`] in brackets, with the space before them, to stand behind the name; empty where
/// there is no guess.
pub fn guess<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    did_you_mean(name, known).map_or_else(String::new, |text| format!(" ({text})"))
}

/// How far apart two names are, where one can be meant by the other.
fn distance(name: &str, other: &str) -> Option<usize> {
    if name.is_empty() || other.is_empty() {
        return None;
    }
    let distance = strsim::damerau_levenshtein(name, other);
    let is_part = |part: &str, of: &str| of.starts_with(part) && part.len() * 2 >= of.len();
    let letters = name.chars().count().max(other.chars().count());
    // All letters may be wrong in a name of one or two; then it is another name.
    let is_typo = distance < letters && distance <= 1 + name.chars().count() / 4;
    (is_typo || is_part(name, other) || is_part(other, name)).then_some(distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let known = ["compare", "redis", "faker", "output-log"];
        assert_eq!(near("compaer", known), ["compare"]);
        assert_eq!(near("comp", known), ["compare"]);
        assert_eq!(near("Redis", known), ["redis"]);
        assert_eq!(near("comparer2", known), ["compare"]);
        for far in ["kafka-thing", "", "o", "r"] {
            assert!(near(far, known).is_empty(), "{far}");
        }
    }

    #[test]
    fn only_the_nearest_are_offered() {
        let modules = ["k6", "k6/http", "k6/html", "k6/ws", "k6/data"];
        assert_eq!(near("k6/htpp", modules), ["k6/http"]);
        assert!(near("k6/gone", modules).is_empty());
        assert_eq!(near("ab", ["ac", "ad", "ae", "af"]).len(), MOST);
        assert_eq!(near("x", ["y"]), Vec::<&str>::new());
    }

    #[test]
    fn words() {
        assert_eq!(guess("vuss", ["vus"]), " (did you mean vus?)");
        assert_eq!(guess("zzz", ["vus"]), "");
        let both = did_you_mean("min", ["max", "mix", "mit"]);
        assert_eq!(both.unwrap(), "did you mean mit or mix?");
    }
}
