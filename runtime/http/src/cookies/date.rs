//! The dates of `Expires`, as tolerant as RFC 6265 §5.1.1 wants: any order, any separators.

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Unix milliseconds; none where it is no date.
pub(super) fn parse(text: &str) -> Option<i64> {
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    let delimiter = |c: char| !(c.is_ascii_alphanumeric() || c == ':' || !c.is_ascii());
    for token in text.split(delimiter).filter(|token| !token.is_empty()) {
        if time.is_none()
            && let Some(found) = clock(token)
        {
            time = Some(found);
            continue;
        }
        let digits = token.bytes().take_while(u8::is_ascii_digit).count();
        let number = token
            .get(..digits)
            .and_then(|text| text.parse::<i64>().ok());
        if day.is_none() && (1..=2).contains(&digits) {
            day = number;
        } else if month.is_none()
            && let Some(index) = token
                .get(..3)
                .and_then(|start| MONTHS.iter().position(|m| start.eq_ignore_ascii_case(m)))
        {
            month = Some(index as i64 + 1);
        } else if year.is_none() && (2..=4).contains(&digits) {
            year = number;
        }
    }
    let (hours, minutes, seconds) = time?;
    let (day, month) = (day.filter(|day| (1..=31).contains(day))?, month?);
    let year = match year? {
        year @ 0..=69 => year + 2000,
        year @ 70..=99 => year + 1900,
        year => year,
    };
    if year < 1601 || hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    let seconds =
        days_from_epoch(year, month, day) * 86_400 + hours * 3600 + minutes * 60 + seconds;
    Some(seconds * 1000)
}

fn clock(token: &str) -> Option<(i64, i64, i64)> {
    let mut parts = token.splitn(3, ':').map(|part| {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        part.get(..digits)
            .filter(|_| digits <= 2)?
            .parse::<i64>()
            .ok()
    });
    Some((parts.next()??, parts.next()??, parts.next()??))
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
    fn all_the_usual_forms() {
        for text in [
            "Wed, 21 Oct 2026 07:28:00 GMT",
            "Wed, 21-Oct-2026 07:28:00 GMT",
            "Wednesday, 21-Oct-26 07:28:00 GMT",
            "Wed Oct 21 07:28:00 2026",
        ] {
            assert_eq!(parse(text), Some(1_792_567_680_000), "{text}");
        }
        assert_eq!(parse("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(
            parse("Thu, 29 Feb 2024 00:00:00 GMT"),
            Some(1_709_164_800_000)
        );
        for text in [
            "",
            "soon",
            "Wed, 21 Oct 2026",
            "32 Jan 2026 00:00:00",
            "1 Jan 2026 25:00:00",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
