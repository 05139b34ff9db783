//! The lines: time in nanoseconds since 1970, metric, value with six digits, as in
//! `1636540800000000000 http_reqs: 1.000000`.

use std::io::Write;

/// Renders samples into one buffer, which keeps its memory between batches.
#[derive(Default)]
pub struct Lines {
    metrics: Vec<String>,
    text: Vec<u8>,
}

impl Lines {
    /// The numbers of metrics begin at 0 again.
    pub fn forget(&mut self) {
        self.metrics.clear();
    }

    /// The next metric.
    pub fn metric(&mut self, name: String) {
        self.metrics.push(name);
    }

    /// Appends a line; a metric that was never told has no name.
    pub fn sample(&mut self, time: u64, metric: usize, value: f64) {
        let name = self.metrics.get(metric).map_or("?", String::as_str);
        // Writing to memory does not fail.
        let _ = writeln!(self.text, "{time} {name}: {value:.6}");
    }

    /// What was appended since [`Lines::clear`].
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Forgets the text.
    pub fn clear(&mut self) {
        self.text.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_per_sample() {
        let mut lines = Lines::default();
        lines.metric("vus".into());
        lines.metric("http_req_duration".into());
        lines.sample(1_636_540_800_000_000_001, 1, 12.345_678_9);
        lines.sample(2, 0, -1.0);
        lines.sample(3, 7, 1e21);
        assert_eq!(
            String::from_utf8_lossy(lines.text()),
            "1636540800000000001 http_req_duration: 12.345679\n2 vus: -1.000000\n\
             3 ?: 1000000000000000000000.000000\n"
        );
        lines.clear();
        assert!(lines.text().is_empty());
    }

    #[test]
    fn numbers_can_begin_anew() {
        let mut lines = Lines::default();
        lines.metric("a".into());
        lines.forget();
        lines.metric("b".into());
        lines.sample(1, 0, 0.5);
        assert_eq!(lines.text(), b"1 b: 0.500000\n");
    }
}
