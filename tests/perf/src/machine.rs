//! What the results were measured on: hardware and versions, nothing that names the machine.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

/// Hardware, system and versions for the results.
pub fn describe(runner: &Path, k6: &Path, nginx: &Path) -> Value {
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let value = |text: &str, name: &str, separator: char| {
        text.lines()
            .filter_map(|line| line.split_once(separator))
            .find(|(key, _)| key.trim() == name)
            .map(|(_, value)| value.trim().trim_matches('"').to_owned())
    };
    let kilobytes = value(&memory, "MemTotal", ':')
        .and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok());
    json!({
        "processor": value(&processor, "model name", ':'),
        "cores": std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
        "memory_gib": kilobytes.map(|kilobytes| kilobytes >> 20),
        "system": value(&release, "PRETTY_NAME", '='),
        // The first two numbers are the kernel; the rest is a build's private name.
        "kernel": kernel.trim().splitn(3, ['.', '-']).take(2).collect::<Vec<_>>().join("."),
        "architecture": std::env::consts::ARCH,
        "runner": version(runner, "version"),
        "k6": version(k6, "version"),
        "nginx": version(nginx, "-v"),
    })
}

/// The first line that a program prints about its version.
pub fn version(program: &Path, argument: &str) -> Option<String> {
    let output = Command::new(program).arg(argument).output().ok()?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    text.lines()
        .find(|line| !line.trim().is_empty())
        .map(|line| line.trim().to_owned())
}

/// Today in UTC as YYYY-MM-DD.
pub fn today() -> String {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    date(seconds / 86_400)
}

/// The Gregorian date `days` after 1970-01-01, counting years from March so that a leap day is
/// the last of its year.
fn date(days: u64) -> String {
    let days = days + 719_468;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    format!("{:04}-{month:02}-{day:02}", year + era * 400 + next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(19_782), "2024-02-29");
        assert_eq!(date(19_783), "2024-03-01");
        assert_eq!(date(20_088), "2024-12-31");
    }
}
