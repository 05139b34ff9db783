//! Where cookies come from and go to: hosts, domains and paths.

use crate::target::Target;
use crate::url::Url;

/// Where cookies come from and go to.
pub struct Place<'a> {
    pub tls: bool,
    /// In lower case.
    pub host: &'a str,
    pub path: &'a str,
}

impl<'a> Place<'a> {
    pub fn of(target: &'a Target) -> Self {
        let host = &*target.origin().host;
        Self {
            tls: target.origin().tls,
            host: host.strip_suffix('.').unwrap_or(host),
            path: target.path().split('?').next().unwrap_or("/"),
        }
    }
}

/// Does something with the place that a URL names; nothing where that is not one of HTTP: it has
/// no cookies.
pub fn at<T>(url: &str, act: impl FnOnce(&Place<'_>) -> T) -> Result<Option<T>, String> {
    let url = Url::parse(url)?;
    let tls = match url.scheme.as_str() {
        "https" => true,
        "http" => false,
        _ => return Ok(None),
    };
    let host = url.host_and_port().0;
    let host = host.strip_suffix('.').unwrap_or(host);
    let host = match host.is_ascii() {
        true => host.to_ascii_lowercase(),
        false => idna::domain_to_ascii(host).unwrap_or_default(),
    };
    let path = if url.path.is_empty() { "/" } else { &url.path };
    let host = host.as_str();
    Ok(Some(act(&Place { tls, host, path })))
}

/// The domain that a cookie from this host is for, and whether it is for that host alone; none
/// where it may not be set.
pub fn domain_of(host: &str, given: &str) -> Option<(String, bool)> {
    if given.is_empty() {
        return Some((host.to_owned(), true));
    }
    if host.parse::<std::net::IpAddr>().is_ok() {
        return (given == host).then(|| (host.to_owned(), true));
    }
    let domain = given
        .strip_prefix('.')
        .unwrap_or(given)
        .to_ascii_lowercase();
    let malformed = domain.is_empty() || domain.starts_with('.') || domain.ends_with('.');
    if malformed || !(domain == host || below(host, &domain)) {
        return None;
    }
    // A domain of one name would be for half the world: it is for the host's own.
    match (domain.contains('.'), domain == host) {
        (true, _) => Some((domain, false)),
        (false, true) => Some((domain, true)),
        (false, false) => {
            let dots: Vec<_> = host.rmatch_indices('.').map(|(at, _)| at).collect();
            let own = dots.get(1).and_then(|at| host.get(at + 1..));
            Some((own.unwrap_or(host).to_owned(), false))
        }
    }
}

/// Where a cookie is for that names no path.
pub fn default_path(path: &str) -> &str {
    match path.rfind('/') {
        None | Some(0) => "/",
        Some(end) => path.get(..end).unwrap_or("/"),
    }
}

/// `path` is that of the cookie, or below it.
pub fn path_fits(path: &str, of_cookie: &str) -> bool {
    path.strip_prefix(of_cookie)
        .is_some_and(|rest| rest.is_empty() || of_cookie.ends_with('/') || rest.starts_with('/'))
}

/// `host` is a name under `domain`.
pub fn below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|rest| rest.ends_with('.'))
}
