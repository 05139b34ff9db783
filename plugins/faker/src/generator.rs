//! A seeded generator, and everything that comes from the lists of the crate `fake`.
//!
//! One seed gives the same values on every machine and in every run. Addresses of email and the
//! web are in the domains that are reserved for examples (RFC 2606): a test must not write to
//! anybody.

use fake::Fake;
use fake::faker::{address, company, currency, filesystem, internet, job};
use fake::faker::{lorem, name, phone_number};
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

/// Domains that belong to nobody.
const DOMAINS: &[&str] = &["example.com", "example.net", "example.org"];

/// Makes values, each from the state that the one before it left.
pub struct Generator {
    pub(crate) rng: ChaCha8Rng,
}

/// A function for each value of `fake` that is a text.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $faker:expr;)*) => {$(
        $(#[$doc])*
        pub fn $name(&mut self) -> String {
            $faker.fake_with_rng(&mut self.rng)
        }
    )*};
}

impl Generator {
    /// One seed, one sequence; none for another one each time.
    pub fn new(seed: Option<u64>) -> Self {
        Self {
            rng: match seed {
                Some(seed) => ChaCha8Rng::seed_from_u64(seed),
                None => ChaCha8Rng::seed_from_u64(rand::random()),
            },
        }
    }

    texts! {
        /// Ann.
        first_name = name::en::FirstName();
        /// Miller.
        last_name = name::en::LastName();
        /// Mrs.
        name_prefix = name::en::Title();
        /// Jr.
        name_suffix = name::en::Suffix();
        /// Senior Marketing Engineer.
        job_title = job::en::Title();
        /// 512-555-0123.
        phone = phone_number::en::CellNumber();
        /// Miller and Sons.
        company = company::en::CompanyName();
        /// Biotechnology.
        industry = company::en::Industry();
        /// Focused tangible help-desk.
        catch_phrase = company::en::CatchPhrase();
        /// Portland.
        city = address::en::CityName();
        /// Oregon.
        state = address::en::StateName();
        /// OR.
        state_code = address::en::StateAbbr();
        /// Norway.
        country = address::en::CountryName();
        /// NO.
        country_code = address::en::CountryCode();
        /// Europe/Oslo.
        time_zone = address::en::TimeZone();
        /// With small letters, digits, dots and underscores.
        username = internet::en::Username();
        /// 203.0.113.9.
        ipv4 = internet::en::IPv4();
        /// Eight groups.
        ipv6 = internet::en::IPv6();
        /// 01:23:45:67:89:AB.
        mac_address = internet::en::MACAddress();
        /// As browsers send it.
        user_agent = internet::en::UserAgent();
        /// NOK.
        currency_code = currency::en::CurrencyCode();
        /// report.pdf.
        file_name = filesystem::en::FileName();
        /// image/png.
        mime_type = filesystem::en::MimeType();
        /// One Latin word.
        word = lorem::en::Word();
    }

    /// First and last name.
    pub fn full_name(&mut self) -> String {
        format!("{} {}", self.first_name(), self.last_name())
    }

    /// Number and street.
    pub fn street(&mut self) -> String {
        let number: String = address::en::BuildingNumber().fake_with_rng(&mut self.rng);
        let street: String = address::en::StreetName().fake_with_rng(&mut self.rng);
        format!("{number} {street}")
    }

    /// 97204.
    pub fn zip(&mut self) -> String {
        self.pattern("#####")
    }

    /// -90 to 90.
    pub fn latitude(&mut self) -> f64 {
        address::en::Latitude().fake_with_rng(&mut self.rng)
    }

    /// -180 to 180.
    pub fn longitude(&mut self) -> f64 {
        address::en::Longitude().fake_with_rng(&mut self.rng)
    }

    /// A host that belongs to nobody.
    pub fn domain(&mut self) -> String {
        let word = self.word();
        format!("{word}.{}", self.choose(DOMAINS))
    }

    /// Nobody's address.
    pub fn email(&mut self) -> String {
        let user = self.username();
        format!("{user}@{}", self.choose(DOMAINS))
    }

    /// A page of [`Generator::domain`].
    pub fn url(&mut self) -> String {
        format!("https://{}/{}", self.domain(), self.word())
    }

    /// Letters, digits and signs.
    pub fn password(&mut self, length: usize) -> String {
        internet::en::Password(length..length + 1).fake_with_rng(&mut self.rng)
    }

