//! The course of a run: planned VUs, setup, scenarios, teardown, in k6's order. Teardown runs after an
//! abort too, unless setup failed. Whatever goes wrong is told when it happens; the first thing that
//! went wrong decides how the run ended.

use std::sync::Arc;

use runner_control::LiveRun;
use runner_scheduler::{Abort, AbortReason, InitialiseError};
use runner_vu::VuError;

use super::{Outcome, Run};
use crate::events::{self, Ticking};
use crate::watch::Watch;
use crate::{End, Notice, Remedy, Stage};

impl Run {
    /// Runs to the end. The surroundings hear where it is.
    pub async fn execute(self) -> Outcome {
        let control = Arc::clone(self.control());
        control.begin(self.plan.paused);
        let sampler = tokio::spawn(events::sample_vus(
            Arc::clone(&self.metrics),
            Arc::clone(self.state()),
            self.run_tags,
        ));
        let repeats = Arc::clone(&self.prepared.context.repeats);
        let teller = tokio::spawn(events::tell_repeats(Arc::clone(&repeats)));
        let watch = (!self.thresholds.is_empty()).then(|| tokio::spawn(self.watch().run()));
        let ticking = Ticking::start(&self.teller.events, self.state());
        self.carry_out().await;
        sampler.abort();
        teller.abort();
        repeats.tell_rest();
        if let Some(watch) = watch {
            watch.abort();
        }
        // First, because what ends the lingering does not change how the run ended.
        self.note_abort();
        if self.settings.linger {
            control.linger(|next| self.teller.stage(next)).await;
        }
        drop(ticking);
        self.teller.stage(Stage::Finished);
        self.finish().await
    }

    /// What ends the run when a threshold says so.
    fn watch(&self) -> Watch {
        Watch {
            metrics: Arc::clone(&self.metrics),
            thresholds: Arc::clone(&self.thresholds),
            state: Arc::clone(self.state()),
            abort: self.abort(),
            teller: self.teller.clone(),
        }
    }

    /// VUs, setup, scenarios, teardown.
    async fn carry_out(&self) {
        let abort = self.abort();
        let stage = |next| self.teller.stage(next);
        stage(Stage::Initialising(0, self.state().planned_vus()));
        let created = |done, total| stage(Stage::Initialising(done, total));
        if let Err(error) = self.scheduler.initialise(&abort, created).await {
            self.cannot_initialise(error);
            return;
        }
        if !self.control().may_start(stage).await {
            return;
        }
        // The run's clock covers setup and teardown, as k6's does.
        self.state().mark_started();
        self.phases_and_scenarios(&abort).await;
        self.state().mark_ended();
    }

    async fn phases_and_scenarios(&self, abort: &Abort) {
        let control = self.control();
        let wanted = self.prepared.description.setup && !self.plan.no_setup;
        if wanted && !control.has_setup_data() {
            self.teller.stage(Stage::Setup);
            let setup = self.phases.setup(self.plan.setup_timeout);
            let result = tokio::select! {
                biased;
                () = abort.aborted() => return,
                result = setup => result,
            };
            match result {
                Ok(value) => control.keep_setup_data(value),
                Err(error) => {
                    self.failed(&error, End::SetupTimeout, "setupTimeout");
                    return;
                }
            }
        }
        self.teller.stage(Stage::Running);
        self.scheduler.run(abort).await;
        if self.prepared.description.teardown && !self.plan.no_teardown {
            self.teller.stage(Stage::Teardown);
            let data = control.setup_data();
            let result = self
                .phases
                .teardown(data.as_deref(), self.plan.teardown_timeout)
                .await;
            if let Err(error) = result {
                self.note_abort();
                self.failed(&error, End::TeardownTimeout, "teardownTimeout");
            }
        }
    }

    pub(super) fn ends_with(&self, end: End) {
        // The first reason stands.
        let _ = self.end.set(end);
    }

    /// Says why the run was aborted, if it was and nothing worse has been said.
    fn note_abort(&self) {
        let abort = self.abort();
        let Some(reason) = abort.reason() else { return };
        let end = match reason {
            AbortReason::Signal(_) => End::Signal,
            AbortReason::Script(_) => End::ScriptAborted,
            AbortReason::Threshold => End::ThresholdsFailed,
            AbortReason::Rest => End::StoppedByRest,
            AbortReason::Fault(_) => End::Other,
        };
        if self.end.set(end).is_ok() {
            self.teller.notice(&Notice::Aborted(reason.clone()));
        }
    }

    fn cannot_initialise(&self, error: InitialiseError) {
        match error {
            // Said with the abort itself.
            InitialiseError::Aborted(_) => {}
            InitialiseError::Create { vu, source } => {
                let known = source.get().downcast_ref::<VuError>();
                let end = match known {
                    Some(VuError::Timeout { .. }) => End::Timeout,
                    Some(VuError::Start(_)) | None => End::Other,
                    Some(error) if error.is_invalid_result() => End::Other,
                    Some(_) => End::ScriptException,
                };
                self.no_vu(Some(vu), source.to_string());
                self.ends_with(end);
            }
            InitialiseError::Lost(error) => {
                self.no_vu(None, error.to_string());
                self.ends_with(End::Other);
            }
        }
    }

    fn no_vu(&self, vu: Option<u64>, error: String) {
        self.teller.notice(&Notice::NoVu { vu, error });
    }

    /// setup or teardown failed.
    fn failed(&self, error: &VuError, timeout: End, option: &'static str) {
        let (end, remedy) = match error {
            VuError::Timeout { .. } => (timeout, Remedy::Timeout(option)),
            _ if self.abort().is_aborted() => return self.note_abort(),
            error if error.is_invalid_result() => (End::Other, Remedy::None),
            _ => (End::ScriptException, Remedy::Script),
        };
        let error = error.to_string();
        self.teller.notice(&Notice::Phase { error, remedy });
        self.ends_with(end);
    }
}
