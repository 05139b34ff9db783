//! `runner features`, and the choice of features for a run.

use std::fmt::Write as _;

use runner_plan::ConfigFile;
use serde_json::json;

use super::CommandError;
use super::print::print;
use crate::args::{Feature, FeatureArgs, Features, FeaturesArgs};
use crate::exit_code::ExitCode;
use crate::logging::{Level, Logger};
use crate::surroundings::variable;

/// All there are, as far as they go, are experiments.
const LIFECYCLE: &str = "Experimental";

/// Lists what can be turned on.
pub fn features(args: &FeaturesArgs) -> Result<ExitCode, CommandError> {
    if args.json {
        let all: Vec<_> = Feature::ALL
            .iter()
            .map(|feature| {
                json!({
                    "feature": feature.name(),
                    "lifecycle": LIFECYCLE,
                    "description": feature.description(),
                })
            })
            .collect();
        print(&format!("{:#}", json!(all)))?;
        return Ok(ExitCode::Success);
    }
    let mut table = format!("{:<17}{:<15}DESCRIPTION", "FEATURE", "LIFECYCLE");
    for feature in Feature::ALL {
        let (name, description) = (feature.name(), feature.description());
        let _ = write!(table, "\n{name:<17}{LIFECYCLE:<15}{description}");
    }
    print(&table)?;
    Ok(ExitCode::Success)
}

/// The features of a run. One that cannot be had is an error in the log, and the run goes on.
pub(super) fn chosen(args: &FeatureArgs, config: &ConfigFile, logger: &Logger) -> Features {
    let variable = variable("K6_FEATURES").filter(|names| !names.is_empty());
    let (features, complaints) = Features::choose(
        args.features.as_deref(),
        variable.as_deref(),
        config.features.as_deref(),
    );
    for complaint in complaints {
        logger.log(Level::Error, "", &complaint, &[]);
    }
    features
}
