//! `/metrics`: this process and the counters of its run, in the text format of Prometheus.
//!
//! Names are those that Prometheus' own client libraries use for any process, and `runner_…` for
//! the rest. What the system does not tell (anywhere but on Linux) is left out.

use std::fmt::Write;
use std::fs;
use std::time::Duration;

use crate::live::Counters;

/// What `/proc/self/stat` counts CPU time in. Linux fixes it for programs, whatever the kernel
/// itself uses.
const TICKS_PER_SECOND: f64 = 100.0;

/// The page. `uptime` is that of the process.
pub(crate) fn render(counters: &Counters, uptime: Duration) -> String {
    let mut page = Page::default();
    if let Some(process) = Process::read() {
        process.write(&mut page);
    }
    page.metric(
        "runner_uptime_seconds",
        "gauge",
        "Time since the run was started.",
        uptime.as_secs_f64(),
    );
    page.head(
        "runner_iterations_total",
        "counter",
        "Iterations so far, by how they ended.",
    );
    for (outcome, count) in [
        ("completed", counters.completed),
        ("interrupted", counters.interrupted),
        ("dropped", counters.dropped),
    ] {
        let name = format!("runner_iterations_total{{outcome=\"{outcome}\"}}");
        page.value(&name, count as f64);
    }
    page.metric("runner_vus", "gauge", "VUs at work.", counters.vus as f64);
    page.metric(
        "runner_vus_max",
        "gauge",
        "VUs that exist.",
        counters.vus_max as f64,
    );
    page.0
}

/// What the system says of this process.
#[derive(Debug, Default, PartialEq)]
struct Process {
    cpu_seconds: Option<f64>,
    threads: Option<u64>,
    resident: Option<u64>,
    virtual_size: Option<u64>,
    open_files: Option<u64>,
    max_files: Option<u64>,
}

impl Process {
    fn read() -> Option<Self> {
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
        // The directory that is being read is itself an open file.
        let open_files = fs::read_dir("/proc/self/fd")
            .ok()
            .map(|entries| (entries.count() as u64).saturating_sub(1));
        Some(Self {
            open_files,
            ..Self::parse(&status, &stat, &limits)
        })
    }

    fn parse(status: &str, stat: &str, limits: &str) -> Self {
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        };
        let kib = |name: &str| field(name).map(|kib| kib.saturating_mul(1024));
        // The second field, the program's name, is in brackets and may have blanks.
        let cpu_ticks = stat.rsplit_once(") ").and_then(|(_, rest)| {
            let mut fields = rest.split(' ').skip(11);
            let user: f64 = fields.next()?.parse().ok()?;
            let system: f64 = fields.next()?.parse().ok()?;
            Some(user + system)
        });
        let max_files = limits.lines().find_map(|line| {
            let rest = line.strip_prefix("Max open files")?;
            rest.split_whitespace().next()?.parse().ok()
        });
        Self {
            cpu_seconds: cpu_ticks.map(|ticks| ticks / TICKS_PER_SECOND),
            threads: field("Threads:"),
            resident: kib("VmRSS:"),
            virtual_size: kib("VmSize:"),
            open_files: None,
            max_files,
        }
    }

    fn write(&self, page: &mut Page) {
        let number = |value: Option<u64>| value.map(|value| value as f64);
        for (name, kind, help, value) in [
            (
                "process_cpu_seconds_total",
                "counter",
                "User and system CPU time spent.",
                self.cpu_seconds,
            ),
            (
                "process_open_fds",
                "gauge",
                "Open file descriptors.",
                number(self.open_files),
            ),
            (
                "process_max_fds",
                "gauge",
                "Most file descriptors that may be open.",
                number(self.max_files),
            ),
            (
                "process_resident_memory_bytes",
                "gauge",
                "Resident memory, shared pages included.",
                number(self.resident),
            ),
            (
                "process_virtual_memory_bytes",
                "gauge",
                "Address space; most of it is only reserved for VUs.",
                number(self.virtual_size),
            ),
            (
                "process_threads",
                "gauge",
                "Threads of the system.",
                number(self.threads),
            ),
        ] {
            if let Some(value) = value {
                page.metric(name, kind, help, value);
            }
        }
    }
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn metric(&mut self, name: &str, kind: &str, help: &str, value: f64) {
        self.head(name, kind, help);
        self.value(name, value);
    }

    // Writing to a String cannot fail.
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn value(&mut self, name: &str, value: f64) {
        let _ = writeln!(self.0, "{name} {value}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linux_says() {
        let status = "Name:\tx\nVmSize:\t  2048 kB\nVmRSS:\t    12 kB\nThreads:\t7\n";
        let stat = "1 (a ) b) S 0 1 1 0 -1 4194560 11 22 0 0 150 50 0 0 20 0 7 0 123 456\n";
        let limits = "Limit  Soft  Hard  Units\nMax open files            1024   4096   files\n";
        let process = Process::parse(status, stat, limits);
        let expected = Process {
            cpu_seconds: Some(2.0),
            threads: Some(7),
            resident: Some(12 << 10),
            virtual_size: Some(2048 << 10),
            open_files: None,
            max_files: Some(1024),
        };
        assert_eq!(process, expected);
        assert_eq!(Process::parse("", "", ""), Process::default());
    }

    #[test]
    fn every_line_is_a_comment_or_a_name_and_a_number() {
        let counters = Counters {
            completed: 1_000_000,
            dropped: 3,
            vus: 2,
            ..Counters::default()
        };
        let page = render(&counters, Duration::from_millis(1500));
        for line in page.lines().filter(|line| !line.starts_with('#')) {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(value.parse::<f64>().is_ok(), "{line}");
            let bare = name.split('{').next().unwrap();
            assert!(page.contains(&format!("# TYPE {bare} ")), "{line}");
        }
        assert!(page.contains("\nrunner_iterations_total{outcome=\"completed\"} 1000000\n"));
        assert!(page.contains("\nrunner_uptime_seconds 1.5\n"), "{page}");
        if cfg!(target_os = "linux") {
            assert!(page.contains("process_open_fds "), "{page}");
        }
    }
}
