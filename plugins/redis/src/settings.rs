//! Which server, as whom, and how long to wait: from a URL and from options.
//!
//! Limits: one server, without TLS; no cluster and no sentinels.

use std::fmt;
use std::time::Duration;

use percent_encoding::percent_decode_str;

use crate::failure::Failure;

/// Everything that a connection needs.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// Name or address, IPv6 without brackets.
    pub host: String,
    /// Of TCP.
    pub port: u16,
    /// None for the default user.
    pub username: Option<String>,
    /// None where the server asks for none.
    pub password: Option<String>,
    /// Number of the logical database.
    pub database: u32,
    /// For CLIENT LIST.
    pub client_name: Option<String>,
    /// RESP3 in place of RESP2.
    pub resp3: bool,
    /// For making a connection.
    pub connect_timeout: Duration,
    /// For a command and its reply.
    pub timeout: Duration,
}

/// What may be said beside the URL; the same fields as `options` in the WIT.
#[derive(Default)]
pub struct Options {
    pub host: Option<String>,
    pub port: Option<u16>,
    pub username: Option<String>,
    pub password: Option<String>,
    pub database: Option<u32>,
    pub client_name: Option<String>,
    pub protocol: Option<u8>,
    /// Milliseconds.
    pub connect_timeout: Option<u64>,
    /// Milliseconds.
    pub timeout: Option<u64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".into(),
            port: 6379,
            username: None,
            password: None,
            database: 0,
            client_name: None,
            resp3: false,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(3),
        }
    }
}

/// Without the password.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "redis://{}/{}", self.address(), self.database)
    }
}

impl Settings {
    /// What the URL says, and the options over it.
    ///
    /// # Errors
    /// Where either cannot be used. The message does not repeat the URL: it may hold a password.
    pub fn new(url: Option<&str>, options: Options) -> Result<Self, Failure> {
        let mut settings = match url {
            Some(url) => Self::of_url(url)?,
            None => Self::default(),
        };
        if let Some(host) = options.host {
            if host.is_empty() {
                return Err(Failure::Invalid("options.host is empty".into()));
            }
            settings.host = host;
        }
        settings.port = options.port.unwrap_or(settings.port);
        settings.username = options.username.or(settings.username);
        settings.password = options.password.or(settings.password);
        settings.database = options.database.unwrap_or(settings.database);
        settings.client_name = options.client_name;
        settings.resp3 = match options.protocol {
            None | Some(2) => false,
            Some(3) => true,
            Some(other) => {
                let text = format!("options.protocol must be 2 or 3, got {other}");
                return Err(Failure::Invalid(text));
            }
        };
        for (name, given, timeout) in [
            (
                "connectTimeout",
                options.connect_timeout,
                &mut settings.connect_timeout,
            ),
            ("timeout", options.timeout, &mut settings.timeout),
        ] {
            match given {
                None => {}
                Some(0) => {
                    let text = format!("options.{name} must be at least 1 millisecond, got 0");
                    return Err(Failure::Invalid(text));
                }
                Some(millis) => *timeout = Duration::from_millis(millis),
            }
        }
        Ok(settings)
    }

    fn of_url(url: &str) -> Result<Self, Failure> {
        let wrong = |what: &str| {
            Failure::Invalid(format!(
                "the URL {what}; expected redis://[[user]:password@]host[:port][/database]"
            ))
        };
        let (scheme, rest) = url
            .split_once("://")
            .ok_or_else(|| wrong("has no scheme"))?;
        match scheme {
            "redis" => {}
            "rediss" => return Err(wrong("asks for TLS (rediss), which this client has not")),
            _ => return Err(wrong("is not one of Redis")),
        }
        if rest.contains(['?', '#']) {
            return Err(wrong("has parameters; give them as options"));
        }
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let mut settings = Self::default();
        // The last @: a password may have one that is not encoded.
        let place = match authority.rsplit_once('@') {
            None => authority,
            Some((user, place)) => {
                let (name, password) = match user.split_once(':') {
                    Some((name, password)) => (name, Some(password)),
                    None => (user, None),
                };
                let decoded = |text: &str| {
                    let text = percent_decode_str(text).decode_utf8();
                    text.map(String::from)
                        .map_err(|_| wrong("has a name or password that is not UTF-8"))
                };
                if !name.is_empty() {
                    settings.username = Some(decoded(name)?);
                }
                settings.password = password.map(decoded).transpose()?;
                place
            }
        };
        let (host, port) = match place.strip_prefix('[') {
            Some(inner) => {
                let ended = inner.split_once(']');
                let (host, rest) = ended.ok_or_else(|| wrong("has a [ without ]"))?;
                match rest.strip_prefix(':') {
                    Some(port) => (host, port),
                    None if rest.is_empty() => (host, ""),
                    None => return Err(wrong("has something behind ]")),
                }
            }
            None => place.split_once(':').unwrap_or((place, "")),
        };
        if !host.is_empty() {
            settings.host = host.to_owned();
        }
        if !port.is_empty() {
            settings.port = port.parse().map_err(|_| wrong("has a port that is none"))?;
        }
        if !path.is_empty() {
            let number = path.parse();
            settings.database = number.map_err(|_| wrong("has a database that is no number"))?;
        }
        Ok(settings)
    }

