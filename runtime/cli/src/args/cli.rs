//! The command line as a whole.

use super::{BuildArgs, GlobalArgs, InspectArgs, RunArgs, TargetArgs, VersionArgs};

/// Load testing with scripts in JavaScript, TypeScript, Rust or any language that compiles to a
/// WebAssembly component.
#[derive(Debug, Clone, clap::Parser)]
#[command(
    name = "runner",
    version,
    disable_help_subcommand = true,
    max_term_width = 100
)]
pub struct Cli {
    #[command(flatten)]
    pub global: GlobalArgs,
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Command {
    /// Run a load test
    #[command(after_help = RUN_EXAMPLES)]
    Run(Box<RunArgs>),
    /// Make one self-contained component out of a script
    Build(BuildArgs),
    /// Show what a script or component is: its kind, imports, functions and options
    Inspect(InspectArgs),
    /// Start an HTTP server to test against, with the endpoints of httpbin
    Target(TargetArgs),
    /// Show the version
    Version(VersionArgs),
}

const RUN_EXAMPLES: &str = "\
Examples:
  runner run script.js                    one VU, one iteration, or what the script's options say
  runner run -u 5 -i 10 script.js         5 VUs share 10 iterations
  runner run -u 5 -d 10s script.js        5 VUs loop for 10 seconds
  runner run -s 10s:100,1m:100,10s:0 script.js   ramp to 100 VUs, stay there, ramp down
  runner run -e URL=http://localhost:8080 test.wasm

Flags go before environment variables (K6_...), those before the script's options, and those
before the config file.";
