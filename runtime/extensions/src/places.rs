//! Where extensions and outputs are looked for, what variables they can be granted, and the most that
//! may be granted at all: the surroundings of a [`Catalog`](crate::Catalog).

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::Grants;

/// The surroundings; the default knows nothing and takes relative paths as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// Where relative paths of the command line start.
    pub folder: PathBuf,
    /// Folders of components, after those of the project.
    pub extensions: Vec<PathBuf>,
    /// What `--allow-env` can name, besides the script's own variables.
    pub variables: Arc<BTreeMap<String, String>>,
    /// The most that may be granted; none for no ceiling.
    pub ceiling: Option<Grants>,
}
