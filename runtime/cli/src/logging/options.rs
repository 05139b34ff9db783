//! What a user can say about logs: `--log-output`, `--log-format`, `--console-output`, `-v`.

use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// How bad it is; the worst is the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something failed.
    Error,
    /// Something is suspicious.
    Warning,
    /// The normal case.
    Info,
    /// Only with `--verbose`.
    Debug,
}

impl Level {
    /// The name in `level=` and in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
            Self::Debug => "debug",
        }
    }
}

impl FromStr for Level {
    type Err = LogConfigError;

    fn from_str(text: &str) -> Result<Self, LogConfigError> {
        match text.to_ascii_lowercase().as_str() {
            "error" | "fatal" | "panic" => Ok(Self::Error),
            "warning" | "warn" => Ok(Self::Warning),
            "info" => Ok(Self::Info),
            "debug" | "trace" => Ok(Self::Debug),
            _ => Err(LogConfigError::Level(text.to_owned())),
        }
    }
}

/// `--log-format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// Readable on a terminal, `key=value` elsewhere. Also what any unknown name means.
    #[default]
    Text,
    /// One object per line.
    Json,
    /// The message alone.
    Raw,
}

impl From<&str> for LogFormat {
    fn from(text: &str) -> Self {
        match text {
            "json" => Self::Json,
            "raw" => Self::Raw,
            _ => Self::Text,
        }
    }
}

/// `--log-output`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum LogOutput {
    /// The default.
    #[default]
    Stderr,
    /// Between progress and summary.
    Stdout,
    /// No logs at all.
    None,
    /// Appended to a file.
    File {
        /// The file, made when missing; its folder must exist.
        path: PathBuf,
        /// Records that are less bad stay out.
        level: Option<Level>,
    },
}

impl FromStr for LogOutput {
    type Err = LogConfigError;

    fn from_str(text: &str) -> Result<Self, LogConfigError> {
        match text {
            "stderr" => return Ok(Self::Stderr),
            "stdout" => return Ok(Self::Stdout),
            "none" => return Ok(Self::None),
            _ => {}
        }
        let Some(arguments) = text
            .strip_prefix("file=")
            .or((text == "file").then_some(""))
        else {
            return Err(LogConfigError::Output(text.to_owned()));
        };
        let mut arguments = arguments.split(',');
        let path = arguments.next().unwrap_or_default();
        if path.is_empty() {
            return Err(LogConfigError::NoPath);
        }
        let mut level = None;
        for argument in arguments {
            match argument.split_once('=') {
                Some(("level", name)) => level = Some(name.parse()?),
                Some((key, _)) => return Err(LogConfigError::Key(key.to_owned())),
                None => return Err(LogConfigError::Key(argument.to_owned())),
            }
        }
        Ok(Self::File {
            path: path.into(),
            level,
        })
    }
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogOptions {
    /// Records that are less bad are not written: `Debug` with `--verbose`, else `Info`.
    pub level: Level,
    /// How records look.
    pub format: LogFormat,
    /// Where they go.
    pub output: LogOutput,
    /// Colours are wanted; they are used on terminals only.
    pub color: bool,
    /// Where the script's console goes instead.
    pub console_output: Option<PathBuf>,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self {
            level: Level::Info,
            format: LogFormat::Text,
            output: LogOutput::Stderr,
            color: true,
            console_output: None,
        }
    }
}

/// What can be wrong with the options.
#[derive(Debug, thiserror::Error)]
pub enum LogConfigError {
    /// `--log-output` names something else.
    #[error("unsupported log output '{0}', use stderr, stdout, none or file=PATH[,level=LEVEL]")]
    Output(String),
    /// `--log-output=file` without a path.
    #[error("log output 'file' has no path, use file=PATH")]
    NoPath,
    /// A key of the file output other than `level`.
    #[error("unknown logfile config key {0}, the only one is level")]
    Key(String),
    /// A level that does not exist.
    #[error("unknown log level {0}, use error, warning, info or debug")]
    Level(String),
    /// The file's folder is missing.
    #[error("provided directory '{}' does not exist", .0.display())]
    NoFolder(PathBuf),
    /// The file cannot be opened.
    #[error("cannot open log file '{}'", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The writer cannot be started.
    #[error("cannot start the log writer")]
    Thread(#[source] io::Error),
}

impl LogConfigError {
    pub(super) fn open(path: &Path, source: io::Error) -> Self {
        match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() && !folder.exists() => {
                Self::NoFolder(folder.to_owned())
            }
            _ => Self::Open {
                path: path.to_owned(),
                source,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs() {
        let parse = |text: &str| text.parse::<LogOutput>();
        assert_eq!(parse("stdout").unwrap(), LogOutput::Stdout);
        assert_eq!(parse("none").unwrap(), LogOutput::None);
        let file = LogOutput::File {
            path: "a/b.log".into(),
            level: Some(Level::Warning),
        };
        assert_eq!(parse("file=a/b.log,level=warn").unwrap(), file);
        let messages = [
            ("bogus", "unsupported log output 'bogus'"),
            ("file=", "log output 'file' has no path"),
            ("file", "log output 'file' has no path"),
            ("file=x,lvl=debug", "unknown logfile config key lvl"),
            ("file=x,level=bogus", "unknown log level bogus"),
        ];
        for (text, message) in messages {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }

    #[test]
    fn a_missing_folder_is_named() {
        let output = LogOutput::File {
            path: "/does/not/exist/log".into(),
            level: None,
        };
        let options = LogOptions {
            output,
            ..LogOptions::default()
        };
        let error = crate::logging::Logger::new(options).err().unwrap();
        assert_eq!(
            error.to_string(),
            "provided directory '/does/not/exist' does not exist"
        );
    }
}
