//! The dates of `Expires`, in the two forms that Go reads: `Mon, 02 Jan 2006 15:04:05 MST` and
//! the same with dashes in the date. A cookie with any other date is one of the session. Names of
//! zones are read and mean nothing: the time is UTC.

const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Unix milliseconds; none where it is no such date.
pub(super) fn parse(text: &str) -> Option<i64> {
    let (weekday, rest) = text.split_once(", ")?;
    place(&DAYS, weekday)?;
    let dashed = rest.contains('-');
    let mut words = rest.split(' ');
    let mut date = if dashed {
        words.next()?.split('-')
    } else {
        rest.split(' ')
    };
    let (day, month, year) = (
        digits(date.next()?, 2)?,
        place(&MONTHS, date.next()?)? + 1,
        digits(date.next()?, 4)?,
    );
    if dashed {
        date.next().is_none().then_some(())?;
    } else {
        words.nth(2)?;
    }
    let mut clock = words.next()?.split(':');
    let hour = clock.next()?;
    let (hour, minute, second) = (
        digits(hour, hour.len().clamp(1, 2))?,
        digits(clock.next()?, 2)?,
        digits(clock.next()?, 2)?,
    );
    let zone = words.next()?;
    let named = (3..=5).contains(&zone.len()) && zone.bytes().all(|b| b.is_ascii_uppercase());
    if !named || clock.next().is_some() || words.next().is_some() {
        return None;
    }
    let fits = hour < 24 && minute < 60 && second < 60 && (1..=days_in(month, year)).contains(&day);
    let seconds = days_from_epoch(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    // Go's own first moment stands for no date.
    (fits && (year, month, day, seconds % 86_400) != (1, 1, 1, 0)).then_some(seconds * 1000)
}

/// The position of a name, in any case.
fn place(names: &[&str], name: &str) -> Option<i64> {
    let at = names
        .iter()
        .position(|known| name.eq_ignore_ascii_case(known))?;
    i64::try_from(at).ok()
}

/// A number of exactly so many digits.
fn digits(text: &str, count: usize) -> Option<i64> {
    let fits = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| fits)
}

fn days_in(month: i64, year: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the Gregorian calendar, counted in eras of 400 years that start
/// in March, so that the leap day is the last of its year.
fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_in_any_zone() {
        for text in [
            "Wed, 21 Oct 2026 07:28:00 GMT",
            "Wed, 21-Oct-2026 07:28:00 GMT",
            "Wed, 21 Oct 2026 7:28:00 GMT",
            "Mon, 21 Oct 2026 07:28:00 PST",
            "wed, 21 oct 2026 07:28:00 UTC",
        ] {
            assert_eq!(parse(text), Some(1_792_567_680_000), "{text}");
        }
        assert_eq!(parse("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(
            parse("Thu, 29 Feb 2024 00:00:00 GMT"),
            Some(1_709_164_800_000)
        );
    }

    #[test]
    fn other_forms_are_no_dates() {
        for text in [
            "",
            "soon",
            "0",
            "Wednesday, 21-Oct-26 07:28:00 GMT",
            "Wed Oct 21 07:28:00 2026",
            "21 Oct 2026 07:28:00 GMT",
            "Wed,21 Oct 2026 07:28:00 GMT",
            "Wed, 1 Oct 2026 07:28:00 GMT",
            "Wed, 32 Oct 2026 07:28:00 GMT",
            "Wed, 29 Feb 2026 07:28:00 GMT",
            "Wed, 21 Oct 26 07:28:00 GMT",
            "Wed, 21 Oct 2026 07:28 GMT",
            "Wed, 21 Oct 2026 25:28:00 GMT",
            "Wed, 21 Oct 2026 07:28:00 gmt",
            "Wed, 21 Oct 2026 07:28:00 +0100",
            "Wed, 21 Oct 2026 07:28:00 GMT x",
            "\"Wed, 21 Oct 2026 07:28:00 GMT\"",
            "Mon, 01 Jan 0001 00:00:00 GMT",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
