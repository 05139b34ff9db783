//! What a run tells the world: the end-of-test summary.
//!
//! Pure: takes a snapshot of the metrics, gives text or JSON; whoever asked writes it.

pub mod summary;
