//! Arguments of the small commands around the tool itself.

use std::ffi::OsString;

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
