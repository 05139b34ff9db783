//! Arguments of the commands that write what scripts and extensions are developed with: `types`,
//! `wit`, `bindings`.

use std::path::PathBuf;

use super::ExtensionArgs;
use super::projects::ProjectKind;

/// `runner types`.
#[derive(Debug, Clone, clap::Args)]
pub struct TypesArgs {
    /// The folder to write into
    #[arg(value_name = "DIR", default_value = "types")]
    pub dir: PathBuf,
    #[command(flatten)]
    pub extensions: ExtensionNames,
}

/// Names of extensions, and nothing of what they may reach.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ExtensionNames {
    /// Extension that scripts import as k6/x/NAME; repeat for more. Also written: those in
    /// runner.toml and in ./extensions/
    #[arg(long = "ext", visible_alias = "types", value_name = "NAME=FILE",
          value_parser = super::extensions::named)]
    named: Vec<(String, PathBuf)>,
}

impl ExtensionNames {
    /// As the flags of a run.
    pub fn settings(&self) -> runner_session::CatalogSettings {
        let args = ExtensionArgs {
            extensions: self.named.clone(),
            ..ExtensionArgs::default()
        };
        args.settings()
    }
}

/// `runner wit`.
#[derive(Debug, Clone, clap::Args)]
pub struct WitArgs {
    /// The folder to write into; what other files are there is left alone
    #[arg(value_name = "DIR", default_value = "wit")]
    pub dir: PathBuf,
    /// What is made by it: decides which world is written where DIR has no WIT file yet
    #[arg(long, value_name = "KIND", value_enum, default_value_t)]
    pub kind: ProjectKind,
}

/// What bindings are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum BindingsFor {
    /// C, and what can include its headers, such as Zig
    C,
    /// C++20 with std::expected
    #[value(alias = "c++")]
    Cpp,
    /// Go, for the compiler of golang.org
    Go,
}

/// `runner bindings`.
#[derive(Debug, Clone, clap::Args)]
pub struct BindingsArgs {
    /// What the bindings are written in
    #[arg(value_name = "LANGUAGE", value_enum)]
    pub language: BindingsFor,
    /// The folder of the WIT files
    #[arg(value_name = "WIT", default_value = "wit")]
    pub wit: PathBuf,
    /// The folder to write into
    #[arg(short, long, value_name = "DIR", default_value = "bindings")]
    pub output: PathBuf,
    /// Which world of the WIT package, where there are several
    #[arg(long, value_name = "NAME")]
    pub world: Option<String>,
}
