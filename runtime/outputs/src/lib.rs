//! Outputs of raw samples.
//!
//! An output implements [`Output`]; [`Feed`] carries the samples to all of them. [`create`]
//! makes those that are built in from what the user asked for.

mod catalog;
mod csv;
mod encode;
mod file;
mod hdr;
mod json;
mod output;
mod settings;

pub use catalog::{Created, SpecError, Surroundings, available, create};
pub use csv::{CsvSettings, TimeFormat};
pub use output::{
    Failure, Feed, FeedReport, LatestResults, Notice, Output, OutputContext, OutputReport, RunView,
    StartError, Status, Wake,
};
