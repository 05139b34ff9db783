//! Parses the command line and says how a wrong one ends: with exit code 255, as in k6, and not
//! with clap's 2.

use std::ffi::OsString;

use clap::Parser;
use clap::error::ErrorKind;

use super::{Cli, mistakes};
use crate::exit_code::ExitCode;

/// The command line asks for nothing more than a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// Help, version or what is wrong, ready to print. Has colours where `coloured` was asked.
    pub text: String,
    /// Goes to standard output, otherwise to standard error.
    pub to_stdout: bool,
    /// What to end with.
    pub code: ExitCode,
}

/// Parses arguments, the program's name first.
///
/// # Errors
/// [`Stop`] where there is no command to run: help was asked for, or something is wrong.
pub fn parse<I, T>(arguments: I, coloured: bool) -> Result<Cli, Stop>
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    Cli::try_parse_from(arguments).map_err(|mut error| {
        mistakes::explain(&mut error);
        let rendered = error.render();
        let text = if coloured {
            rendered.ansi().to_string()
        } else {
            rendered.to_string()
        };
        let asked = matches!(
            error.kind(),
            ErrorKind::DisplayHelp
                | ErrorKind::DisplayVersion
                // `runner` alone.
                | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        );
        let code = if asked {
            ExitCode::Success
        } else {
            ExitCode::Other
        };
        Stop {
            text,
            to_stdout: asked,
            code,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Command, RunArgs};
    use super::*;
    use runner_plan::types::SystemTag;

    fn run(arguments: &[&str]) -> Result<RunArgs, Stop> {
        let all = ["runner", "run"].iter().chain(arguments);
        match parse(all, false)?.command {
            Command::Run(run) => Ok(*run),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_definition_is_sound() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn short_flags() {
        let line = "-u 5 -d 10s -i 7 -s 1s:2,3s:4 -s 5s:0 -w -e A=b -e C - -q -v";
        let arguments: Vec<_> = line.split(' ').collect();
        let run = run(&arguments).unwrap();
        let options = run.options();
        assert_eq!(
            (options.vus, options.iterations, options.throw),
            (Some(5), Some(7), Some(true))
        );
        assert_eq!(options.duration.unwrap().to_string(), "10s");
        assert_eq!(options.stages.unwrap().len(), 3);
        let runtime = run.runtime(|_| None).unwrap();
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(runtime.env, [pair("A", "b"), pair("C", "")]);
        assert_eq!(run.file.to_str(), Some("-"));
    }

    #[test]
    fn long_flags() {
        let line = "x.js --max-redirects -1 --user-agent= --no-setup --no-teardown=false \
                    --http-debug --tag a=b --tag a=c --system-tags url,nope --rps 3 \
                    --summary-trend-stats avg,p(99) --summary-time-unit ms --dns ttl=0 \
                    --blacklist-ip 10.0.0.0/8 --block-hostnames *.a,b --local-ips 127.0.0.1 \
                    --vu-memory 64MiB --no-usage-report --no-thresholds --paused --linger";
        let run = run(&line.split_whitespace().collect::<Vec<_>>()).unwrap();
        let options = run.options();
        assert_eq!(options.max_redirects, Some(-1));
        assert_eq!(options.user_agent.as_deref(), Some(""));
        assert_eq!(
            (options.no_setup, options.no_teardown),
            (Some(true), Some(false))
        );
        assert_eq!(options.http_debug.as_deref(), Some("headers"));
        assert_eq!(options.tags.unwrap().get("a").unwrap(), "c");
        let tags: Vec<_> = options.system_tags.unwrap().iter().collect();
        assert_eq!(tags, [SystemTag::Url]);
        assert_eq!(options.summary_trend_stats.unwrap().len(), 2);
        assert_eq!(options.block_hostnames.unwrap().len(), 2);
        assert_eq!(options.paused, Some(true));
        let runtime = run.runtime(|_| None).unwrap();
        assert_eq!((runtime.vu_memory, runtime.no_thresholds), (64 << 20, true));
        assert_eq!(runtime.linger, Some(true));
        assert_eq!(
            super::super::OptionArgs::default().to_options(),
            Default::default()
        );
    }

    #[test]
    fn http_debug_takes_its_value_only_after_an_equals_sign() {
        let full = run(&["--http-debug=full", "x.js"]).unwrap();
        assert_eq!(full.options().http_debug.as_deref(), Some("full"));
        let plain = run(&["--http-debug", "x.js"]).unwrap();
        assert_eq!(plain.file.to_str(), Some("x.js"));
    }

    #[test]
    fn wrong_usage_ends_with_255() {
        let lines = [
            "",
            "a.js b.js",
            "--nope a.js",
            "-u x a.js",
            "-d 10 a.js",
            "-d 1d a.js",
            "-s x a.js",
            "-s :5 a.js",
            "-s 1s:x a.js",
            "-e 1A=3 a.js",
            "--tag x a.js",
            "--tag a= a.js",
            "--summary-trend-stats x a.js",
            "--summary-time-unit x a.js",
            "--dns foo=x a.js",
            "--blacklist-ip x a.js",
            "--block-hostnames a*b a.js",
            "--local-ips x a.js",
            "--min-iteration-duration 1 a.js",
            "--no-setup=x a.js",
            "--vu-memory 0 a.js",
        ];
        for line in lines {
            let stop = run(&line.split_whitespace().collect::<Vec<_>>()).unwrap_err();
            assert_eq!((stop.code.code(), stop.to_stdout), (255, false), "{line}");
        }
        let stop = run(&["--nope", "a.js"]).unwrap_err();
        assert!(stop.text.contains("--nope"), "{}", stop.text);
        let stop = run(&["-d", "10", "a.js"]).unwrap_err();
        assert!(
            stop.text.contains("must be a duration with units"),
            "{}",
            stop.text
        );
        for arguments in [
            &["runner", "nope"][..],
            &["runner", "-v"],
            &["runner", "run"],
        ] {
            assert_eq!(parse(arguments, false).unwrap_err().code.code(), 255);
        }
    }

    #[test]
    fn help_and_version_succeed() {
        for arguments in [
            &["runner", "--help"][..],
            &["runner", "run", "-h"],
            &["runner", "--version"],
            &["runner"],
            &["runner", "help"],
            &["runner", "help", "run"],
        ] {
            let stop = parse(arguments, false).unwrap_err();
            assert_eq!((stop.code.code(), stop.to_stdout), (0, true));
        }
        let help = parse(["runner", "run", "--help"], false).unwrap_err().text;
        for variable in ["K6_VUS", "K6_SUMMARY_MODE", "RUNNER_VU_MEMORY"] {
            assert!(help.contains(variable), "{variable}");
        }
    }

    #[test]
    fn negative_durations_are_for_validation_to_judge() {
        let run = run(&[
            "-d",
            "-5s",
            "-s",
            "-1s:2",
            "--min-iteration-duration",
            "-1ms",
            "a.js",
        ]);
        let options = run.unwrap().options();
        assert_eq!(options.duration.unwrap().to_string(), "-5s");
        let stages = options.stages.unwrap();
        assert_eq!(stages[0].duration.unwrap().to_string(), "-1s");
    }

    #[test]
    fn mistakes_are_explained() {
        let text = |arguments: &[&str]| {
            let all = ["runner"].iter().chain(arguments);
            parse(all, false).unwrap_err().text
        };
        assert!(text(&["rum", "a.js"]).contains("'run'"));
        let commands = text(&["-v"]);
        assert!(commands.contains("run, build, inspect"), "{commands}");
        for hidden in ["cloud", "login", " x,"] {
            assert!(!commands.contains(hidden), "{commands}");
        }
        assert!(text(&["run", "--vu", "3", "a.js"]).contains("--vus"));
        let tip = text(&["run", "--nonsense", "a.js"]);
        assert!(!tip.contains("as a value"), "{tip}");
    }

    #[test]
    fn other_commands() {
        let command = |arguments: &[&str]| parse(arguments, false).unwrap().command;
        let build = command(&["runner", "build", "a.js", "-o", "b.wasm"]);
        assert!(matches!(build, Command::Build(b) if b.output.to_str() == Some("b.wasm")));
        let inspect = command(&["runner", "inspect", "a.js", "-e", "A=1"]);
        assert!(matches!(inspect, Command::Inspect(i)
            if !i.runtime(|_| None).unwrap().include_system_env));
        let target = command(&["runner", "target", "--port", "0", "--tls-port", "0"]);
        assert!(
            matches!(target, Command::Target(t) if t.port == 0 && t.tls_port == 0 && !t.no_tls)
        );
        let scale = command(&["runner", "scale", "--vus", "3", "-a", ":1"]);
        assert!(matches!(scale, Command::Scale(s) if (s.vus, s.max) == (Some(3), None)));
        let scale = parse(["runner", "scale"], false).unwrap_err();
        assert_eq!((scale.code.code(), scale.to_stdout), (255, false));
        assert!(scale.text.contains("--vus <N>|--max <N>"), "{}", scale.text);
        let version = command(&["runner", "version", "--json"]);
        assert!(matches!(version, Command::Version(v) if v.json));
    }
}
