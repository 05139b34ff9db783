//! `runner version`

use serde_json::json;

use crate::args::VersionArgs;
use crate::exit_code::ExitCode;

/// Prints the version, also as JSON.
pub fn version(args: &VersionArgs) -> ExitCode {
    let version = env!("CARGO_PKG_VERSION");
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    if args.json {
        println!("{}", json!({ "version": version, "os": os, "arch": arch }));
    } else {
        println!("runner {version} ({os}/{arch})");
    }
    ExitCode::Success
}
