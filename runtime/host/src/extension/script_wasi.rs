//! WASI of a script that is a component of its own: clocks, randomness, log lines, and what was
//! granted to `script`. Extensions that are composed into the script have the same: nothing tells
//! them apart any more.

use std::collections::HashSet;

use parking_lot::Mutex;
use runner_extensions::{ExtensionError, Grants, LastWords, Reach, Sandbox, sandbox};
use wasmtime_wasi::WasiCtx;

use super::set::Extensions;
use crate::log::Level;

/// Whose grants and lines they are.
const NAME: &str = "script";
/// Different refusals that are told; a script could ask for addresses without end.
const MOST_TOLD: usize = 100;

/// Refusals that the user has read.
#[derive(Debug, Default)]
pub(super) struct Told(Mutex<HashSet<String>>);

impl Extensions {
    /// Makes the context of one VU; granted variables are those of `env`, else of its surroundings.
    ///
    /// # Errors
    /// Where a granted folder cannot be opened.
    pub fn script_sandbox(&self, env: &[(String, String)]) -> Result<Sandbox, ExtensionError> {
        let lines = self.lines(NAME);
        let catalog = self.catalog();
        let grants = catalog.script_grants()?;
        sandbox(NAME, &grants, env, &catalog.places().variables, &lines)
    }

    /// As [`Extensions::script_sandbox`], with nothing granted where that has become impossible
    /// since the run began.
    pub(crate) fn script_sandbox_or_empty(&self, env: &[(String, String)]) -> Sandbox {
        self.script_sandbox(env).unwrap_or_else(|_| {
            let reach = Reach::new(NAME, &Grants::default());
            Sandbox {
                wasi: WasiCtx::builder().build(),
                denials: reach.denials().clone(),
                words: LastWords::default(),
                reach,
            }
        })
    }

    /// Tells the user what was wanted and not granted: once, and not for each VU.
    pub(crate) fn tell_once(&self, text: &str) {
        let mut told = self.told.0.lock();
        if told.len() < MOST_TOLD && told.insert(text.to_owned()) {
            self.log().log(Level::Warn, "", text, &[]);
        }
    }
}
