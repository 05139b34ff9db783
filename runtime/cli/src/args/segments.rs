//! Flags for running a part of a test, so that several machines share one.

use runner_plan::types::{Segment, SegmentSequence};

use super::values::Parsed;

/// As typed.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Test options")]
pub struct SegmentArgs {
    /// Part of the test that this process runs, such as 1/3:2/3 or 0:25%
    #[arg(long, value_name = "FROM:TO", value_parser = segment)]
    pub execution_segment: Option<Segment>,
    /// Where the whole test is cut, such as 0,1/3,2/3,1; the same in every process
    #[arg(long, value_name = "POINTS", value_parser = sequence)]
    pub execution_segment_sequence: Option<SegmentSequence>,
}

fn segment(value: &str) -> Parsed<Segment> {
    Segment::parse(value).map_err(|expected| expected.to_string())
}

fn sequence(value: &str) -> Parsed<SegmentSequence> {
    SegmentSequence::parse(value).map_err(|expected| expected.to_string())
}
