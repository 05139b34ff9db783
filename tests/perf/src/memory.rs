//! Memory of a process and its descendants, from Linux's own accounting.
//!
//! Private memory is `Private_Clean + Private_Dirty` of smaps_rollup: pages that exist for this
//! process alone, so that a snapshot which all VUs share counts once and resident size's double
//! counting does not enter. Huge pages count whole even where only a part was written, because
//! the machine has spent them. What the kernel keeps outside (sockets, page tables) is not in it;
//! page tables are reported beside it.

use std::fs;

/// One look at a process tree, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sample {
    /// Private memory.
    pub private: u64,
    /// Resident size, for comparison.
    pub resident: u64,
    /// Page tables.
    pub page_tables: u64,
}

/// Adds up the tree under `pid`; a process that ends meanwhile counts as nothing.
pub fn sample(pid: u32) -> Sample {
    let mut total = Sample::default();
    let mut open = vec![pid];
    // Neither tool has many processes; the limit only guards against a loop.
    for _ in 0..256 {
        let Some(pid) = open.pop() else { break };
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        total.private += field(&rollup, "Private_Clean") + field(&rollup, "Private_Dirty");
        total.resident += field(&rollup, "Rss");
        total.page_tables += field(&status, "VmPTE");
        open.extend(children(pid));
    }
    total
}

/// `Name:   123 kB` in bytes; 0 when the line is missing.
fn field(text: &str, name: &str) -> u64 {
    text.lines()
        .filter_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
        .find_map(|value| value.split_whitespace().next()?.parse::<u64>().ok())
        .map_or(0, |kilobytes| kilobytes * 1024)
}

fn children(pid: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else {
        return Vec::new();
    };
    threads
        .flatten()
        .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok())
        .flat_map(|list| {
            list.split_whitespace()
                .filter_map(|id| id.parse().ok())
                .collect::<Vec<u32>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_kilobytes() {
        let text = "Rss:    2048 kB\nPrivate_Clean:   0 kB\nPrivate_Dirty:  10 kB\n";
        assert_eq!(field(text, "Rss"), 2048 * 1024);
        assert_eq!(field(text, "Private_Dirty"), 10 * 1024);
        assert_eq!(field(text, "Private"), 0);
    }

    #[test]
    fn sees_memory_of_this_process() {
        let sample = sample(std::process::id());
        assert!(sample.private > 0 && sample.resident >= sample.private);
    }
}
