//! Flags about how the script runs, which are no options of the test: its environment, its
//! kind, its memory, what is shown at the end.

use std::path::PathBuf;

use runner_session::{CatalogSettings, ForkMode};

use super::{ArgsError, ExtensionArgs, values};

const DEFAULT_VU_MEMORY: u64 = 256 << 20;
const MODES: [(&str, SummaryMode); 3] = [
    ("compact", SummaryMode::Compact),
    ("full", SummaryMode::Full),
    ("disabled", SummaryMode::Disabled),
];
const COMPATIBILITY: [(&str, CompatibilityMode); 2] = [
    ("extended", CompatibilityMode::Extended),
    ("base", CompatibilityMode::Base),
];
const FORKS: [(&str, ForkMode); 3] = [
    ("auto", ForkMode::Auto),
    ("always", ForkMode::Always),
    ("never", ForkMode::Never),
];
const TYPES: [(&str, ScriptType); 3] = [
    ("js", ScriptType::Js),
    ("wasm", ScriptType::Wasm),
    ("archive", ScriptType::Archive),
];

/// As typed.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Runtime options")]
pub struct RuntimeArgs {
    /// Variable for the script's __ENV as NAME=VALUE; repeat for more
    #[arg(short, long = "env", value_name = "NAME=VALUE", value_parser = values::variable)]
    pub env: Vec<(String, String)>,
    /// Whether the script sees the system's environment variables, which it does in `run` and
    /// nowhere else [env: K6_INCLUDE_SYSTEM_ENV_VARS]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = values::boolean)]
    pub include_system_env_vars: Option<bool>,
    /// JavaScript: extended has `global` too, base has not [env: K6_COMPATIBILITY_MODE]
    #[arg(long, value_name = "MODE")]
    pub compatibility_mode: Option<String>,
    /// What FILE is, js, wasm or archive, instead of finding out [env: K6_TYPE]
    #[arg(short = 't', long = "type", value_name = "TYPE")]
    pub script_type: Option<String>,
    /// Memory that one VU may use, 256MiB by default [env: RUNNER_VU_MEMORY]
    #[arg(long, value_name = "SIZE", value_parser = values::size)]
    pub vu_memory: Option<u64>,
    /// Start VUs from an image of the initialised script: auto does where nobody can tell and it
    /// is worth it, always wherever nobody can tell, never not [env: RUNNER_FORK]
    #[arg(long, value_name = "MODE")]
    pub fork: Option<String>,
    #[command(flatten)]
    pub extensions: ExtensionArgs,
}

/// Only for `run`.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Summary options")]
pub struct SummaryArgs {
    /// The summary at the end: compact, full or disabled [env: K6_SUMMARY_MODE]
    #[arg(long, value_name = "MODE")]
    pub summary_mode: Option<String>,
    /// Also write the summary to FILE, as JSON [env: K6_SUMMARY_EXPORT]
    #[arg(long, value_name = "FILE")]
    pub summary_export: Option<PathBuf>,
    /// Also write a report to FILE, as JUnit XML: a test case per threshold, and one for the run
    /// [env: RUNNER_JUNIT]
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Give handleSummary() and --summary-export the new shape, which has a version
    /// [env: K6_NEW_MACHINE_READABLE_SUMMARY]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = values::boolean)]
    pub new_machine_readable_summary: Option<bool>,
    /// Do not evaluate thresholds [env: K6_NO_THRESHOLDS]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = values::boolean)]
    pub no_thresholds: Option<bool>,
    /// Exit with code 107 where an iteration failed, which by itself does not fail a test
    /// [env: RUNNER_FAIL_ON_EXCEPTIONS]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = values::boolean)]
    pub fail_on_exceptions: Option<bool>,
    /// After the test, wait for Ctrl-C before the thresholds and the summary, so that the REST
    /// API can still be asked [env: K6_LINGER]
    #[arg(short, long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = values::boolean)]
    pub linger: Option<bool>,
    /// Accepted because k6 has it; runner never sends a usage report
    /// [env: K6_NO_USAGE_REPORT]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = values::boolean)]
    pub no_usage_report: Option<bool>,
}

/// Which globals JavaScript has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompatibilityMode {
    /// With `global`.
    Extended,
    /// Without.
    Base,
}

/// What a script file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScriptType {
    /// JavaScript or TypeScript.
    Js,
    /// A component.
    Wasm,
    /// A tar archive with a script and its files.
    Archive,
}

/// How much the end-of-test summary shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SummaryMode {
    /// Totals.
    Compact,
    /// Groups and scenarios too.
    Full,
    /// Nothing; `handleSummary()` is not called either.
    Disabled,
}

