//! A cookie jar. Clones are handles on the same jar. There is no limit on its size: it lives
//! for one iteration unless the run says otherwise.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;

use super::set_cookie::{self, Cookie};
use crate::headers::Headers;
use crate::target::Target;

/// A handle on a jar.
#[derive(Clone, Debug, Default)]
pub struct CookieJar {
    entries: Arc<Mutex<Vec<Entry>>>,
}

/// What a script can say about a cookie besides its name and value.
#[derive(Clone, Debug, Default)]
pub struct CookieAttributes {
    /// The URL's host and no other where none.
    pub domain: Option<String>,
    /// The directory of the URL's path where none.
    pub path: Option<String>,
    /// Unix milliseconds.
    pub expires: Option<i64>,
    /// Seconds; 0 and less delete the cookie.
    pub max_age: Option<i64>,
    /// For https only.
    pub secure: bool,
    /// No matter here.
    pub http_only: bool,
}

#[derive(Debug)]
struct Entry {
    name: String,
    value: String,
    domain: String,
    /// For the host itself, not for those below it.
    host_only: bool,
    path: String,
    secure: bool,
    /// Unix milliseconds.
    expires: Option<i64>,
}

impl Entry {
    fn fits(&self, target: &Target, path: &str, now: i64) -> bool {
        let origin = target.origin();
        (origin.tls || !self.secure)
            && self.expires.is_none_or(|at| at > now)
            && (*origin.host == *self.domain
                || (!self.host_only && below(&origin.host, &self.domain)))
            && path_fits(path, &self.path)
    }
}

impl CookieJar {
    /// An empty jar.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there is nothing in it at all.
    pub fn is_empty(&self) -> bool {
        self.entries.lock().is_empty()
    }

    /// Whether this is the only handle.
    pub(crate) fn is_sole(&self) -> bool {
        Arc::strong_count(&self.entries) == 1
    }

    /// Names and values in the order in which they would be sent: longest path first, then
    /// oldest first. Names can repeat.
    ///
    /// # Errors
    /// The message names the URL that cannot be used.
    pub fn cookies_for_url(&self, url: &str) -> Result<Vec<(String, String)>, String> {
        let target = usable(url)?;
        Ok(self.matching(&target, |entry| (entry.name.clone(), entry.value.clone())))
    }

    /// Sets a cookie as an answer from that URL would.
    ///
    /// # Errors
    /// The message names the URL that cannot be used.
    pub fn set(
        &self,
        url: &str,
        name: &str,
        value: &str,
        attributes: &CookieAttributes,
    ) -> Result<(), String> {
        let target = usable(url)?;
        let cookie = Cookie {
            name: name.to_owned(),
            value: value.to_owned(),
            domain: attributes.domain.clone().unwrap_or_default(),
            path: attributes.path.clone().unwrap_or_default(),
            http_only: attributes.http_only,
            secure: attributes.secure,
            max_age: attributes
                .max_age
                .map_or(0, |age| if age <= 0 { -1 } else { age }),
            expires: attributes.expires,
        };
        self.store(&target, cookie);
        Ok(())
    }

    /// Deletes all cookies that would be sent to the URL.
    ///
    /// # Errors
    /// The message names the URL that cannot be used.
    pub fn clear(&self, url: &str) -> Result<(), String> {
        self.remove(&usable(url)?, |_| true);
        Ok(())
    }

    /// Deletes the cookies of that name that would be sent to the URL.
    ///
    /// # Errors
    /// The message names the URL that cannot be used.
    pub fn delete(&self, url: &str, name: &str) -> Result<(), String> {
        self.remove(&usable(url)?, |entry| entry.name == name);
        Ok(())
    }

    /// Takes in what an answer sets.
    pub(crate) fn absorb(&self, target: &Target, headers: &Headers) {
        for cookie in headers
            .all("set-cookie")
            .filter_map(|value| set_cookie::parse(&value))
        {
            self.store(target, cookie);
        }
    }

    /// Appends `name=value` pairs to a `Cookie` header, but for the names refused.
    pub(crate) fn append_to(
        &self,
        target: &Target,
        header: &mut String,
        refuse: impl Fn(&str) -> bool,
    ) {
        let pairs = self.matching(target, |entry| {
            (!refuse(&entry.name)).then(|| (entry.name.clone(), entry.value.clone()))
        });
        for (name, value) in pairs.into_iter().flatten() {
            push_pair(header, &name, &value);
        }
    }

    fn matching<T>(&self, target: &Target, visit: impl Fn(&Entry) -> T) -> Vec<T> {
        let (path, now) = (path_of(target), now());
        let entries = self.entries.lock();
        let mut found: Vec<&Entry> = entries
            .iter()
            .filter(|entry| entry.fits(target, path, now))
            .collect();
        found.sort_by_key(|entry| std::cmp::Reverse(entry.path.len()));
        found.into_iter().map(visit).collect()
    }

    fn remove(&self, target: &Target, which: impl Fn(&Entry) -> bool) {
        let (path, now) = (path_of(target), now());
        self.entries
            .lock()
            .retain(|entry| !(which(entry) && entry.fits(target, path, now)));
    }

