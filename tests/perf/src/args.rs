//! What can be said on the command line. Without arguments: all rows, under ten minutes.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Measures runner against k6.
#[derive(Debug, Parser)]
#[command(name = "runner-perf")]
pub struct Args {
    /// Measure only this row (may be repeated)
    #[arg(long, value_enum, value_name = "ROW")]
    pub only: Vec<Row>,

    /// Repetitions of each row; the rows with thousands of VUs take at most two
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=50))]
    pub runs: u32,

    /// Length of one throughput run in seconds
    #[arg(long, value_name = "S", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=60))]
    pub seconds: u64,

    /// Length of the soak in seconds, which is measured only when it is asked for by name
    #[arg(long, value_name = "S", default_value_t = 90, value_parser = clap::value_parser!(u64).range(10..=86_400))]
    pub soak_seconds: u64,

    /// The runner binary [default: the one beside this program]
    #[arg(long, value_name = "PATH")]
    pub runner: Option<PathBuf>,

    /// The k6 binary [default: bench-venv/bin/k6 in the target folder, then PATH]
    #[arg(long, value_name = "PATH")]
    pub k6: Option<PathBuf>,

    /// examples/rust-http-get as a component [default: looked for where cargo puts it]
    #[arg(long, value_name = "PATH")]
    pub component: Option<PathBuf>,

    /// tests/guests/ext-probe as a component [default: looked for where cargo puts it]
    #[arg(long, value_name = "PATH")]
    pub extension: Option<PathBuf>,

    /// What nginx answers with: a constant from its configuration, or a file
    #[arg(long, value_enum, default_value_t = Body::Constant)]
    pub body: Body,

    /// Also write the results to tests/perf/results/<date>-<architecture>/
    #[arg(long)]
    pub save: bool,
}

impl Args {
    /// Whether `row` is to be measured.
    pub fn wants(&self, row: Row) -> bool {
        self.only.is_empty() || self.only.contains(&row)
    }
}

/// A row of the table, or two that share their runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Row {
    /// 50 VUs, one GET and one check, JS
    GetJs,
    /// The same as a Rust component
    GetRust,
    /// Empty iterations, 2 VUs
    Empty,
    /// Ten CPU kernels in JS
    Kernels,
    /// Private memory per VU with 5,000 VUs
    Memory,
    /// 10,000 VUs to the end
    TenThousand,
    /// The key-value store from JS, memory and disk
    Kv,
    /// Start of a no-op script, and the first start ever
    Start,
    /// Iterations at a rate: how many start, and how late
    Arrival,
    /// 50 VUs, GET, with --out json and without
    OutJson,
    /// Memory over a long run at full speed; only when asked for
    Soak,
    /// VUs from an image: a 660 KB library, 5,000 and 10,000 VUs
    Fork,
    /// Calls of an extension, and the memory that one takes
    Ext,
}

/// What the target answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Body {
    /// 600 bytes from the configuration: nginx at its cheapest
    Constant,
    /// The same 600 bytes from a file
    File,
}

impl Body {
    /// The path that serves it.
    pub fn path(self) -> &'static str {
        match self {
            Self::Constant => "/",
            Self::File => "/file/body.html",
        }
    }
}
