//! `runner target`: the built-in test server, until a signal comes.

use std::net::SocketAddr;

use runner_target::{Target, TargetOptions};

use super::print::print;
use super::{CommandError, threads};
use crate::args::TargetArgs;
use crate::exit_code::ExitCode;
use crate::signals::Signals;

/// Serves until SIGINT or SIGTERM.
pub fn target(args: &TargetArgs) -> Result<ExitCode, CommandError> {
    threads()?.block_on(async {
        let options = TargetOptions {
            addr: SocketAddr::new(args.host, args.port),
            tls_addr: (!args.no_tls).then(|| SocketAddr::new(args.host, args.tls_port)),
        };
        let failed = |text: String| CommandError::Other(ExitCode::Other, text);
        let target = Target::bind(options)
            .await
            .map_err(|error| failed(error.to_string()))?;
        print(&format!("http://{}", target.http_addr()))?;
        if let Some(address) = target.https_addr() {
            print(&format!(
                "https://{address}  (self-signed: use --insecure-skip-tls-verify)"
            ))?;
        }
        let mut signals = Signals::listen().map_err(|error| failed(error.to_string()))?;
        target.run(async move { signals.any().await }).await;
        Ok(ExitCode::Success)
    })
}
