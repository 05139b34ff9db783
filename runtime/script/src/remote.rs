//! Scripts and modules from the web: what is asked for, what counts as an answer.
//!
//! As in k6, the first request has `_k6=1` in its query, by which servers know a load tool from a
//! browser; where that fails, the plain URL is tried. The answer must be a 200. How a request is
//! made is the business of [`Fetch`].

use url::Url;

/// Makes one GET over https. It may block for up to its own time limit.
pub trait Fetch: Send + Sync + std::fmt::Debug {
    /// The body of the final answer, redirects followed.
    ///
    /// # Errors
    /// There was no answer, or one that is not a 200.
    fn get(&self, url: &str) -> Result<Vec<u8>, FetchError>;
}

/// Why there is no body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The answer has another status than 200.
    #[error("the server answered with status {0} instead of 200")]
    Status(u16),
    /// There is no answer, or none that may be used.
    #[error("{0}")]
    Failed(String),
}

/// Gets `url`, which must be https, with and then without the mark.
pub(crate) fn retrieve(fetch: &dyn Fetch, url: &str) -> Result<Vec<u8>, FetchError> {
    let mut marked =
        Url::parse(url).map_err(|error| FetchError::Failed(format!("it is no URL: {error}")))?;
    marked.set_fragment(None);
    let plain = marked.to_string();
    marked.query_pairs_mut().append_pair("_k6", "1");
    fetch.get(marked.as_str()).or_else(|_| fetch.get(&plain))
}

/// What to say of a URL whose scheme is not https.
pub(crate) fn wrong_scheme(specifier: &str, scheme: &str) -> String {
    let remedy = if scheme == "http" {
        "; what is not encrypted could be changed on its way: serve it over https, or download \
         the file and use its path"
    } else {
        ""
    };
    format!(
        "only supported schemes for imports are file and https, {specifier} has `{scheme}`{remedy}"
    )
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::collections::HashMap;
    use std::sync::Mutex;

    /// Answers from a table, and keeps what was asked.
    #[derive(Debug, Default)]
    pub(crate) struct Table {
        pub(crate) pages: HashMap<String, Vec<u8>>,
        pub(crate) asked: Mutex<Vec<String>>,
    }

    impl Table {
        pub(crate) fn of(pages: &[(&str, &str)]) -> Self {
            let page = |(url, text): &(&str, &str)| ((*url).to_owned(), text.as_bytes().to_vec());
            Self {
                pages: pages.iter().map(page).collect(),
                asked: Mutex::default(),
            }
        }
    }

    impl Fetch for Table {
        fn get(&self, url: &str) -> Result<Vec<u8>, FetchError> {
            self.asked.lock().unwrap().push(url.to_owned());
            self.pages.get(url).cloned().ok_or(FetchError::Status(404))
        }
    }

    #[test]
    fn the_mark_comes_first_and_is_given_up() {
        let table = Table::of(&[("https://h/a.js?v=2", "x")]);
        assert_eq!(retrieve(&table, "https://h/a.js?v=2#f").unwrap(), b"x");
        let asked = table.asked.lock().unwrap().clone();
        assert_eq!(asked, ["https://h/a.js?v=2&_k6=1", "https://h/a.js?v=2"]);
        let table = Table::of(&[("https://h/a.js?_k6=1", "y")]);
        assert_eq!(retrieve(&table, "https://h/a.js").unwrap(), b"y");
        assert_eq!(
            retrieve(&table, "https://h/b.js"),
            Err(FetchError::Status(404))
        );
    }
}
