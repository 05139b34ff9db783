//! Reading what the command line named, from the disk, the web or an archive.
//!
//! The web is reached with the HTTP client that VUs use, with its defaults: the system's root
//! certificates (`SSL_CERT_FILE` names others), redirects, a minute at most. Redirects to plain
//! http are not taken.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use runner_http::{Client, Request, Shared};
use runner_net::Dialer;
use runner_script::{
    Dependencies, Fetch, FetchError, ModuleStore, Source, SourceKind, SourceOptions, SourceType,
};
use runner_values::{HttpSettings, NetSettings};

use crate::{Environment, SessionError};

/// How long one answer may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Reads a script. `kind` is what the user says that it is; its content decides where none.
pub fn open(
    name: &Path,
    kind: Option<SourceType>,
    environment: &Environment,
) -> Result<Source, SessionError> {
    let options = SourceOptions {
        kind,
        fetch: Some(Arc::new(Https)),
        folder: environment.folder.clone(),
    };
    Ok(Source::open_with(name, &options)?)
}

/// What a script imports and asks for; nothing for a component, which has its imports inside.
pub fn dependencies(source: &Source) -> Result<Dependencies, SessionError> {
    if source.kind() != SourceKind::Js {
        return Err(SessionError::Usage(format!(
            "{} is a component; `runner inspect` shows what it imports",
            source.name()
        )));
    }
    Ok(ModuleStore::new(source)?.dependencies()?)
}

/// GET over https, one connection per call: a script has few remote modules.
#[derive(Debug)]
struct Https;

impl Fetch for Https {
    fn get(&self, url: &str) -> Result<Vec<u8>, FetchError> {
        let failed = |text: String| FetchError::Failed(text);
        // On a thread of its own: the caller may be inside a runtime already.
        std::thread::scope(|scope| {
            let work = || {
                tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .map_err(|error| failed(format!("cannot start: {error}")))?
                    .block_on(get(url))
            };
            std::thread::Builder::new()
                .name("fetch".to_owned())
                .spawn_scoped(scope, work)
                .map_err(|error| failed(format!("cannot start a thread: {error}")))?
                .join()
                .unwrap_or_else(|_| Err(failed("the HTTP client failed".to_owned())))
        })
    }
}

async fn get(url: &str) -> Result<Vec<u8>, FetchError> {
    let failed = |text: String| FetchError::Failed(text);
    let shared = Dialer::new(&NetSettings::default())
        .and_then(|dialer| Shared::new(HttpSettings::default(), dialer))
        .map_err(|error| failed(error.to_string()))?;
    let mut request = Request::get(url);
    request.timeout = Some(TIMEOUT);
    let exchange = Client::new(shared, 1)
        .send(request, None)
        .await
        .map_err(|failure| failed(failure.message.into_owned()))?;
    let plain = exchange
        .hops
        .iter()
        .find(|hop| !hop.url().starts_with("https://"));
    if let Some(hop) = plain {
        return Err(failed(format!(
            "it redirects to {}, which is not https",
            hop.url()
        )));
    }
    match exchange.status {
        200 => Ok(exchange.body.map(Vec::from).unwrap_or_default()),
        status => Err(FetchError::Status(status)),
    }
}
