//! What all VUs of a run share: the settings, the dialer, URLs parsed, and the limiter of `rps`. None of it
//! is touched by a call on a warm connection to a known URL.

use std::borrow::Borrow;
use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use runner_net::{ConfigError, Dialer, Tls};
use runner_values::HttpSettings;
use tokio::time::{Instant, sleep_until};

use crate::error::Fault;
use crate::headers::is_value;
use crate::target::Target;

/// Names of ALPN.
pub(crate) const H1_PROTOCOL: &str = "http/1.1";
pub(crate) const H2_PROTOCOL: &str = "h2";
/// URLs kept in each of two generations.
const KEPT_URLS: usize = 1024;

/// The part of the HTTP client that there is one of per run.
#[derive(Debug)]
pub struct Shared {
    pub(crate) settings: HttpSettings,
    pub(crate) user_agent: Option<Arc<str>>,
    pub(crate) dialer: Arc<Dialer>,
    pub(crate) tls: Tls,
    /// For those that may not become HTTP/2.
    pub(crate) h1_tls: Tls,
    targets: Mutex<Generations>,
    limiter: Option<Limiter>,
}

impl Shared {
    /// Checks the settings. Connections are made by `dialer`.
    ///
    /// # Errors
    /// Names the option and the value that cannot be used.
    pub fn new(settings: HttpSettings, dialer: Arc<Dialer>) -> Result<Arc<Self>, ConfigError> {
        let agent = settings
            .user_agent
            .as_deref()
            .filter(|agent| !agent.is_empty());
        if let Some(agent) = agent.filter(|agent| !is_value(agent)) {
            return Err(ConfigError::new(
                "userAgent",
                format!("{agent:?} has control characters"),
            ));
        }
        let limiter = settings.rps.filter(|rps| *rps > 0).map(Limiter::new);
        Ok(Arc::new(Self {
            user_agent: agent.map(Arc::from),
            tls: dialer.tls(&[H2_PROTOCOL, H1_PROTOCOL]),
            h1_tls: dialer.tls(&[H1_PROTOCOL]),
            dialer,
            targets: Mutex::default(),
            limiter,
            settings,
        }))
    }

    /// The settings of the run.
    pub fn settings(&self) -> &HttpSettings {
        &self.settings
    }

    /// Waits for this call's turn under `rps`.
    pub(crate) async fn turn(&self) {
        if let Some(limiter) = &self.limiter {
            limiter.wait().await;
        }
    }

    pub(crate) fn target(&self, url: &str) -> Result<Arc<Target>, Fault> {
        if let Some(target) = self.targets.lock().get(url) {
            return Ok(target);
        }
        let target = Arc::new(Target::parse(url)?);
        self.targets.lock().insert(target.clone());
        Ok(target)
    }
}

/// URLs used lately. When a generation is full it becomes the old one and the one before it
/// is dropped, so that scripts with ever new URLs cost bounded memory and do not drive out
/// the URLs that come again and again.
#[derive(Debug, Default)]
struct Generations {
    young: HashSet<ByUrl>,
    old: HashSet<ByUrl>,
}

#[derive(Debug)]
struct ByUrl(Arc<Target>);

impl Borrow<str> for ByUrl {
    fn borrow(&self) -> &str {
        self.0.typed()
    }
}

impl Hash for ByUrl {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.typed().hash(state);
    }
}

impl PartialEq for ByUrl {
    fn eq(&self, other: &Self) -> bool {
        self.0.typed() == other.0.typed()
    }
}

impl Eq for ByUrl {}

impl Generations {
    fn get(&mut self, url: &str) -> Option<Arc<Target>> {
        if let Some(found) = self.young.get(url) {
            return Some(found.0.clone());
        }
        let found = self.old.take(url)?.0;
        self.insert(found.clone());
        Some(found)
    }

    fn insert(&mut self, target: Arc<Target>) {
        if self.young.len() >= KEPT_URLS {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(ByUrl(target));
    }
}

/// A token bucket that holds one token: calls start at least an interval apart.
#[derive(Debug)]
struct Limiter {
    interval: Duration,
    next: Mutex<Option<Instant>>,
}

impl Limiter {
    fn new(per_second: u32) -> Self {
        let interval = Duration::from_secs(1) / per_second.max(1);
        Self {
            interval,
            next: Mutex::new(None),
        }
    }

    async fn wait(&self) {
        let now = Instant::now();
        let turn = {
            let mut next = self.next.lock();
            let turn = next.map_or(now, |next| next.max(now));
            *next = Some(turn + self.interval);
            turn
        };
        if turn > now {
            sleep_until(turn).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use runner_values::NetSettings;

    use super::*;

    fn shared(settings: HttpSettings) -> Result<Arc<Shared>, ConfigError> {
        Shared::new(settings, Dialer::new(&NetSettings::default())?)
    }

    #[test]
    fn the_cache_of_urls_is_bounded_and_keeps_the_hot_ones() {
        let shared = shared(HttpSettings::default()).unwrap();
        let hot = shared.target("http://h/hot").unwrap();
        for i in 0..10 * KEPT_URLS {
            shared.target(&format!("http://h/{i}")).unwrap();
            if i % 100 == 0 {
                assert!(Arc::ptr_eq(&hot, &shared.target("http://h/hot").unwrap()));
            }
        }
        let targets = shared.targets.lock();
        assert!(targets.young.len() + targets.old.len() <= 2 * KEPT_URLS);
    }

    #[tokio::test]
    async fn calls_are_spaced_out() {
        let limiter = Limiter::new(100);
        let start = Instant::now();
        for _ in 0..6 {
            limiter.wait().await;
        }
        assert!(start.elapsed() >= Duration::from_millis(50));
    }

    #[test]
    fn options_are_checked() {
        let settings = HttpSettings {
            user_agent: Some("a\nb".into()),
            ..HttpSettings::default()
        };
        assert!(shared(settings).is_err());
    }
}