    /// Version 4.
    pub fn uuid(&mut self) -> String {
        let mut bytes = [0; 16];
        self.rng.fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes)
            .into_uuid()
            .to_string()
    }

    /// 16 digits that begin with a 4 and end with the check digit of cards.
    pub fn credit_card(&mut self) -> String {
        let mut number = self.pattern("4##############");
        // Luhn's: from the right, every second digit counts twice.
        let digits = number.bytes().rev().map(|digit| u32::from(digit - b'0'));
        let sum: u32 = digits
            .enumerate()
            .map(|(place, digit)| match (place % 2, digit * 2) {
                (0, two @ 10..) => two - 9,
                (0, two) => two,
                _ => digit,
            })
            .sum();
        number.extend(char::from_digit((10 - sum % 10) % 10, 10));
        number
    }

    /// Latin words.
    pub fn words(&mut self, count: usize) -> Vec<String> {
        (0..count).map(|_| self.word()).collect()
    }

    /// Latin words with a capital and a full stop.
    pub fn sentence(&mut self, words: usize) -> String {
        let mut text = self.words(words).join(" ");
        if let Some(first) = text.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        text.push('.');
        text
    }

    /// Sentences of 4 to 10 words.
    pub fn paragraph(&mut self, sentences: usize) -> String {
        let sentences: Vec<_> = (0..sentences)
            .map(|_| {
                let words = (4..11).fake_with_rng(&mut self.rng);
                self.sentence(words)
            })
            .collect();
        sentences.join(" ")
    }

    fn choose(&mut self, list: &[&'static str]) -> &'static str {
        list.choose(&mut self.rng).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Make = fn(&mut Generator) -> String;

    const ALL: &[(&str, Make)] = &[
        ("first_name", Generator::first_name),
        ("last_name", Generator::last_name),
        ("full_name", Generator::full_name),
        ("name_prefix", Generator::name_prefix),
        ("name_suffix", Generator::name_suffix),
        ("job_title", Generator::job_title),
        ("phone", Generator::phone),
        ("company", Generator::company),
        ("industry", Generator::industry),
        ("catch_phrase", Generator::catch_phrase),
        ("street", Generator::street),
        ("city", Generator::city),
        ("state", Generator::state),
        ("state_code", Generator::state_code),
        ("country", Generator::country),
        ("country_code", Generator::country_code),
        ("zip", Generator::zip),
        ("time_zone", Generator::time_zone),
        ("username", Generator::username),
        ("email", Generator::email),
        ("domain", Generator::domain),
        ("url", Generator::url),
        ("ipv4", Generator::ipv4),
        ("ipv6", Generator::ipv6),
        ("mac_address", Generator::mac_address),
        ("user_agent", Generator::user_agent),
        ("uuid", Generator::uuid),
        ("credit_card", Generator::credit_card),
        ("currency_code", Generator::currency_code),
        ("file_name", Generator::file_name),
        ("mime_type", Generator::mime_type),
        ("word", Generator::word),
    ];

    #[test]
    fn a_seed_gives_the_same_values_and_another_one_others() {
        let values = |seed| {
            let mut generator = Generator::new(seed);
            ALL.iter()
                .map(|(_, make)| make(&mut generator))
                .collect::<Vec<_>>()
        };
        assert_eq!(values(Some(11)), values(Some(11)));
        assert_ne!(values(Some(11)), values(Some(12)));
        assert_ne!(values(None), values(None));
    }

    /// Values that the component gives, too: whoever changes them changes everybody's data.
    #[test]
    fn a_seed_gives_the_same_values_everywhere() {
        let mut generator = Generator::new(Some(11));
        let (name, uuid) = (generator.full_name(), generator.uuid());
        let number = generator.int(1, 1000).unwrap();
        let date = generator.date(None, None).unwrap();
        let made = format!("{name} {uuid} {number} {date}");
        assert_eq!(
            made,
            "Enola Hermiston 5bba04f3-887b-4117-8a4f-a5869e1b3565 554 2000-08-03"
        );
    }

    #[test]
    fn nothing_is_empty_and_everything_varies() {
        for (name, make) in ALL {
            let mut generator = Generator::new(Some(1));
            let made: std::collections::HashSet<_> =
                (0..200).map(|_| make(&mut generator)).collect();
            assert!(made.len() >= 4, "{name}: {made:?}");
            assert!(
                made.iter().all(|text| !text.trim().is_empty()),
                "{name}: {made:?}"
            );
            // A placeholder that was not filled.
            assert!(
                made.iter().all(|text| !text.contains(['{', '}', '#'])),
                "{name}: {made:?}"
            );
        }
    }

    #[test]
    fn addresses_belong_to_nobody() {
        let mut generator = Generator::new(Some(2));
        for _ in 0..200 {
            let email = generator.email();
            let (user, domain) = email.split_once('@').unwrap();
            assert!(DOMAINS.contains(&domain), "{email}");
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._".contains(c);
            assert!(!user.is_empty() && user.chars().all(plain), "{email}");
            let url = generator.url();
            assert!(
                DOMAINS
                    .iter()
                    .any(|domain| url.contains(&format!(".{domain}/"))),
                "{url}"
            );
        }
    }

    #[test]
    fn uuids_are_of_version_4_and_cards_pass_their_check() {
        let mut generator = Generator::new(Some(3));
        for _ in 0..100 {
            let uuid = uuid::Uuid::parse_str(&generator.uuid()).unwrap();
            assert_eq!(uuid.get_version_num(), 4);
            let card = generator.credit_card();
            let digits = card.chars().rev().filter_map(|c| c.to_digit(10));
            let sum: u32 = digits
                .enumerate()
                .map(|(place, digit)| match digit * (1 + place as u32 % 2) {
                    two @ 10.. => two - 9,
                    one => one,
                })
                .sum();
            assert_eq!(sum % 10, 0, "{card}");
        }
    }

    #[test]
    fn texts_have_the_length_that_was_asked_for() {
        let mut generator = Generator::new(Some(4));
        assert_eq!(generator.words(5).len(), 5);
        assert!(generator.words(0).is_empty());
        let sentence = generator.sentence(6);
        assert_eq!(sentence.split(' ').count(), 6);
        assert!(sentence.ends_with('.') && sentence.starts_with(|c: char| c.is_uppercase()));
        assert_eq!(generator.sentence(0), ".");
        assert_eq!(generator.paragraph(3).matches('.').count(), 3);
        assert_eq!(generator.password(12).chars().count(), 12);
        assert_eq!(generator.password(0), "");
    }
}
