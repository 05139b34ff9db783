//! Several calls at once. As in k6, a number of workers take the calls in order, and a
//! worker waits while its call's host has all the calls that it may have.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use parking_lot::Mutex;
use tokio::sync::Semaphore;

use crate::client::Client;
use crate::cookies::CookieJar;
use crate::error::{Failure, Fault};
use crate::exchange::Exchange;
use crate::request::Request;
use crate::target::Origin;

type Outcome = Result<Exchange, Failure>;

/// Runs all calls within `max` at once and `max_per_host` at once per host and port (none is
/// no limit) and returns the outcomes in the order of the calls.
pub(crate) async fn run(
    client: &Client,
    calls: Vec<(Request, Option<CookieJar>)>,
    max: Option<usize>,
    max_per_host: Option<usize>,
) -> Vec<Outcome> {
    if let Some(outcomes) = refuse(client, &calls) {
        return outcomes;
    }
    let total = calls.len();
    let workers = max.map_or(total, |max| max.max(1).min(total));
    let hosts: Vec<Option<Arc<Semaphore>>> = limits(client, &calls, max_per_host);
    let calls: Vec<_> = calls
        .into_iter()
        .map(|call| Mutex::new(Some(call)))
        .collect();
    let next = AtomicUsize::new(0);
    let worker = || async {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some((request, jar)) = calls.get(index).and_then(|call| call.lock().take()) else {
                return done;
            };
            let _permit = match hosts.get(index).and_then(Option::as_ref) {
                Some(host) => host.acquire().await.ok(),
                None => None,
            };
            done.push((index, client.send(request, jar.as_ref()).await));
        }
    };
    let mut outcomes: Vec<(usize, Outcome)> = join_all((0..workers).map(|_| worker()))
        .await
        .into_iter()
        .flatten()
        .collect();
    outcomes.sort_by_key(|(index, _)| *index);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

/// Where a URL cannot be read, nothing of the batch is sent: it is not what was meant.
fn refuse(client: &Client, calls: &[(Request, Option<CookieJar>)]) -> Option<Vec<Outcome>> {
    let targets = || calls.iter().map(|(request, _)| client.target(&request.url));
    if !targets().any(|target| target.is_err()) {
        return None;
    }
    let unsent = Fault::invalid("not sent, because another URL of the batch cannot be read");
    let outcomes = targets().map(|target| match target {
        Ok(_) => Err(unsent.clone().without_exchange()),
        Err(fault) => Err(fault.without_exchange()),
    });
    Some(outcomes.collect())
}

/// The limit that each call is under. URLs that cannot be parsed fail at once and need none.
fn limits(
    client: &Client,
    calls: &[(Request, Option<CookieJar>)],
    max_per_host: Option<usize>,
) -> Vec<Option<Arc<Semaphore>>> {
    let Some(max_per_host) = max_per_host else {
        return Vec::new();
    };
    let permits = max_per_host.clamp(1, Semaphore::MAX_PERMITS);
    let mut hosts: HashMap<Arc<Origin>, Arc<Semaphore>> = HashMap::new();
    calls
        .iter()
        .map(|(request, _)| {
            let target = client.target(&request.url).ok()?;
            let limit = hosts.entry(target.origin().clone());
            Some(
                limit
                    .or_insert_with(|| Arc::new(Semaphore::new(permits)))
                    .clone(),
            )
        })
        .collect()
}
