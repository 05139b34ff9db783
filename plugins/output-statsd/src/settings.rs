//! What the user can say: in the argument, as `HOST:PORT?namespace=k6.&tags=true`; in the
//! environment, by k6's names; in the config file, by k6's keys. The argument counts most, the
//! config file least.

use std::time::Duration;

use serde_json::Value;

const PORT: u16 = 8125;
/// Fits an Ethernet frame with some tunnelling around it.
const PACKET: usize = 1432;
/// More does not fit a datagram.
const LARGEST: usize = 65_507;

/// As the user wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `HOST:PORT`.
    pub address: String,
    /// Stands before each name.
    pub namespace: String,
    /// Whether lines carry tags, as DogStatsD has them.
    pub tags: bool,
    /// Tags that are left out.
    pub blocklist: Vec<String>,
    /// How long a packet may wait to become full.
    pub push_interval: Duration,
    /// Most bytes in a packet.
    pub packet: usize,
    /// Most lines in a packet; 0 for as many as fit.
    pub buffer: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            address: format!("127.0.0.1:{PORT}"),
            namespace: "k6.".into(),
            tags: false,
            blocklist: ["vu", "iter", "url"].map(str::to_owned).into(),
            push_interval: Duration::from_secs(1),
            packet: PACKET,
            buffer: 0,
        }
    }
}

/// Key of the argument, variable of the environment, key of the config file.
const KEYS: [(&str, &str, &str); 7] = [
    ("addr", "K6_STATSD_ADDR", "addr"),
    ("namespace", "K6_STATSD_NAMESPACE", "namespace"),
    ("tags", "K6_STATSD_ENABLE_TAGS", "enableTags"),
    ("blocklist", "K6_STATSD_TAG_BLOCKLIST", "tagBlocklist"),
    ("interval", "K6_STATSD_PUSH_INTERVAL", "pushInterval"),
    ("buffer", "K6_STATSD_BUFFER_SIZE", "bufferSize"),
    ("packet", "K6_STATSD_PACKET_SIZE", "packetSize"),
];

impl Settings {
    /// Puts the three together.
    pub fn resolve(
        argument: &str,
        env: impl Fn(&str) -> Option<String>,
        config: Option<&str>,
    ) -> Result<Self, String> {
        let mut settings = Self::default();
        if let Some(text) = config {
            settings.of_config(text)?;
        }
        for (key, variable, _) in KEYS {
            if let Some(value) = env(variable) {
                let set = settings.set(key, &value);
                set.map_err(|reason| format!("{variable}: {reason}"))?;
            }
        }
        let (address, query) = argument.split_once('?').unwrap_or((argument, ""));
        if !address.is_empty() {
            settings.set("addr", address)?;
        }
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=').unwrap_or((part, "true"));
            settings
                .set(key, value)
                .map_err(|reason| format!("{key}: {reason}"))?;
        }
        Ok(settings)
    }

    fn of_config(&mut self, text: &str) -> Result<(), String> {
        let config: Value =
            serde_json::from_str(text).map_err(|error| format!("collectors: {error}"))?;
        for (key, value) in config.as_object().into_iter().flatten() {
            let known = KEYS.iter().find(|(_, _, name)| name == key);
            let (known, ..) = known.ok_or_else(|| unknown("collectors", key, KEYS.map(|k| k.2)))?;
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Array(items) => {
                    let texts = items.iter().filter_map(Value::as_str);
                    texts.collect::<Vec<_>>().join(",")
                }
                other => other.to_string(),
            };
            let set = self.set(known, &text);
            set.map_err(|reason| format!("collectors: {key}: {reason}"))?;
        }
        Ok(())
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let number = |most: usize| match value.parse() {
            Ok(number) if number <= most => Ok(number),
            _ => Err(format!(
                "expected a number of at most {most}, got {value:?}"
            )),
        };
        match key {
            "addr" => self.address = address(value)?,
            "namespace" => self.namespace = value.into(),
            "tags" => {
                self.tags = match value {
                    "true" | "1" => true,
                    "false" | "0" => false,
                    _ => return Err(format!("expected true or false, got {value:?}")),
                }
            }
            "blocklist" => {
                let names = value
                    .split(',')
                    .map(str::trim)
                    .filter(|name| !name.is_empty());
                self.blocklist = names.map(str::to_owned).collect();
            }
            "interval" => self.push_interval = duration(value)?,
            "buffer" => self.buffer = number(usize::MAX)?,
            "packet" => self.packet = number(LARGEST)?.max(1),
            _ => return Err(unknown("it", key, KEYS.map(|known| known.0))),
        }
        Ok(())
    }
}