    /// `host:port`, for messages.
    pub fn address(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Result<Settings, String> {
        Settings::new(Some(text), Options::default()).map_err(|error| error.to_string())
    }

    #[test]
    fn urls_with_and_without_their_parts() {
        let seen = |text: &str| {
            let s = url(text).unwrap();
            let shown = format!("{}/{}", s.address(), s.database);
            (
                shown,
                s.username.unwrap_or_default(),
                s.password.unwrap_or_default(),
            )
        };
        let expected = |place: &str, user: &str, password: &str| {
            (place.to_owned(), user.to_owned(), password.to_owned())
        };
        for (text, place, user, password) in [
            ("redis://", "127.0.0.1:6379/0", "", ""),
            ("redis://db", "db:6379/0", "", ""),
            ("redis://db:1/", "db:1/0", "", ""),
            ("redis://db/15", "db:6379/15", "", ""),
            ("redis://:secret@db:7000/2", "db:7000/2", "", "secret"),
            ("redis://ann:p%40ss%3Aw@db", "db:6379/0", "ann", "p@ss:w"),
            ("redis://ann:p@ss@db", "db:6379/0", "ann", "p@ss"),
            ("redis://ann@[::1]:6380", "[::1]:6380/0", "ann", ""),
            ("redis://[::1]/3", "[::1]:6379/3", "", ""),
        ] {
            assert_eq!(seen(text), expected(place, user, password), "{text}");
        }
    }

    #[test]
    fn wrong_urls_are_refused_without_showing_the_password() {
        for (text, expected) in [
            ("", "no scheme"),
            ("db:6379", "no scheme"),
            ("http://x:hush@db", "not one of Redis"),
            ("rediss://x:hush@db", "TLS"),
            ("redis://x:hush@db:port", "a port"),
            ("redis://x:hush@db:99999", "a port"),
            ("redis://x:hush@db/one", "no number"),
            ("redis://x:hush@db/1/2", "no number"),
            ("redis://x:hush@db?timeout=1", "parameters"),
            ("redis://x:hush%ff@db", "not UTF-8"),
            ("redis://x:hush@[::1", "without ]"),
            ("redis://x:hush@[::1]x", "behind ]"),
        ] {
            let error = url(text).unwrap_err();
            assert!(
                error.contains(expected) && !error.contains("hush"),
                "{text}: {error}"
            );
        }
        let shown = format!("{:?}", url("redis://x:hush@db").unwrap());
        assert_eq!(shown, "redis://db:6379/0");
    }

    #[test]
    fn options_stand_over_the_url() {
        let options = Options {
            host: Some("other".into()),
            password: Some("p".into()),
            protocol: Some(3),
            timeout: Some(50),
            ..Options::default()
        };
        let settings = Settings::new(Some("redis://ann:x@db:1/2"), options).unwrap();
        assert_eq!(settings.address(), "other:1");
        assert_eq!(settings.username.as_deref(), Some("ann"));
        assert_eq!(settings.password.as_deref(), Some("p"));
        assert!(settings.resp3);
        assert_eq!(settings.timeout, Duration::from_millis(50));
    }

    #[test]
    fn impossible_options_are_refused_by_name() {
        let refused = |options| Settings::new(None, options).unwrap_err().to_string();
        let options = |change: fn(&mut Options)| {
            let mut options = Options::default();
            change(&mut options);
            options
        };
        assert!(refused(options(|o| o.protocol = Some(4))).contains("options.protocol"));
        assert!(refused(options(|o| o.timeout = Some(0))).contains("options.timeout"));
        assert!(refused(options(|o| o.connect_timeout = Some(0))).contains("connectTimeout"));
        assert!(refused(options(|o| o.host = Some(String::new()))).contains("options.host"));
    }
}
