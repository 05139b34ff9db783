//! `runner:kv-pool/pool`: a package of its own, because `runner:kv` is released.

use wasmtime::component::{HasSelf, Linker};

use crate::VuState;
use crate::bindings::runner::kv::store::Error;
use bindings::runner::kv_pool::pool;

#[allow(missing_docs, reason = "generated code")]
mod bindings {
    wasmtime::component::bindgen!({
        path: ["../../wit/kv", "../../wit/kv-pool"],
        world: "runner:kv-pool/observer",
        with: { "runner:kv/store": crate::bindings::runner::kv::store },
    });
}

/// Lets what `vu` finds the VU for ask.
pub(crate) fn add_to_linker<T: Send + 'static>(
    linker: &mut Linker<T>,
    vu: fn(&mut T) -> &mut VuState,
) -> wasmtime::Result<()> {
    pool::add_to_linker::<T, HasSelf<VuState>>(linker, vu)
}

impl pool::Host for VuState {
    fn allocation_of(&mut self, prefix: String) -> Result<pool::Allocation, Error> {
        let stats = self.kv()?.allocation_stats(&prefix)?;
        Ok(pool::Allocation {
            total: stats.total,
            claimed_live: stats.claimed_live,
            claimed_expired: stats.claimed_expired,
            claimable: stats.claimable,
        })
    }
}
