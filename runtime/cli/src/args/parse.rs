//! Parses the command line and says how a wrong one ends: with exit code 255, as in k6, and not
//! with clap's 2.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches};

use super::{Cli, definition, mistakes};
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
    T: Into<OsString>,
{
    let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
    let mut command = definition::as_k6_reads(Cli::command());
    let parsed = command
        .try_get_matches_from_mut(&arguments)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    parsed.map_err(|error| {
        let mut error = error.format(&mut command);
        mistakes::explain(&mut error, &arguments);
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
        definition::as_k6_reads(Cli::command()).debug_assert();
    }

    #[test]
    fn of_a_flag_given_twice_the_last_counts() {
        let line = "-u 1 -d 5s -u 2 --duration=6s --no-setup --no-setup=false -q -q --dns ttl=0 \
                    --dns policy=any --http-debug --http-debug=full -v --verbose=false a.js";
        let cli = parse(
            ["runner", "run"].into_iter().chain(line.split_whitespace()),
            false,
        );
        let cli = cli.unwrap();
        assert_eq!((cli.global.quiet, cli.global.verbose), (true, false));
        let Command::Run(args) = cli.command else {
            panic!("another command");
        };
        let options = args.options();
        assert_eq!((options.vus, options.no_setup), (Some(2), Some(false)));
        assert_eq!(options.duration.unwrap().to_string(), "6s");
        assert_eq!(options.http_debug.as_deref(), Some("full"));
        assert_eq!(options.dns.ttl, None);
        // Nothing is no part of a list.
        let empty = run(&["-e", "", "--tag=", "-o", "", "a.js"]).unwrap();
        assert_eq!(empty.options().tags, None);
        assert!(empty.runtime(|_| None).unwrap().env.is_empty());
        // Lists go on.
        let lists = run_of("-e A=1 -e B=2 --tag a=b --tag c=d -o json -o csv -s 1s:1 -s 2s:2 a.js");
        assert_eq!((lists.runtime.env.len(), lists.outputs.out.len()), (2, 2));
        let options = lists.options();
        assert_eq!(
            (options.tags.unwrap().len(), options.stages.unwrap().len()),
            (2, 2)
        );
    }

    fn run_of(line: &str) -> RunArgs {
        run(&line.split_whitespace().collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn every_switch_takes_a_value() {
        let global = |flag: &str| {
            parse(["runner", "run", flag, "a.js"], false)
                .unwrap()
                .global
        };
        for yes in ["1", "t", "T", "true", "TRUE", "True"] {
            assert!(global(&format!("--quiet={yes}")).quiet, "{yes}");
            assert!(global(&format!("-v={yes}")).verbose, "{yes}");
        }
        for no in ["0", "f", "F", "false", "FALSE", "False"] {
            assert!(!global(&format!("--no-color={no}")).no_color, "{no}");
            assert_eq!(
                run_of(&format!("-w={no} a.js")).options().throw,
                Some(false)
            );
        }
        let stop = parse(["runner", "run", "--quiet=yes", "a.js"], false).unwrap_err();
        assert_eq!(stop.code.code(), 255);
        assert!(stop.text.contains("--quiet"), "{}", stop.text);
        assert!(stop.text.contains("must be true or false"), "{}", stop.text);
        // Every command's, and before the command too.
        let cli = parse(["runner", "-q=false", "version", "--json=1"], false).unwrap();
        assert!(!cli.global.quiet && matches!(cli.command, Command::Version(v) if v.json));
        let cli = parse(["runner", "-q", "version", "--json=0"], false).unwrap();
        assert!(cli.global.quiet && matches!(cli.command, Command::Version(v) if !v.json));
    }

    #[test]
    fn short_flags_in_one_word() {
        let parsed = |line: &str| {
            let words = ["runner", "run"].into_iter().chain(line.split_whitespace());
            parse(words, false).unwrap()
        };
        for line in [
            "-qvwu5 a.js",
            "-wqvu=5 a.js",
            "a.js -qv -wu 5",
            "-qv -w -u5 -- a.js",
        ] {
            let cli = parsed(line);
            assert!(cli.global.quiet && cli.global.verbose, "{line}");
            let Command::Run(run) = cli.command else {
                panic!("{line}");
            };
            let options = run.options();
            assert_eq!(
                (options.vus, options.throw),
                (Some(5), Some(true)),
                "{line}"
            );
            assert_eq!(run.file.to_str(), Some("a.js"), "{line}");
        }
        assert_eq!(
            run_of("-i -1 -u -2 --rps -3 --batch -4 a.js").options().rps,
            Some(-3)
        );
        assert_eq!(run_of("-- -a.js").file.to_str(), Some("-a.js"));
        assert!(run(&["a.js", "--", "-u", "5"]).is_err());
    }

    #[test]
    fn what_was_meant_is_said() {
        let text = |line: &str| {
            let words = ["runner"].into_iter().chain(line.split_whitespace());
            let stop = parse(words, false).unwrap_err();
            assert_eq!((stop.code.code(), stop.to_stdout), (255, false), "{line}");
            stop.text
        };
        for (line, part) in [
            ("script.js", "runner run script.js"),
            ("lib/a.ts -u 5", "runner run lib/a.ts -u 5"),
            ("-u 5 test.wasm", "runner run -u 5 test.wasm"),
            ("-q https://h/a", "runner run -q https://h/a"),
            ("archive.tar", "runner run archive.tar"),
            ("rnu a.js", "'run'"),
            ("inspct a.js", "'inspect'"),
            ("run --no-summary a.js", "--summary-mode=disabled"),
            ("run --no-summary=true a.js", "--summary-mode=disabled"),
            ("run --upload-only a.js", "Grafana Cloud"),
            ("run --secret-source=mock=a a.js", "-e NAME=VALUE"),
            ("run --profiling-enabled a.js", "perf"),
            ("run --max-vus 5 a.js", "maxVUs"),
            ("run -vus 5 a.js", "--vus"),
            ("run -duration=5s a.js", "--duration"),
            ("run a.js b.js", "one script"),
            ("run -u five a.js", "must be a whole number"),
        ] {
            let text = text(line);
            assert!(text.contains(part), "{line}\n{text}");
            assert!(!text.contains("as a value"), "{line}\n{text}");
            assert!(!text.contains("--no-setup"), "{line}\n{text}");
        }
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
