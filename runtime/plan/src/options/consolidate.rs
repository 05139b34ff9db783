//! Puts the layers of options on top of each other.
//!
//! From low to high: config file, script, environment, command line. A layer that sets one of
//! `duration`, `iterations`, `stages` and `scenarios` wipes all four of the layers below it,
//! because they are four ways to say one thing. Maps are replaced, not merged; only `dns` is
//! layered part by part.

use super::{Options, Warning};

/// What each layer said.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Layers {
    /// Flags.
    pub cli: Options,
    /// `K6_…` variables.
    pub env: Options,
    /// Exported by the script.
    pub script: Options,
    /// The config file.
    pub config: Options,
}

/// One set of options out of all layers, with what the user should be told.
pub fn consolidate(layers: Layers) -> (Options, Vec<Warning>) {
    let mut options = Options::default().overlaid_with(layers.config);
    let mut warnings = Vec::new();
    for (layer, above) in [
        ("script", layers.script),
        ("env", layers.env),
        ("cli", layers.cli),
    ] {
        if options.scenarios.is_some() && above.sets_a_shortcut() {
            warnings.push(Warning::ScenariosOverridden { layer });
        }
        options = options.overlaid_with(above);
    }
    (options, warnings)
}

impl Options {
    fn sets_a_shortcut(&self) -> bool {
        self.duration.is_some()
            || self.iterations.is_some()
            || self.stages.is_some()
            || self.scenarios.is_some()
    }

