//! Claims: a VU takes a key for itself, for a time, and others pass it over.
//!
//! A claim has a token that no other claim of this store ever has, and later ones have greater
//! ones, over restarts too (they start from the clock): whoever guards something outside can
//! refuse a smaller token than it has seen. All that is done with a claim names its token, so
//! that a holder whose time ran out cannot touch its successor's.
//!
//! A claim ends with its key: whoever removes the key ends it, and a key whose time to live is
//! over can neither be given back nor completed.
//!
//! Claims are in memory for both backends. The lock is held for a few look-ups only: keys are
//! found and read without it, and a claim that turns out to be of no key is given back. Where
//! both are needed, the backend's lock of a key comes first.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use bytes::Bytes;

use crate::backend::Change;
use crate::error::{Error, Result};
use crate::options::{MAX_RANDOM, check_batch, check_key, check_prefix, shown};
use crate::query::Item;
use crate::store::Store;

/// How long a claim lasts unless told otherwise, in milliseconds.
pub const DEFAULT_CLAIM: u64 = 30_000;
/// How long a claim lasts at most, in milliseconds.
pub const MAX_CLAIM: u64 = 24 * 60 * 60 * 1000;
/// Bytes of an owner's name at most.
pub const MAX_OWNER: usize = 256;
/// How often somebody else may be faster before a call gives up.
const ROUNDS: usize = 64;

/// Names a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRef {
    /// Which one.
    pub id: String,
    /// The key that it holds.
    pub key: String,
    /// Greater than that of every claim before.
    pub token: u64,
}

/// A claim that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Its name.
    pub reference: ClaimRef,
    /// Who made it.
    pub owner: Option<String>,
    /// When it ends: Unix milliseconds.
    pub expires_at: u64,
    /// The value of the key when it was claimed.
    pub value: Bytes,
}

/// What came of claiming certain keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClaimKeys {
    /// Those that were claimed.
    pub claimed: Vec<Claim>,
    /// Keys that others hold.
    pub busy: Vec<String>,
    /// Keys that are not there.
    pub missing: Vec<String>,
}

/// Keys of a prefix, by what claims say of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AllocationStats {
    /// All keys.
    pub total: u64,
    /// Keys that are held.
    pub claimed_live: u64,
    /// Keys whose claim ran out and that nobody has claimed since; they could be claimed.
    pub claimed_expired: u64,
    /// Keys that could be claimed.
    pub claimable: u64,
}

#[derive(Debug)]
struct Held {
    token: u64,
    owner: Option<String>,
    /// The prefix, for a claim that its owner gets again.
    sticky: Option<String>,
    expires: u64,
}

/// All claims of a store.
#[derive(Debug)]
pub(crate) struct Claims {
    held: HashMap<Arc<str>, Held>,
    due: BTreeSet<(u64, Arc<str>)>,
    /// (prefix, owner) to key.
    owners: HashMap<(String, String), Arc<str>>,
    next_token: u64,
}

impl Claims {
    pub fn new(now: u64) -> Self {
        Self {
            held: HashMap::new(),
            due: BTreeSet::new(),
            owners: HashMap::new(),
            // Below 2^53 for the next two centuries.
            next_token: now.saturating_mul(1000).max(1),
        }
    }

    pub fn clear(&mut self) {
        self.held.clear();
        self.due.clear();
        self.owners.clear();
    }

    /// Claims that are held, and that ran out.
    pub fn counts(&self, now: u64) -> (u64, u64) {
        let expired = self.due.iter().take_while(|(at, _)| *at <= now).count();
        ((self.held.len() - expired) as u64, expired as u64)
    }

    fn is_held(&self, key: &str, now: u64) -> bool {
        self.held.get(key).is_some_and(|held| held.expires > now)
    }

    fn take(&mut self, key: &str, owner: Option<&str>, sticky: Option<&str>, expires: u64) -> u64 {
        self.drop_key(key);
        let token = self.next_token;
        self.next_token += 1;
        let key: Arc<str> = key.into();
        if let (Some(prefix), Some(owner)) = (sticky, owner) {
            let name = (prefix.to_owned(), owner.to_owned());
            self.owners.insert(name, Arc::clone(&key));
        }
        self.due.insert((expires, Arc::clone(&key)));
        let held = Held {
            token,
            owner: owner.map(str::to_owned),
            sticky: sticky.map(str::to_owned),
            expires,
        };
        self.held.insert(key, held);
        token
    }

