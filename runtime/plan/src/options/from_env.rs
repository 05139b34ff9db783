//! Options from `K6_…` environment variables.
//!
//! A variable that is set but empty counts as absent, except `K6_STAGES`, whose emptiness is an
//! empty list. Options that have no sensible one-line form (`scenarios`, `thresholds`, `hosts`,
//! TLS) have no variable.

use std::cell::RefCell;

use indexmap::IndexMap;

use super::{Options, OptionsError, Warning, is_suspicious};
use crate::types::{
    DnsOptions, Duration, Expected, HostnamePattern, IpNet, IpPool, StageOptions, SystemTags,
    TimeUnit, TrendStat,
};

struct Variables<F> {
    get: F,
    unitless: RefCell<Vec<(String, String)>>,
}

impl<F: Fn(&str) -> Option<String>> Variables<F> {
    /// Reads `K6_` + `name`.
    fn read<T>(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Expected>,
    ) -> Result<Option<T>, OptionsError> {
        let variable = format!("K6_{name}");
        let Some(value) = (self.get)(&variable).filter(|v| !v.is_empty() || name == "STAGES")
        else {
            return Ok(None);
        };
        parse(&value)
            .map(Some)
            .map_err(|expected| OptionsError::Variable {
                variable,
                expected: expected.to_string(),
                found: value,
            })
    }

    fn integer(&self, name: &str) -> Result<Option<i64>, OptionsError> {
        self.read(name, |text| {
            text.parse().map_err(|_| Expected::fixed("a whole number"))
        })
    }

    fn boolean(&self, name: &str) -> Result<Option<bool>, OptionsError> {
        self.read(name, |text| {
            text.parse().map_err(|_| Expected::fixed("true or false"))
        })
    }

    fn duration(&self, name: &str) -> Result<Option<Duration>, OptionsError> {
        self.read(name, |text| {
            if text.parse().is_ok_and(is_suspicious) {
                let noted = (format!("K6_{name}"), text.to_owned());
                self.unitless.borrow_mut().push(noted);
            }
            Duration::parse_extended(text)
        })
    }

    fn string(&self, name: &str) -> Result<Option<String>, OptionsError> {
        self.read(name, |text| Ok(text.to_owned()))
    }

    fn list<T>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, Expected>,
    ) -> Result<Option<Vec<T>>, OptionsError> {
        self.read(name, |text| {
            text.split(',').map(|item| parse(item.trim())).collect()
        })
    }
}

/// `a:1,b:2`.
fn tags(text: &str) -> Result<IndexMap<String, String>, Expected> {
    let wrong = || Expected::fixed("a list of tags such as name:value,other:value");
    let pair = |item: &str| {
        let (name, value) = item.split_once(':').ok_or_else(wrong)?;
        Ok((name.to_owned(), value.to_owned()))
    };
    text.split(',').map(pair).collect()
}

