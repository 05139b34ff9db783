//! Arguments of the commands that write or look into scripts: `archive`, `deps`, `new`.

use std::path::PathBuf;

use runner_plan::Options;

use super::runtime::SummaryArgs;
use super::{ArgsError, OptionArgs, RuntimeArgs, RuntimeOptions};

/// `runner archive`.
#[derive(Debug, Clone, clap::Args)]
pub struct ArchiveArgs {
    /// Script (.js, .mjs, .ts), component (.wasm), archive (.tar), https:// URL of one of them,
    /// or - for standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The archive to write; - is standard output
    #[arg(short = 'O', long, value_name = "FILE", default_value = "archive.tar")]
    pub archive_out: PathBuf,
    /// Leave out the script's environment: what -e and the system give it
    #[arg(long)]
    pub exclude_env_vars: bool,
    #[command(flatten)]
    pub options: OptionArgs,
    #[command(flatten)]
    pub runtime: RuntimeArgs,
    #[command(flatten)]
    pub summary: SummaryArgs,
}

impl ArchiveArgs {
    /// The command line's layer of options.
    pub fn options(&self) -> Options {
        self.options.to_options()
    }

    /// Everything else, with the environment, which `env` looks up. The script does not see the
    /// system's environment by itself.
    ///
    /// # Errors
    /// For values that do not exist.
    pub fn runtime(
        &self,
        env: impl Fn(&str) -> Option<String>,
    ) -> Result<RuntimeOptions, ArgsError> {
        self.runtime.resolve(&self.summary, false, env)
    }
}

/// `runner deps`.
#[derive(Debug, Clone, clap::Args)]
pub struct DepsArgs {
    /// Script (.js, .mjs, .ts), archive (.tar), https:// URL of one of them, or - for standard
    /// input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// As a JSON object
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub runtime: RuntimeArgs,
}

impl DepsArgs {
    /// As [`ArchiveArgs::runtime`].
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

/// What is to be written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ProjectKind {
    /// A load test
    #[default]
    Script,
    /// A module for scripts, imported as k6/x/NAME: a project folder
    Extension,
    /// Something that gets every sample, for --out: a project folder
    Output,
}

/// What it is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// JavaScript
    Js,
    /// TypeScript; scripts only
    Ts,
    /// Rust: a project folder, as for all that follow
    Rust,
    /// C
    C,
    /// C++; extensions only
    #[value(alias = "c++")]
    Cpp,
    /// Go
    Go,
    /// Python
    Python,
    /// Zig; extensions only
    Zig,
}

/// `runner new`.
#[derive(Debug, Clone, clap::Args)]
pub struct NewArgs {
    /// The script to write, or the folder of the project: script.js, script.ts, load-test,
    /// my-extension or my-output; of a project, test.rs is the folder test
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// What to write
    #[arg(long, value_name = "KIND", value_enum, default_value_t)]
    pub kind: ProjectKind,
    /// Overwrite what is there
    #[arg(short, long)]
    pub force: bool,
    /// What to start from: minimal, protocol, or a file of your own (with a slash in its path),
    /// in which {{ .ScriptName }} and {{ .ProjectID }} are filled in
    #[arg(long, value_name = "TEMPLATE", default_value = "minimal")]
    pub template: String,
    /// The language; without it, the ending of FILE decides
    #[arg(long, value_name = "LANGUAGE", value_enum)]
    pub lang: Option<Language>,
    /// The number that {{ .ProjectID }} stands for in templates of your own
    #[arg(long, value_name = "ID")]
    pub project_id: Option<String>,
    /// A folder with the Rust SDK to use in place of the one that comes with runner
    #[arg(
        long,
        value_name = "FOLDER",
        env = "RUNNER_SDK_RUST",
        hide_env_values = true
    )]
    pub sdk: Option<PathBuf>,
}
