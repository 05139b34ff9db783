//! The end of a run: last samples, thresholds, outputs, summary, and what decides the exit code.

use runner_control::LiveRun;
use runner_scheduler::AbortReason;
use runner_summary::About;

use super::{Outcome, Run};
use crate::summary::{self, Finished, SummaryOutput, SummarySettings};
use crate::{End, Notice, outputs, watch};

impl Run {
    /// Sums up, when all is over.
    pub(super) async fn finish(mut self) -> Outcome {
        self.judge_course();
        let repeats = &self.prepared.context.repeats;
        let duration = self.state().elapsed();
        let feed = outputs::finish(self.feed.take()).await;
        let snapshot = self.metrics.snapshot();
        let thresholds = self.thresholds.evaluate(&snapshot, duration);
        self.teller.thresholds(thresholds.clone());
        let crossed = watch::crossed(&thresholds);
        let end = self.end.get().copied();
        let failures = match self.settings.fail_on_exceptions {
            true => repeats.failures(),
            false => 0,
        };
        let reason = self.abort();
        let why = outputs::failure(end, reason.reason(), crossed.as_deref(), failures);
        if let Some(why) = why {
            // There is one end of a run.
            let _ = self.failure.set(why);
        }
        let complete = outputs::stop(feed, &self.teller).await;
        let finished = Finished {
            snapshot,
            thresholds,
            duration,
            exceptions: summary::exceptions(repeats),
            data: self.control().setup_data(),
        };
        let export = self.export(&finished);
        let junit = self.junit(&finished, end, failures, complete);
        let summary = self.summarise(finished).await;
        repeats.tell_rest();
        self.judge_results(crossed, failures, complete);
        Outcome {
            end: self.end.get().copied().unwrap_or(End::Success),
            summary,
            export,
            junit,
        }
    }

    /// What the course of the run says of it, whatever was measured.
    fn judge_course(&self) {
        if self.end.get().is_none() && self.state().completed() == 0 {
            self.teller.notice(&Notice::NothingCompleted);
        }
        let is_marked = self.prepared.marked_failed.get().is_some();
        if is_marked && self.end.set(End::MarkedAsFailed).is_ok() {
            self.teller.notice(&Notice::MarkedAsFailed);
        }
    }

    /// What was measured. After the summary, which says more about each of them.
    fn judge_results(&self, crossed: Option<Vec<String>>, failures: u64, complete: bool) {
        if let Some(names) = crossed {
            // Where they ended the run that was said at once.
            if self.abort().reason() != Some(&AbortReason::Threshold) {
                let ended = false;
                self.teller.notice(&Notice::Crossed { names, ended });
            }
            self.ends_with(End::ThresholdsFailed);
        }
        if failures > 0 {
            self.teller.notice(&Notice::IterationsFailed(failures));
            self.ends_with(End::ScriptException);
        }
        if !complete {
            self.ends_with(End::Other);
        }
    }

    /// handleSummary, or the text.
    async fn summarise(&self, finished: Finished) -> SummaryOutput {
        let Some(settings) = &self.settings.summary else {
            return SummaryOutput::None;
        };
        let text = finished.text(settings, &self.plan.summary);
        if !self.prepared.description.handle_summary {
            if let Err(error) = self.phases.init_for_summary().await {
                self.teller.notice(&Notice::Summary(error.to_string()));
            }
            return SummaryOutput::Text(text);
        }
        let about = self.about(settings);
        let data = finished.json(settings, &self.plan.summary, &about);
        let data = data.to_string();
        let limit = self.plan.handle_summary_timeout;
        match self.phases.handle_summary(&data, limit).await {
            Ok(Some(files)) => SummaryOutput::Files(files),
            Ok(None) => SummaryOutput::Text(text),
            Err(error) => {
                self.teller.notice(&Notice::Summary(error.to_string()));
                summary::after_failure(&error, text)
            }
        }
    }

    /// The text for `--summary-export`.
    fn export(&self, finished: &Finished) -> Option<String> {
        let settings = self.settings.summary.as_ref().filter(|s| s.export)?;
        Some(finished.export(settings, &self.plan.summary, &self.about(settings)))
    }

    /// The report for `--junit`.
    fn junit(
        &self,
        finished: &Finished,
        end: Option<End>,
        failures: u64,
        complete: bool,
    ) -> Option<String> {
        self.settings.summary.as_ref().filter(|s| s.junit)?;
        let failure = match self.abort().reason() {
            // Crossed thresholds are test cases of their own.
            Some(AbortReason::Threshold) => None,
            reason => outputs::failure(end, reason, None, failures),
        };
        let failure = failure.as_deref();
        Some(finished.junit(failure.or((!complete).then_some("an output lost samples"))))
    }

    /// What the machine-readable summary says of the run besides its results.
    fn about(&self, settings: &SummarySettings) -> About {
        if !settings.machine_readable {
            return About::default();
        }
        About {
            generated_at: self.prepared.context.unix_nanos(std::time::Instant::now()),
            script: self.prepared.source_text(),
        }
    }
}
