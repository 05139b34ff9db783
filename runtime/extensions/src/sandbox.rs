//! WASI for one extension or output: clocks, randomness and log lines for everybody; addresses,
//! folders and variables as granted.

use std::collections::BTreeMap;
use std::sync::Arc;

use wasmtime_wasi::clocks::{MonotonicClock, WallClock};
use wasmtime_wasi::{FsPerms, WasiCtx};

use crate::clocks::Coarse;
use crate::lines::Lines;
use crate::{Denials, ExtensionError, Grants, LastWords, LineSink, Reach};

/// A context, and what it refused.
pub struct Sandbox {
    /// For the store.
    pub wasi: WasiCtx,
    /// What the instance may reach.
    pub reach: Reach,
    /// What was refused.
    pub denials: Denials,
    /// What it said when it panicked.
    pub words: LastWords,
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").finish_non_exhaustive()
    }
}

/// Makes the context of one instance of `name`. Variables are those of `env`, which are the script's,
/// else those of `more`.
///
/// # Errors
/// Where a granted folder cannot be opened.
pub fn sandbox(
    name: &str,
    grants: &Grants,
    env: &[(String, String)],
    more: &BTreeMap<String, String>,
    lines: &LineSink,
) -> Result<Sandbox, ExtensionError> {
    let reach = Reach::new(name, grants);
    let words = LastWords::default();
    let mut builder = WasiCtx::builder();
    builder
        .stdout(Lines::new(Arc::clone(lines), None))
        .stderr(Lines::new(Arc::clone(lines), Some(words.clone())));
    for (folders, perms, flag) in [
        (&grants.write, FsPerms::ReadWrite, "--allow-write"),
        (&grants.read, FsPerms::ReadOnly, "--allow-read"),
    ] {
        for folder in folders {
            builder
                .preopened_dir(&folder.host, &folder.guest, perms)
                .map_err(|error| ExtensionError::Folder {
                    name: name.to_owned(),
                    flag,
                    folder: folder.host.display().to_string(),
                    reason: error.to_string(),
                })?;
        }
    }
    for variable in &grants.env {
        let own = env.iter().rev().find(|(name, _)| name == variable);
        match own {
            Some((_, value)) => {
                builder.env(variable, value);
            }
            None => {
                if let Some(value) = more.get(variable) {
                    builder.env(variable, value);
                }
            }
        }
    }
    if !grants.hrtime {
        builder
            .monotonic_clock(Coarse(MonotonicClock::new()))
            .wall_clock(Coarse(WallClock::new()));
    }
    // Names are looked at one by one, addresses too.
    builder
        .allow_tcp(true)
        .allow_udp(true)
        .allow_ip_name_lookup(true);
    let asked = reach.clone();
    builder
        .socket_addr_check(move |address, wanted| Box::pin(asked.clone().socket(address, wanted)));
    Ok(Sandbox {
        wasi: builder.build(),
        denials: reach.denials().clone(),
        reach,
        words,
    })
}
