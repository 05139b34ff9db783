//! Values that belong together: a person with the address that is theirs.

use crate::generator::Generator;

/// Somebody who does not exist.
#[derive(Debug, PartialEq, Eq)]
pub struct Person {
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// From the names.
    pub username: String,
    /// Of that user, nobody's.
    pub email: String,
    /// Of a mobile.
    pub phone: String,
    /// Grown up: born 1945 to 2004.
    pub birth_date: String,
}

/// Somewhere that does not exist.
#[derive(Debug, PartialEq, Eq)]
pub struct Address {
    /// Number and street.
    pub street: String,
    /// Made up.
    pub city: String,
    /// Of the United States.
    pub state: String,
    /// Five digits.
    pub zip: String,
    /// That of the states.
    pub country: String,
}

impl Generator {
    /// Names, and an email address made of them.
    pub fn person(&mut self) -> Person {
        let (first_name, last_name) = (self.first_name(), self.last_name());
        let letters = |name: &str| -> String {
            let letters = name.chars().filter(char::is_ascii_alphabetic);
            letters.map(|letter| letter.to_ascii_lowercase()).collect()
        };
        let names = format!("{}.{}", letters(&first_name), letters(&last_name));
        // Two people of one name are not one user.
        let username = self.pattern(&format!("{names}####"));
        let domain = self.domain();
        Person {
            email: format!("{username}@{domain}"),
            username,
            phone: self.phone(),
            birth_date: self.birth_date(),
            first_name,
            last_name,
        }
    }

    /// A whole postal address.
    pub fn address(&mut self) -> Address {
        Address {
            street: self.street(),
            city: self.city(),
            state: self.state(),
            zip: self.zip(),
            country: "United States of America".into(),
        }
    }

    fn birth_date(&mut self) -> String {
        // Both ends are days, so there is nothing to refuse.
        self.date(Some("1945-01-01"), Some("2004-12-31"))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_s_email_is_made_of_the_name() {
        let mut generator = Generator::new(Some(6));
        for _ in 0..100 {
            let person = generator.person();
            let first = person.first_name.to_lowercase();
            assert!(person.username.starts_with(&first), "{person:?}");
            assert!(
                person.email.starts_with(&format!("{}@", person.username)),
                "{person:?}"
            );
            assert_eq!(person.birth_date.len(), 10, "{person:?}");
        }
        let address = generator.address();
        assert!(
            !address.street.is_empty() && !address.country.is_empty(),
            "{address:?}"
        );
    }
}
