//! Claims.

use crate::api::kv::atoms::atoms;
use crate::api::kv::value::{Ttl, borrowed, entry};
use crate::bindings::runner::kv::claims::{self, Claim, ClaimRefParam, ClaimedKeys, Terms};
use crate::bindings::runner::kv_pool::pool::{self, Allocation};
use crate::js::{FromJs, IntoJs, JsResult, Text, Val, number};
use rquickjs_sys::JSValue;

crate::natives! { install {
    c"claimRandom"(prefix: Text, count: u32, owner: Option<Text>, ttl: Ttl) =>
        claims::claim_random(&prefix, count, terms(&owner, ttl)),
    c"claimNext"(prefix: Text, owner: Option<Text>, ttl: Ttl) =>
        claims::claim_next(&prefix, terms(&owner, ttl)),
    c"claimForOwner"(prefix: Text, owner: Text, ttl: Ttl) =>
        claims::claim_for_owner(&prefix, &owner, ttl.0),
    c"claimKeys"(keys: Vec<Text>, owner: Option<Text>, ttl: Ttl, all_or_nothing: bool) =>
        claims::claim_keys(&borrowed(&keys), terms(&owner, ttl), all_or_nothing),
    c"release"(claim: Named) => claims::release(claim.reference()),
    c"complete"(claim: Named, delete_key: bool) => claims::complete(claim.reference(), delete_key),
    c"renew"(claim: Named, ttl: Ttl) => claims::renew(claim.reference(), ttl.0),
    c"popRandom"(prefix: Text, count: u32) => claims::pop_random(&prefix, count),
    c"allocation"(prefix: Text) => pool::allocation_of(&prefix),
} }

crate::fields! {
    ClaimedKeys { claimed, busy, missing }
    Allocation {
        total, claimable, claimed_live = "claimedLive", claimed_expired = "claimedExpired",
    }
}

fn terms(owner: &Option<Text>, ttl: Ttl) -> Terms<'_> {
    Terms {
        owner: owner.as_deref(),
        ttl: ttl.0,
    }
}

/// `{id, key, token, owner, expiresAt, entry: {key, value}}`.
impl IntoJs for Claim {
    fn into_js(self) -> JsResult<Val> {
        let result = Val::object()?;
        let reference = self.reference;
        result.set_str("id", Val::str(&reference.id)?)?;
        result.set(atoms().key, Val::str(&reference.key)?)?;
        result.set_str("token", Val::count(reference.token))?;
        if let Some(owner) = self.owner {
            result.set_str("owner", Val::str(&owner)?)?;
        }
        result.set_str("expiresAt", Val::count(self.expires_at / 1_000_000))?;
        result.set_str("entry", entry(&reference.key, self.value)?)?;
        Ok(result)
    }
}

/// The claim that an object with id, key and token names.
struct Named {
    id: Text,
    key: Text,
    token: u64,
}

impl FromJs for Named {
    fn from_js(claim: JSValue) -> JsResult<Named> {
        let claim = Val::dup(claim);
        Ok(Named {
            id: claim.get_str("id")?.text()?,
            key: claim.get(atoms().key)?.text()?,
            token: number(claim.get_str("token")?.raw())? as u64,
        })
    }
}

impl Named {
    fn reference(&self) -> ClaimRefParam<'_> {
        ClaimRefParam {
            id: &self.id,
            key: &self.key,
            token: self.token,
        }
    }
}
