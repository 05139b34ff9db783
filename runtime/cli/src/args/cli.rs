//! The command line as a whole.

use super::{
    ArchiveArgs, BindingsArgs, BuildArgs, CompletionArgs, DepsArgs, FeaturesArgs, GlobalArgs,
    InspectArgs, ManualArgs, NewArgs, RemovedArgs, RunArgs, ScaleArgs, TargetArgs, TypesArgs,
    VersionArgs, WitArgs,
};

/// Load testing with scripts in JavaScript, TypeScript, Rust or any language that compiles to a
/// WebAssembly component.
#[derive(Debug, Clone, clap::Parser)]
#[command(
    name = "runner",
    version,
    max_term_width = 100,
    after_help = EXAMPLES
)]
pub struct Cli {
    #[command(flatten)]
    pub global: GlobalArgs,
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Command {
    /// Run a load test
    #[command(after_help = RUN_EXAMPLES)]
    Run(Box<RunArgs>),
    /// Make one self-contained component out of a script
    Build(BuildArgs),
    /// Show the options of a script, archive or component, and what it is
    Inspect(InspectArgs),
    /// Pack a script, its modules and the files that it opens into one tar file
    Archive(Box<ArchiveArgs>),
    /// Show what a script imports
    Deps(DepsArgs),
    /// Write a script, or the project of a script, extension or output, to start from
    #[command(after_help = NEW_EXAMPLES)]
    New(NewArgs),
    /// Write TypeScript declarations of all modules and globals, and of extensions
    #[command(after_help = TYPES_EXAMPLES)]
    Types(TypesArgs),
    /// Write the WIT files that a script or extension in any language is made by
    #[command(after_help = WIT_EXAMPLES)]
    Wit(WitArgs),
    /// Write what a C, C++ or Go program needs to be compiled by WIT files
    Bindings(BindingsArgs),
    /// Show what is experimental and can be turned on with --features
    Features(FeaturesArgs),
    /// Print the completions of a shell
    #[command(after_help = COMPLETION_EXAMPLES)]
    Completion(CompletionArgs),
    /// Start an HTTP server to test against, with the endpoints of httpbin
    Target(TargetArgs),
    /// Show how a running test is going
    #[command(after_help = CONTROL_HELP)]
    Status,
    /// Pause a running test: no iteration starts, and its clock stands still
    #[command(after_help = CONTROL_HELP)]
    Pause,
    /// Resume a paused test
    #[command(after_help = CONTROL_HELP)]
    Resume,
    /// Set the number of VUs of a running test's externally-controlled scenario
    #[command(after_help = CONTROL_HELP)]
    Scale(ScaleArgs),
    /// Show the metrics of a running test
    #[command(after_help = CONTROL_HELP)]
    Stats,
    /// Show the version
    Version(VersionArgs),
    /// Write the man pages, or the commands in Markdown
    #[command(hide = true)]
    Manual(ManualArgs),
    /// Extensions' own commands, which runner has not
    #[command(hide = true, disable_help_flag = true)]
    X(RemovedArgs),
    /// Was for the cloud
    #[command(hide = true, disable_help_flag = true)]
    Cloud(RemovedArgs),
    /// Was for the cloud
    #[command(hide = true, disable_help_flag = true)]
    Login(RemovedArgs),
}

const NEW_EXAMPLES: &str = "\
Examples:
  runner new test.ts                                 a script; the ending says the language
  runner new --template protocol                     a script with scenarios and thresholds
  runner new --lang go my-test                       a project, whose README says how to build it
  runner new --kind extension --lang c my-extension  an extension";
const TYPES_EXAMPLES: &str = "\
Examples:
  runner types                              into ./types, with a tsconfig.json for editors
  runner types --types compare=compare.wasm with what k6/x/compare has
  npx tsc -p .                              checks the scripts beside it";
const WIT_EXAMPLES: &str = "\
Examples:
  runner wit                         brings wit/deps up to date with this runner
  runner wit api --kind extension    a folder to start from
  runner bindings c wit              code for C of it";

const CONTROL_HELP: &str = "\
The test must have been started with --address; without one here, it is looked for on
127.0.0.1:6565.

  runner run --address 127.0.0.1:6565 script.js &
  runner status";
const COMPLETION_EXAMPLES: &str = "\
Examples:
  source <(runner completion bash)                                    for this shell
  runner completion bash > ~/.local/share/bash-completion/completions/runner
  runner completion zsh > \"${fpath[1]}/_runner\"
  runner completion fish > ~/.config/fish/completions/runner.fish
  runner completion powershell | Out-String | Invoke-Expression";
const EXAMPLES: &str = "\
Examples:
  runner run script.js          run a script
  runner run -u 5 -d 10s a.ts   5 VUs for 10 seconds
  runner help run               all flags of a command";

const RUN_EXAMPLES: &str = "\
Examples:
  runner run script.js                         one VU, one iteration, or what its options say
  runner run -u 5 -i 10 script.js              5 VUs share 10 iterations
  runner run -u 5 -d 10s script.js             5 VUs loop for 10 seconds
  runner run -s 10s:100,1m:100,10s:0 script.js ramp to 100 VUs, stay there, ramp down
  runner run -e URL=http://localhost:8080 test.wasm

Flags win over environment variables (K6_...), those over the script's options, and those over
the config file. Exit codes: 0 fine, 99 thresholds crossed, 100 setup or 101 teardown timed out,
103 stopped through the REST API, 104 wrong options, 105 ended by a signal, 107 script exception,
108 aborted by the script, 110 marked as failed by the script, 255 anything else.";
