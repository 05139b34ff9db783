//! Claims.

use rquickjs_sys::JSValue;

use crate::api::kv::queries::optional_text;
use crate::api::kv::value::{array, borrowed, entry, refused, texts, ttl};
use crate::bindings::runner::kv::claims::{self, Claim, ClaimRefParam, Terms};
use crate::bindings::runner::kv_pool::pool;
use crate::js::{Args, JsResult, Text, Val, define, number, truthy};
use crate::native;
use crate::state::engine;

native! {
    js_claim_random = claim_random;
    js_claim_next = claim_next;
    js_claim_for_owner = claim_for_owner;
    js_claim_keys = claim_keys;
    js_release = release;
    js_complete = complete;
    js_renew = renew;
    js_pop_random = pop_random;
    js_allocation = allocation;
}

pub fn install(native: &Val) -> JsResult<()> {
    define(native, c"claimRandom", 4, js_claim_random)?;
    define(native, c"claimNext", 3, js_claim_next)?;
    define(native, c"claimForOwner", 3, js_claim_for_owner)?;
    define(native, c"claimKeys", 4, js_claim_keys)?;
    define(native, c"release", 1, js_release)?;
    define(native, c"complete", 2, js_complete)?;
    define(native, c"renew", 2, js_renew)?;
    define(native, c"popRandom", 2, js_pop_random)?;
    define(native, c"allocation", 1, js_allocation)
}

/// `{id, key, token, owner, expiresAt, entry: {key, value}}`.
fn object(claim: Claim) -> JsResult<Val> {
    let result = Val::object()?;
    let reference = claim.reference;
    result.set_str("id", Val::str(&reference.id)?)?;
    result.set(engine().atoms.key, Val::str(&reference.key)?)?;
    result.set_str("token", Val::count(reference.token))?;
    if let Some(owner) = claim.owner {
        result.set_str("owner", Val::str(&owner)?)?;
    }
    result.set_str("expiresAt", Val::count(claim.expires_at / 1_000_000))?;
    result.set_str("entry", entry(&reference.key, claim.value)?)?;
    Ok(result)
}

fn objects(claims: Vec<Claim>) -> JsResult<Val> {
    array(claims.into_iter().map(object))
}

fn or_null(claim: Option<Claim>) -> JsResult<Val> {
    claim.map_or(Ok(Val::NULL), object)
}

/// `(prefix, count, owner, ttl) => [claim]`.
fn claim_random(_: JSValue, args: Args) -> JsResult<Val> {
    let owner = optional_text(args.at(2))?;
    let terms = Terms {
        owner: owner.as_deref(),
        ttl: ttl(args.at(3))?,
    };
    let count = number(args.at(1))? as u32;
    objects(claims::claim_random(&Text::of(args.at(0))?, count, terms).map_err(refused)?)
}

/// `(prefix, owner, ttl) => claim | null`.
fn claim_next(_: JSValue, args: Args) -> JsResult<Val> {
    let owner = optional_text(args.at(1))?;
    let terms = Terms {
        owner: owner.as_deref(),
        ttl: ttl(args.at(2))?,
    };
    or_null(claims::claim_next(&Text::of(args.at(0))?, terms).map_err(refused)?)
}

/// `(prefix, owner, ttl) => claim | null`.
fn claim_for_owner(_: JSValue, args: Args) -> JsResult<Val> {
    let (prefix, owner) = (Text::of(args.at(0))?, Text::of(args.at(1))?);
    or_null(claims::claim_for_owner(&prefix, &owner, ttl(args.at(2))?).map_err(refused)?)
}

/// `(keys, owner, ttl, allOrNothing) => {claimed, busy, missing}`.
fn claim_keys(_: JSValue, args: Args) -> JsResult<Val> {
    let keys = texts(args.at(0))?;
    let owner = optional_text(args.at(1))?;
    let terms = Terms {
        owner: owner.as_deref(),
        ttl: ttl(args.at(2))?,
    };
    let all = truthy(args.at(3))?;
    let made = claims::claim_keys(&borrowed(&keys), terms, all).map_err(refused)?;
    let names = |keys: Vec<String>| array(keys.iter().map(|key| Val::str(key)));
    let result = Val::object()?;
    result.set_str("claimed", objects(made.claimed)?)?;
    result.set_str("busy", names(made.busy)?)?;
    result.set_str("missing", names(made.missing)?)?;
    Ok(result)
}

/// Calls `with` for the claim that an object with id, key and token names.
fn named(claim: JSValue, with: impl FnOnce(ClaimRefParam<'_>) -> JsResult<bool>) -> JsResult<Val> {
    let claim = Val::dup(claim);
    let (id, key) = (
        claim.get_str("id")?.text()?,
        claim.get(engine().atoms.key)?.text()?,
    );
    let token = number(claim.get_str("token")?.raw())? as u64;
    with(ClaimRefParam {
        id: &id,
        key: &key,
        token,
    })
    .map(Val::bool)
}

fn release(_: JSValue, args: Args) -> JsResult<Val> {
    named(args.at(0), |claim| claims::release(claim).map_err(refused))
}

fn complete(_: JSValue, args: Args) -> JsResult<Val> {
    let delete = truthy(args.at(1))?;
    named(args.at(0), |claim| {
        claims::complete(claim, delete).map_err(refused)
    })
}

fn renew(_: JSValue, args: Args) -> JsResult<Val> {
    let ttl = ttl(args.at(1))?;
    named(args.at(0), |claim| {
        claims::renew(claim, ttl).map_err(refused)
    })
}

fn pop_random(_: JSValue, args: Args) -> JsResult<Val> {
    let count = number(args.at(1))? as u32;
    let items = claims::pop_random(&Text::of(args.at(0))?, count).map_err(refused)?;
    array(items.into_iter().map(|item| entry(&item.key, item.value)))
}

/// `(prefix) => {total, claimable, claimedLive, claimedExpired}`.
fn allocation(_: JSValue, args: Args) -> JsResult<Val> {
    let stats = pool::allocation_of(&Text::of(args.at(0))?).map_err(refused)?;
    let result = Val::object()?;
    result.set_str("total", Val::count(stats.total))?;
    result.set_str("claimable", Val::count(stats.claimable))?;
    result.set_str("claimedLive", Val::count(stats.claimed_live))?;
    result.set_str("claimedExpired", Val::count(stats.claimed_expired))?;
    Ok(result)
}
