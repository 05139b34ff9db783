//! Numbers, dates, patterns and choices. What cannot be made is refused with the reason.

use rand::RngExt;
use rand::seq::{IndexedRandom, SliceRandom};
use time::{Date, Month};

use crate::generator::Generator;

/// Most words, elements or letters of one value.
pub const MOST: u32 = 100_000;

/// Largest integer where no end is given.
pub const LARGEST: i64 = i32::MAX as i64;

/// `count`, or `usual` where none was given.
///
/// # Errors
/// Beyond [`MOST`].
pub fn count(what: &str, count: Option<u32>, usual: u32) -> Result<usize, String> {
    let count = count.unwrap_or(usual);
    if count > MOST {
        return Err(format!("{what} must be at most {MOST}, got {count}"));
    }
    Ok(count as usize)
}

impl Generator {
    /// Both ends included.
    ///
    /// # Errors
    /// Where `min` is larger than `max`.
    pub fn int(&mut self, min: i64, max: i64) -> Result<i64, String> {
        if min > max {
            return Err(format!(
                "min must not be larger than max, got {min} and {max}"
            ));
        }
        Ok(self.rng.random_range(min..=max))
    }

    /// From `min`, and less than `max` unless they are the same.
    ///
    /// # Errors
    /// Where `min` is larger than `max`, or one is no finite number.
    pub fn float(&mut self, min: f64, max: f64) -> Result<f64, String> {
        if !(min.is_finite() && max.is_finite() && min <= max) {
            return Err(format!(
                "min and max must be finite, min not larger; got {min} and {max}"
            ));
        }
        // Two terms, because max - min may be too large for a number.
        let place: f64 = self.rng.random();
        Ok((min * (1.0 - place) + max * place).clamp(min, max))
    }

    /// True with this probability.
    ///
    /// # Errors
    /// Outside 0 to 1.
    pub fn boolean(&mut self, probability: Option<f64>) -> Result<bool, String> {
        let probability = probability.unwrap_or(0.5);
        if !(0.0..=1.0).contains(&probability) {
            return Err(format!(
                "the probability must be from 0 to 1, got {probability}"
            ));
        }
        Ok(self.rng.random_bool(probability))
    }

    /// `#` becomes a digit, `?` a small letter, `*` either.
    pub fn pattern(&mut self, pattern: &str) -> String {
        const BOTH: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
        let mut one = |from: &[u8]| {
            let place = self.rng.random_range(0..from.len());
            from.get(place).copied().map_or('0', char::from)
        };
        let letters = pattern.chars().map(|c| match c {
            '#' => one(&BOTH[..10]),
            '?' => one(&BOTH[10..]),
            '*' => one(BOTH),
            other => other,
        });
        letters.collect()
    }

    /// A day as `YYYY-MM-DD`, both ends included; 1970 to 2029 where nothing is said.
    ///
    /// # Errors
    /// Where an end is no such day, or `from` is later than `to`.
    pub fn date(&mut self, from: Option<&str>, to: Option<&str>) -> Result<String, String> {
        let first = day(from.unwrap_or("1970-01-01"))?;
        let last = day(to.unwrap_or("2029-12-31"))?;
        if first > last {
            return Err(format!(
                "from must not be later than to, got {first} and {last}"
            ));
        }
        let number = self
            .rng
            .random_range(first.to_julian_day()..=last.to_julian_day());
        let date = Date::from_julian_day(number).map_err(|error| error.to_string())?;
        let (year, month, day) = date.to_calendar_date();
        Ok(format!("{year:04}-{:02}-{day:02}", u8::from(month)))
    }

    /// As [`Generator::date`], with a time of day: `YYYY-MM-DDTHH:MM:SSZ`.
    ///
    /// # Errors
    /// As there.
    pub fn date_time(&mut self, from: Option<&str>, to: Option<&str>) -> Result<String, String> {
        let date = self.date(from, to)?;
        let second = self.rng.random_range(0..86_400);
        let (hour, minute) = (second / 3600, second / 60 % 60);
        Ok(format!("{date}T{hour:02}:{minute:02}:{:02}Z", second % 60))
    }

    /// One of them.
    ///
    /// # Errors
    /// Where there is none.
    pub fn pick(&mut self, list: Vec<String>) -> Result<String, String> {
        let picked = list.choose(&mut self.rng).cloned();
        picked.ok_or_else(|| "the list to pick from is empty".into())
    }

