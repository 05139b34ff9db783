//! Environment variables of the script: `-e NAME=value`, a scenario's `env`, and the system's
//! where `--include-system-env-vars` is given.

use std::cell::RefCell;

use crate::bindings::runner::execution::execution;

type Pair = (&'static str, &'static str);

#[derive(Default)]
struct Vars {
    /// Of the run, fetched when first needed.
    run: Option<Vec<Pair>>,
    /// Of the scenario that is active; they stand over those of the run.
    scenario: Vec<Pair>,
    /// Every text that was ever handed out, so that a VU that changes between scenarios does
    /// not leak anew each time.
    texts: Vec<&'static str>,
}

thread_local! {
    static VARS: RefCell<Vars> = RefCell::default();
}

impl Vars {
    fn keep(&mut self, text: String) -> &'static str {
        if let Some(known) = self.texts.iter().find(|known| **known == text) {
            return known;
        }
        let kept: &'static str = Box::leak(text.into_boxed_str());
        self.texts.push(kept);
        kept
    }

    fn keep_all(&mut self, pairs: Vec<(String, String)>) -> Vec<Pair> {
        pairs
            .into_iter()
            .map(|(name, value)| (self.keep(name), self.keep(value)))
            .collect()
    }

    fn run(&mut self) -> &[Pair] {
        if self.run.is_none() {
            self.run = Some(self.keep_all(execution::env()));
        }
        self.run.as_deref().unwrap_or_default()
    }
}

/// The value of an environment variable.
///
/// ```no_run
/// let url = runner_sdk::env("BASE_URL").unwrap_or("http://127.0.0.1:8080");
/// ```
pub fn env(name: &str) -> Option<&'static str> {
    VARS.with_borrow_mut(|vars| {
        let of = |pairs: &[Pair]| {
            pairs
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, value)| *value)
        };
        of(&vars.scenario).or_else(|| of(vars.run()))
    })
}

/// All environment variables; those of the scenario come last and win.
pub fn vars() -> Vec<(&'static str, &'static str)> {
    VARS.with_borrow_mut(|vars| {
        let mut all = vars.run().to_vec();
        all.retain(|(name, _)| !vars.scenario.iter().any(|(n, _)| n == name));
        all.extend(&vars.scenario);
        all
    })
}

pub(crate) fn set_scenario(pairs: Vec<(String, String)>) {
    VARS.with_borrow_mut(|vars| vars.scenario = vars.keep_all(pairs));
}
