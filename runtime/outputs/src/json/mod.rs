//! `--out json`: one JSON object per line, a `Metric` before the first `Point` of each metric.
//!
//! The format is k6's, to the byte. What repeats is rendered once: the beginning of a point per
//! metric, and the tags per tag set.

mod lines;

use std::time::Duration;

use runner_metrics::RawSample;

use crate::file::Lines;
use crate::{Failure, Output, OutputContext};
use lines::Renderer;

/// Writes points to a file, a compressed file, or standard output.
#[derive(Default)]
pub(crate) struct Json {
    /// `-` for standard output.
    file: String,
    open: Option<(Lines, Renderer)>,
}

impl Json {
    /// No name, or `-`, is standard output.
    pub(crate) fn new(file: &str) -> Self {
        Self {
            file: if file.is_empty() { "-" } else { file }.to_owned(),
            open: None,
        }
    }
}

impl Output for Json {
    fn description(&self) -> String {
        match self.file.as_str() {
            "-" => "json(stdout)".to_owned(),
            file => format!("json ({file})"),
        }
    }

    fn start(&mut self, context: &OutputContext) -> Result<(), Failure> {
        let lines = Lines::open(&self.file, &context.folder)?;
        self.open = Some((lines, Renderer::new(context.clone())));
        Ok(())
    }

    fn add_samples(&mut self, samples: &[RawSample]) -> Result<(), Failure> {
        let Some((lines, renderer)) = &mut self.open else {
            return Ok(());
        };
        let mut failure = Ok(());
        for sample in samples {
            renderer.point(&mut lines.text, sample);
            lines.samples += 1;
            failure = merge(failure, lines.write_if_much());
        }
        failure
    }

    fn flush_interval(&self) -> Duration {
        Duration::from_millis(200)
    }

    fn flush(&mut self) -> Result<(), Failure> {
        match &mut self.open {
            Some((lines, _)) => lines.write(),
            None => Ok(()),
        }
    }

    fn stop(&mut self) -> Result<(), Failure> {
        match self.open.take() {
            Some((lines, _)) => lines.close(),
            None => Ok(()),
        }
    }
}

/// The first failure, with the losses of both.
pub(crate) fn merge(
    first: Result<(), Failure>,
    second: Result<(), Failure>,
) -> Result<(), Failure> {
    match (first, second) {
        (Err(first), Err(second)) => Err(Failure {
            lost: first.lost + second.lost,
            ..first
        }),
        (Err(failure), Ok(())) | (Ok(()), Err(failure)) => Err(failure),
        (Ok(()), Ok(())) => Ok(()),
    }
}
