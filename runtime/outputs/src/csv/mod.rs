//! `--out csv`: one line per sample, with a column for each system tag that is on.

mod rows;
mod settings;

use std::time::Duration;

use runner_metrics::RawSample;

pub use settings::{CsvSettings, TimeFormat};

use crate::file::Lines;
use crate::json::merge;
use crate::{Failure, Output, OutputContext};
use rows::Rows;

/// Writes samples to a file, a compressed file, or standard output.
pub(crate) struct Csv {
    settings: CsvSettings,
    open: Option<(Lines, Rows)>,
}

impl Csv {
    pub(crate) fn new(settings: CsvSettings) -> Self {
        Self {
            settings,
            open: None,
        }
    }
}

impl Output for Csv {
    fn description(&self) -> String {
        match self.settings.file.as_str() {
            "-" => "csv (stdout)".to_owned(),
            file => format!("csv ({file})"),
        }
    }

    fn start(&mut self, context: &OutputContext) -> Result<(), Failure> {
        let mut lines = Lines::open(&self.settings.file, &context.folder)?;
        let rows = Rows::new(context.clone(), self.settings.time_format);
        rows.head(&mut lines.text);
        self.open = Some((lines, rows));
        Ok(())
    }

    fn add_samples(&mut self, samples: &[RawSample]) -> Result<(), Failure> {
        let Some((lines, rows)) = &mut self.open else {
            return Ok(());
        };
        let mut failure = Ok(());
        for sample in samples {
            rows.row(&mut lines.text, sample);
            lines.samples += 1;
            failure = merge(failure, lines.write_if_much());
        }
        failure
    }

    fn flush_interval(&self) -> Duration {
        self.settings.save_interval
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
