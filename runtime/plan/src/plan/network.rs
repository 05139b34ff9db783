//! What connections and the HTTP client are told: options with defaults filled in.

use crate::options::Options;
use crate::types::{HttpDebug, HttpSettings, NetSettings, TlsSettings};

/// Rules and settings of all connections.
pub(super) fn net(options: &Options) -> NetSettings {
    let hosts = options.hosts.iter().flatten();
    NetSettings {
        hosts: hosts.map(|(key, to)| (key.clone(), *to)).collect(),
        block_hostnames: options.block_hostnames.clone().unwrap_or_default(),
        blacklist_ips: options.blacklist_ips.clone().unwrap_or_default(),
        dns: options.dns.resolve(),
        local_ips: options.local_ips.clone(),
        tls: TlsSettings {
            versions: options.tls_version.unwrap_or_default(),
            cipher_suites: options.tls_cipher_suites.clone().unwrap_or_default(),
            auth: options.tls_auth.clone().unwrap_or_default(),
            skip_verify: options.insecure_skip_tls_verify.unwrap_or_default(),
            extra_roots: Vec::new(),
        },
    }
}

/// Settings of the HTTP client.
pub(super) fn http(options: &Options) -> HttpSettings {
    let default = HttpSettings::default();
    HttpSettings {
        user_agent: match options.user_agent.as_deref() {
            Some("") => None,
            Some(agent) => Some(agent.to_owned()),
            None => default.user_agent,
        },
        max_redirects: options.max_redirects.map_or(default.max_redirects, |most| {
            u32::try_from(most).unwrap_or(0)
        }),
        max_redirects_set: options.max_redirects.is_some(),
        batch: options.batch.map_or(default.batch, limit),
        batch_per_host: options.batch_per_host.map_or(default.batch_per_host, limit),
        no_connection_reuse: options.no_connection_reuse.unwrap_or_default(),
        no_vu_connection_reuse: options.no_vu_connection_reuse.unwrap_or_default(),
        no_cookies_reset: options.no_cookies_reset.unwrap_or_default(),
        discard_response_bodies: options.discard_response_bodies.unwrap_or_default(),
        rps: options
            .rps
            .and_then(|rps| u32::try_from(rps).ok())
            .filter(|rps| *rps > 0),
        debug: match options.http_debug.as_deref() {
            None | Some("") => HttpDebug::Off,
            Some("full") => HttpDebug::Full,
            Some(_) => HttpDebug::Headers,
        },
    }
}

/// Zero and below mean no limit.
fn limit(value: i64) -> Option<usize> {
    usize::try_from(value).ok().filter(|limit| *limit > 0)
}
