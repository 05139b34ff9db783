//! `runner version`

use serde_json::json;

use super::CommandError;
use super::print::print;
use crate::args::VersionArgs;
use crate::exit_code::ExitCode;

/// Prints the version, also as JSON.
pub fn version(args: &VersionArgs) -> Result<ExitCode, CommandError> {
    let version = env!("CARGO_PKG_VERSION");
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    if args.json {
        print(&json!({ "version": version, "os": os, "arch": arch }).to_string())?;
    } else {
        print(&format!("runner {version} ({os}/{arch})"))?;
    }
    Ok(ExitCode::Success)
}
