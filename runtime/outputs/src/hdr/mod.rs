//! `--out hdr`: an interval log of HdrHistogram (format 1.3), with a line for each Trend, and each
//! submetric of one, that had samples in an interval.
//!
//! Values are taken from samples and not from the aggregation: a sample says when it was
//! recorded, so that it is in the right interval however long it waited, and what was lost on
//! the way is counted as for every output. Losses are those of whole metrics; submetrics hold
//! samples that were counted already.

mod intervals;
mod line;
mod series;
mod settings;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use runner_metrics::RawSample;

pub(crate) use settings::HdrSettings;

use crate::file::Lines;
use crate::json::merge;
use crate::{Failure, Output, OutputContext};
use intervals::Intervals;
use series::AllSeries;

/// Writes intervals to a file, a compressed file, or standard output.
pub(crate) struct Hdr {
    settings: HdrSettings,
    open: Option<Open>,
}

struct Open {
    lines: Lines,
    series: AllSeries,
    intervals: Intervals,
}

impl Hdr {
    pub(crate) fn new(settings: HdrSettings) -> Self {
        Self {
            settings,
            open: None,
        }
    }
}

impl Output for Hdr {
    fn description(&self) -> String {
        match self.settings.file.as_str() {
            "-" => "hdr (stdout)".to_owned(),
            file => format!("hdr ({file})"),
        }
    }

    fn start(&mut self, context: &OutputContext) -> Result<(), Failure> {
        let mut lines = Lines::open(&self.settings.file, &context.folder)?;
        let start = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        line::head(&mut lines.text, start);
        self.open = Some(Open {
            lines,
            series: AllSeries::new(context.clone()),
            intervals: Intervals::new(start, self.settings.interval),
        });
        Ok(())
    }

    fn add_samples(&mut self, samples: &[RawSample]) -> Result<(), Failure> {
        let Some(open) = &mut self.open else {
            return Ok(());
        };
        for sample in samples {
            open.intervals.saw(sample.time);
            open.series.of(sample, |at, series| {
                open.intervals.add(sample, at, series.unit);
            });
        }
        open.write(false)
    }

    fn flush_interval(&self) -> Duration {
        self.settings.interval
    }

    fn flush(&mut self) -> Result<(), Failure> {
        match &mut self.open {
            Some(open) => merge(open.write(false), open.lines.write()),
            None => Ok(()),
        }
    }

    fn stop(&mut self) -> Result<(), Failure> {
        match self.open.take() {
            Some(mut open) => merge(open.write(true), open.lines.close()),
            None => Ok(()),
        }
    }
}

impl Open {
    /// Writes the intervals that are over, or all.
    fn write(&mut self, all: bool) -> Result<(), Failure> {
        let mut result = Ok(());
        while let Some(interval) = self.intervals.next(all) {
            let Some(series) = self.series.get(interval.series) else {
                continue;
            };
            let trend = &interval.trend;
            let mut lost = trend.beyond();
            let mut message = format!(
                "{} has values that are negative or too large for an HDR histogram",
                series.name
            );
            if trend.count() > 0 {
                match line::interval(&mut self.lines.text, series, &interval) {
                    Ok(()) if series.is_whole => self.lines.samples += trend.count(),
                    Ok(()) => {}
                    Err(error) => {
                        lost += trend.count();
                        message = error.to_string();
                    }
                }
            }
            if lost > 0 && series.is_whole {
                result = merge(result, Err(Failure { message, lost }));
            }
            result = merge(result, self.lines.write_if_much());
        }
        result
    }
}
