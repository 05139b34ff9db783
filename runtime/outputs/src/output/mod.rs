//! Outputs of raw samples, and how samples get to them.

mod api;
mod feed;
mod lane;

pub use api::{Failure, LatestResults, Output, OutputContext, RunView, Status};
pub use feed::{Feed, FeedReport, OutputReport, StartError, Wake};
pub use lane::Notice;