    /// `above` where it says something, otherwise this.
    fn overlaid_with(mut self, above: Self) -> Self {
        if above.sets_a_shortcut() {
            self.duration = above.duration;
            self.iterations = above.iterations;
            // A stage without a duration is no stage; validation then finds too few.
            self.stages = above.stages.map(|stages| {
                stages
                    .into_iter()
                    .filter(|s| s.duration.is_some())
                    .collect()
            });
            self.scenarios = above.scenarios;
        }
        Self {
            paused: above.paused.or(self.paused),
            vus: above.vus.or(self.vus),
            duration: self.duration,
            iterations: self.iterations,
            stages: self.stages,
            scenarios: self.scenarios,
            execution_segment: above.execution_segment.or(self.execution_segment),
            execution_segment_sequence: above
                .execution_segment_sequence
                .or(self.execution_segment_sequence),
            no_setup: above.no_setup.or(self.no_setup),
            setup_timeout: above.setup_timeout.or(self.setup_timeout),
            no_teardown: above.no_teardown.or(self.no_teardown),
            teardown_timeout: above.teardown_timeout.or(self.teardown_timeout),
            handle_summary_timeout: above.handle_summary_timeout.or(self.handle_summary_timeout),
            rps: above.rps.or(self.rps),
            dns: crate::types::DnsOptions {
                ttl: above.dns.ttl.or(self.dns.ttl),
                select: above.dns.select.or(self.dns.select),
                policy: above.dns.policy.or(self.dns.policy),
            },
            max_redirects: above.max_redirects.or(self.max_redirects),
            user_agent: above.user_agent.or(self.user_agent),
            batch: above.batch.or(self.batch),
            batch_per_host: above.batch_per_host.or(self.batch_per_host),
            http_debug: above.http_debug.or(self.http_debug),
            insecure_skip_tls_verify: above
                .insecure_skip_tls_verify
                .or(self.insecure_skip_tls_verify),
            tls_cipher_suites: above.tls_cipher_suites.or(self.tls_cipher_suites),
            tls_version: above.tls_version.or(self.tls_version),
            tls_auth: above.tls_auth.or(self.tls_auth),
            throw: above.throw.or(self.throw),
            thresholds: above.thresholds.or(self.thresholds),
            blacklist_ips: above.blacklist_ips.or(self.blacklist_ips),
            block_hostnames: above.block_hostnames.or(self.block_hostnames),
            hosts: above.hosts.or(self.hosts),
            no_connection_reuse: above.no_connection_reuse.or(self.no_connection_reuse),
            no_vu_connection_reuse: above.no_vu_connection_reuse.or(self.no_vu_connection_reuse),
            min_iteration_duration: above.min_iteration_duration.or(self.min_iteration_duration),
            cloud: above.cloud.or(self.cloud),
            ext: above.ext.or(self.ext),
            summary_trend_stats: above.summary_trend_stats.or(self.summary_trend_stats),
            summary_time_unit: above.summary_time_unit.or(self.summary_time_unit),
            system_tags: above.system_tags.or(self.system_tags),
            tags: above.tags.or(self.tags),
            metric_samples_buffer_size: above
                .metric_samples_buffer_size
                .or(self.metric_samples_buffer_size),
            no_cookies_reset: above.no_cookies_reset.or(self.no_cookies_reset),
            discard_response_bodies: above
                .discard_response_bodies
                .or(self.discard_response_bodies),
            console_output: above.console_output.or(self.console_output),
            local_ips: above.local_ips.or(self.local_ips),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{DnsPolicy, DnsSelect, Duration};
    use proptest::prelude::*;

    fn script(text: &str) -> Options {
        Options::from_json(text, "the options of script.js")
            .unwrap()
            .0
    }

    fn messages(warnings: &[Warning]) -> Vec<String> {
        warnings.iter().map(Warning::to_string).collect()
    }

    const SCENARIOS: &str = r#"{"scenarios":{"a":{"executor":"constant-vus","duration":"1s"}}}"#;

    #[test]
    fn a_shortcut_wipes_those_below() {
        let cli = Options {
            iterations: Some(1),
            ..Options::default()
        };
        let env = Options {
            duration: Some(Duration::from_secs(2)),
            ..Options::default()
        };
        let (options, warnings) = consolidate(Layers {
            cli,
            env,
            script: script(SCENARIOS),
            config: Options::default(),
        });
        assert_eq!(options.iterations, Some(1));
        assert_eq!((options.duration, options.scenarios), (None, None));
        assert_eq!(
            messages(&warnings),
            ["\"env\" level configuration overrode scenarios configuration entirely"]
        );
    }

    /// Which of the four a set of options has.
    fn shortcuts(options: &Options) -> [bool; 4] {
        [
            options.duration.is_some(),
            options.iterations.is_some(),
            options.stages.is_some(),
            options.scenarios.is_some(),
        ]
    }

    #[test]
    fn each_shortcut_wipes_each_of_every_layer_below() {
        let each = [
            r#"{"duration":"1s"}"#,
            r#"{"iterations":1}"#,
            r#"{"stages":[{"duration":"1s","target":1}]}"#,
            SCENARIOS,
        ];
        for (low, below) in each.iter().enumerate() {
            for (high, above) in each.iter().enumerate() {
                let (below, above) = (|| script(below), || script(above));
                let none = Layers::default;
                let pairs = [
                    (
                        "script",
                        Layers {
                            script: above(),
                            config: below(),
                            ..none()
                        },
                    ),
                    (
                        "env",
                        Layers {
                            env: above(),
                            config: below(),
                            ..none()
                        },
                    ),
                    (
                        "env",
                        Layers {
                            env: above(),
                            script: below(),
                            ..none()
                        },
                    ),
                    (
                        "cli",
                        Layers {
                            cli: above(),
                            config: below(),
                            ..none()
                        },
                    ),
                    (
                        "cli",
                        Layers {
                            cli: above(),
                            script: below(),
                            ..none()
                        },
                    ),
                    (
                        "cli",
                        Layers {
                            cli: above(),
                            env: below(),
                            ..none()
                        },
                    ),
                ];
                for (layer, layers) in pairs {
                    let (options, warnings) = consolidate(layers);
                    let mut expected = [false; 4];
                    expected[high] = true;
                    assert_eq!(shortcuts(&options), expected, "{layer}: {high} over {low}");
                    let expected = (low == 3).then_some(Warning::ScenariosOverridden { layer });
                    assert_eq!(
                        warnings,
                        Vec::from_iter(expected),
                        "{layer}: {high} over {low}"
                    );
                }
            }
        }
    }

    #[test]
    fn vus_do_not_wipe_and_conflicts_within_a_layer_stay() {
        let cli = Options {
            vus: Some(4),
            ..Options::default()
        };
        let layers = Layers {
            cli,
            script: script(SCENARIOS),
            ..Layers::default()
        };
        let (options, warnings) = consolidate(layers);
        assert!(options.scenarios.is_some() && options.vus == Some(4) && warnings.is_empty());
        let both = script(r#"{"duration":"1s","stages":[{"duration":"1s","target":1}]}"#);
        let (options, _) = consolidate(Layers {
            script: both,
            ..Layers::default()
        });
        assert!(options.duration.is_some() && options.stages.is_some());
    }

    #[test]
    fn maps_are_replaced_and_dns_is_layered() {
        let config = script(r#"{"tags":{"a":"1","b":"2"},"dns":{"select":"first","ttl":"1m"}}"#);
        let above = script(r#"{"tags":{"c":"3"},"dns":{"policy":"any","select":"random"}}"#);
        let (options, _) = consolidate(Layers {
            config,
            script: above,
            ..Layers::default()
        });
        assert_eq!(options.tags.unwrap().keys().collect::<Vec<_>>(), ["c"]);
        assert_eq!(options.dns.ttl.unwrap().text, "1m");
        assert_eq!(options.dns.select, Some(DnsSelect::Random));
        assert_eq!(options.dns.policy, Some(DnsPolicy::Any));
    }

    #[test]
    fn stages_without_a_duration_are_dropped() {
        let layers = Layers {
            script: script(r#"{"stages":[{"target":1}]}"#),
            ..Layers::default()
        };
        assert_eq!(consolidate(layers).0.stages, Some(vec![]));
    }

    fn layer() -> impl Strategy<Value = Options> {
        let shortcuts = (
            any::<Option<i64>>(),
            any::<Option<i64>>(),
            any::<Option<i64>>(),
        );
        (shortcuts, any::<Option<bool>>(), any::<Option<String>>()).prop_map(
            |((vus, duration, iterations), no_setup, user_agent)| Options {
                vus,
                duration: duration.map(Duration::from_nanos),
                iterations,
                no_setup,
                user_agent,
                ..Options::default()
            },
        )
    }

    proptest! {
        #[test]
        fn the_highest_layer_that_speaks_wins(
            cli in layer(), env in layer(), script in layer(), config in layer(),
        ) {
            let layers = Layers {
                cli: cli.clone(), env: env.clone(), script: script.clone(), config: config.clone(),
            };
            let (merged, _) = consolidate(layers);
            let order = [&cli, &env, &script, &config];
            prop_assert_eq!(merged.vus, order.iter().find_map(|o| o.vus));
            prop_assert_eq!(merged.no_setup, order.iter().find_map(|o| o.no_setup));
            let agent = order.iter().find_map(|o| o.user_agent.clone());
            prop_assert_eq!(merged.user_agent, agent);
            let speaker = order.iter().find(|o| o.sets_a_shortcut());
            prop_assert_eq!(merged.duration, speaker.and_then(|o| o.duration));
            prop_assert_eq!(merged.iterations, speaker.and_then(|o| o.iterations));
        }

        #[test]
        fn one_layer_alone_is_unchanged(only in layer()) {
            let layers = Layers { env: only.clone(), ..Layers::default() };
            prop_assert_eq!(consolidate(layers).0, only);
        }
    }
}