impl Options {
    /// The environment's layer, with what the user should be told. `get` looks a variable up, so
    /// that tests need no environment.
    ///
    /// # Errors
    /// For a value that cannot be read; names the variable.
    pub fn from_env(
        get: impl Fn(&str) -> Option<String>,
    ) -> Result<(Self, Vec<Warning>), OptionsError> {
        let env = Variables {
            get,
            unitless: RefCell::default(),
        };
        let options = Self {
            paused: env.boolean("PAUSED")?,
            vus: env.integer("VUS")?,
            duration: env.duration("DURATION")?,
            iterations: env.integer("ITERATIONS")?,
            stages: env.read("STAGES", StageOptions::parse_list)?,
            scenarios: None,
            execution_segment: None,
            execution_segment_sequence: None,
            no_setup: env.boolean("NO_SETUP")?,
            setup_timeout: env.duration("SETUP_TIMEOUT")?,
            no_teardown: env.boolean("NO_TEARDOWN")?,
            teardown_timeout: env.duration("TEARDOWN_TIMEOUT")?,
            handle_summary_timeout: env.duration("HANDLE_SUMMARY_TIMEOUT")?,
            rps: env.integer("RPS")?,
            dns: env.read("DNS", DnsOptions::parse)?.unwrap_or_default(),
            max_redirects: env.integer("MAX_REDIRECTS")?,
            user_agent: env.string("USER_AGENT")?,
            batch: env.integer("BATCH")?,
            batch_per_host: env.integer("BATCH_PER_HOST")?,
            http_debug: env.string("HTTP_DEBUG")?,
            insecure_skip_tls_verify: env.boolean("INSECURE_SKIP_TLS_VERIFY")?,
            tls_cipher_suites: None,
            tls_version: None,
            tls_auth: None,
            throw: env.boolean("THROW")?,
            thresholds: None,
            blacklist_ips: env.list("BLACKLIST_IPS", IpNet::parse)?,
            block_hostnames: env.list("BLOCK_HOSTNAMES", HostnamePattern::parse)?,
            hosts: None,
            no_connection_reuse: env.boolean("NO_CONNECTION_REUSE")?,
            no_vu_connection_reuse: env.boolean("NO_VU_CONNECTION_REUSE")?,
            min_iteration_duration: env.duration("MIN_ITERATION_DURATION")?,
            cloud: None,
            ext: None,
            summary_trend_stats: env.read("SUMMARY_TREND_STATS", TrendStat::parse_list)?,
            summary_time_unit: env.read("SUMMARY_TIME_UNIT", TimeUnit::parse)?,
            system_tags: env.read("SYSTEM_TAGS", |text| {
                Ok(SystemTags::from_names(text.split(',')))
            })?,
            tags: env.read("TAGS", tags)?,
            metric_samples_buffer_size: env.integer("METRIC_SAMPLES_BUFFER_SIZE")?,
            no_cookies_reset: env.boolean("NO_COOKIES_RESET")?,
            discard_response_bodies: env.boolean("DISCARD_RESPONSE_BODIES")?,
            console_output: env.string("CONSOLE_OUTPUT")?,
            local_ips: env.read("LOCAL_IPS", IpPool::parse)?,
        };
        let durations = env.unitless.into_inner();
        Ok((
            options,
            Warning::of_durations(durations).into_iter().collect(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(pairs: &[(&str, &str)]) -> Result<Options, OptionsError> {
        Options::from_env(|name| {
            pairs
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
        .map(|(options, _)| options)
    }

    #[test]
    fn values() {
        let options = from(&[
            ("K6_VUS", "3"),
            ("K6_DURATION", "1500"),
            ("K6_STAGES", "5s:10,5s:0"),
            ("K6_NO_SETUP", "true"),
            ("K6_TAGS", "a:1,b:2:3"),
            ("K6_DNS", "ttl=0"),
            ("K6_BLACKLIST_IPS", "10.0.0.0/8, fd00::/8"),
            ("K6_SUMMARY_TREND_STATS", "avg,p(99)"),
            ("K6_USER_AGENT", ""),
        ])
        .unwrap();
        assert_eq!(options.vus, Some(3));
        assert_eq!(options.duration.unwrap().to_string(), "1.5s");
        assert_eq!(options.stages.unwrap().len(), 2);
        assert_eq!(options.no_setup, Some(true));
        assert_eq!(options.tags.unwrap().get("b").unwrap(), "2:3");
        assert_eq!(options.blacklist_ips.unwrap().len(), 2);
        assert_eq!(options.user_agent, None);
        assert_eq!(from(&[("K6_STAGES", "")]).unwrap().stages, Some(vec![]));
        assert_eq!(from(&[]).unwrap(), Options::default());
    }

    #[test]
    fn a_few_milliseconds_are_suspicious() {
        let warnings = |value: &'static str| {
            let get = |name: &str| (name == "K6_DURATION").then(|| value.to_owned());
            Options::from_env(get).unwrap().1
        };
        let text = warnings("30")[0].message();
        assert!(
            text.contains("`K6_DURATION` is 30ms; write \"30s\""),
            "{text}"
        );
        for fine in ["30s", "1000", "0", ""] {
            assert_eq!(warnings(fine), [], "{fine}");
        }
    }

    #[test]
    fn errors_name_the_variable() {
        let cases = [
            ("K6_VUS", "x"),
            ("K6_DURATION", "x"),
            ("K6_STAGES", "1s:x"),
            ("K6_NO_SETUP", "1"),
            ("K6_TAGS", "a"),
            ("K6_DNS", "x"),
            ("K6_RPS", "1.5"),
            ("K6_BLACKLIST_IPS", "x"),
            ("K6_BLOCK_HOSTNAMES", "a*b"),
            ("K6_LOCAL_IPS", "x"),
            ("K6_SUMMARY_TIME_UNIT", "x"),
        ];
        let messages: Vec<_> = cases
            .iter()
            .map(|case| from(&[*case]).unwrap_err().to_string())
            .collect();
        insta::assert_snapshot!(messages.join("\n"), @r#"
        environment variable K6_VUS must be a whole number, not "x"
        environment variable K6_DURATION must be a duration such as 1d12h, 10m or 1.5s, or a number of milliseconds, not "x"
        environment variable K6_STAGES must be a stage such as 30s:10 (duration:target), not "1s:x"
        environment variable K6_NO_SETUP must be true or false, not "1"
        environment variable K6_TAGS must be a list of tags such as name:value,other:value, not "a"
        environment variable K6_DNS must be a list such as ttl=5m,select=random,policy=preferIPv4, not "x"
        environment variable K6_RPS must be a whole number, not "1.5"
        environment variable K6_BLACKLIST_IPS must be an address range such as 10.0.0.0/8 or fd00::/8, not "x"
        environment variable K6_BLOCK_HOSTNAMES must be a host name, or * and the end of one, not "a*b"
        environment variable K6_LOCAL_IPS must be addresses, ranges or CIDRs such as 192.168.0.1,192.168.0.10-192.168.0.25,fd:1::0/120, not "x"
        environment variable K6_SUMMARY_TIME_UNIT must be one of s, ms and us, not "x"
        "#);
    }
}
