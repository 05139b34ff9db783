//! Flags for running a part of a test, so that several machines share one.

use runner_plan::types::{Segment, SegmentSequence};

use super::values::{Parsed, Said, said};

/// As typed.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Test options")]
pub struct SegmentArgs {
    /// Part of the test that this process runs, such as 1/3:2/3 or 0:25%
    #[arg(long, value_name = "FROM:TO", value_parser = segment)]
    pub execution_segment: Option<Segment>,
    /// Where the whole test is cut, such as 0,1/3,2/3,1; the same in every process
    #[arg(long, value_name = "POINTS", value_parser = sequence)]
    pub execution_segment_sequence: Option<Said<SegmentSequence>>,
}

/// An empty text is the whole, as in k6, whatever the script says.
fn segment(value: &str) -> Parsed<Segment> {
    said(value, Segment::parse).map(|segment| segment.unwrap_or(Segment::FULL))
}

fn sequence(value: &str) -> Parsed<Said<SegmentSequence>> {
    said(value, SegmentSequence::parse)
}
