//! The resources in JSON:API's form, one file each.

pub(crate) mod groups;
pub(crate) mod metrics;
pub(crate) mod setup;
pub(crate) mod status;

use serde::{Deserialize, Serialize};

/// `{"data": …}`.
#[derive(Serialize, Deserialize)]
pub(crate) struct Document<T> {
    pub(crate) data: T,
}

/// `{"type": …, "id": …, "attributes": …}`.
#[derive(Serialize, Deserialize)]
pub(crate) struct Resource<T> {
    #[serde(rename = "type", default)]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) id: String,
    pub(crate) attributes: T,
}