    fn store(&self, target: &Target, cookie: Cookie) {
        let host = &*target.origin().host;
        let domain = cookie.domain.trim_start_matches('.').to_ascii_lowercase();
        let host_only = domain.is_empty() || host.parse::<std::net::IpAddr>().is_ok();
        if !domain.is_empty() && domain != host && (host_only || !below(host, &domain)) {
            return;
        }
        let path = if cookie.path.starts_with('/') {
            cookie.path
        } else {
            default_path(path_of(target)).to_owned()
        };
        let now = now();
        let expires = match cookie.max_age {
            0 => cookie.expires,
            age if age < 0 => Some(0),
            age => Some(now.saturating_add(age.saturating_mul(1000))),
        };
        let entry = Entry {
            name: cookie.name,
            value: cookie.value,
            domain: if host_only { host.to_owned() } else { domain },
            host_only,
            path,
            secure: cookie.secure,
            expires,
        };
        let mut entries = self.entries.lock();
        let same = |old: &Entry| {
            old.name == entry.name && old.domain == entry.domain && old.path == entry.path
        };
        let dead = entry.expires.is_some_and(|at| at <= now);
        match entries.iter_mut().find(|old| same(old)) {
            Some(_) if dead => entries.retain(|old| !same(old)),
            Some(old) => *old = entry,
            None if dead => {}
            None => entries.push(entry),
        }
    }
}

/// Appends one pair to a `Cookie` header. What would end the pair or the header is left out.
pub(crate) fn push_pair(header: &mut String, name: &str, value: &str) {
    if !header.is_empty() {
        header.push_str("; ");
    }
    header.extend(
        name.chars()
            .filter(|c| !c.is_control() && !matches!(c, ';' | '=')),
    );
    header.push('=');
    header.extend(value.chars().filter(|c| !c.is_control() && *c != ';'));
}

fn usable(url: &str) -> Result<Target, String> {
    let target = Target::parse(url).map_err(|fault| fault.message.into_owned())?;
    match target.fault() {
        Some(fault) => Err(format!("\"{url}\" has no cookies: {}", fault.message)),
        None => Ok(target),
    }
}

fn path_of(target: &Target) -> &str {
    target.path().split('?').next().unwrap_or("/")
}

fn default_path(path: &str) -> &str {
    match path.rfind('/') {
        None | Some(0) => "/",
        Some(end) => path.get(..end).unwrap_or("/"),
    }
}

fn path_fits(path: &str, of_cookie: &str) -> bool {
    path.strip_prefix(of_cookie)
        .is_some_and(|rest| rest.is_empty() || of_cookie.ends_with('/') || rest.starts_with('/'))
}

/// `host` is a name under `domain`.
fn below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|rest| rest.ends_with('.'))
}

fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(jar: &CookieJar, url: &str) -> String {
        let list = jar.cookies_for_url(url).unwrap();
        list.iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect::<Vec<_>>()
            .join("; ")
    }

    fn absorb(jar: &CookieJar, url: &str, header: &str) {
        jar.store(
            &Target::parse(url).unwrap(),
            set_cookie::parse(header).unwrap(),
        );
    }

    #[test]
    fn domains_and_paths() {
        let jar = CookieJar::new();
        absorb(&jar, "http://a.h.test/x/y", "host=1");
        absorb(&jar, "http://a.h.test/x/y", "dom=2; Domain=.H.test; Path=/");
        absorb(&jar, "http://a.h.test/", "other=3; Domain=b.test");
        absorb(&jar, "http://a.h.test/", "sec=4; Secure; Path=/");
        assert_eq!(sent(&jar, "http://a.h.test/x/z?q"), "host=1; dom=2");
        assert_eq!(sent(&jar, "http://a.h.test/xx"), "dom=2");
        assert_eq!(sent(&jar, "https://a.h.test/"), "dom=2; sec=4");
        assert_eq!(sent(&jar, "http://b.h.test/x/"), "dom=2");
        assert_eq!(sent(&jar, "http://ah.test/"), "");
    }

    #[test]
    fn replacing_and_deleting() {
        let jar = CookieJar::new();
        let url = "http://h.test/";
        absorb(&jar, url, "a=1");
        absorb(&jar, url, "b=1");
        absorb(&jar, url, "a=2");
        assert_eq!(sent(&jar, url), "a=2; b=1");
        absorb(&jar, url, "a=; Max-Age=0");
        assert_eq!(sent(&jar, url), "b=1");
        absorb(&jar, url, "b=; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
        assert!(jar.is_empty());
        let attributes = CookieAttributes {
            max_age: Some(60),
            ..Default::default()
        };
        jar.set(url, "c", "3", &attributes).unwrap();
        jar.set(url, "d", "4", &CookieAttributes::default())
            .unwrap();
        jar.delete(url, "c").unwrap();
        assert_eq!(sent(&jar, url), "d=4");
        jar.clear(url).unwrap();
        assert!(jar.is_empty());
        assert!(
            jar.set("foo", "a", "b", &attributes)
                .unwrap_err()
                .contains("foo")
        );
    }

    #[test]
    fn addresses_have_no_subdomains() {
        let jar = CookieJar::new();
        absorb(&jar, "http://127.0.0.1:80/", "a=1; Domain=127.0.0.1");
        absorb(&jar, "http://127.0.0.1/", "b=1; Domain=0.0.1");
        assert_eq!(sent(&jar, "http://127.0.0.1:90/"), "a=1");
    }

    #[test]
    fn pairs_cannot_smuggle() {
        let mut header = String::new();
        push_pair(&mut header, "a", "b; c=d\r\nX: y");
        assert_eq!(header, "a=b c=dX: y");
    }
}
