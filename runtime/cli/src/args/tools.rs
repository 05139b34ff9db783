//! Arguments of the small commands around the tool itself.

use std::ffi::OsString;
use std::path::PathBuf;

/// `runner features`.
#[derive(Debug, Clone, clap::Args)]
pub struct FeaturesArgs {
    /// As a JSON list
    #[arg(long)]
    pub json: bool,
}

/// `runner completion`.
#[derive(Debug, Clone, clap::Args)]
pub struct CompletionArgs {
    /// The shell
    #[arg(value_name = "SHELL", value_parser = ["bash", "fish", "powershell", "zsh"])]
    pub shell: String,
}

/// `runner manual`.
#[derive(Debug, Clone, clap::Args)]
pub struct ManualArgs {
    /// Where to write a man page per command
    #[arg(value_name = "FOLDER", required_unless_present = "markdown")]
    pub folder: Option<PathBuf>,
    /// Print the commands as a chapter in Markdown instead
    #[arg(long, conflicts_with = "folder")]
    pub markdown: bool,
}

/// Whatever stands behind a command that is not there.
#[derive(Debug, Clone, clap::Args)]
pub struct RemovedArgs {
    /// Anything.
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "ARGS"
    )]
    pub rest: Vec<OsString>,
}
