//! Virtual users that share a pool of accounts: each takes one for itself, works with it and
//! gives it back, and all of them count together.
//!
//! ```text
//! cargo build --release --target wasm32-wasip2
//! runner run target/wasm32-wasip2/release/rust_kv.wasm -u 5 -i 50
//! ```

use std::time::Duration;

use runner_sdk::prelude::*;

const ACCOUNTS: u32 = 3;

runner_sdk::script! {
    init: open,
    setup: setup,
    default: work,
    teardown: teardown,
}

/// The same store for all virtual users.
fn open() -> Result {
    kv::open(&kv::Options::memory().tracked())?;
    Ok(())
}

/// How many accounts there are.
fn setup() -> Result<u32> {
    let kv = kv::store();
    kv.clear()?;
    for number in 1..=ACCOUNTS {
        kv.set(&format!("account:{number}"), &json!({ "visits": 0 }))?;
    }
    Ok(ACCOUNTS)
}

fn work(_accounts: &u32) -> Result {
    let kv = kv::store();
    // Others pass an account over while it is claimed; ten seconds later it is free again even
    // if this virtual user should die.
    let Some(claim) = kv.claim_next::<Value>("account:", Duration::from_secs(10))? else {
        kv.increment("found none free", 1.0)?;
        return Ok(());
    };
    let visits = claim.value["visits"].as_u64().unwrap_or_default() + 1;
    kv.set(claim.key(), &json!({ "visits": visits }))?;
    check! { "the account was ours" => claim.release()? };
    kv.increment("visits", 1.0)?;
    Ok(())
}

fn teardown(accounts: &u32) -> Result {
    let mut sum = 0;
    for account in kv::store().list::<Value>("account:", None)? {
        sum += account.value["visits"].as_u64().unwrap_or_default();
    }
    let visits: f64 = kv::store().get("visits")?.unwrap_or_default();
    log::info!("{sum} visits to {accounts} accounts, {visits} were counted");
    Ok(())
}