    /// All of them in another order.
    pub fn shuffle(&mut self, mut list: Vec<String>) -> Vec<String> {
        list.shuffle(&mut self.rng);
        list
    }
}

fn day(text: &str) -> Result<Date, String> {
    let parsed = || {
        let mut parts = text.splitn(3, '-');
        let year = parts.next().filter(|part| part.len() == 4)?.parse().ok()?;
        let month: u8 = parts.next().filter(|part| part.len() == 2)?.parse().ok()?;
        let day = parts.next().filter(|part| part.len() == 2)?.parse().ok()?;
        Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()
    };
    parsed().ok_or_else(|| format!("{text:?} is no day; write it as YYYY-MM-DD"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generator() -> Generator {
        Generator::new(Some(5))
    }

    #[test]
    fn numbers_stay_between_their_ends_and_reach_them() {
        let mut generator = generator();
        let made: Vec<_> = (0..200).map(|_| generator.int(-1, 2).unwrap()).collect();
        assert!(made.contains(&-1) && made.contains(&2));
        assert!(made.iter().all(|number| (-1..=2).contains(number)));
        assert_eq!(generator.int(7, 7), Ok(7));
        assert!(generator.int(i64::MIN, i64::MAX).is_ok());
        for _ in 0..200 {
            let number = generator.float(-0.5, 0.5).unwrap();
            assert!((-0.5..=0.5).contains(&number));
            assert!(generator.float(f64::MIN, f64::MAX).unwrap().is_finite());
        }
        assert_eq!(generator.float(1.5, 1.5), Ok(1.5));
        assert!(!generator.boolean(Some(0.0)).unwrap());
        assert!(generator.boolean(Some(1.0)).unwrap());
    }

    #[test]
    fn what_cannot_be_made_is_refused() {
        let mut generator = generator();
        assert!(generator.int(2, 1).unwrap_err().contains("2 and 1"));
        for (min, max) in [(2.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY)] {
            assert!(generator.float(min, max).is_err());
        }
        for probability in [-0.1, 1.1, f64::NAN] {
            assert!(generator.boolean(Some(probability)).is_err());
        }
        assert!(generator.pick(vec![]).is_err());
        assert!(
            generator
                .date(Some("2024-02-30"), None)
                .unwrap_err()
                .contains("YYYY-MM-DD")
        );
        for text in [
            "",
            "2024",
            "24-1-1",
            "2024-13-01",
            "2024-1-1",
            "2024-01-01T00:00",
            "x-y-z",
            "+024-01-01x",
        ] {
            assert!(generator.date(Some(text), None).is_err(), "{text}");
        }
        assert!(
            generator
                .date(Some("2030-01-02"), Some("2030-01-01"))
                .is_err()
        );
        assert!(
            count("words", Some(MOST + 1), 3)
                .unwrap_err()
                .contains("100000")
        );
    }

    #[test]
    fn dates_stay_between_their_ends() {
        let mut generator = generator();
        let made: std::collections::BTreeSet<_> = (0..100)
            .map(|_| {
                generator
                    .date(Some("2024-02-28"), Some("2024-03-01"))
                    .unwrap()
            })
            .collect();
        let made: Vec<_> = made.iter().map(String::as_str).collect();
        assert_eq!(made, ["2024-02-28", "2024-02-29", "2024-03-01"]);
        let moment = generator
            .date_time(Some("0001-01-01"), Some("0001-01-01"))
            .unwrap();
        assert!(
            moment.starts_with("0001-01-01T") && moment.ends_with('Z'),
            "{moment}"
        );
        assert_eq!(moment.len(), 20);
    }

    #[test]
    fn patterns_and_lists() {
        let mut generator = generator();
        let made = generator.pattern("##-??-*ß");
        let kinds: Vec<_> = made.chars().collect();
        assert!(
            kinds[0].is_ascii_digit() && kinds[3].is_ascii_lowercase(),
            "{made}"
        );
        assert!(
            kinds[6].is_ascii_alphanumeric() && made.ends_with('ß'),
            "{made}"
        );
        let list: Vec<_> = ["a", "b", "c"].map(str::to_owned).into();
        assert!(list.contains(&generator.pick(list.clone()).unwrap()));
        let mut shuffled = generator.shuffle(list.clone());
        shuffled.sort();
        assert_eq!(shuffled, list);
    }
}
