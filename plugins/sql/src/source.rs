//! Opening what a script names, and what SQL is not allowed to do then.

use std::path::Path;

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::{Connection, OpenFlags};

use crate::database::text;

/// SQLite without locks of its own; see [`crate::lock`].
const VFS: &str = "unix-none";

/// Opens `source`.
pub fn open(source: &str) -> Result<Connection, String> {
    if source.is_empty() {
        return Err("the source is empty; name a file, or :memory:".into());
    }
    if source.starts_with("file:") && source.contains("vfs=") {
        return Err(format!("{source}: the parameter vfs cannot be used here"));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_URI;
    let mut connection = Connection::open_with_flags_and_vfs(source, flags, VFS)
        .map_err(|_| format!("unable to open database file {source} ({})", needed(source)))?;
    connection.authorizer(Some(allowed)).map_err(text)?;
    Ok(connection)
}

/// What a file wants, for messages.
pub fn needed(source: &str) -> String {
    let path = source.strip_prefix("file:").unwrap_or(source);
    let path = path.split('?').next().unwrap_or(path);
    let folder = match Path::new(path).parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.display().to_string(),
        _ => ".".to_owned(),
    };
    format!("a database file needs --allow-write {folder}")
}

/// Other files have other locks, and a connection that keeps its file to itself would not see
/// what others write.
fn allowed(asked: AuthContext<'_>) -> Authorization {
    match asked.action {
        AuthAction::Attach { filename } if !matches!(filename, "" | ":memory:") => {
            Authorization::Deny
        }
        AuthAction::Pragma {
            pragma_name,
            pragma_value: Some(_),
        } if pragma_name.eq_ignore_ascii_case("locking_mode") => Authorization::Deny,
        _ => Authorization::Allow,
    }
}
