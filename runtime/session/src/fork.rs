//! Decides whether the VUs of a run start from an image of the initialised script.
//!
//! An image costs one more init and a few milliseconds; it saves the init of every VU that is
//! started, and of setup, teardown and handleSummary. Nothing is kept beyond the run: made anew,
//! it needs no file that could be stale, foreign or damaged, and with bytecode in memory it is
//! ready as fast as it could be loaded.

use std::sync::Arc;
use std::time::{Duration, Instant};

use runner_engine::{EngineOptions, MemoryImage, Ticker, engine};
use runner_host::{Level, LoadContext};
use runner_plan::Plan;
use runner_vu::Program;
use wasmtime::Engine;

use crate::prepared::{ScriptKind, no_thread};
use crate::{Prepared, SessionError};

/// Whether VUs start from an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ForkMode {
    /// Where it cannot be observed and is worth it.
    #[default]
    Auto,
    /// Wherever it cannot be observed; a warning says where it can.
    Always,
    /// Each VU runs the script's init.
    Never,
}

/// What taking an image costs besides the script's init.
const IMAGE_COST: Duration = Duration::from_millis(3);

impl Prepared {
    /// The program that the VUs of `plan` start from.
    pub(crate) async fn program_for(
        &self,
        engine: &Engine,
        plan: &Plan,
        load: &Arc<LoadContext>,
    ) -> Result<Program, SessionError> {
        let program = self.program(engine)?;
        if let Some(reason) = self.no_need(starts(self, plan)) {
            self.say(Level::Debug, &reason);
            return Ok(program);
        }
        let before = Instant::now();
        let image = match program.image(&self.context, Some(load), false).await {
            Ok(image) => image,
            Err(reason) => {
                let level = match self.settings.fork {
                    ForkMode::Always => Level::Warn,
                    _ => Level::Debug,
                };
                self.say(level, &reason.to_string());
                return Ok(program);
            }
        };
        let memory = MemoryImage::of_instance(&image.memory)?;
        let program = program.initialised(&memory.module(engine)?, image.host)?;
        let message = format!(
            "VUs start from an image of the initialised script: {} KiB, made in {:.1} ms",
            memory.stored() >> 10,
            before.elapsed().as_secs_f64() * 1e3
        );
        self.log(Level::Debug, &message);
        Ok(program)
    }

    /// An image that outlives the run; none where the script cannot have one.
    pub(crate) async fn portable_image(&self) -> Result<Option<MemoryImage>, SessionError> {
        if self.settings.fork == ForkMode::Never {
            return Ok(None);
        }
        let engine = engine(EngineOptions { max_vus: 0 })?;
        let _ticker = Ticker::start(&engine).map_err(no_thread)?;
        let program = self.program(&engine)?;
        match program.image(&self.context, None, true).await {
            Ok(image) if image.host.is_empty() => {
                Ok(Some(MemoryImage::of_instance(&image.memory)?))
            }
            Ok(_) => Ok(None),
            Err(reason) => {
                let message = format!("the component runs init code at each start: {reason}");
                self.log(Level::Debug, &message);
                Ok(None)
            }
        }
    }

    /// Why no image is even tried.
    fn no_need(&self, starts: u64) -> Option<String> {
        match (self.settings.fork, &self.kind) {
            (ForkMode::Never, _) => Some("--fork never".into()),
            (_, ScriptKind::Component { .. }) => {
                Some("a component starts from its own memory".into())
            }
            (ForkMode::Always, _) => None,
            (ForkMode::Auto, _) => (!worth_it(starts, self.first_start))
                .then(|| format!("an image is not worth it for {starts} starts")),
        }
    }

    fn say(&self, level: Level, reason: &str) {
        self.log(level, &format!("each VU runs the script's init: {reason}"));
    }
}

/// Instances that a run starts at least.
fn starts(prepared: &Prepared, plan: &Plan) -> u64 {
    let phases = u64::from(prepared.description.setup && !plan.no_setup)
        + u64::from(prepared.description.teardown && !plan.no_teardown)
        + 1;
    plan.max_vus().saturating_add(phases)
}

/// `first` is how long VU 0 took. It compiled the script's text, which the others do not: an
/// init from bytecode takes about half of that.
fn worth_it(starts: u64, first: Duration) -> bool {
    let init = first / 2;
    let others = u32::try_from(starts).unwrap_or(u32::MAX);
    init.saturating_mul(others) > IMAGE_COST + init
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_starts_of_a_small_script_need_no_image_and_many_do() {
        let small = Duration::from_micros(800);
        assert!(!worth_it(2, small));
        assert!(worth_it(50, small));
        let large = Duration::from_millis(200);
        assert!(!worth_it(1, large));
        assert!(worth_it(2, large));
        assert!(worth_it(u64::MAX, large));
    }
}
