//! A plan's options as JSON, for the script itself and for `inspect`.

use serde_json::{Value, json};

use super::Plan;
use crate::options::pretty;
use crate::types::Duration;

/// Keys that `scenarios` have taken the place of.
const SHORTCUTS: [&str; 4] = ["vus", "duration", "iterations", "stages"];

impl Plan {
    /// What a script sees as `exec.test.options`: the consolidated options with shortcuts
    /// replaced by the scenario that they stand for.
    pub fn derived_options_json(&self) -> Value {
        let mut json = self.options.to_json();
        if let Value::Object(map) = &mut json {
            for shortcut in SHORTCUTS {
                map.shift_remove(shortcut);
            }
            map.insert(
                "consoleOutput".to_owned(),
                json!(self.options.console_output),
            );
            let pool = self
                .options
                .local_ips
                .as_ref()
                .map(crate::types::IpPool::text);
            map.insert("localIPs".to_owned(), json!(pool));
        }
        json
    }

    /// What `inspect --execution-requirements` prints: the derived options, the longest that
    /// the run can take and the most VUs that it needs.
    pub fn requirements_json(&self) -> String {
        let mut json = self.options.to_json();
        if let Value::Object(map) = &mut json {
            let total = Duration::from_std(self.total_duration());
            map.insert("totalDuration".to_owned(), json!(total.to_string()));
            map.insert("maxVUs".to_owned(), json!(self.max_vus()));
        }
        pretty(&json)
    }
}
