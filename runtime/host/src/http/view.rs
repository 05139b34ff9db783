//! The HTTP client of one VU, and what goes with it.

use std::sync::Arc;

use runner_http::{Client, Expectation};
use runner_metrics::{Shard, Tags};

use super::samples::HttpTagCache;
use crate::capability::{Turn, View};
use crate::context::LoadContext;

/// What a VU keeps for HTTP.
#[derive(Default)]
pub(crate) struct HttpView {
    /// None where there is no load.
    pub(crate) client: Option<Arc<Client>>,
    /// Which statuses are expected where a call does not say.
    pub(crate) expectation: Expectation,
    pub(super) recent: HttpTagCache,
}

impl View for HttpView {
    type Image = Expectation;

    fn new(vu: u64, load: Option<&LoadContext>) -> Self {
        let client = load.map(|load| {
            let client = Client::new(Arc::clone(&load.http.shared), vu);
            client.set_notices(Arc::clone(&load.http.notices));
            Arc::new(client)
        });
        Self {
            client,
            ..Self::default()
        }
    }

    fn begin(&mut self) {
        if let Some(client) = &self.client {
            client.begin_iteration();
        }
    }

    fn record(&mut self, shard: &mut Shard, tags: &Tags) {
        if let Some(client) = &self.client {
            let (sent, received) = client.take_bytes();
            shard.bytes(tags, sent, received);
        }
    }

    fn end(&mut self, turn: Turn) {
        if let (Some(client), Turn::Iteration) = (&self.client, turn) {
            client.end_iteration();
        }
    }

    fn image(&self) -> Expectation {
        self.expectation.clone()
    }

    fn adopt(&mut self, image: &Expectation) {
        self.expectation.clone_from(image);
    }
}
