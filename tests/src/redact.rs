//! Taking out of a text what differs from run to run: times, durations, rates, ports, paths.

use std::sync::OnceLock;

use regex::Regex;

/// `text` with its unstable parts replaced by names in angle brackets. Runs of dots and
/// spaces stay as they are, so that the layout of a summary is still compared.
pub fn redact(text: &str) -> String {
    let mut text = text.to_owned();
    for (pattern, with) in patterns() {
        text = pattern.replace_all(&text, *with).into_owned();
    }
    text
}

fn patterns() -> &'static [(Regex, &'static str)] {
    static PATTERNS: OnceLock<Vec<(Regex, &'static str)>> = OnceLock::new();
    PATTERNS.get_or_init(|| {
        let folder = std::env::temp_dir();
        let folder = format!(r"{}/\.tmp\w+", regex::escape(&folder.display().to_string()));
        let folder = (Regex::new(&folder).unwrap(), "<folder>");
        let others = [
            (r"\x1b\[[0-9;]*m", ""),
            (
                r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
                "<when>",
            ),
            (r"127\.0\.0\.1:\d+", "<host>"),
            // Clock of the progress line: 00m01.2s
            (r"\b(\d+h)?\d\dm\d\d(\.\d)?s\b", "<clock>"),
            (r"\b\d+m\d+(\.\d+)?s\b", "<time>"),
            (r"\b\d+(\.\d+)?(ns|µs|ms|s)\b", "<time>"),
            (r"\b\d+(\.\d+)?(e-?\d+)?/s\b", "<rate>/s"),
            (r"\b\d+(\.\d+)? (B|kB|MB|GB)/s", "<bytes>/s"),
            (r"\b\d+(\.\d+)? (B|kB|MB|GB)\b", "<bytes>"),
        ]
        .into_iter()
        .map(|(pattern, with)| (Regex::new(pattern).unwrap(), with));
        [folder].into_iter().chain(others).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_named() {
        assert_eq!(redact("avg=1.2ms max=3s n=4"), "avg=<time> max=<time> n=4");
        assert_eq!(redact("10   2441.5/s"), "10   <rate>/s");
        assert_eq!(redact("5.1 kB 1.2 MB/s"), "<bytes> <bytes>/s");
        assert_eq!(redact("00m01.2s/10m0s"), "<clock>/<time>");
        assert_eq!(redact("http://127.0.0.1:8080/x"), "http://<host>/x");
    }
}
