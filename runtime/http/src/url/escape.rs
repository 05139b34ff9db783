//! Percent signs in URLs: which characters need them, and which may have them, by Go's rules.

use std::fmt;

use crate::error::quoted;

/// Where characters stand decides which of them need an escape.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Host,
    Zone,
    User,
    Path,
    Fragment,
}

/// The escaped form: as written if nothing in it needs an escape, else escaped anew.
pub fn normal(text: &str, place: Place) -> Result<String, String> {
    let plain = unescape(text, place)?;
    let fits = |byte: u8| is_plain(byte, place) || b"!$&'()*+,;=:@[]%".contains(&byte);
    Ok(if text.bytes().all(fits) {
        text.to_owned()
    } else {
        escape(&plain, place)
    })
}

/// The bytes that a text stands for.
pub fn unescape(text: &str, place: Place) -> Result<Vec<u8>, String> {
    let bytes = text.as_bytes();
    let in_host = matches!(place, Place::Host | Place::Zone);
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if *byte != b'%' {
            if in_host && byte.is_ascii() && !is_plain(*byte, place) {
                let shown = quoted(&[*byte]);
                return Err(format!("invalid character {shown} in host name"));
            }
            plain.push(*byte);
            at += 1;
            continue;
        }
        let escape = bytes.get(at..bytes.len().min(at + 3)).unwrap_or_default();
        let refused = || Err(format!("invalid URL escape {}", quoted(escape)));
        let [_, high, low] = escape else {
            return refused();
        };
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let (Some(high), Some(low)) = (digit(*high), digit(*low)) else {
            return refused();
        };
        let value = u8::try_from(high * 16 + low).unwrap_or_default();
        let fits = match place {
            Place::Host => !value.is_ascii() || value == b'%',
            Place::Zone => value == b'%' || value == b' ' || is_plain(value, Place::Host),
            _ => true,
        };
        if !fits {
            return refused();
        }
        plain.push(value);
        at += 3;
    }
    Ok(plain)
}

/// A text that stands for these bytes.
pub fn escape(bytes: &[u8], place: Place) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        if is_plain(*byte, place) {
            text.push(char::from(*byte));
        } else {
            let _ = fmt::Write::write_fmt(&mut text, format_args!("%{byte:02X}"));
        }
    }
    text
}

/// Whether a character stands for itself in this place.
fn is_plain(byte: u8, place: Place) -> bool {
    let also: &[u8] = match place {
        Place::Host | Place::Zone => b"!$&'()*+,;=:[]<>\"",
        Place::User => b"$&+,;=",
        Place::Path => b"$&+,/:;=@",
        Place::Fragment => b"$&+,/:;=?@!()*",
    };
    byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) || also.contains(&byte)
}
