//! `/digest-auth/:qop/:user/:password[/:algorithm]` after RFC 7616.
//!
//! The server keeps no nonces: whatever nonce the client uses, its answer must be right. That
//! is enough to test a client and nothing else.

use std::collections::HashMap;
use std::fmt::Write as _;

use http::header::AUTHORIZATION;
use md5::{Digest as _, Md5};
use sha2::{Sha256, Sha512};

use crate::auth;
use crate::random::Random;
use crate::reply::{self, Reply};
use crate::request::Call;

const REALM: &str = "me@runner.test";

#[derive(Clone, Copy)]
enum Algorithm {
    Md5,
    Sha256,
    Sha512,
}

impl Algorithm {
    fn from_name(name: &str) -> Option<Self> {
        match name.to_ascii_uppercase().as_str() {
            "MD5" => Some(Self::Md5),
            "SHA-256" => Some(Self::Sha256),
            "SHA-512" => Some(Self::Sha512),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
            Self::Sha512 => "SHA-512",
        }
    }

    fn hex(self, text: &[u8]) -> String {
        match self {
            Self::Md5 => to_hex(&Md5::digest(text)),
            Self::Sha256 => to_hex(&Sha256::digest(text)),
            Self::Sha512 => to_hex(&Sha512::digest(text)),
        }
    }
}

/// 200 for the right answer to the challenge, 401 with a new challenge for any other.
pub(crate) fn answer(call: &Call, qop: &str, user: &str, password: &str, algorithm: &str) -> Reply {
    let Some(algorithm) = Algorithm::from_name(algorithm) else {
        return reply::bad_request("algorithms are MD5, SHA-256 and SHA-512");
    };
    let sent = call
        .header(AUTHORIZATION)
        .and_then(|value| value.strip_prefix("Digest "))
        .map(parameters);
    match sent {
        Some(sent) if is_right(call, &sent, user, password, algorithm) => auth::welcome(user),
        _ => challenge(qop, algorithm),
    }
}

fn challenge(qop: &str, algorithm: Algorithm) -> Reply {
    let mut random = Random::new();
    let nonce = algorithm.hex(&random.next().to_le_bytes());
    let opaque = algorithm.hex(&random.next().to_le_bytes());
    let qop = match qop {
        "auth" | "auth-int" => format!("qop=\"{qop}\", "),
        "auth,auth-int" => "qop=\"auth,auth-int\", ".to_owned(),
        _ => String::new(),
    };
    let name = algorithm.name();
    auth::challenge(&format!(
        "Digest realm=\"{REALM}\", nonce=\"{nonce}\", {qop}opaque=\"{opaque}\", \
         algorithm={name}, stale=FALSE"
    ))
}

fn is_right(
    call: &Call,
    sent: &HashMap<String, String>,
    user: &str,
    password: &str,
    algorithm: Algorithm,
) -> bool {
    let get = |name: &str| sent.get(name).map(String::as_str).unwrap_or_default();
    if get("username") != user || get("realm") != REALM {
        return false;
    }
    // The digest is about this very request.
    let target = call.uri.path_and_query().map_or("/", |path| path.as_str());
    if get("uri") != target {
        return false;
    }
    let secret = algorithm.hex(format!("{user}:{REALM}:{password}").as_bytes());
    let mut action = format!("{}:{target}", call.method);
    if get("qop") == "auth-int" {
        let _ = write!(action, ":{}", algorithm.hex(&call.body));
    }
    let action = algorithm.hex(action.as_bytes());
    let nonce = get("nonce");
    let expected = match get("qop") {
        "" => format!("{secret}:{nonce}:{action}"),
        qop => format!(
            "{secret}:{nonce}:{}:{}:{qop}:{action}",
            get("nc"),
            get("cnonce")
        ),
    };
    !nonce.is_empty() && get("response") == algorithm.hex(expected.as_bytes())
}

/// `name="value", name=value` as a map.
fn parameters(text: &str) -> HashMap<String, String> {
    let mut map = HashMap::new();
    let mut rest = text.trim();
    while let Some((name, after)) = rest.split_once('=') {
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => {
                let bare = after.split(',').next().unwrap_or_default();
                (bare.trim(), after.get(bare.len()..).unwrap_or_default())
            }
        };
        map.insert(name.trim().to_ascii_lowercase(), value.to_owned());
        rest = after.trim_start().trim_start_matches(',').trim_start();
    }
    map
}

fn to_hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::StatusCode;

    #[test]
    fn parameters_come_quoted_and_bare() {
        let map = parameters("username=\"a, b\", nc=00000001 , qop=auth, uri=\"/x?y=1\"");
        assert_eq!(map["username"], "a, b");
        assert_eq!(map["nc"], "00000001");
        assert_eq!(map["uri"], "/x?y=1");
    }

    #[test]
    fn hashes_are_the_known_ones() {
        assert_eq!(Algorithm::Md5.hex(b""), "d41d8cd98f00b204e9800998ecf8427e");
        assert!(
            Algorithm::Sha256
                .hex(b"abc")
                .starts_with("ba7816bf8f01cfea")
        );
        assert_eq!(
            Algorithm::from_name("sha-512").map(Algorithm::name),
            Some("SHA-512")
        );
        assert!(Algorithm::from_name("rot13").is_none());
    }

    #[test]
    fn a_challenge_names_what_it_wants() {
        let reply = challenge("auth", Algorithm::Sha256);
        assert_eq!(reply.status(), StatusCode::UNAUTHORIZED);
        let header = reply.headers()[http::header::WWW_AUTHENTICATE]
            .to_str()
            .unwrap();
        assert!(header.contains("qop=\"auth\"") && header.contains("algorithm=SHA-256"));
    }
}