/// As meant: flags, then variables, then defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuntimeOptions {
    /// From `-e`, in order; later ones win.
    pub env: Vec<(String, String)>,
    /// Whether the system's environment lies below `env`.
    pub include_system_env: bool,
    /// Which globals JavaScript has, where somebody said so: an archive has a say too.
    pub compatibility_mode: Option<CompatibilityMode>,
    /// What the file is; none finds out.
    pub script_type: Option<ScriptType>,
    /// Most bytes of memory of one VU.
    pub vu_memory: u64,
    /// Whether VUs start from an image.
    pub fork: ForkMode,
    /// Extensions and what they may reach.
    pub extensions: CatalogSettings,
    /// How much the summary shows.
    pub summary_mode: SummaryMode,
    /// Where the summary goes as JSON.
    pub summary_export: Option<PathBuf>,
    /// The file for the report as JUnit XML.
    pub junit: Option<PathBuf>,
    /// Whether data of the summary has the new shape.
    pub machine_readable_summary: bool,
    /// Thresholds are neither validated nor evaluated.
    pub no_thresholds: bool,
    /// The run fails where an iteration did.
    pub fail_on_exceptions: bool,
    /// Wait before thresholds and summary; none leaves it to the config file.
    pub linger: Option<bool>,
    /// The feature `freeze-env` is on; flags alone do not say it, so the command sets it.
    pub freeze_env: bool,
}

impl CompatibilityMode {
    /// By its name in flags and archives.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "extended" => Some(Self::Extended),
            // The deprecated third mode added what is always there to base.
            "base" | "experimental_enhanced" => Some(Self::Base),
            _ => None,
        }
    }
}

impl RuntimeArgs {
    /// Adds the environment, which `get` looks up. `summary` are the flags that only `run`
    /// has; `include_system_env` is what the command does without being told.
    ///
    /// # Errors
    /// For values that do not exist.
    pub fn resolve(
        &self,
        summary: &SummaryArgs,
        include_system_env: bool,
        get: impl Fn(&str) -> Option<String>,
    ) -> Result<RuntimeOptions, ArgsError> {
        let get = |name: &str| get(name).filter(|value| !value.is_empty());
        let flag = |given: Option<bool>, name: &'static str, default: bool| match given {
            Some(given) => Ok(given),
            None => variable(name, "true or false", default, get(name), |text| {
                values::boolean(text).ok()
            }),
        };
        let vu_memory = match self.vu_memory {
            Some(bytes) => bytes,
            None => {
                let name = "RUNNER_VU_MEMORY";
                let expected = "a size such as 64MiB, more than 0";
                variable(name, expected, DEFAULT_VU_MEMORY, get(name), |text| {
                    values::size(text).ok()
                })?
            }
        };
        // There is nothing to turn off, but a value that cannot be is still a mistake.
        flag(summary.no_usage_report, "K6_NO_USAGE_REPORT", false)?;
        let compatibility = named(
            "--compatibility-mode",
            "K6_COMPATIBILITY_MODE",
            &self.compatibility_mode,
            get,
        );
        Ok(RuntimeOptions {
            env: values::named(&self.env),
            include_system_env: flag(
                self.include_system_env_vars,
                "K6_INCLUDE_SYSTEM_ENV_VARS",
                include_system_env,
            )?,
            compatibility_mode: match compatibility
                .1
                .as_deref()
                .and_then(CompatibilityMode::parse)
            {
                Some(mode) => Some(mode),
                None => one_of(compatibility, &COMPATIBILITY)?,
            },
            script_type: one_of(named("--type", "K6_TYPE", &self.script_type, get), &TYPES)?,
            vu_memory,
            fork: one_of(named("--fork", "RUNNER_FORK", &self.fork, get), &FORKS)?
                .unwrap_or(ForkMode::Auto),
            extensions: self.extensions.settings(),
            summary_mode: summary_mode(named(
                "--summary-mode",
                "K6_SUMMARY_MODE",
                &summary.summary_mode,
                get,
            ))?,
            summary_export: summary
                .summary_export
                .clone()
                .or_else(|| get("K6_SUMMARY_EXPORT").map(PathBuf::from))
                .filter(|file| !file.as_os_str().is_empty()),
            junit: summary
                .junit
                .clone()
                .or_else(|| get("RUNNER_JUNIT").map(PathBuf::from))
                .filter(|file| !file.as_os_str().is_empty()),
            machine_readable_summary: flag(
                summary.new_machine_readable_summary,
                "K6_NEW_MACHINE_READABLE_SUMMARY",
                false,
            )?,
            no_thresholds: flag(summary.no_thresholds, "K6_NO_THRESHOLDS", false)?,
            fail_on_exceptions: flag(
                summary.fail_on_exceptions,
                "RUNNER_FAIL_ON_EXCEPTIONS",
                false,
            )?,
            linger: match summary.linger {
                Some(linger) => Some(linger),
                None => variable(
                    "K6_LINGER",
                    "true or false",
                    None,
                    get("K6_LINGER"),
                    |text| values::boolean(text).ok().map(Some),
                )?,
            },
            freeze_env: false,
        })
    }
}

