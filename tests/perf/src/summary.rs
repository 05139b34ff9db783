//! Reads the end-of-test summary that both tools print in the same form.
//!
//! Only the lines that the table needs: counters with their rate, and rates with their counts.
//! Text is read and not a summary export, so that what is compared is what a user sees.

/// What a summary says about a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    /// `http_reqs`, absent when the script sent none.
    pub requests: Option<Counter>,
    /// `iterations`.
    pub iterations: Option<Counter>,
    /// The median of `iteration_duration`, in seconds.
    pub iteration_median: Option<f64>,
    /// Requests that failed.
    pub failed_requests: u64,
    /// Checks that failed.
    pub failed_checks: u64,
    /// `iterations` that were cut short are on no line of their own; VUs that ran are.
    pub vus_max: Option<u64>,
}

/// A counter's line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Counter {
    /// How many.
    pub count: u64,
    /// Per second of the test run.
    pub rate: f64,
}

impl Summary {
    /// Reads standard output.
    pub fn parse(text: &str) -> Self {
        let mut summary = Self::default();
        for line in text.lines() {
            let Some((name, values)) = split(line) else {
                continue;
            };
            match name {
                "http_reqs" => summary.requests = counter(values),
                "iterations" => summary.iterations = counter(values),
                "iteration_duration" => summary.iteration_median = median(values),
                "http_req_failed" => summary.failed_requests = part(values).unwrap_or(0),
                "checks_failed" => summary.failed_checks = part(values).unwrap_or(0),
                "vus_max" => summary.vus_max = first(values),
                _ => {}
            }
        }
        summary
    }
}

/// `name......: values` with any indent.
fn split(line: &str) -> Option<(&str, &str)> {
    let (name, values) = line.trim().split_once(": ")?;
    let bare = name.trim_end_matches('.');
    (bare.len() < name.len()).then(|| (bare, values.trim()))
}

/// `39768  39107.354648/s`
fn counter(values: &str) -> Option<Counter> {
    let mut words = values.split_whitespace();
    let count = words.next()?.parse().ok()?;
    let rate = words.next()?.strip_suffix("/s")?.parse().ok()?;
    Some(Counter { count, rate })
}

/// `0.00%  3 out of 39768` gives 3.
fn part(values: &str) -> Option<u64> {
    values.split_whitespace().nth(1)?.parse().ok()
}

/// Seconds of `med=1.48ms` among others.
fn median(values: &str) -> Option<f64> {
    let words = values.split_whitespace();
    let time = words.filter_map(|word| word.strip_prefix("med=")).next()?;
    let digits = time.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = match time.get(digits.len()..)? {
        "ns" => 1e-9,
        "µs" => 1e-6,
        "ms" => 1e-3,
        // Minutes are written as 1m2s, which does not parse.
        "s" => 1.0,
        _ => return None,
    };
    Some(digits.parse::<f64>().ok()? * unit)
}

fn first(values: &str) -> Option<u64> {
    values.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "
  █ TOTAL RESULTS

    checks_total.......: 135821  27145.51/s
    checks_succeeded...: 99.99% 135818 out of 135821
    checks_failed......: 0.00%  3 out of 135821

    ✓ status: is 200

    HTTP
    http_req_duration..............: avg=1.66ms min=76.85µs med=1.34ms max=22.45ms p(90)=3.21ms p(95)=4.2ms
      { expected_response:true }...: avg=1.66ms min=76.85µs med=1.34ms max=22.45ms p(90)=3.21ms p(95)=4.2ms
    http_req_failed................: 0.00%  2 out of 135821
    http_reqs......................: 135821 27145.513456/s

    EXECUTION
    iteration_duration.............: avg=1.82ms min=99.09µs med=1.48ms max=22.6ms  p(90)=3.51ms p(95)=4.61ms
    iterations.....................: 135820 27145.3/s
    vus............................: 50     min=50          max=50
    vus_max........................: 50     min=50          max=50
";

    #[test]
    fn reads_the_lines_of_the_table() {
        let summary = Summary::parse(TEXT);
        assert_eq!(
            summary.requests,
            Some(Counter {
                count: 135_821,
                rate: 27145.513456
            })
        );
        assert_eq!(
            summary.iterations,
            Some(Counter {
                count: 135_820,
                rate: 27145.3
            })
        );
        assert_eq!((summary.failed_requests, summary.failed_checks), (2, 3));
        assert_eq!(summary.vus_max, Some(50));
        let median = summary.iteration_median.unwrap();
        assert!((median - 1.48e-3).abs() < 1e-12, "{median}");
        assert_eq!(super::median("avg=1s med=1m2s"), None);
        let median = super::median("med=2.5µs max=1s").unwrap();
        assert!((median - 2.5e-6).abs() < 1e-15, "{median}");
    }

    #[test]
    fn finds_nothing_where_there_is_no_summary() {
        assert_eq!(
            Summary::parse("ERRO[0000] iterations: none\n"),
            Summary::default()
        );
    }
}
