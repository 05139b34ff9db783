//! `runner:execution/execution`: positions, counters, tags, clock and randomness.

use std::time::Instant;

use super::AbortRequest;
use crate::bindings::runner::execution::execution::{
    Host, InstanceInfo, Phase as WitPhase, ScenarioInfo, VuInfo,
};
use crate::{Phase, VuState};

/// Most random bytes per call, as WebCrypto has it.
const MOST_RANDOM: u32 = 65_536;

/// What init code touched when it asked for any of this.
const THE_RUN: &str = "k6/execution";

impl VuState {
    /// A moment as whoever is running may see it.
    pub(crate) fn moment(&self, nanoseconds: u64) -> u64 {
        match &self.reach {
            None => nanoseconds,
            Some(reach) => reach.moment(nanoseconds),
        }
    }

    /// The VUs to come say so themselves where this instance is watched.
    fn end_run(&mut self, request: AbortRequest) {
        self.touched(THE_RUN);
        if !self.is_watched() {
            (self.script.abort)(request);
        }
    }
}

impl Host for VuState {
    fn current_phase(&mut self) -> WitPhase {
        match self.phase {
            Phase::Init => WitPhase::Init,
            Phase::Setup => WitPhase::Setup,
            Phase::Iteration => WitPhase::Iteration,
            Phase::Teardown => WitPhase::Teardown,
            Phase::Summary => WitPhase::Summary,
        }
    }

    fn vu(&mut self) -> VuInfo {
        self.touched(THE_RUN);
        VuInfo {
            id_in_instance: self.vu,
            id_in_test: self
                .load
                .as_ref()
                .map_or(self.vu, |load| load.counters.vu_in_test(self.vu)),
            iteration_in_instance: self.iteration,
            iteration_in_scenario: self.iteration_in_scenario,
        }
    }

    fn scenario(&mut self) -> Option<ScenarioInfo> {
        self.touched(THE_RUN);
        let scenario = self.scenario.as_ref()?;
        // Asked for and not kept: a VU is activated before the clock starts.
        let (start_time, progress) = self
            .load
            .as_ref()
            .map_or((0, 0.0), |load| load.counters.scenario(&scenario.name));
        Some(ScenarioInfo {
            name: scenario.name.clone(),
            executor: scenario.executor.clone(),
            start_time,
            progress,
            iteration_in_instance: self.scenario_iteration.0,
            iteration_in_test: self.scenario_iteration.1,
        })
    }

    fn instance(&mut self) -> InstanceInfo {
        self.touched(THE_RUN);
        let Some(load) = &self.load else {
            return InstanceInfo {
                current_test_run_duration: 0,
                iterations_completed: 0,
                iterations_interrupted: 0,
                vus_active: 0,
                vus_initialized: 0,
            };
        };
        let counters = &load.counters;
        let elapsed = counters.elapsed().as_nanos();
        let elapsed = u64::try_from(elapsed).unwrap_or(u64::MAX);
        InstanceInfo {
            current_test_run_duration: self.moment(elapsed),
            iterations_completed: counters.completed(),
            iterations_interrupted: counters.interrupted(),
            vus_active: counters.vus_active(),
            vus_initialized: counters.vus_initialized(),
        }
    }

    fn options(&mut self) -> String {
        self.touched(THE_RUN);
        self.load
            .as_ref()
            .map_or_else(|| "null".to_owned(), |load| load.options.clone())
    }

    fn env(&mut self) -> Vec<(String, String)> {
        self.run_only();
        match &self.reach {
            None => self.script.env.clone(),
            Some(reach) => reach.variables(&self.script.env),
        }
    }

    fn abort(&mut self, message: String) {
        self.end_run(AbortRequest::Abort(message));
    }

    fn fail(&mut self, message: String) {
        self.end_run(AbortRequest::Fail(message));
    }

    fn tags(&mut self) -> Vec<(String, String)> {
        self.touched(THE_RUN);
        self.load
            .as_ref()
            .map_or_else(Vec::new, |load| self.tags.all(load))
    }

    fn tag(&mut self, name: String) -> Option<String> {
        self.touched(THE_RUN);
        let load = self.load.as_ref()?;
        self.tags.get(load, &name)
    }

    fn set_tag(&mut self, name: String, value: String) {
        self.touched(THE_RUN);
        if let Some(load) = &self.load {
            self.tags.set(load, name, value);
        }
    }

    fn delete_tag(&mut self, name: String) -> bool {
        self.touched(THE_RUN);
        self.load
            .as_ref()
            .is_some_and(|load| self.tags.delete(load, &name))
    }

    fn metadata(&mut self) -> Vec<(String, String)> {
        self.touched(THE_RUN);
        self.tags.metadata().clone().into_iter().collect()
    }

    fn set_metadata(&mut self, name: String, value: String) {
        self.touched(THE_RUN);
        if let Some(load) = &self.load {
            self.tags.set_metadata(load, name, value);
        }
    }

    fn delete_metadata(&mut self, name: String) -> bool {
        self.touched(THE_RUN);
        self.load
            .as_ref()
            .is_some_and(|load| self.tags.delete_metadata(load, &name))
    }

    fn wall_clock(&mut self) -> u64 {
        self.touched("the clock");
        self.moment(self.script.unix_nanos(Instant::now()))
    }

    fn random(&mut self, length: u32) -> Vec<u8> {
        self.touched("secure random numbers");
        let mut bytes = vec![0; length.min(MOST_RANDOM) as usize];
        // The kernel's generator cannot fail once it is seeded, which it is before any user
        // program runs; zeros would be noticed at once.
        let _ = getrandom::fill(&mut bytes);
        bytes
    }
}
