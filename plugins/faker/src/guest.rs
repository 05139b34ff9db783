//! The generators as a component exports them: each function once for an object of the script's,
//! and once for the generator that every VU has anyway.

use std::cell::RefCell;

use exports::runner::faker::faker::{Guest, GuestFaker, Identity, PostalAddress};

use crate::generator::Generator;
use crate::value::count;
use crate::{profile, value};

wit_bindgen::generate!({
    path: ["../../wit", "wit"],
    world: "runner:faker/plugin",
    generate_all,
});

struct Plugin;

export!(Plugin);

thread_local! {
    /// Of this VU. Without a seed until the script gives one.
    static OWN: RefCell<Option<Generator>> = const { RefCell::new(None) };
}

/// Runs with the generator of this VU.
fn own<T>(make: impl FnOnce(&mut Generator) -> T) -> T {
    OWN.with_borrow_mut(|own| make(own.get_or_insert_with(|| Generator::new(None))))
}

/// A generator of the script's.
struct Handle(RefCell<Generator>);

impl From<profile::Person> for Identity {
    fn from(person: profile::Person) -> Self {
        Self {
            first_name: person.first_name,
            last_name: person.last_name,
            username: person.username,
            email: person.email,
            phone: person.phone,
            birth_date: person.birth_date,
        }
    }
}

impl From<profile::Address> for PostalAddress {
    fn from(address: profile::Address) -> Self {
        Self {
            street: address.street,
            city: address.city,
            state: address.state,
            zip: address.zip,
            country: address.country,
        }
    }
}

/// `name(arguments) -> result = |generator| what makes it`, for both.
macro_rules! functions {
    ($($name:ident($($argument:ident: $ty:ty),*) -> $result:ty = |$generator:ident| $make:expr;)*) => {
        impl Guest for Plugin {
            type Faker = Handle;

            fn seed(seed: u64) {
                OWN.set(Some(Generator::new(Some(seed))));
            }

            $(fn $name($($argument: $ty),*) -> $result {
                own(|$generator| $make)
            })*
        }

        impl GuestFaker for Handle {
            fn new(seed: Option<u64>) -> Self {
                Self(RefCell::new(Generator::new(seed)))
            }

            $(fn $name(&self, $($argument: $ty),*) -> $result {
                let $generator = &mut *self.0.borrow_mut();
                $make
            })*
        }
    };
}

functions! {
    first_name() -> String = |g| g.first_name();
    last_name() -> String = |g| g.last_name();
    full_name() -> String = |g| g.full_name();
    name_prefix() -> String = |g| g.name_prefix();
    name_suffix() -> String = |g| g.name_suffix();
    job_title() -> String = |g| g.job_title();
    phone() -> String = |g| g.phone();
    person() -> Identity = |g| g.person().into();

    street() -> String = |g| g.street();
    city() -> String = |g| g.city();
    state() -> String = |g| g.state();
    state_code() -> String = |g| g.state_code();
    country() -> String = |g| g.country();
    country_code() -> String = |g| g.country_code();
    zip() -> String = |g| g.zip();
    time_zone() -> String = |g| g.time_zone();
    latitude() -> f64 = |g| g.latitude();
    longitude() -> f64 = |g| g.longitude();
    address() -> PostalAddress = |g| g.address().into();

    company() -> String = |g| g.company();
    industry() -> String = |g| g.industry();
    catch_phrase() -> String = |g| g.catch_phrase();
    credit_card() -> String = |g| g.credit_card();
    currency_code() -> String = |g| g.currency_code();

    username() -> String = |g| g.username();
    email() -> String = |g| g.email();
    password(length: Option<u32>) -> Result<String, String> = |g| {
        Ok(g.password(count("length", length, 12)?))
    };
    domain() -> String = |g| g.domain();
    url() -> String = |g| g.url();
    ipv4() -> String = |g| g.ipv4();
    ipv6() -> String = |g| g.ipv6();
    mac_address() -> String = |g| g.mac_address();
    user_agent() -> String = |g| g.user_agent();
    uuid() -> String = |g| g.uuid();
    file_name() -> String = |g| g.file_name();
    mime_type() -> String = |g| g.mime_type();

    word() -> String = |g| g.word();
    words(number: Option<u32>) -> Result<Vec<String>, String> = |g| {
        Ok(g.words(count("number", number, 3)?))
    };
    sentence(words: Option<u32>) -> Result<String, String> = |g| {
        Ok(g.sentence(count("words", words, 6)?))
    };
    paragraph(sentences: Option<u32>) -> Result<String, String> = |g| {
        Ok(g.paragraph(count("sentences", sentences, 3)?))
    };

    int(min: Option<i64>, max: Option<i64>) -> Result<i64, String> = |g| {
        g.int(min.unwrap_or(0), max.unwrap_or(value::LARGEST))
    };
    float(min: Option<f64>, max: Option<f64>) -> Result<f64, String> = |g| {
        g.float(min.unwrap_or(0.0), max.unwrap_or(1.0))
    };
    boolean(probability: Option<f64>) -> Result<bool, String> = |g| g.boolean(probability);
    date(earliest: Option<String>, latest: Option<String>) -> Result<String, String> = |g| {
        g.date(earliest.as_deref(), latest.as_deref())
    };
    date_time(earliest: Option<String>, latest: Option<String>) -> Result<String, String> = |g| {
        g.date_time(earliest.as_deref(), latest.as_deref())
    };
    pattern(pattern: String) -> String = |g| g.pattern(&pattern);
    pick(elements: Vec<String>) -> Result<String, String> = |g| g.pick(elements);
    shuffle(elements: Vec<String>) -> Vec<String> = |g| g.shuffle(elements);
}
