//! A cookie jar. Clones are handles on the same jar. There is no limit on its size: it lives
//! for one iteration unless the run says otherwise.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;

use super::place::{Place, at, below, default_path, domain_of, path_fits};
use super::set_cookie::{self, Cookie, push_pair};
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
    fn fits(&self, place: &Place<'_>, now: i64) -> bool {
        (place.tls || !self.secure)
            && self.expires.is_none_or(|at| at > now)
            && (place.host == self.domain || (!self.host_only && below(place.host, &self.domain)))
            && path_fits(place.path, &self.path)
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
    /// The message names the URL that cannot be read.
    pub fn cookies_for_url(&self, url: &str) -> Result<Vec<(String, String)>, String> {
        let pair = |entry: &Entry| (entry.name.clone(), entry.value.clone());
        at(url, |place| self.matching(place, pair)).map(Option::unwrap_or_default)
    }

    /// Sets a cookie as an answer from that URL would.
    ///
    /// # Errors
    /// The message names the URL that cannot be read.
    pub fn set(
        &self,
        url: &str,
        name: &str,
        value: &str,
        attributes: &CookieAttributes,
    ) -> Result<(), String> {
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
        at(url, |place| self.store(place, cookie)).map(drop)
    }

    /// Deletes all cookies that would be sent to the URL.
    ///
    /// # Errors
    /// The message names the URL that cannot be read.
    pub fn clear(&self, url: &str) -> Result<(), String> {
        at(url, |place| self.remove(place, |_| true)).map(drop)
    }

    /// Deletes the cookies of that name that would be sent to the URL.
    ///
    /// # Errors
    /// The message names the URL that cannot be read.
    pub fn delete(&self, url: &str, name: &str) -> Result<(), String> {
        at(url, |place| self.remove(place, |entry| entry.name == name)).map(drop)
    }

    /// Takes in what an answer sets.
    pub(crate) fn absorb(&self, target: &Target, headers: &Headers) {
        for cookie in headers
            .all("set-cookie")
            .filter_map(|value| set_cookie::parse(&value))
        {
            self.store(&Place::of(target), cookie);
        }
    }

    /// Appends `name=value` pairs to a `Cookie` header, but for the names refused.
    pub(crate) fn append_to(
        &self,
        target: &Target,
        header: &mut String,
        refuse: impl Fn(&str) -> bool,
    ) {
        let pairs = self.matching(&Place::of(target), |entry| {
            (!refuse(&entry.name)).then(|| (entry.name.clone(), entry.value.clone()))
        });
        for (name, value) in pairs.into_iter().flatten() {
            push_pair(header, &name, &value);
        }
    }

    fn matching<T>(&self, place: &Place<'_>, visit: impl Fn(&Entry) -> T) -> Vec<T> {
        let now = now();
        let entries = self.entries.lock();
        let mut found: Vec<&Entry> = entries
            .iter()
            .filter(|entry| entry.fits(place, now))
            .collect();
        found.sort_by_key(|entry| std::cmp::Reverse(entry.path.len()));
        found.into_iter().map(visit).collect()
    }

    fn remove(&self, place: &Place<'_>, which: impl Fn(&Entry) -> bool) {
        let now = now();
        self.entries
            .lock()
            .retain(|entry| !(which(entry) && entry.fits(place, now)));
    }

    fn store(&self, place: &Place<'_>, cookie: Cookie) {
        let Some((domain, host_only)) = domain_of(place.host, &cookie.domain) else {
            return;
        };
        let path = if cookie.path.starts_with('/') {
            cookie.path
        } else {
            default_path(place.path).to_owned()
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
            domain,
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
            &Place::of(&Target::parse(url).unwrap()),
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
    }

    #[test]
    fn addresses_have_no_subdomains() {
        let jar = CookieJar::new();
        absorb(&jar, "http://127.0.0.1:80/", "a=1; Domain=127.0.0.1");
        absorb(&jar, "http://127.0.0.1/", "b=1; Domain=0.0.1");
        assert_eq!(sent(&jar, "http://127.0.0.1:90/"), "a=1");
    }

    #[test]
    fn domains_that_are_too_wide_or_malformed() {
        for (domain, wanted) in [
            ("h.test", ["a=1", "a=1", "a=1"]),
            (".H.test", ["a=1", "a=1", "a=1"]),
            ("a.h.test", ["a=1", "", ""]),
            ("test", ["a=1", "a=1", "a=1"]),
            ("b.h.test", ["", "", ""]),
            ("x.a.h.test", ["", "", ""]),
            ("h.test.", ["", "", ""]),
            ("..h.test", ["", "", ""]),
            (".", ["", "", ""]),
        ] {
            let jar = CookieJar::new();
            absorb(&jar, "http://a.h.test/", &format!("a=1; Domain={domain}"));
            let hosts = ["a.h.test", "b.h.test", "h.test"];
            assert_eq!(
                hosts.map(|host| sent(&jar, &format!("http://{host}/"))),
                wanted,
                "{domain}"
            );
            assert_eq!(sent(&jar, "http://a.other.test/"), "", "{domain}");
        }
        let jar = CookieJar::new();
        absorb(&jar, "http://localhost/", "a=1; Domain=localhost");
        assert_eq!(sent(&jar, "http://localhost/"), "a=1");
        assert_eq!(sent(&jar, "http://x.localhost/"), "");
    }

    #[test]
    fn hosts_in_all_their_spellings() {
        let jar = CookieJar::new();
        absorb(&jar, "http://H.test.:80/", "a=1");
        assert_eq!(sent(&jar, "http://h.TEST/"), "a=1");
        absorb(&jar, "http://b\u{fc}cher.test/", "b=1");
        assert_eq!(sent(&jar, "https://xn--bcher-kva.test:1/"), "b=1");
        absorb(&jar, "http://[::1]:80/", "c=1");
        assert_eq!(sent(&jar, "http://[::1]/"), "c=1");
    }

    #[test]
    fn what_is_no_place_of_http_has_no_cookies() {
        for url in [
            "",
            "foo",
            "/x",
            "//h/x",
            "ftp://h/",
            "mailto:a@b",
            "ws://h/",
        ] {
            let jar = CookieJar::new();
            jar.set(url, "a", "1", &CookieAttributes::default())
                .unwrap();
            assert_eq!(jar.cookies_for_url(url), Ok(Vec::new()), "{url}");
            jar.delete(url, "a").unwrap();
            jar.clear(url).unwrap();
            assert!(jar.is_empty());
        }
        let jar = CookieJar::new();
        let problem = "parse \"http://a b/\": invalid character \" \" in host name";
        assert_eq!(jar.cookies_for_url("http://a b/").unwrap_err(), problem);
        assert_eq!(jar.clear("http://a b/").unwrap_err(), problem);
    }
}
