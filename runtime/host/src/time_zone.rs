//! `runner:time-zone`: what clocks show where the test runs.
//!
//! The zone is the caller's, read once for a run. Dates in JavaScript reach 275,000 years in both
//! directions, jiff's ten thousand: later times are looked up 400 years at a time earlier, after
//! which the calendar and the rules for daylight saving repeat; before the first known time clocks
//! showed what they showed then.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use wasmtime::component::Linker;

use crate::VuState;
use crate::bindings::runner::time_zone::zone::{self, Host, Period};
use crate::linker::{Find, Vu};

/// From here on times are looked up earlier: the year 9000, in milliseconds.
const FAR: i64 = 221_845_392_000_000;
/// 400 years.
const CYCLE: i64 = 146_097 * 86_400_000;

/// Adds the room's interfaces.
pub(crate) fn add_to_linker<T: Send + 'static>(
    to: &mut Linker<T>,
    vu: Find<T>,
) -> wasmtime::Result<()> {
    zone::add_to_linker::<T, Vu>(to, vu)
}

impl Host for VuState {
    fn period_at(&mut self, instant: i64) -> Period {
        self.run_only();
        period(&self.script.zone, instant)
    }
}

fn period(zone: &TimeZone, instant: i64) -> Period {
    let beyond = instant.saturating_sub(FAR).max(0);
    let moved = (beyond + CYCLE - 1) / CYCLE * CYCLE;
    let at = Timestamp::from_millisecond(instant - moved).unwrap_or(Timestamp::MIN);
    let back = |at: Timestamp| at.as_millisecond().saturating_add(moved);
    // Changes strictly before the moment after `at`.
    let after = at.checked_add(SignedDuration::from_millis(1)).unwrap_or(at);
    let info = zone.to_offset_info(at);
    Period {
        start: zone
            .preceding(after)
            .next()
            .map_or(i64::MIN, |change| back(change.timestamp())),
        end: zone
            .following(at)
            .next()
            .map_or(i64::MAX, |change| back(change.timestamp())),
        offset: info.offset().seconds(),
        abbreviation: info.abbreviation().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// New York as its rules are now.
    fn new_york() -> TimeZone {
        TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap()
    }

    fn millis(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn a_period_ends_where_the_next_begins() {
        let change = millis("2024-03-10T07:00:00Z");
        let winter = period(&new_york(), change - 1);
        assert_eq!((winter.offset, winter.end), (-5 * 3600, change));
        assert_eq!(winter.start, millis("2023-11-05T06:00:00Z"));
        assert_eq!(winter.abbreviation, "EST");
        let summer = period(&new_york(), change);
        assert_eq!((summer.offset, summer.start), (-4 * 3600, change));
        assert_eq!(summer.end, millis("2024-11-03T06:00:00Z"));
        assert_eq!(summer.abbreviation, "EDT");
    }

    #[test]
    fn utc_never_changes() {
        let always = period(&TimeZone::UTC, 0);
        assert_eq!((always.start, always.end), (i64::MIN, i64::MAX));
        assert_eq!((always.offset, always.abbreviation.as_str()), (0, "UTC"));
    }

    #[test]
    fn every_number_has_a_period_that_it_is_in() {
        let far = 8_640_000_000_000_000;
        for zone in [new_york(), TimeZone::UTC] {
            for instant in [
                i64::MIN,
                -far,
                -1,
                0,
                FAR - 1,
                FAR,
                FAR + 1,
                far,
                i64::MAX - 1,
            ] {
                let found = period(&zone, instant);
                assert!(
                    (found.start..found.end).contains(&instant),
                    "{instant}: {found:?}"
                );
            }
        }
        // 13 September is in summer, also in the year 275760.
        assert_eq!(period(&new_york(), far).abbreviation, "EDT");
    }
}