/// The flag's value, or else the variable's, with the name of where it is from. An empty one says
/// nothing.
fn named(
    flag: &'static str,
    variable: &'static str,
    given: &Option<String>,
    get: impl Fn(&str) -> Option<String>,
) -> (&'static str, Option<String>) {
    match given.as_ref().filter(|given| !given.is_empty()) {
        Some(given) => (flag, Some(given.clone())),
        None => (variable, get(variable)),
    }
}

fn variable<T>(
    name: &str,
    expected: &'static str,
    default: T,
    value: Option<String>,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, ArgsError> {
    let Some(found) = value else {
        return Ok(default);
    };
    parse(&found).ok_or_else(|| ArgsError::Value {
        name: name.to_owned(),
        expected: expected.to_owned(),
        found,
    })
}

/// What was said, where anything was.
fn one_of<T: Clone>(
    (name, found): (&'static str, Option<String>),
    choices: &[(&str, T)],
) -> Result<Option<T>, ArgsError> {
    found
        .map(|found| values::choice(name, found, choices))
        .transpose()
}

fn summary_mode(said: (&'static str, Option<String>)) -> Result<SummaryMode, ArgsError> {
    if let (name, Some("legacy")) = (said.0, said.1.as_deref()) {
        return Err(ArgsError::Value {
            name: name.to_owned(),
            expected: "compact (all figures of the legacy one), full or disabled".to_owned(),
            found: "legacy".to_owned(),
        });
    }
    Ok(one_of(said, &MODES)?.unwrap_or(SummaryMode::Compact))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_variables_flags() {
        let none = |_: &str| None;
        let args = RuntimeArgs::default();
        let summary = SummaryArgs::default();
        let options = args.resolve(&summary, true, none).unwrap();
        assert_eq!(options.vu_memory, 256 << 20);
        assert!(options.include_system_env && !options.no_thresholds);
        assert_eq!(options.summary_mode, SummaryMode::Compact);

        let env = |name: &str| match name {
            "RUNNER_VU_MEMORY" => Some("64MiB".to_owned()),
            "RUNNER_FORK" => Some("never".to_owned()),
            "K6_SUMMARY_MODE" => Some("full".to_owned()),
            "K6_INCLUDE_SYSTEM_ENV_VARS" => Some("false".to_owned()),
            "K6_NO_THRESHOLDS" => Some("1".to_owned()),
            "RUNNER_FAIL_ON_EXCEPTIONS" => Some("true".to_owned()),
            "K6_LINGER" => Some("true".to_owned()),
            "K6_SUMMARY_EXPORT" => Some("s.json".to_owned()),
            "K6_NEW_MACHINE_READABLE_SUMMARY" => Some("true".to_owned()),
            _ => None,
        };
        let options = args.resolve(&summary, true, env).unwrap();
        assert_eq!(options.vu_memory, 64 << 20);
        assert_eq!(options.fork, ForkMode::Never);
        assert_eq!(options.summary_mode, SummaryMode::Full);
        assert!(!options.include_system_env && options.no_thresholds);
        assert!(options.fail_on_exceptions);
        assert_eq!(options.linger, Some(true));
        assert_eq!(options.summary_export, Some(PathBuf::from("s.json")));
        assert!(options.machine_readable_summary);

        let mode = |said: &str| {
            let summary = SummaryArgs {
                summary_mode: Some(said.to_owned()),
                ..SummaryArgs::default()
            };
            let options = args.resolve(&summary, false, env)?;
            Ok::<_, ArgsError>(options.summary_mode)
        };
        assert_eq!(mode("disabled").unwrap(), SummaryMode::Disabled);
        assert_eq!(mode("").unwrap(), SummaryMode::Full);
        let legacy = mode("legacy").unwrap_err().to_string();
        assert!(
            legacy.contains("--summary-mode must be compact (all figures"),
            "{legacy}"
        );
    }

    #[test]
    fn wrong_values_are_usage_errors() {
        let args = RuntimeArgs::default();
        for name in [
            "RUNNER_VU_MEMORY",
            "K6_SUMMARY_MODE",
            "K6_INCLUDE_SYSTEM_ENV_VARS",
            "K6_NO_THRESHOLDS",
            "RUNNER_FAIL_ON_EXCEPTIONS",
            "K6_LINGER",
            "K6_NO_USAGE_REPORT",
            "K6_COMPATIBILITY_MODE",
            "K6_TYPE",
            "RUNNER_FORK",
        ] {
            let env = |asked: &str| (asked == name).then(|| "x".to_owned());
            let error = args
                .resolve(&SummaryArgs::default(), true, env)
                .unwrap_err();
            assert!(error.to_string().starts_with(name), "{error}");
            assert_eq!(error.exit_code().code(), 255);
        }
    }
}
