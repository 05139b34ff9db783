//! The time zone of scripts and logs, found as k6 finds it: `TZ` names one (of the system's
//! database, or of the one that is built in where the system has none) or a file that describes
//! one; empty it means UTC, and so does what cannot be found. Without `TZ` it is the system's.

use std::ffi::OsStr;
use std::path::Path;

use jiff::tz::TimeZone;

/// The zone that this process was started in.
pub(crate) fn zone() -> TimeZone {
    match std::env::var_os("TZ") {
        None => TimeZone::try_system().unwrap_or(TimeZone::UTC),
        Some(named) => of(&named),
    }
}

fn of(named: &OsStr) -> TimeZone {
    let found = named.to_str().and_then(|name| {
        let name = name.strip_prefix(':').unwrap_or(name);
        if Path::new(name).is_absolute() {
            return TimeZone::tzif(name, &std::fs::read(name).ok()?).ok();
        }
        TimeZone::get(name).ok()
    });
    found.unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    /// Seconds ahead of UTC in July 2024, and what the time is called.
    fn summer(named: &str) -> (i32, String) {
        let at: Timestamp = "2024-07-01T00:00:00Z".parse().unwrap();
        let zone = of(OsStr::new(named));
        let info = zone.to_offset_info(at);
        (info.offset().seconds(), info.abbreviation().to_owned())
    }

    #[test]
    fn names_and_files_are_found() {
        let there = (19_800, "IST".to_owned());
        assert_eq!(summer("Asia/Kolkata"), there);
        assert_eq!(summer(":Asia/Kolkata"), there);
        let file = "/usr/share/zoneinfo/Asia/Kolkata";
        if Path::new(file).exists() {
            assert_eq!(summer(file), there);
        }
        assert_eq!(summer("Australia/Lord_Howe"), (37_800, "+1030".to_owned()));
    }

    #[test]
    fn whatever_names_no_zone_is_utc() {
        for named in ["", ":", "UTC", "Nowhere/Land", "/no/such/file", "<+03>-3"] {
            assert_eq!(summer(named), (0, "UTC".to_owned()), "{named}");
        }
    }
}
