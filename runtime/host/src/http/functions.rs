//! `runner:http/http`: requests, alone, together and beside the VU.

use std::pin::pin;
use std::sync::Arc;

use runner_http::{Client, CookieJar, Exchange, Expectation, Failure, Request};
use wasmtime::component::Resource;

use super::HostExchange;
use super::convert::{error_kind, expectation, invalid, request, timings};
use super::samples::record;
use crate::bindings::runner::http::http::{self as wit, Host};
use crate::context::LoadContext;
use crate::metrics::Carried;
use crate::thread_stack::OnThreadStack;
use crate::{Phase, VuState};

/// What a started request ends with.
type Finished = Result<Exchange, Failure>;

/// A request with what the client does not need to know of it.
struct Call {
    request: Request,
    jar: Option<CookieJar>,
    tags: Vec<(String, String)>,
}

impl VuState {
    fn call(&self, mut said: wit::Request) -> Result<Call, wit::Error> {
        if let Some(reach) = &self.reach {
            reach.http(&said.url).map_err(|text| invalid(&text))?;
            // The next hop is for the extension to ask for, because it may lead elsewhere.
            if !reach.any_host() {
                said.redirects = Some(0);
            }
        }
        let jar = said.jar.take();
        Ok(Call {
            jar: jar.and_then(|jar| self.table.get(&jar).ok().cloned()),
            tags: std::mem::take(&mut said.tags),
            request: request(said)?,
        })
    }

    /// The client and the load context, unless this is no time for load.
    fn client(&self) -> Result<(Arc<Client>, Arc<LoadContext>), wit::Error> {
        match (&self.views.http.client, &self.load, self.phase) {
            (Some(http), Some(load), Phase::Setup | Phase::Iteration | Phase::Teardown) => {
                Ok((Arc::clone(http), Arc::clone(load)))
            }
            _ => Err(invalid(
                "HTTP requests can be made in setup, iterations and teardown only",
            )),
        }
    }

    fn answer(&mut self, result: Result<Exchange, Failure>) -> Result<wit::Response, wit::Error> {
        match result {
            Ok(exchange) => {
                let status = exchange.status;
                let timings = timings(exchange.timings());
                let exchange = self.keep(exchange)?;
                Ok(wit::Response {
                    status,
                    timings,
                    exchange,
                })
            }
            Err(failure) => {
                let exchange = match failure.exchange {
                    Some(exchange) => Some(self.keep(*exchange)?),
                    None => None,
                };
                let kind = error_kind(failure.kind);
                let message = failure.message.into_owned();
                Err(wit::Error {
                    kind,
                    code: failure.code,
                    message,
                    exchange,
                })
            }
        }
    }

    fn keep(&mut self, exchange: Exchange) -> Result<Resource<HostExchange>, wit::Error> {
        self.table
            .push(HostExchange(exchange))
            .map_err(|error| invalid(&error.to_string()))
    }
}

/// Sends one call and records what it took.
async fn perform(
    client: &Client,
    load: &LoadContext,
    shard: u64,
    carried: &Carried,
    inherited: &Expectation,
    call: Call,
) -> Result<Exchange, Failure> {
    let result = client.send(call.request, call.jar.as_ref()).await;
    if let Some(exchange) = made(&result) {
        record(load, shard, carried, &call.tags, inherited, exchange, None);
    }
    result
}

/// What was measured, also of a call that failed.
fn made(result: &Result<Exchange, Failure>) -> Option<&Exchange> {
    match result {
        Ok(exchange) => Some(exchange),
        Err(failure) => failure.exchange.as_deref(),
    }
}

impl Host for VuState {
    fn vu_jar(&mut self) -> Resource<CookieJar> {
        self.touched("http.cookieJar");
        let client = self.views.http.client.as_ref();
        let jar = client.map_or_else(CookieJar::default, |client| client.jar());
        self.new_jar(jar)
    }

    fn set_expectation(&mut self, expected: wit::Expectation) {
        self.views.http.expectation = expectation(expected);
    }

    async fn send(&mut self, request: wit::Request) -> Result<wit::Response, wit::Error> {
        let (client, load) = self.client()?;
        let call = self.call(request)?;
        let sent = pin!(client.send(call.request, call.jar.as_ref()));
        let result = OnThreadStack(sent).await;
        if let Some(exchange) = made(&result) {
            let cache = Some(&mut self.views.http.recent);
            record(
                &load,
                self.vu,
                &self.tags.carried,
                &call.tags,
                &self.views.http.expectation,
                exchange,
                cache,
            );
        }
        self.answer(result)
    }

    async fn batch(
        &mut self,
        requests: Vec<wit::Request>,
    ) -> Vec<Result<wit::Response, wit::Error>> {
        let refuse = |error: wit::Error, count: usize| {
            (0..count).map(|_| Err(invalid(&error.message))).collect()
        };
        let count = requests.len();
        let (client, load) = match self.client() {
            Ok(found) => found,
            Err(error) => return refuse(error, count),
        };
        let mut all_tags = Vec::with_capacity(count);
        let mut sent = Vec::with_capacity(count);
        for request in requests {
            match self.call(request) {
                Ok(call) => {
                    all_tags.push(call.tags);
                    sent.push((call.request, call.jar));
                }
                // One that cannot be sent stops all of them, as in k6.
                Err(error) => return refuse(error, count),
            }
        }
        let results = OnThreadStack(pin!(client.batch_with(sent))).await;
        for (result, tags) in results.iter().zip(&all_tags) {
            if let Some(exchange) = made(result) {
                let cache = Some(&mut self.views.http.recent);
                record(
                    &load,
                    self.vu,
                    &self.tags.carried,
                    tags,
                    &self.views.http.expectation,
                    exchange,
                    cache,
                );
            }
        }
        results
            .into_iter()
            .map(|result| self.answer(result))
            .collect()
    }

    fn start(&mut self, request: wit::Request) -> u64 {
        let ready = self
            .client()
            .and_then(|found| Ok((found, self.call(request)?)));
        let ((client, load), call) = match ready {
            Ok(ready) => ready,
            Err(error) => {
                let failure = Failure {
                    kind: runner_http::ErrorKind::InvalidRequest,
                    code: error.code,
                    message: error.message.into(),
                    exchange: None,
                };
                return self.views.tasks.start(async { Finished::Err(failure) });
            }
        };
        let (shard, inherited) = (self.vu, self.views.http.expectation.clone());
        let carried = self.tags.carried.clone();
        self.views
            .tasks
            .start(async move { perform(&client, &load, shard, &carried, &inherited, call).await })
    }

    fn finish(&mut self, task: u64) -> Result<wit::Response, wit::Error> {
        match self.views.tasks.take::<Finished>(task) {
            Some(result) => self.answer(result),
            None => Err(invalid(&format!("task {task} has no answer to give"))),
        }
    }
}
