//! Arguments of each command.

use std::net::IpAddr;
use std::path::PathBuf;

use runner_plan::Options;

use super::runtime::SummaryArgs;
use super::{ArgsError, FeatureArgs, OptionArgs, OutputArgs, RuntimeArgs, RuntimeOptions};

/// `runner run`.
#[derive(Debug, Clone, clap::Args)]
pub struct RunArgs {
    /// Script (.js, .mjs, .ts), component (.wasm), archive (.tar), https:// URL of one of them,
    /// or - for standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub options: OptionArgs,
    #[command(flatten)]
    pub runtime: RuntimeArgs,
    #[command(flatten)]
    pub summary: SummaryArgs,
    #[command(flatten)]
    pub outputs: OutputArgs,
    #[command(flatten)]
    pub features: FeatureArgs,
}

impl RunArgs {
    /// The command line's layer of options.
    pub fn options(&self) -> Options {
        self.options.to_options()
    }

    /// Everything else, with the environment, which `env` looks up.
    ///
    /// # Errors
    /// For values that do not exist.
    pub fn runtime(
        &self,
        env: impl Fn(&str) -> Option<String>,
    ) -> Result<RuntimeOptions, ArgsError> {
        self.runtime.resolve(&self.summary, true, env)
    }
}

/// `runner build`.
#[derive(Debug, Clone, clap::Args)]
pub struct BuildArgs {
    /// Script (.js, .mjs, .ts), component (.wasm) that imports extensions, archive (.tar) or
    /// https:// URL of one of them, - for standard input, or a core module (.wasm) to make a
    /// component of
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The component to write
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// What a core module implements: the folder of its WIT files, unless the module says it
    #[arg(long, value_name = "FOLDER")]
    pub wit: Option<PathBuf>,
    /// Which world of the WIT package, where there are several
    #[arg(long, value_name = "NAME", requires = "wit")]
    pub world: Option<String>,
    #[command(flatten)]
    pub runtime: RuntimeArgs,
}

impl BuildArgs {
    /// As [`RunArgs::runtime`]; the script does not see the system's environment by itself.
    ///
    /// # Errors
    /// For values that do not exist.
    pub fn runtime(
        &self,
        env: impl Fn(&str) -> Option<String>,
    ) -> Result<RuntimeOptions, ArgsError> {
        self.runtime.resolve(&SummaryArgs::default(), false, env)
    }
}

/// `runner inspect`.
#[derive(Debug, Clone, clap::Args)]
pub struct InspectArgs {
    /// Script (.js, .mjs, .ts), component (.wasm), archive (.tar), https:// URL of one of them,
    /// or - for standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Resolve shortcuts and defaults, and add how long the test takes and how many VUs it
    /// needs
    #[arg(long)]
    pub execution_requirements: bool,
    /// Of a component, also what it exports, and the options that are not set
    #[arg(long)]
    pub all: bool,
    /// Write an extension's TypeScript declarations, to NAME.d.ts beside it unless a FILE is given
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true,
          default_missing_value = ".")]
    pub types: Option<PathBuf>,
    #[command(flatten)]
    pub runtime: RuntimeArgs,
}

impl InspectArgs {
    /// As [`RunArgs::runtime`]; the script does not see the system's environment by itself.
    ///
    /// # Errors
    /// For values that do not exist.
    pub fn runtime(
        &self,
        env: impl Fn(&str) -> Option<String>,
    ) -> Result<RuntimeOptions, ArgsError> {
        self.runtime.resolve(&SummaryArgs::default(), false, env)
    }
}

/// `runner target`.
#[derive(Debug, Clone, clap::Args)]
pub struct TargetArgs {
    /// Address to listen on; anything but loopback offers the server to others
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub host: IpAddr,
    /// Port for HTTP/1.1 and HTTP/2 without TLS; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    pub port: u16,
    /// Port for TLS with a generated certificate; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 8443)]
    pub tls_port: u16,
    /// No TLS
    #[arg(long, conflicts_with = "tls_port")]
    pub no_tls: bool,
}

/// `runner version`.
#[derive(Debug, Clone, clap::Args)]
pub struct VersionArgs {
    /// As a JSON object
    #[arg(long)]
    pub json: bool,
}
