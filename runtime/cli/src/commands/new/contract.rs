//! The WIT files of the contract, which every project carries with it, so that it
//! builds without runner's source.

use super::Files;

macro_rules! contract {
    ($($file:literal),* $(,)?) => {
        &[$((
            concat!("wit/deps/", $file),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit/", $file)),
        )),*]
    };
}

/// For outputs, by their path in the project.
pub const OUTPUT: Files = contract!["log/log.wit", "output/output.wit"];

/// For extensions.
pub const CONTRACT: Files = contract![
    "execution/execution.wit",
    "extension/extension.wit",
    "http/http.wit",
    "kv/claims.wit",
    "kv/manage.wit",
    "kv/store.wit",
    "kv-pool/pool.wit",
    "lock/lock.wit",
    "log/log.wit",
    "metrics/metrics.wit",
    "tasks/tasks.wit",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_used_that_is_not_there() {
        for files in [CONTRACT, OUTPUT] {
            for (file, text) in files {
                let lines = text.lines().map(str::trim_start);
                let used = lines.filter_map(|line| {
                    let (word, rest) = line.split_once(" runner:")?;
                    ["import", "export", "use", "include"]
                        .contains(&word)
                        .then_some(rest)
                });
                for used in used {
                    let package = used.split('/').next().unwrap();
                    let folder = format!("wit/deps/{package}/");
                    let there = files.iter().any(|(path, _)| path.starts_with(&folder));
                    assert!(there, "{file} uses {package}");
                }
            }
        }
    }
}
