//! One-time passwords for logins with a second factor: `import totp from "k6/x/totp"`.

use exports::example::totp::totp::{Account as AccountHandle, Guest, GuestAccount, Problem};
use hmac::{Hmac, Mac};
use runner::execution::execution;
use sha1::Sha1;

wit_bindgen::generate!({
    path: ["../../wit", "wit"],
    world: "example:totp/plugin",
    generate_all,
});

struct Totp;

export!(Totp);

impl Guest for Totp {
    type Account = Account;

    fn code(secret: String) -> Result<String, Problem> {
        Account::of(&secret, None, None).map(|account| account.code())
    }
}

/// An account of the script's.
struct Account {
    key: Vec<u8>,
    digits: u32,
    period: u64,
}

impl Account {
    fn of(secret: &str, digits: Option<u8>, period: Option<u32>) -> Result<Self, Problem> {
        let digits = digits.unwrap_or(6);
        if !(6..=8).contains(&digits) {
            return Err(Problem::BadDigits(digits));
        }
        Ok(Self {
            key: base32(secret)?,
            digits: digits.into(),
            period: period.unwrap_or(30).max(1).into(),
        })
    }
}

impl GuestAccount for Account {
    fn create(
        secret: String,
        digits: Option<u8>,
        period: Option<u32>,
    ) -> Result<AccountHandle, Problem> {
        Self::of(&secret, digits, period).map(AccountHandle::new)
    }

    fn code(&self) -> String {
        self.code_at(now())
    }

    fn code_at(&self, time: u64) -> String {
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.key).expect("keys can have any length");
        mac.update(&(time / self.period).to_be_bytes());
        let hash = mac.finalize().into_bytes();
        // Dynamic truncation, RFC 4226 § 5.3.
        let at = usize::from(hash[19] & 15);
        let bytes = [hash[at], hash[at + 1], hash[at + 2], hash[at + 3]];
        let number = u32::from_be_bytes(bytes) & 0x7fff_ffff;
        let width = self.digits as usize;
        format!("{:0width$}", number % 10_u32.pow(self.digits))
    }

    fn remaining(&self) -> u32 {
        (self.period - now() % self.period) as u32
    }
}

/// Seconds since 1970.
fn now() -> u64 {
    execution::wall_clock() / 1_000_000_000
}

/// Small and capital letters; spaces and padding are passed over, as people copy them.
fn base32(text: &str) -> Result<Vec<u8>, Problem> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for letter in text.chars().filter(|c| !matches!(c, ' ' | '-' | '=')) {
        let value = match letter.to_ascii_uppercase() {
            c @ 'A'..='Z' => c as u32 - 'A' as u32,
            c @ '2'..='7' => c as u32 - '2' as u32 + 26,
            other => return Err(Problem::BadSecret(format!("{other:?} is no base32"))),
        };
        bits = bits << 5 | value;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    match bytes.is_empty() {
        true => Err(Problem::BadSecret("it is empty".to_owned())),
        false => Ok(bytes),
    }
}