    /// Ends the claim of a key.
    pub fn drop_key(&mut self, key: &str) {
        let Some((key, held)) = self.held.remove_entry(key) else {
            return;
        };
        if let (Some(prefix), Some(owner)) = (held.sticky, held.owner) {
            self.owners.remove(&(prefix, owner));
        }
        self.due.remove(&(held.expires, key));
    }

    /// Forgets claims that ended long ago, so that their number is bounded by time.
    fn forget(&mut self, now: u64) {
        while let Some((expires, key)) = self.due.first()
            && expires.saturating_add(MAX_CLAIM) <= now
        {
            let key = Arc::clone(key);
            self.drop_key(&key);
        }
    }

    /// True when `claim` is held now.
    fn holds(&self, claim: &ClaimRef, now: u64) -> bool {
        let held = self.held.get(claim.key.as_str());
        held.is_some_and(|held| {
            held.token == claim.token && held.expires > now && id(held.token) == claim.id
        })
    }
}

fn id(token: u64) -> String {
    format!("claim-{token:x}")
}

impl Store {
    fn claim_end(&self, owner: Option<&str>, ttl: Option<u64>) -> Result<u64> {
        if owner.is_some_and(|owner| owner.len() > MAX_OWNER) {
            return Err(Error::options(format!(
                "the owner of a claim may have {MAX_OWNER} bytes at most"
            )));
        }
        match ttl.unwrap_or(DEFAULT_CLAIM) {
            ttl @ 1..=MAX_CLAIM => Ok(self.clock.now().saturating_add(ttl)),
            ttl => Err(Error::options(format!(
                "the ttl of a claim must be 1 to {MAX_CLAIM} ms, not {ttl}"
            ))),
        }
    }

    /// Claims a key unless others hold it; none when it is not there.
    fn take(
        &self,
        key: &str,
        owner: Option<&str>,
        sticky: Option<&str>,
        expires: u64,
    ) -> Result<Result<Option<Claim>, Busy>> {
        let token = {
            let now = self.clock.now();
            let mut claims = self.claims.lock();
            claims.forget(now);
            if claims.is_held(key, now) {
                return Ok(Err(Busy));
            }
            claims.take(key, owner, sticky, expires)
        };
        let reference = ClaimRef {
            id: id(token),
            key: key.to_owned(),
            token,
        };
        match self.storage()?.get(key) {
            Ok(Some(entry)) => Ok(Ok(Some(Claim {
                reference,
                owner: owner.map(str::to_owned),
                expires_at: expires,
                value: entry.value,
            }))),
            other => {
                self.end_claim(&reference);
                other.map(|_| Ok(None))
            }
        }
    }

    /// Claims up to `count` free keys by chance.
    pub fn claim_random(
        &self,
        prefix: &str,
        count: usize,
        owner: Option<&str>,
        ttl: Option<u64>,
    ) -> Result<Vec<Claim>> {
        if count > MAX_RANDOM {
            return Err(Error::options(format!(
                "{count} claims at once are too many; the limit is {MAX_RANDOM}"
            )));
        }
        let expires = self.claim_end(owner, ttl)?;
        let mut made: Vec<Claim> = Vec::new();
        for _ in 0..ROUNDS {
            let missing = count - made.len();
            let now = self.clock.now();
            let keys = self.sample(prefix, missing, &mut |key| {
                !self.claims.lock().is_held(key, now)
            })?;
            // Fewer than wanted: these are all that there are.
            let all = keys.len() < missing;
            let mut raced = false;
            for key in &keys {
                match self.take(key, owner, None, expires)? {
                    Ok(Some(claim)) => made.push(claim),
                    Ok(None) | Err(Busy) => raced = true,
                }
            }
            if made.len() == count || all && !raced {
                break;
            }
        }
        Ok(made)
    }

