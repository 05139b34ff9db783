//! Reading what the command line named, from the disk, the web or an archive.
//!
//! The web is reached with the system's root certificates (`SSL_CERT_FILE` names others), for a minute
//! at most. Redirects to plain http are not taken.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use runner_script::{
    Dependencies, Fetch, FetchError, ModuleStore, Source, SourceKind, SourceOptions, SourceType,
};
use runner_web::{Bounds, StatusCode, Web, WebError};

use crate::{Environment, SessionError};

/// What one answer may take; no script may be larger.
const BOUNDS: Bounds = Bounds {
    time: Duration::from_secs(60),
    bytes: 256 << 20,
};

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
    let failed = |error: WebError| FetchError::Failed(error.to_string());
    let web = Web::encrypted(BOUNDS).map_err(failed)?;
    match web.get(url).await.map_err(failed)? {
        (StatusCode::OK, body) => Ok(body.into()),
        (status, _) => Err(FetchError::Status(status.as_u16())),
    }
}
