//! `runner:kv/claims`.

use runner_kv::ClaimRef;

use super::store::entries;
use super::{MILLISECOND, milliseconds};
use crate::VuState;
use crate::bindings::runner::kv::claims as wit;
use crate::bindings::runner::kv::store::{Entry, Error};

type Result<T> = std::result::Result<T, Error>;

impl wit::Host for VuState {
    fn claim_random(
        &mut self,
        prefix: String,
        count: u32,
        terms: wit::Terms,
    ) -> Result<Vec<wit::Claim>> {
        let (owner, ttl) = (terms.owner.as_deref(), milliseconds(terms.ttl));
        let claims = self
            .kv()?
            .claim_random(&prefix, count as usize, owner, ttl)?;
        Ok(claims.into_iter().map(claim).collect())
    }

    fn claim_next(&mut self, prefix: String, terms: wit::Terms) -> Result<Option<wit::Claim>> {
        let (owner, ttl) = (terms.owner.as_deref(), milliseconds(terms.ttl));
        Ok(self.kv()?.claim_next(&prefix, owner, ttl)?.map(claim))
    }

    fn claim_for_owner(
        &mut self,
        prefix: String,
        owner: String,
        ttl: Option<u64>,
    ) -> Result<Option<wit::Claim>> {
        let ttl = milliseconds(ttl);
        Ok(self.kv()?.claim_for_owner(&prefix, &owner, ttl)?.map(claim))
    }

    fn claim_keys(
        &mut self,
        keys: Vec<String>,
        terms: wit::Terms,
        all_or_nothing: bool,
    ) -> Result<wit::ClaimedKeys> {
        let (owner, ttl) = (terms.owner.as_deref(), milliseconds(terms.ttl));
        let result = self.kv()?.claim_keys(&keys, owner, ttl, all_or_nothing)?;
        Ok(wit::ClaimedKeys {
            claimed: result.claimed.into_iter().map(claim).collect(),
            busy: result.busy,
            missing: result.missing,
        })
    }

    fn release(&mut self, claim: wit::ClaimRef) -> Result<bool> {
        Ok(self.kv()?.release_claim(&reference(claim))?)
    }

    fn complete(&mut self, claim: wit::ClaimRef, delete_key: bool) -> Result<bool> {
        let claim = reference(claim);
        self.kv_change(|store| store.complete_claim(&claim, delete_key))
    }

    fn renew(&mut self, claim: wit::ClaimRef, ttl: Option<u64>) -> Result<bool> {
        Ok(self
            .kv()?
            .renew_claim(&reference(claim), milliseconds(ttl))?)
    }

    fn pop_random(&mut self, prefix: String, count: u32) -> Result<Vec<Entry>> {
        self.kv_change(|store| store.pop_random(&prefix, count as usize))
            .map(entries)
    }

    fn allocation_of(&mut self, prefix: String) -> Result<wit::Allocation> {
        let stats = self.kv()?.allocation_stats(&prefix)?;
        Ok(wit::Allocation {
            total: stats.total,
            claimed_live: stats.claimed_live,
            claimable: stats.claimable,
        })
    }
}

fn claim(claim: runner_kv::Claim) -> wit::Claim {
    wit::Claim {
        reference: wit::ClaimRef {
            id: claim.reference.id,
            key: claim.reference.key,
            token: claim.reference.token,
        },
        owner: claim.owner,
        expires_at: claim.expires_at.saturating_mul(MILLISECOND),
        value: claim.value.into(),
    }
}

fn reference(claim: wit::ClaimRef) -> ClaimRef {
    ClaimRef {
        id: claim.id,
        key: claim.key,
        token: claim.token,
    }
}