    /// Claims the smallest free key.
    pub fn claim_next(
        &self,
        prefix: &str,
        owner: Option<&str>,
        ttl: Option<u64>,
    ) -> Result<Option<Claim>> {
        let expires = self.claim_end(owner, ttl)?;
        self.claim_first(prefix, owner, None, expires)
    }

    fn claim_first(
        &self,
        prefix: &str,
        owner: Option<&str>,
        sticky: Option<&str>,
        expires: u64,
    ) -> Result<Option<Claim>> {
        check_prefix(prefix)?;
        for _ in 0..ROUNDS {
            let now = self.clock.now();
            let mut free = None;
            self.storage()?.range(prefix, None, &mut |key, _, _| {
                if self.claims.lock().is_held(key, now) {
                    return ControlFlow::Continue(());
                }
                free = Some(key.to_owned());
                ControlFlow::Break(())
            })?;
            let Some(key) = free else { return Ok(None) };
            if let Ok(Some(claim)) = self.take(&key, owner, sticky, expires)? {
                return Ok(Some(claim));
            }
        }
        Ok(None)
    }

    /// The claim that `owner` holds on a key with that prefix, or else a new one on a free key
    /// by chance. Its time is not prolonged.
    pub fn claim_for_owner(
        &self,
        prefix: &str,
        owner: &str,
        ttl: Option<u64>,
    ) -> Result<Option<Claim>> {
        if owner.is_empty() {
            return Err(Error::options("claimForOwner needs an owner"));
        }
        let expires = self.claim_end(Some(owner), ttl)?;
        let known = {
            let now = self.clock.now();
            let claims = self.claims.lock();
            let key = claims.owners.get(&(prefix.to_owned(), owner.to_owned()));
            let held = key.and_then(|key| Some((key.to_string(), claims.held.get(key)?)));
            held.filter(|(_, held)| held.expires > now)
                .map(|(key, held)| (key, held.token, held.expires))
        };
        if let Some((key, token, expires_at)) = known {
            let reference = ClaimRef {
                id: id(token),
                key,
                token,
            };
            if let Some(entry) = self.storage()?.get(&reference.key)? {
                return Ok(Some(Claim {
                    reference,
                    owner: Some(owner.to_owned()),
                    expires_at,
                    value: entry.value,
                }));
            }
            self.end_claim(&reference);
        }
        for _ in 0..ROUNDS {
            let now = self.clock.now();
            let keys = self.sample(prefix, 1, &mut |key| !self.claims.lock().is_held(key, now))?;
            let Some(key) = keys.first() else {
                return Ok(None);
            };
            if let Ok(Some(claim)) = self.take(key, Some(owner), Some(prefix), expires)? {
                return Ok(Some(claim));
            }
        }
        Ok(None)
    }

    /// Claims certain distinct keys: those that are free, or with `all_or_nothing` all of them or
    /// none; then the first that cannot be had is the only one that is looked at and named.
    pub fn claim_keys(
        &self,
        keys: &[String],
        owner: Option<&str>,
        ttl: Option<u64>,
        all_or_nothing: bool,
    ) -> Result<ClaimKeys> {
        check_batch(keys.len())?;
        let mut seen = HashSet::with_capacity(keys.len());
        for key in keys {
            check_key(key)?;
            if !seen.insert(key) {
                return Err(Error::options(format!(
                    "the key \"{}\" is to be claimed twice",
                    shown(key)
                )));
            }
        }
        let expires = self.claim_end(owner, ttl)?;
        let mut result = ClaimKeys::default();
        for key in keys {
            match self.take(key, owner, None, expires)? {
                Ok(Some(claim)) => {
                    result.claimed.push(claim);
                    continue;
                }
                Ok(None) => result.missing.push(key.clone()),
                Err(Busy) => result.busy.push(key.clone()),
            }
            if all_or_nothing {
                for claim in result.claimed.drain(..) {
                    self.end_claim(&claim.reference);
                }
                break;
            }
        }
        Ok(result)
    }

    /// Gives a key back; false when the claim is not held any more, or the key is gone.
    pub fn release_claim(&self, claim: &ClaimRef) -> Result<bool> {
        let storage = self.storage()?;
        check_key(&claim.key)?;
        let there = storage.contains(&claim.key)?;
        Ok(self.end_claim(claim) && there)
    }