fn unknown(place: &str, key: &str, known: [&str; 7]) -> String {
    format!("unknown key {key:?}; {place} can have {}", known.join(", "))
}

/// Adds what is missing. `localhost` becomes an address, which needs no name to be looked up.
fn address(text: &str) -> Result<String, String> {
    let wrong = || format!("expected HOST:PORT, got {text:?}");
    let bare = text.starts_with('[') && text.ends_with(']');
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !bare => (host, port.parse().map_err(|_| wrong())?),
        _ => (text, PORT),
    };
    match host {
        "" | "localhost" => Ok(format!("127.0.0.1:{port}")),
        host if host.contains(':') && !host.starts_with('[') => Err(wrong()),
        host => Ok(format!("{host}:{port}")),
    }
}

/// `1s`, `500ms`, `1m`; a number alone is milliseconds.
fn duration(text: &str) -> Result<Duration, String> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let seconds = match unit {
        "" | "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        _ => f64::NAN,
    };
    let number = text
        .strip_suffix(unit)
        .and_then(|number| number.parse::<f64>().ok());
    number
        .and_then(|number| Duration::try_from_secs_f64(number * seconds).ok())
        .ok_or_else(|| format!("expected a duration such as 500ms or 1s, got {text:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(argument: &str) -> Result<Settings, String> {
        Settings::resolve(argument, |_| None, None)
    }

    #[test]
    fn addresses_get_what_is_missing() {
        for (given, expected) in [
            ("", "127.0.0.1:8125"),
            ("localhost", "127.0.0.1:8125"),
            (":9", "127.0.0.1:9"),
            ("stats.local", "stats.local:8125"),
            ("10.0.0.1:1", "10.0.0.1:1"),
            ("[::1]", "[::1]:8125"),
            ("[::1]:2", "[::1]:2"),
        ] {
            assert_eq!(of(given).unwrap().address, expected, "{given}");
        }
        for wrong in ["host:port", "host:99999", "::1:80"] {
            assert!(of(wrong).unwrap_err().contains("HOST:PORT"), "{wrong}");
        }
    }

    #[test]
    fn the_argument_counts_most_and_the_config_file_least() {
        let env = |name: &str| match name {
            "K6_STATSD_NAMESPACE" => Some("env.".to_owned()),
            "K6_STATSD_ADDR" => Some("env:1".to_owned()),
            _ => None,
        };
        let config = r#"{"namespace":"file.","enableTags":true,"tagBlocklist":["a","b"],
            "pushInterval":"250ms","bufferSize":20}"#;
        let settings = Settings::resolve("arg:2", env, Some(config)).unwrap();
        assert_eq!(settings.address, "arg:2");
        assert_eq!(settings.namespace, "env.");
        assert!(settings.tags);
        assert_eq!(settings.blocklist, ["a", "b"]);
        assert_eq!(settings.push_interval, Duration::from_millis(250));
        assert_eq!((settings.buffer, settings.packet), (20, 1432));
        let settings = of("?tags&namespace=&blocklist=&interval=2m&packet=512").unwrap();
        assert_eq!(settings.namespace, "");
        assert!(settings.tags && settings.blocklist.is_empty());
        assert_eq!(
            (settings.push_interval.as_secs(), settings.packet),
            (120, 512)
        );
    }

    #[test]
    fn mistakes_are_named() {
        for (argument, expected) in [
            (
                "?tag=true",
                "unknown key \"tag\"; it can have addr, namespace, tags",
            ),
            ("?tags=yes", "tags: expected true or false"),
            (
                "?packet=70000",
                "packet: expected a number of at most 65507",
            ),
            (
                "?interval=soon",
                "interval: expected a duration such as 500ms",
            ),
        ] {
            let error = of(argument).unwrap_err();
            assert!(error.contains(expected), "{argument}: {error}");
        }
        let config = |text| Settings::resolve("", |_| None, Some(text)).unwrap_err();
        assert!(config(r#"{"address":"x"}"#).contains("collectors can have addr"));
        let env = |name: &str| (name == "K6_STATSD_ENABLE_TAGS").then(|| "x".to_owned());
        let error = Settings::resolve("", env, None).unwrap_err();
        assert!(
            error.starts_with("K6_STATSD_ENABLE_TAGS: expected true"),
            "{error}"
        );
    }
}
