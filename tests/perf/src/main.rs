//! The benchmark: runner and k6 beside each other in one run, on this machine, over loopback.
//!
//! Every row states a floor; rows are ratios wherever they can be, because both tools then share
//! the machine, the target and the noise of the day. Repetitions alternate the order of the
//! tools and the medians are compared. Nothing leaves the machine and every run has a deadline.
//! The exit code is 1 when a row could not be measured; a floor that is missed is shown in the
//! table and does not fail the run.

mod args;
mod arrivals;
mod bench;
mod extensions;
mod fork;
mod kv;
mod library;
mod machine;
mod memory;
mod nginx;
mod outputs;
mod process;
mod report;
mod rows;
mod save;
mod stats;
mod summary;
mod tools;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let args = args::Args::parse();
    match bench::run(&args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
