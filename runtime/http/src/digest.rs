//! Digest authentication of RFC 7616: MD5 and SHA-256, with and without `-sess`, `qop=auth`
//! or none. `auth-int` and user name hashing are not done.

use std::fmt::Write as _;

use md5::Md5;
use sha2::{Digest as _, Sha256};

/// What a server wants to have proved.
#[derive(Debug, Default)]
struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    algorithm: String,
    qop: String,
}

/// Value of `Authorization`, for the first `Digest` challenge that can be answered.
pub(crate) fn answer(
    challenges: impl Iterator<Item = String>,
    (user, password): &(String, String),
    method: &str,
    uri: &str,
) -> Option<String> {
    let cnonce = format!("{:016x}", fastrand::u64(..));
    challenges
        .filter_map(|header| parse(&header))
        .find_map(|challenge| respond(&challenge, user, password, method, uri, &cnonce))
}

fn parse(header: &str) -> Option<Challenge> {
    let start = header.get(..7)?;
    if !start.eq_ignore_ascii_case("digest ") {
        return None;
    }
    let mut challenge = Challenge::default();
    let mut rest = header.get(7..)?;
    while let Some((key, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let (value, tail) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_at(after.find(',').unwrap_or(after.len())),
        };
        let value = value.trim().to_owned();
        match key
            .trim_matches([',', ' ', '\t'])
            .to_ascii_lowercase()
            .as_str()
        {
            "realm" => challenge.realm = value,
            "nonce" => challenge.nonce = value,
            "opaque" => challenge.opaque = Some(value),
            "algorithm" => challenge.algorithm = value,
            "qop" => challenge.qop = value,
            _ => {}
        }
        rest = tail;
    }
    (!challenge.nonce.is_empty()).then_some(challenge)
}

fn respond(
    challenge: &Challenge,
    user: &str,
    password: &str,
    method: &str,
    uri: &str,
    cnonce: &str,
) -> Option<String> {
    let algorithm = challenge.algorithm.to_ascii_uppercase();
    let hash: fn(&str) -> String = match algorithm.trim_end_matches("-SESS") {
        "" | "MD5" => |text| hex(&Md5::digest(text.as_bytes())),
        "SHA-256" => |text| hex(&Sha256::digest(text.as_bytes())),
        _ => return None,
    };
    let Challenge { realm, nonce, .. } = challenge;
    let mut a1 = hash(&format!("{user}:{realm}:{password}"));
    if algorithm.ends_with("-SESS") {
        a1 = hash(&format!("{a1}:{nonce}:{cnonce}"));
    }
    let a2 = hash(&format!("{method}:{uri}"));
    let auth = challenge
        .qop
        .split(',')
        .any(|qop| qop.trim().eq_ignore_ascii_case("auth"));
    let response = if auth {
        hash(&format!("{a1}:{nonce}:00000001:{cnonce}:auth:{a2}"))
    } else if challenge.qop.is_empty() {
        hash(&format!("{a1}:{nonce}:{a2}"))
    } else {
        return None;
    };
    let user = user.replace('\\', "\\\\").replace('"', "\\\"");
    let mut value = format!(
        "Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", \
         response=\"{response}\""
    );
    if !challenge.algorithm.is_empty() {
        let _ = write!(value, ", algorithm={}", challenge.algorithm);
    }
    if let Some(opaque) = &challenge.opaque {
        let _ = write!(value, ", opaque=\"{opaque}\"");
    }
    if auth {
        let _ = write!(value, ", qop=auth, nc=00000001, cnonce=\"{cnonce}\"");
    }
    Some(value)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn respond_to(header: &str, cnonce: &str) -> Option<String> {
        let challenge = parse(header)?;
        respond(
            &challenge,
            "Mufasa",
            "Circle of Life",
            "GET",
            "/dir/index.html",
            cnonce,
        )
    }

    #[test]
    fn the_examples_of_the_rfcs() {
        let value = respond_to(
            "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=SHA-256, \
             nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", \
             opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"",
            "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
        )
        .unwrap();
        let wanted = "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1";
        assert!(value.contains(wanted), "{value}");
        let value = respond_to(
            "Digest realm=\"http-auth@example.org\", qop=\"auth\", algorithm=MD5, \
             nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\"",
            "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
        )
        .unwrap();
        assert!(
            value.contains("8ca523f5e9506fed4657c9700eebdbec"),
            "{value}"
        );
    }

    #[test]
    fn what_cannot_be_answered() {
        assert_eq!(respond_to("Basic realm=\"x\"", "c"), None);
        assert_eq!(respond_to("Digest realm=\"x\"", "c"), None);
        assert_eq!(respond_to("Digest nonce=\"x\", algorithm=FOO", "c"), None);
        assert_eq!(respond_to("Digest nonce=\"x", "c"), None);
    }
}
