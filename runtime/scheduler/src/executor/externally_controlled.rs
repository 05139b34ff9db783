//! `externally-controlled`: as many VUs loop as whoever controls the run says, until the
//! duration is over or, without one, until the run is ended.
//!
//! VUs that are scaled away finish their iteration, however long it takes. The end interrupts
//! the others at once: this executor has no graceful period. VUs beyond the first maximum are
//! made when it is raised, and are gone for good when it is lowered again.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::control::Targets;
use crate::fleet::Fleet;
use crate::vu::Vu;
use crate::vu_control::VuControl;
use crate::vu_loop::Endless;

pub(super) async fn run<V: Vu>(fleet: Fleet<V>) {
    let scenario = fleet.env().scenario.clone();
    let Some(targets) = scenario.targets() else {
        return;
    };
    let mut targets = targets.subscribe();
    let (abort, state) = (fleet.env().abort.clone(), fleet.env().state.clone());
    let regular_end = fleet.env().regular_end;
    let mut crew = Crew {
        max_vus: scenario.config().executor.max_vus(),
        seats: Vec::new(),
        surplus: 0,
        fleet,
    };
    let follow = async {
        loop {
            let now = *targets.borrow_and_update();
            crew.follow(now).await;
            tokio::select! {
                () = crew.one_back() => {}
                changed = targets.changed() => if changed.is_err() {
                    // The sender lives as long as the scenario.
                    return;
                }
            }
        }
    };
    tokio::select! {
        biased;
        () = abort.aborted() => {}
        () = state.clock().sleep_until(regular_end) => {}
        () = follow => {}
    }
    for control in &crew.seats {
        control.interrupt();
    }
    crew.fleet.all_back().await;
    crew.shrink();
}

struct Crew<V> {
    fleet: Fleet<V>,
    /// By VU number; the first are at work.
    seats: Vec<Arc<VuControl>>,
    max_vus: u64,
    /// VUs to be dropped as soon as they are back.
    surplus: u64,
}

impl<V: Vu> Crew<V> {
    async fn follow(&mut self, targets: Targets) {
        let wanted = usize::try_from(targets.vus).unwrap_or(usize::MAX);
        for control in self.seats.iter().skip(wanted) {
            control.stop();
        }
        if targets.max_vus < self.max_vus {
            self.surplus += self.max_vus - targets.max_vus;
            self.max_vus = targets.max_vus;
        }
        self.shrink();
        while self.max_vus < targets.max_vus {
            self.max_vus += 1;
            if self.surplus > 0 {
                self.surplus -= 1;
                continue;
            }
            let env = self.fleet.env();
            match env.recruits.recruit().await {
                Ok(vu) => env.pool.give_back(vu, false),
                Err((vu, error)) => env.tell_lost(vu, error),
            }
        }
        for control in self.seats.iter_mut().take(wanted) {
            if !control.go_on() {
                *control = self.fleet.launch(Endless);
            }
        }
        while self.seats.len() < wanted {
            let control = self.fleet.launch(Endless);
            self.seats.push(control);
        }
    }

    /// Drops VUs that nobody demand any more, as far as they are idle.
    fn shrink(&mut self) {
        let env = self.fleet.env();
        while self.surplus > 0 && env.pool.try_borrow().is_some() {
            self.surplus -= 1;
            env.state.initialised_vus.fetch_sub(1, Ordering::Relaxed);
        }
    }

