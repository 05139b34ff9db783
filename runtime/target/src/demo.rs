//! A small API with a login, as load-test tutorials use it: `POST /login` gives a token,
//! `GET` and `PUT /profile` want it.
//!
//! Any user name with any password is let in. Tokens carry the name and a keyed hash, so that
//! the server keeps nothing per login; profiles are kept per user, at most [`MOST_USERS`] (a
//! load test with a new name per iteration must not fill the memory).

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Method, StatusCode};
use parking_lot::Mutex;
use serde_json::{Map, Value, json};

use crate::auth;
use crate::reply::{self, Reply};
use crate::request::{Call, pairs};

/// Most profiles that are kept; later users have one that forgets.
const MOST_USERS: usize = 10_000;

/// Who has logged in, and what they said about themselves.
pub(crate) struct Accounts {
    key: RandomState,
    profiles: Mutex<HashMap<String, Map<String, Value>>>,
}

impl Accounts {
    pub(crate) fn new() -> Self {
        Self {
            key: RandomState::new(),
            profiles: Mutex::default(),
        }
    }

    fn token(&self, user: &str) -> String {
        format!(
            "{}.{:016x}",
            URL_SAFE_NO_PAD.encode(user),
            self.key.hash_one(user)
        )
    }

    fn user(&self, token: &str) -> Option<String> {
        let (encoded, _) = token.split_once('.')?;
        let user = String::from_utf8(URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()?;
        (self.token(&user) == token).then_some(user)
    }

    fn profile(&self, user: &str) -> Map<String, Value> {
        self.profiles
            .lock()
            .get(user)
            .cloned()
            .unwrap_or_else(|| fresh(user))
    }

    fn update(&self, user: &str, changes: Map<String, Value>) -> Map<String, Value> {
        let mut profiles = self.profiles.lock();
        let mut profile = profiles.get(user).cloned().unwrap_or_else(|| fresh(user));
        profile.extend(changes.into_iter().filter(|(key, _)| key != "username"));
        if profiles.len() < MOST_USERS || profiles.contains_key(user) {
            profiles.insert(user.to_owned(), profile.clone());
        }
        profile
    }
}

fn fresh(user: &str) -> Map<String, Value> {
    Map::from_iter([
        ("name".to_owned(), Value::from(user)),
        ("username".to_owned(), Value::from(user)),
    ])
}

/// `POST /login` with `username` and `password` as a form or as JSON.
pub(crate) fn login(call: &Call) -> Reply {
    let fields = fields(call);
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("username").is_empty() || text("password").is_empty() {
        return refusal(
            StatusCode::UNAUTHORIZED,
            "username and password are required",
        );
    }
    let token = call.accounts.token(text("username"));
    reply::json(
        StatusCode::OK,
        json!({ "token": token, "username": text("username") }),
    )
}

/// `GET /profile`, and `PUT /profile` with what should change in it.
pub(crate) fn profile(call: &Call) -> Reply {
    let Some(user) = auth::bearer_token(call).and_then(|token| call.accounts.user(token)) else {
        return refusal(
            StatusCode::UNAUTHORIZED,
            "send the token of POST /login as a bearer",
        );
    };
    let profile = if call.method == Method::PUT {
        call.accounts.update(&user, fields(call))
    } else {
        call.accounts.profile(&user)
    };
    reply::json(StatusCode::OK, Value::Object(profile))
}

/// The members of a JSON object, or of a form.
fn fields(call: &Call) -> Map<String, Value> {
    match serde_json::from_slice(&call.body) {
        Ok(Value::Object(object)) => object,
        _ => pairs(&call.body)
            .into_iter()
            .map(|(key, value)| (key, value.into()))
            .collect(),
    }
}

fn refusal(status: StatusCode, message: &str) -> Reply {
    reply::json(status, json!({ "error": message }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_tokens_are_known() {
        let accounts = Accounts::new();
        let token = accounts.token("ann.b");
        assert_eq!(accounts.user(&token).as_deref(), Some("ann.b"));
        assert_eq!(Accounts::new().user(&token), None);
        for forged in ["", ".", "x", "YW5u.0000000000000000"] {
            assert_eq!(accounts.user(forged), None, "{forged:?}");
        }
    }

    #[test]
    fn profiles_change_but_not_their_user() {
        let accounts = Accounts::new();
        let changes = json!({ "name": "Ann", "username": "bob", "city": "Bonn" });
        accounts.update("ann", changes.as_object().cloned().unwrap());
        let profile = Value::Object(accounts.profile("ann"));
        assert_eq!(
            profile,
            json!({ "name": "Ann", "username": "ann", "city": "Bonn" })
        );
        assert_eq!(accounts.profile("bob")["name"], "bob");
    }

    #[test]
    fn profiles_are_bounded() {
        let accounts = Accounts::new();
        for user in 0..MOST_USERS + 10 {
            accounts.update(&user.to_string(), Map::new());
        }
        assert_eq!(accounts.profiles.lock().len(), MOST_USERS);
    }
}
