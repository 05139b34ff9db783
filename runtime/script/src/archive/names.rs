//! Names in an archive: absolute paths under `file/`, hosts and paths under `https/`, without
//! the names of users and of Windows drives.

use std::path::Path;

use percent_encoding::percent_decode_str;

use crate::location;

/// Folders that hold one folder per user.
const HOMES: [&str; 3] = ["users", "home", "documents and settings"];

/// A path as archives have it: `/`, no `..`, drives as a first folder, users as `nobody`.
pub(super) fn anonymous(path: &str) -> String {
    let path = path.replace('\\', "/");
    let path = match path.trim_start_matches('/').split_once(':') {
        Some((drive, rest))
            if drive.len() == 1 && drive.starts_with(|c: char| c.is_ascii_alphabetic()) =>
        {
            format!("/{drive}/{}", rest.trim_start_matches('/'))
        }
        _ => path,
    };
    let clean = location::normalize(Path::new(&path));
    let clean = clean.to_string_lossy();
    let parts: Vec<&str> = clean.split('/').collect();
    let is_home = |part: Option<&&str>| {
        part.is_some_and(|part| HOMES.contains(&part.to_lowercase().as_str()))
    };
    // The first part is what stands before the first slash: nothing.
    let home = if is_home(parts.get(1)) {
        1
    } else if parts.get(1).is_some_and(|drive| drive.len() == 1) && is_home(parts.get(2)) {
        2
    } else {
        return clean.into_owned();
    };
    let name = |(at, part): (usize, &&str)| match at == home + 1 {
        true => "nobody".to_owned(),
        false => (*part).to_owned(),
    };
    let parts: Vec<String> = parts.iter().enumerate().map(name).collect();
    parts.join("/")
}

/// [`anonymous`] for the `file://` URL of a file or folder; other ids stay as they are.
pub(super) fn anonymous_id(id: &str) -> String {
    let renamed = || {
        let path = location::path_of(id)?;
        location::id_of(Path::new(&anonymous(path.to_str()?)))
    };
    renamed().unwrap_or_else(|| id.to_owned())
}

/// The name under which an archive has module `id`; none for other schemes and for paths that
/// are not UTF-8.
pub(super) fn of_id(id: &str) -> Option<String> {
    if let Some(rest) = id.strip_prefix("https://") {
        let rest = percent_decode_str(rest).decode_utf8().ok()?;
        return Some(format!("https/{rest}"));
    }
    of_path(&location::path_of(id)?)
}

/// The name under which an archive has a local file; none for paths that are not UTF-8.
pub(super) fn of_path(path: &Path) -> Option<String> {
    Some(format!("file{}", anonymous(path.to_str()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_become_nobody() {
        for (path, name) in [
            ("/home/alice/p/x.js", "/home/nobody/p/x.js"),
            ("/Users/bob/x.js", "/Users/nobody/x.js"),
            ("/HOME/bob/x.js", "/HOME/nobody/x.js"),
            ("/c/Users/bob/x.js", "/c/Users/nobody/x.js"),
            ("C:\\Users\\bob\\x.js", "/C/Users/nobody/x.js"),
            (
                "/Documents and Settings/b/x",
                "/Documents and Settings/nobody/x",
            ),
            ("/home", "/home"),
            ("/tmp/home/bob/x.js", "/tmp/home/bob/x.js"),
            ("/a/../home/bob/./x.js", "/home/nobody/x.js"),
            ("/work/a:b.js", "/work/a:b.js"),
        ] {
            assert_eq!(anonymous(path), name, "{path}");
            assert_eq!(anonymous(name), name, "again: {name}");
        }
        assert_eq!(
            anonymous_id("file:///home/a%20b/x.js"),
            "file:///home/nobody/x.js"
        );
        assert_eq!(anonymous_id("https://home/a/x.js"), "https://home/a/x.js");
    }

    #[test]
    fn names_are_decoded() {
        let name = |id| of_id(id).unwrap();
        assert_eq!(name("file:///a%20b/%C3%A4%2541.js"), "file/a b/ä%41.js");
        assert_eq!(name("https://h:1/a%20b.js?v=1"), "https/h:1/a b.js?v=1");
        assert_eq!(of_id("k6/http"), None);
    }
}