    async fn one_back(&mut self) {
        if self.surplus == 0 || self.fleet.is_empty() {
            std::future::pending().await
        } else {
            self.fleet.one_back().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{ScenarioConfig, SchedulerConfig};
    use crate::control::ScaleError;
    use crate::fake::{Behaviour, Rig, millis, scenario};
    use runner_values::executor::{Executor, ExternallyControlled};

    fn external(vus: u64, max_vus: u64, ms: Option<u64>) -> ScenarioConfig {
        let config = ExternallyControlled {
            vus,
            max_vus,
            duration: ms.map(millis),
        };
        scenario("e", 0, Executor::ExternallyControlled(config))
    }

    async fn at(ms: u64) {
        tokio::time::sleep(millis(ms)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn the_number_of_vus_follows_the_controller_and_the_end_interrupts() {
        let rig = Rig::simple(400, vec![external(1, 3, Some(2000))]);
        let control = rig.scheduler.control();
        assert_eq!(rig.scheduler.state().planned_vus(), 3);
        let (report, ()) = tokio::join!(rig.run(), async {
            at(100).await;
            assert_eq!((control.vus(), control.max_vus()), (1, 3));
            control.scale(Some(3), None).unwrap();
            at(900).await;
            assert_eq!(control.vus(), 3);
            let progress = rig.scheduler.state().progress();
            assert_eq!(progress.scenarios[0].columns, ["3/3 VUs", "1.0s/2s"]);
            control.scale(Some(0), None).unwrap();
            at(390).await;
            assert_eq!(control.vus(), 0, "all have finished by 1300");
            control.scale(Some(2), None).unwrap();
        });
        let vus: Vec<_> = rig.begins().into_iter().map(|(ms, _)| ms).collect();
        assert_eq!(
            vus,
            [
                0, 100, 100, 400, 500, 500, 800, 900, 900, 1390, 1390, 1790, 1790
            ]
        );
        assert_eq!((report.completed, report.interrupted), (11, 2));
        assert!((2000..=2001).contains(&rig.now()), "{}", rig.now());
        assert_eq!(control.scale(Some(1), None), Err(ScaleError::NotRunning));
    }

    #[tokio::test(start_paused = true)]
    async fn vus_are_made_and_dropped_as_the_maximum_changes() {
        let config = SchedulerConfig {
            scenarios: vec![external(1, 1, None)],
            vu_limit: Some(5),
            ..SchedulerConfig::default()
        };
        let behaviour = Behaviour {
            iteration: millis(100),
            ..Behaviour::default()
        };
        let rig = Rig::new(behaviour, config);
        let control = rig.scheduler.control();
        let (report, ()) = tokio::join!(rig.run(), async {
            at(50).await;
            let above = ScaleError::VusAboveMax { vus: 4, max: 1 };
            assert_eq!(control.scale(Some(4), None), Err(above));
            let limit = ScaleError::MaxAboveLimit { max: 6, limit: 5 };
            assert_eq!(control.scale(None, Some(6)), Err(limit));
            control.scale(Some(4), Some(5)).unwrap();
            at(100).await;
            assert_eq!((control.vus(), control.max_vus()), (4, 5));
            control.scale(Some(2), Some(2)).unwrap();
            at(200).await;
            assert_eq!((control.vus(), control.max_vus()), (2, 2));
            let below = ScaleError::MaxBelowStart { start: 1 };
            assert_eq!(control.scale(Some(0), Some(0)), Err(below));
            rig.abort.abort(crate::abort::AbortReason::Rest);
        });
        assert_eq!(report.scenarios.len(), 1);
        assert_eq!(rig.now(), 350);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_stops_every_start_and_the_clock() {
        let rig = Rig::simple(100, vec![external(2, 2, Some(1000))]);
        let control = rig.scheduler.control();
        let (report, ()) = tokio::join!(rig.run(), async {
            at(250).await;
            assert!(control.pause());
            at(5000).await;
            assert!(control.is_paused() && rig.scheduler.state().progress().paused);
            assert_eq!(rig.scheduler.state().elapsed(), millis(250));
            assert_eq!(report_begins(&rig), 6);
            assert!(control.resume());
        });
        // The iterations that ran into the pause ended at 300; the next began at its end.
        assert_eq!(rig.begins()[6].0, 5250);
        assert_eq!(rig.scheduler.state().elapsed(), millis(1000));
        assert!((6000..=6001).contains(&rig.now()), "{}", rig.now());
        assert_eq!(report.completed + report.interrupted, 22);
    }

    fn report_begins(rig: &Rig) -> usize {
        rig.begins().len()
    }
}
