//! `runner.toml`, beside the script:
//!
//! ```toml
//! [extensions]
//! compare = "./compare.wasm"
//!
//! [extensions.redis]
//! path = "./redis.wasm"
//! sha256 = "9f86d0…"
//! allow-net = ["127.0.0.1:6379"]
//! allow-read = ["./data"]
//! allow-env = ["REDIS_PASSWORD"]
//! allow-hrtime = true
//!
//! [outputs.statsd]
//! path = "./output-statsd.wasm"
//! allow-net = ["127.0.0.1:8125"]
//!
//! [script]
//! allow-read = ["./data"]
//! ```
//!
//! Paths are taken from the file's own folder; the extension knows a granted folder by the path that
//! is written there. What it does not know it refuses.

use std::collections::BTreeMap;
use std::fmt::Formatter;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::{ExtensionError, Folder, Grants, NetGrant};

/// Name of the file.
pub const FILE: &str = "runner.toml";

/// What the file says.
#[derive(Debug, Clone, Default)]
pub struct Manifest {
    /// By name.
    pub extensions: BTreeMap<String, Entry>,
    /// By name.
    pub outputs: BTreeMap<String, Entry>,
    /// What a script that is a component may reach itself.
    pub script: Grants,
}

/// One extension or output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The component; absolute or from the current folder. None where only grants are given.
    pub path: Option<PathBuf>,
    /// Lower-case hex.
    pub sha256: Option<String>,
    /// What it may reach.
    pub grants: Grants,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    extensions: BTreeMap<String, Item>,
    #[serde(default)]
    outputs: BTreeMap<String, Item>,
    #[serde(default)]
    script: Allowed,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Allowed {
    allow_net: Vec<String>,
    allow_read: Vec<String>,
    allow_write: Vec<String>,
    allow_env: Vec<String>,
}

enum Item {
    Path(String),
    Table(Table),
}

/// By hand, because an untagged enum would say neither which key is unknown nor on which line.
impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Item;

            fn expecting(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
                f.write_str("a path, or a table with path, sha256 and grants")
            }

            fn visit_str<E: serde::de::Error>(self, path: &str) -> Result<Item, E> {
                Ok(Item::Path(path.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Item, A::Error> {
                Table::deserialize(MapAccessDeserializer::new(map)).map(Item::Table)
            }
        }

        deserializer.deserialize_any(Either)
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Table {
    path: Option<String>,
    sha256: Option<String>,
    #[serde(default)]
    allow_net: Vec<String>,
    #[serde(default)]
    allow_read: Vec<String>,
    #[serde(default)]
    allow_write: Vec<String>,
    #[serde(default)]
    allow_env: Vec<String>,
    #[serde(default)]
    allow_hrtime: bool,
}

impl Manifest {
    /// Reads `runner.toml` in `folder`; a folder without one has nothing to say.
    pub fn read(folder: &Path) -> Result<Self, ExtensionError> {
        let path = folder.join(FILE);
        let wrong = |reason: String| ExtensionError::Manifest {
            file: path.display().to_string(),
            reason,
        };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(wrong(error.to_string())),
        };
        let file: File = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        let entries = |items: BTreeMap<String, Item>| {
            let entry = |(name, item): (String, Item)| match entry(folder, item) {
                Ok(entry) => Ok((name, entry)),
                Err(reason) => Err(wrong(format!("{name}: {reason}"))),
            };
            items.into_iter().map(entry).collect::<Result<_, _>>()
        };
        Ok(Self {
            extensions: entries(file.extensions)?,
            outputs: entries(file.outputs)?,
            script: grants(folder, file.script)
                .map_err(|reason| wrong(format!("script: {reason}")))?,
        })
    }
}

fn entry(folder: &Path, item: Item) -> Result<Entry, String> {
    let table = match item {
        Item::Path(path) => Table {
            path: Some(path),
            ..Table::default()
        },
        Item::Table(table) => table,
    };
    let sha256 = table.sha256.map(|digest| digest.to_ascii_lowercase());
    if let Some(digest) = &sha256
        && (digest.len() != 64 || !digest.chars().all(|c| c.is_ascii_hexdigit()))
    {
        return Err(format!("sha256 must be 64 hex digits, got {digest:?}"));
    }
    let allowed = Allowed {
        allow_net: table.allow_net,
        allow_read: table.allow_read,
        allow_write: table.allow_write,
        allow_env: table.allow_env,
    };
    Ok(Entry {
        path: table.path.map(|path| folder.join(path)),
        sha256,
        grants: Grants {
            hrtime: table.allow_hrtime,
            ..grants(folder, allowed)?
        },
    })
}

fn grants(folder: &Path, allowed: Allowed) -> Result<Grants, String> {
    let folders = |paths: Vec<String>| {
        let one = |guest: String| Folder {
            host: folder.join(&guest),
            guest,
        };
        paths.into_iter().map(one).collect()
    };
    let net = allowed.allow_net.iter();
    let net: Result<Vec<_>, _> = net.map(|text| NetGrant::expect(text)).collect();
    Ok(Grants {
        net: net.map_err(|error| error.to_string())?,
        read: folders(allowed.allow_read),
        write: folders(allowed.allow_write),
        env: allowed.allow_env,
        hrtime: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Manifest, String> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), text).unwrap();
        Manifest::read(folder.path()).map_err(|error| error.to_string())
    }

    #[test]
    fn short_and_long_forms() {
        let digest = "AB".repeat(32);
        let manifest = read(&format!(
            "[extensions]\ncompare = \"c.wasm\"\n[extensions.redis]\npath = \"r.wasm\"\n\
             sha256 = \"{digest}\"\nallow-net = [\"127.0.0.1:6379\"]\nallow-env = [\"HOME\"]\n\
             [outputs.statsd]\nallow-net = [\"*:8125\"]\n"
        ))
        .unwrap();
        let compare = &manifest.extensions["compare"];
        assert!(compare.path.as_ref().unwrap().ends_with("c.wasm"));
        let redis = &manifest.extensions["redis"];
        assert_eq!(redis.sha256.as_deref(), Some(&*"ab".repeat(32)));
        assert_eq!((redis.grants.net.len(), redis.grants.env.len()), (1, 1));
        assert_eq!(manifest.outputs["statsd"].path, None);
    }

    #[test]
    fn mistakes_name_the_file_and_the_place() {
        for (text, expected) in [
            ("[extension]\n", "extension"),
            (
                "[extensions.a]\npath = \"x\"\nallow = 1\n",
                "unknown field `allow`",
            ),
            ("[extensions.a]\nsha256 = \"12\"\n", "64 hex digits"),
            ("[extensions.a]\nallow-net = [\"x\"]\n", "HOST:PORT"),
            ("extensions = [\n", "line 1"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(FILE) && error.contains(expected), "{error}");
        }
    }

    #[test]
    fn no_file_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Manifest::read(folder.path()).unwrap().extensions.is_empty());
    }
}
