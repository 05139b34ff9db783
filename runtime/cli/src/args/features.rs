//! `--features`: what is experimental. Of the flag, `K6_FEATURES` and the config file, the first
//! that says anything decides alone.

use runner_hints::guess;
use runner_plan::Layers;

/// As typed.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct FeatureArgs {
    /// Experimental features to turn on, separated by commas; see `runner features`
    /// [env: K6_FEATURES]
    #[arg(long, value_name = "NAMES", help_heading = "Runtime options")]
    pub features: Option<String>,
}

/// A feature that can be turned on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feature {
    /// `__ENV` is read-only.
    FreezeEnv,
    /// Run tags of all layers are merged.
    MergeRunTags,
}

impl Feature {
    /// Every feature there is, by name.
    pub const ALL: [Self; 2] = [Self::FreezeEnv, Self::MergeRunTags];

    /// As written in `--features`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FreezeEnv => "freeze-env",
            Self::MergeRunTags => "merge-run-tags",
        }
    }

    /// What it does.
    pub const fn description(self) -> &'static str {
        match self {
            Self::FreezeEnv => "Freeze __ENV object to prevent modifications from JS code",
            Self::MergeRunTags => "Merge run tags across config layers instead of replacing",
        }
    }
}

/// Features of k6 that runner has not, and why.
const MISSING: [(&str, &str); 1] = [(
    "native-histograms",
    "it is about the output to Prometheus, which runner does not have yet; trends are held in \
     histograms without it",
)];

/// The features of one run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Features {
    on: Vec<Feature>,
}

impl Features {
    /// Takes the first source that says anything; what cannot be turned on is explained.
    pub fn choose(
        flag: Option<&str>,
        variable: Option<&str>,
        config: Option<&[String]>,
    ) -> (Self, Vec<String>) {
        let split = |text: &str| text.split(',').map(str::to_owned).collect();
        let names: Vec<String> = flag
            .map(split)
            .or_else(|| variable.map(split))
            .or_else(|| config.map(<[String]>::to_vec))
            .unwrap_or_default();
        let (mut on, mut complaints) = (Vec::new(), Vec::new());
        for name in names
            .iter()
            .map(|name| name.trim())
            .filter(|n| !n.is_empty())
        {
            let known = Feature::ALL.into_iter().find(|f| f.name() == name);
            let missing = MISSING.iter().find(|(missing, _)| *missing == name);
            match (known, missing) {
                (Some(feature), _) if !on.contains(&feature) => on.push(feature),
                (Some(_), _) => {}
                (None, Some((_, why))) => {
                    complaints.push(format!("the feature \"{name}\" cannot be turned on: {why}"));
                }
                (None, None) => {
                    let guess = guess(name, Feature::ALL.map(Feature::name));
                    complaints.push(format!(
                        "unknown feature \"{name}\"{guess}; `runner features` lists what there is"
                    ));
                }
            }
        }
        (Self { on }, complaints)
    }

    /// Whether it is on.
    pub fn has(&self, feature: Feature) -> bool {
        self.on.contains(&feature)
    }

    /// The tags by which results tell what was on.
    pub fn tags(&self) -> impl Iterator<Item = (String, String)> + '_ {
        self.on.iter().map(|feature| {
            let name = format!("k6_feature_{}", feature.name().replace('-', "_"));
            (name, "true".to_owned())
        })
    }

    /// Under `merge-run-tags`, gives the top layer the tags of all, its own first.
    pub fn merge_tags(&self, layers: &mut Layers) {
        if !self.has(Feature::MergeRunTags) {
            return;
        }
        let from_below = [&layers.config, &layers.script, &layers.env, &layers.cli];
        if from_below.iter().any(|layer| layer.tags.is_some()) {
            let all = from_below
                .into_iter()
                .filter_map(|layer| layer.tags.clone());
            layers.cli.tags = Some(all.flatten().collect());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use runner_plan::Options;

    #[test]
    fn the_first_source_decides_alone() {
        let config = ["merge-run-tags".to_owned()];
        let chosen = |flag, variable| Features::choose(flag, variable, Some(&config)).0;
        assert_eq!(chosen(None, None).on, [Feature::MergeRunTags]);
        assert_eq!(chosen(None, Some("freeze-env")).on, [Feature::FreezeEnv]);
        assert_eq!(chosen(Some(""), Some("freeze-env")).on, []);
        let both = chosen(Some("freeze-env, merge-run-tags,freeze-env"), None);
        assert_eq!(both.on, [Feature::FreezeEnv, Feature::MergeRunTags]);
        let tags: Vec<_> = both.tags().map(|(name, _)| name).collect();
        assert_eq!(tags, ["k6_feature_freeze_env", "k6_feature_merge_run_tags"]);
    }

    #[test]
    fn what_cannot_be_turned_on_is_explained() {
        let (features, complaints) = Features::choose(Some("nope,native-histograms"), None, None);
        assert_eq!(features, Features::default());
        assert!(
            complaints[0].contains("unknown feature \"nope\""),
            "{complaints:?}"
        );
        assert!(complaints[1].contains("Prometheus"), "{complaints:?}");
    }

    #[test]
    fn tags_are_merged_only_if_asked_for() {
        let tags = |pairs: &[(&str, &str)]| Options {
            tags: Some(
                pairs
                    .iter()
                    .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
                    .collect(),
            ),
            ..Options::default()
        };
        let layers = Layers {
            config: tags(&[("a", "config"), ("d", "config")]),
            script: tags(&[("a", "script"), ("b", "script")]),
            cli: tags(&[("b", "flag")]),
            ..Layers::default()
        };
        let mut merged = layers.clone();
        Features::default().merge_tags(&mut merged);
        assert_eq!(merged, layers);
        let (features, _) = Features::choose(Some("merge-run-tags"), None, None);
        features.merge_tags(&mut merged);
        let all = merged.cli.tags.unwrap();
        let pair = |name: &str| all.get(name).map(String::as_str);
        assert_eq!(pair("a"), Some("script"));
        assert_eq!(pair("b"), Some("flag"));
        assert_eq!(pair("d"), Some("config"));
    }
}
