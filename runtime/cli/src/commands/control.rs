//! `runner status`, `pause`, `resume`, `scale` and `stats`: what is asked of a running test, over
//! its REST API. What comes back is printed as YAML, as k6 v1 does.

use runner_control::{Address, AddressError, Client, ClientError, StatusPatch};
use runner_control::{metrics_yaml, status_yaml};

use super::CommandError;
use super::print::print;
use crate::args::{GlobalOptions, ScaleArgs};
use crate::exit_code::ExitCode;

/// `runner status`.
pub fn status(global: &GlobalOptions) -> Result<ExitCode, CommandError> {
    ask(global, async |client| {
        client.status().await.map(|status| status_yaml(&status))
    })
}

/// `runner pause` and `runner resume`.
pub fn pause(global: &GlobalOptions, paused: bool) -> Result<ExitCode, CommandError> {
    patch(
        global,
        StatusPatch {
            paused: Some(paused),
            ..StatusPatch::default()
        },
    )
}

/// `runner scale`.
pub fn scale(global: &GlobalOptions, args: ScaleArgs) -> Result<ExitCode, CommandError> {
    patch(
        global,
        StatusPatch {
            vus: args.vus,
            vus_max: args.max,
            ..StatusPatch::default()
        },
    )
}

/// `runner stats`.
pub fn stats(global: &GlobalOptions) -> Result<ExitCode, CommandError> {
    ask(global, async |client| {
        client.metrics().await.map(|metrics| metrics_yaml(&metrics))
    })
}

fn patch(global: &GlobalOptions, patch: StatusPatch) -> Result<ExitCode, CommandError> {
    ask(global, async |client| {
        let status = client.patch(&patch).await?;
        Ok(status_yaml(&status))
    })
}

fn ask(
    global: &GlobalOptions,
    question: impl AsyncFnOnce(Client) -> Result<String, ClientError>,
) -> Result<ExitCode, CommandError> {
    let failed = |text: String| CommandError::Other(ExitCode::Other, text);
    let address = match &global.address {
        Some(address) => address
            .text
            .parse()
            .map_err(|error: AddressError| failed(error.to_string()))?,
        None => Address::default(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| failed(format!("cannot start: {error}")))?;
    let answer = runtime
        .block_on(question(Client::new(address)))
        .map_err(|error| failed(error.to_string()))?;
    print(answer.trim_end())?;
    Ok(ExitCode::Success)
}
