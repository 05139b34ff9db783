//! `runner:kv-pool/pool`: a package of its own, because `runner:kv` is released.

use crate::VuState;
use crate::bindings::runner::kv::store::Error;
use crate::bindings::runner::kv_pool::pool;

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
