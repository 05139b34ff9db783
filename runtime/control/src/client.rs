//! What the commands ask of a run.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use runner_web::{Bounds, Method, StatusCode, Web, WebError};
use serde::Deserialize;

use crate::address::Address;
use crate::resources::metrics::{self, MetricReport};
use crate::resources::status::{self, Status, StatusPatch};
use crate::resources::{Document, Resource};

/// What a request may take.
const BOUNDS: Bounds = Bounds {
    time: Duration::from_secs(30),
    bytes: 64 << 20,
};

/// Why a command could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody answers there.
    #[error(
        "no run answers on {address}: {source} (start the run with --address {address}, or say \
         with --address where it listens)"
    )]
    Unreachable {
        /// Where it was looked for.
        address: Address,
        /// What the system says.
        source: io::Error,
    },
    /// Somebody answers, but not in time.
    #[error("no answer from {address} within {} s", BOUNDS.time.as_secs())]
    Timeout {
        /// Who did not.
        address: Address,
    },
    /// The run says no.
    #[error("{title}: {detail}")]
    Refused {
        /// What kind of no.
        title: String,
        /// Why.
        detail: String,
    },
    /// Something else than a run answers.
    #[error("{address} does not answer as a run does: {reason}")]
    Strange {
        /// Who.
        address: Address,
        /// What is odd.
        reason: String,
    },
}

/// Talks to the run at one address.
#[derive(Clone, Debug)]
pub struct Client {
    address: Address,
}

#[derive(Deserialize)]
struct Errors {
    errors: Vec<ErrorEntry>,
}

#[derive(Deserialize)]
struct ErrorEntry {
    title: String,
    detail: String,
}

impl Client {
    /// Nothing is connected before the first request.
    #[must_use]
    pub fn new(address: Address) -> Self {
        Self { address }
    }

    /// How the run is going.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn status(&self) -> Result<Status, ClientError> {
        let body = self.send(Method::GET, "/v1/status", Bytes::new()).await?;
        self.read_status(&body)
    }

    /// Changes the run; returns how it is going then.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn patch(&self, patch: &StatusPatch) -> Result<Status, ClientError> {
        let body = serde_json::to_vec(&status::document(patch))
            .map_err(|error| self.strange(error.to_string()))?;
        let body = self.send(Method::PATCH, "/v1/status", body.into()).await?;
        self.read_status(&body)
    }

    /// Metrics with their figures of the moment.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn metrics(&self) -> Result<Vec<MetricReport>, ClientError> {
        let body = self.send(Method::GET, "/v1/metrics", Bytes::new()).await?;
        metrics::reports(&body).map_err(|error| self.strange(error.to_string()))
    }

    fn read_status(&self, body: &[u8]) -> Result<Status, ClientError> {
        serde_json::from_slice::<Document<Resource<Status>>>(body)
            .map(|document| document.data.attributes)
            .map_err(|error| self.strange(error.to_string()))
    }

    fn strange(&self, reason: impl Into<String>) -> ClientError {
        ClientError::Strange {
            address: self.address.clone(),
            reason: reason.into(),
        }
    }

    async fn send(&self, method: Method, path: &str, body: Bytes) -> Result<Bytes, ClientError> {
        let failed = |error: WebError| self.failed(error);
        let web = Web::plain(BOUNDS).map_err(failed)?;
        let url = format!("http://{}{path}", self.address);
        let (status, body) = web.json(method, &url, body).await.map_err(failed)?;
        if status == StatusCode::OK {
            return Ok(body);
        }
        let refused = serde_json::from_slice::<Errors>(&body).ok();
        match refused.and_then(|body| body.errors.into_iter().next()) {
            Some(ErrorEntry { title, detail }) => Err(ClientError::Refused { title, detail }),
            None => Err(self.strange(format!("it says {status}"))),
        }
    }

    fn failed(&self, error: WebError) -> ClientError {
        let address = self.address.clone();
        match error {
            WebError::Unreachable(source) => ClientError::Unreachable { address, source },
            WebError::Timeout(_) => ClientError::Timeout { address },
            other => self.strange(other.to_string()),
        }
    }
}
