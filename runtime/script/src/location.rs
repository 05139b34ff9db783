//! Names of files: module ids are `file://` or `https://` URLs, the file system wants paths.
//!
//! Limits: paths are normalised by their text (`a/../b` is `b`); symbolic links are not
//! followed, so that a stack trace shows the path that the user typed.

use std::path::{Component, Path, PathBuf};

use url::Url;

/// The id of a script that was read from standard input, as in k6.
pub(crate) const STDIN_ID: &str = "file:///-";

/// Where relative names of one run start.
#[derive(Debug, Clone)]
pub(crate) enum Base {
    /// The folder of the main script, or the working directory when the script came from
    /// standard input. Absolute and normalised.
    Folder(PathBuf),
    /// For a main script from the web: its URL, or that of its folder, which ends with `/`.
    Web(Url),
}

impl Base {
    /// Where names in module `referrer` start. An empty referrer, or standard input, means the
    /// main script.
    pub(crate) fn of(&self, referrer: &str) -> Option<Self> {
        if referrer.is_empty() || referrer == STDIN_ID {
            return Some(self.clone());
        }
        Self::beside(&Url::parse(referrer).ok()?)
    }

    /// As [`Base::of`], where that is a local folder.
    pub(crate) fn dir_of(&self, referrer: &str) -> Option<PathBuf> {
        match self.of(referrer)? {
            Self::Folder(dir) => Some(dir),
            Self::Web(_) => None,
        }
    }

    /// The folder of the module with that URL.
    pub(crate) fn beside(id: &Url) -> Option<Self> {
        match id.scheme() {
            "file" => Some(Self::Folder(
                id.to_file_path().ok()?.parent()?.to_path_buf(),
            )),
            "https" => Some(Self::Web(id.clone())),
            _ => None,
        }
    }

    /// A folder by its URL, whether that ends with `/` or not.
    pub(crate) fn folder(url: &Url) -> Option<Self> {
        match url.scheme() {
            "file" => Some(Self::Folder(normalize(&url.to_file_path().ok()?))),
            "https" => {
                let mut url = url.clone();
                if !url.path().ends_with('/') {
                    let path = format!("{}/", url.path());
                    url.set_path(&path);
                }
                Some(Self::Web(url))
            }
            _ => None,
        }
    }

    /// Its URL, as `metadata.json` of an archive has it.
    pub(crate) fn url(&self) -> Option<String> {
        match self {
            Self::Folder(dir) => id_of(dir),
            Self::Web(url) => url.join(".").ok().map(String::from),
        }
    }
}

/// The `file://` URL of an absolute path, with what URLs do not allow percent-encoded.
pub(crate) fn id_of(path: &Path) -> Option<String> {
    Url::from_file_path(path).ok().map(String::from)
}

/// The path of a `file://` URL; none for other schemes and remote hosts.
pub(crate) fn path_of(id: &str) -> Option<PathBuf> {
    let url = Url::parse(id).ok()?;
    if url.scheme() != "file" {
        return None;
    }
    url.to_file_path().ok()
}

/// Removes `.` and `..` by text alone. `..` above the root stays at the root.
pub(crate) fn normalize(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn normalizes_by_text() {
        assert_eq!(normalize(Path::new("/a/./b/../c.js")), Path::new("/a/c.js"));
        assert_eq!(normalize(Path::new("/../../c.js")), Path::new("/c.js"));
    }

    #[test]
    fn ids_encode_what_urls_forbid() {
        assert_eq!(
            id_of(Path::new("/a b/ä.js")).unwrap(),
            "file:///a%20b/%C3%A4.js"
        );
        assert_eq!(
            path_of("file:///a%20b/x.js").unwrap(),
            Path::new("/a b/x.js")
        );
        assert_eq!(path_of("https://a/x.js"), None);
        assert_eq!(path_of("./x.js"), None);
    }

    #[test]
    fn relative_names_start_at_the_referrer() {
        let base = Base::Folder("/main".into());
        assert_eq!(base.dir_of("").unwrap(), Path::new("/main"));
        assert_eq!(base.dir_of(STDIN_ID).unwrap(), Path::new("/main"));
        assert_eq!(base.dir_of("file:///lib/a.js").unwrap(), Path::new("/lib"));
        assert_eq!(base.dir_of("https://lib/a.js"), None);
    }

    #[test]
    fn folders_on_the_web() {
        let folder = |url| Base::folder(&Url::parse(url).unwrap()).unwrap();
        for base in [folder("https://h/a"), folder("https://h/a/")] {
            assert_eq!(base.url().unwrap(), "https://h/a/");
            assert_eq!(base.dir_of(""), None);
        }
        let beside = Base::beside(&Url::parse("https://h/a/x.js?v=1").unwrap()).unwrap();
        assert_eq!(beside.url().unwrap(), "https://h/a/");
        let local = Base::folder(&Url::parse("file:///a/b").unwrap()).unwrap();
        assert_eq!(local.url().unwrap(), "file:///a/b");
        assert!(Base::beside(&Url::parse("ftp://h/a").unwrap()).is_none());
    }

    proptest! {
        #[test]
        fn ids_round_trip(parts in prop::collection::vec("[^/\0]{1,12}", 1..5)) {
            let path = PathBuf::from(format!("/{}", parts.join("/")));
            prop_assume!(!parts.iter().any(|p| p == "." || p == ".."));
            let id = id_of(&path).unwrap();
            prop_assert!(id.is_ascii());
            prop_assert_eq!(path_of(&id).unwrap(), path);
        }
    }
}
