//! Flags that every command has: how much is shown, where logs go, which config file.

use std::path::PathBuf;

use super::ArgsError;
use super::values::choice;
use crate::logging::{LogFormat, LogOutput};

/// As typed.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct GlobalArgs {
    /// HOST:PORT of the REST API: `run` offers it there, without the flag or with "" not at all;
    /// status, pause, resume, scale and stats look for it there [env: K6_ADDRESS]
    #[arg(
        short,
        long,
        global = true,
        value_name = "ADDRESS",
        help_heading = "Global options"
    )]
    pub address: Option<String>,
    /// JSON file with options; by default ~/.config/runner/config.json, where there is one
    /// [env: K6_CONFIG]
    #[arg(
        short,
        long,
        global = true,
        value_name = "FILE",
        help_heading = "Global options"
    )]
    pub config: Option<PathBuf>,
    /// Where logs go: stderr, stdout, none, or file=PATH[,level=LEVEL] [env: K6_LOG_OUTPUT]
    #[arg(
        long,
        global = true,
        value_name = "OUTPUT",
        help_heading = "Global options"
    )]
    pub log_output: Option<String>,
    /// How logs look: text, json or raw [env: K6_LOG_FORMAT]
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        help_heading = "Global options"
    )]
    pub log_format: Option<String>,
    /// No colours [env: K6_NO_COLOR, NO_COLOR]
    #[arg(long, global = true, help_heading = "Global options")]
    pub no_color: bool,
    /// No banner, description and progress; the summary stays
    #[arg(short, long, global = true, help_heading = "Global options")]
    pub quiet: bool,
    /// Log debug messages too
    #[arg(short, long, global = true, help_heading = "Global options")]
    pub verbose: bool,
}

/// As meant: flags, then variables, then defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlobalOptions {
    /// Where the REST API is, if anybody said.
    pub address: Option<RestAddress>,
    /// The config file that was asked for; it must exist.
    pub config: Option<PathBuf>,
    /// Where logs go.
    pub log_output: LogOutput,
    /// How logs look.
    pub log_format: LogFormat,
    /// No colours anywhere.
    pub no_color: bool,
    /// No banner, description and progress.
    pub quiet: bool,
    /// Debug messages too.
    pub verbose: bool,
}

/// Where the REST API is to be, not looked at yet: what a wrong one means depends on the command
/// and on who said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestAddress {
    /// As given.
    pub text: String,
    /// By `--address`, not by `K6_ADDRESS`.
    pub is_flag: bool,
}

impl GlobalArgs {
    /// Adds the environment, which `env` looks up.
    ///
    /// # Errors
    /// For log outputs and formats that do not exist.
    pub fn resolve(
        &self,
        env: impl Fn(&str) -> Option<String>,
    ) -> Result<GlobalOptions, ArgsError> {
        let set = |name: &str| env(name).filter(|value| !value.is_empty());
        let log_output = self.log_output.clone().or_else(|| set("K6_LOG_OUTPUT"));
        let log_format = self.log_format.clone().filter(|format| !format.is_empty());
        let log_format = log_format.or_else(|| set("K6_LOG_FORMAT"));
        let said = |text, is_flag| RestAddress { text, is_flag };
        let address = match self.address.clone() {
            // Said to be nowhere, whatever the variable says.
            Some(text) if text.is_empty() => None,
            Some(text) => Some(said(text, true)),
            None => set("K6_ADDRESS").map(|text| said(text, false)),
        };
        Ok(GlobalOptions {
            address,
            config: self
                .config
                .clone()
                .or_else(|| set("K6_CONFIG").map(PathBuf::from)),
            log_output: log_output.map_or(Ok(LogOutput::Stderr), parse_output)?,
            log_format: log_format.map_or(Ok(LogFormat::Text), parse_format)?,
            // The mere presence of NO_COLOR is enough, by that variable's convention.
            no_color: self.no_color || set("K6_NO_COLOR").is_some() || env("NO_COLOR").is_some(),
            quiet: self.quiet,
            verbose: self.verbose,
        })
    }
}

fn parse_output(text: String) -> Result<LogOutput, ArgsError> {
    text.parse().map_err(|_| ArgsError::Value {
        name: "--log-output".to_owned(),
        expected: "stderr, stdout, none, or file=PATH with ,level=LEVEL where wanted".to_owned(),
        found: text,
    })
}

fn parse_format(text: String) -> Result<LogFormat, ArgsError> {
    let formats = ["text", "json", "raw"].map(|name| (name, name));
    choice("--log-format", text, &formats).map(LogFormat::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logging::Level;

    #[test]
    fn flags_before_variables() {
        let args = GlobalArgs {
            log_format: Some("raw".to_owned()),
            ..GlobalArgs::default()
        };
        let env = |name: &str| match name {
            "K6_LOG_FORMAT" => Some("json".to_owned()),
            "K6_LOG_OUTPUT" => Some("file=a.log,level=warn".to_owned()),
            "NO_COLOR" => Some(String::new()),
            "K6_ADDRESS" => Some("localhost:1".to_owned()),
            _ => None,
        };
        let options = args.resolve(env).unwrap();
        let address = |args: &GlobalArgs| args.resolve(env).unwrap().address.unwrap();
        assert!(!address(&args).is_flag);
        let flag = GlobalArgs {
            address: Some(":2".to_owned()),
            ..args
        };
        assert_eq!(
            address(&flag),
            RestAddress {
                text: ":2".to_owned(),
                is_flag: true
            }
        );
        assert_eq!(options.log_format, LogFormat::Raw);
        let level = Some(Level::Warning);
        assert_eq!(
            options.log_output,
            LogOutput::File {
                path: "a.log".into(),
                level
            }
        );
        assert!(options.no_color && !options.quiet);
        let nowhere = GlobalArgs {
            address: Some(String::new()),
            ..GlobalArgs::default()
        };
        assert_eq!(nowhere.resolve(env).unwrap().address, None);
    }

    #[test]
    fn outputs_that_do_not_exist() {
        for wrong in ["x", "file=", "file=a,b", "file=a,level=loud", "loki"] {
            let args = GlobalArgs {
                log_output: Some(wrong.to_owned()),
                ..GlobalArgs::default()
            };
            let error = args.resolve(|_| None).unwrap_err();
            assert_eq!(error.exit_code().code(), 255, "{wrong}");
        }
    }
}