    /// Ends a claim, whatever became of its key; false when it is not held any more.
    fn end_claim(&self, claim: &ClaimRef) -> bool {
        let now = self.clock.now();
        let mut claims = self.claims.lock();
        let holds = claims.holds(claim, now);
        if holds {
            claims.drop_key(&claim.key);
        }
        holds
    }

    /// Ends a claim, and with `delete` its key; false when the claim is not held any more, or the
    /// key is gone.
    pub fn complete_claim(&self, claim: &ClaimRef, delete: bool) -> Result<bool> {
        if !delete {
            return self.release_claim(claim);
        }
        let storage = self.storage()?;
        check_key(&claim.key)?;
        let mut done = false;
        // The key goes first: nobody can claim it in between.
        storage.update(&claim.key, &mut |entry| {
            done = entry.is_some() && self.claims.lock().holds(claim, self.clock.now());
            Ok(if done { Change::Remove } else { Change::Keep })
        })?;
        self.end_claim(claim);
        Ok(done)
    }

    /// Gives a claim a new time from now on; false when the claim is not held any more, or the
    /// key is gone.
    pub fn renew_claim(&self, claim: &ClaimRef, ttl: Option<u64>) -> Result<bool> {
        let expires = self.claim_end(None, ttl)?;
        let storage = self.storage()?;
        check_key(&claim.key)?;
        if !storage.contains(&claim.key)? {
            self.end_claim(claim);
            return Ok(false);
        }
        let now = self.clock.now();
        let mut claims = self.claims.lock();
        if !claims.holds(claim, now) {
            return Ok(false);
        }
        let claims = &mut *claims;
        if let Some((key, _)) = claims.held.get_key_value(claim.key.as_str()) {
            let key = Arc::clone(key);
            if let Some(held) = claims.held.get_mut(&key) {
                claims.due.remove(&(held.expires, Arc::clone(&key)));
                held.expires = expires;
                claims.due.insert((expires, key));
            }
        }
        Ok(true)
    }

    /// Removes up to `count` free entries by chance and returns them; each goes to one caller.
    pub fn pop_random(&self, prefix: &str, count: usize) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        while items.len() < count {
            let claims = self.claim_random(prefix, count - items.len(), None, None)?;
            if claims.is_empty() {
                break;
            }
            let mut failure = None;
            for claim in claims {
                // Where one cannot be removed, the others go back.
                if failure.is_none() {
                    match self.remove(&claim.reference.key) {
                        Ok(item) => items.extend(item),
                        Err(error) => failure = Some(error),
                    }
                }
                self.end_claim(&claim.reference);
            }
            if let Some(error) = failure {
                return Err(error);
            }
        }
        Ok(items)
    }

    /// Removes an entry and returns it; none where it is not there.
    fn remove(&self, key: &str) -> Result<Option<Item>> {
        let mut removed = None;
        self.storage()?.update(key, &mut |entry| {
            removed = entry.map(|entry| entry.value.clone());
            Ok(match entry {
                Some(_) => Change::Remove,
                None => Change::Keep,
            })
        })?;
        Ok(removed.map(|value| Item {
            key: key.to_owned(),
            value,
        }))
    }

    /// How many keys with that prefix are held and free.
    pub fn allocation_stats(&self, prefix: &str) -> Result<AllocationStats> {
        let total = self.count(prefix)?;
        let now = self.clock.now();
        let claimed: Vec<(Arc<str>, bool)> = {
            let claims = self.claims.lock();
            let claimed = claims
                .held
                .iter()
                .filter(|(key, _)| key.starts_with(prefix));
            claimed
                .map(|(key, held)| (Arc::clone(key), held.expires > now))
                .collect()
        };
        let (mut live, mut expired) = (0, 0);
        for (key, is_live) in claimed {
            let count = if is_live { &mut live } else { &mut expired };
            *count += u64::from(self.storage()?.contains(&key)?);
        }
        Ok(AllocationStats {
            total,
            claimed_live: live,
            claimed_expired: expired,
            claimable: total.saturating_sub(live),
        })
    }
}

/// Somebody else holds the key.
struct Busy;
