//! The REST API of a run, where `--address` or `K6_ADDRESS` asks for one.

use std::sync::Arc;

use runner_control::{Address, AddressError, BindError, Server, Serving};
use runner_session::Run;

use super::CommandError;
use crate::args::GlobalOptions;
use crate::exit_code::ExitCode;
use crate::logging::{Level, Logger};

#[derive(Debug, thiserror::Error)]
enum RestError {
    #[error(transparent)]
    Address(#[from] AddressError),
    #[error(transparent)]
    Bind(#[from] BindError),
    #[error("no thread for it: {0}")]
    Thread(#[from] std::io::Error),
}

/// Offers control of the run until what is returned is dropped. Where that cannot be, only
/// somebody who asked for it by the flag has to know at once, as in k6.
pub fn serve(
    global: &GlobalOptions,
    run: &Run,
    logger: &Logger,
) -> Result<Option<Serving>, CommandError> {
    let started = global
        .address
        .as_ref()
        .map(|address| (address, start(&address.text, run, logger)));
    let serving = match started {
        None => None,
        Some((_, Ok(serving))) => Some(serving),
        Some((address, Err(error))) => {
            let message = format!("the REST API cannot start: {error}");
            if address.is_flag {
                return Err(CommandError::Other(ExitCode::CannotStartRest, message));
            }
            logger.log(Level::Warning, "", &message, &[]);
            None
        }
    };
    if serving.is_none() && run.plan().paused {
        let message = "the test starts paused, and without the REST API nobody can resume it: \
                       stop it with Ctrl+C and use --address too";
        logger.log(Level::Warning, "", message, &[]);
    }
    Ok(serving)
}

fn start(address: &str, run: &Run, logger: &Logger) -> Result<Serving, RestError> {
    let server = Server::bind(&address.parse::<Address>()?)?;
    let bound = server.address();
    let message = format!("the REST API listens on {bound}");
    logger.log(Level::Info, "", &message, &[]);
    if server.is_public() {
        let message = format!(
            "the REST API on {bound} has no authentication: whoever reaches it can control this \
             run; use 127.0.0.1 unless that is meant"
        );
        logger.log(Level::Warning, "", &message, &[]);
    }
    Ok(server.start(Arc::clone(run.control()))?)
}
