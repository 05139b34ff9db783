//! The lines of a head, by Go's rules, which are more forgiving than the standard's: a line may
//! end without a carriage return, go on in the next one, and have blanks in its name. Shared by
//! what reads a head as it arrives, what looks at one later, and what checks a trailer.

use std::borrow::Cow;

use memchr::memchr;

use crate::error::{Fault, excerpt, quoted};

/// What comes next in a head.
pub(super) enum Next<'a> {
    /// More bytes are needed to say so.
    Partial,
    /// The blank line; the body begins here.
    End(usize),
    /// A line with those that continue it, and where the next one begins.
    Field(Cow<'a, [u8]>, usize),
}

/// The end of a line that starts at `from`: the position of its `\n`.
pub(super) fn newline(data: &[u8], from: usize) -> Option<usize> {
    Some(from + memchr(b'\n', data.get(from..)?)?)
}

/// What lies between two positions, without the carriage return at its end.
pub(super) fn line(data: &[u8], from: usize, end: usize) -> &[u8] {
    let line = data.get(from..end).unwrap_or_default();
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// A field that is all on one line and has nothing unusual about it, in one pass: name, value, and
/// where the next line begins. None says nothing: then [`next`] knows.
pub(super) fn usual(data: &[u8], at: usize) -> Option<(&[u8], &[u8], usize)> {
    let rest = data.get(at..)?;
    let colon = rest
        .iter()
        .position(|byte| !is_name(*byte) || *byte == b' ')?;
    let (name, rest) = rest.split_at_checked(colon)?;
    let (b':', rest) = rest.split_first()? else {
        return None;
    };
    let end = value_end(rest);
    let (value, rest) = rest.split_at_checked(end)?;
    let (line_end, follows) = match rest {
        [b'\r', b'\n', follows, ..] => (2, follows),
        [b'\n', follows, ..] => (1, follows),
        _ => return None,
    };
    if name.is_empty() || matches!(follows, b' ' | b'\t') {
        return None;
    }
    Some((name, trim(value), at + colon + 1 + end + line_end))
}

/// The first byte that no value has, but for tabs, which end it here, too. Eight at a time.
fn value_end(data: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    let mut at = 0;
    while let Some((eight, _)) = data.get(at..).and_then(<[u8]>::split_first_chunk) {
        let eight = u64::from_le_bytes(*eight);
        let control = eight.wrapping_sub(ONES * 0x20) & !eight;
        let delete = (eight ^ (ONES * 0x7f)).wrapping_sub(ONES) & !(eight ^ (ONES * 0x7f));
        let found = (control | delete) & HIGH;
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = data.get(at..).unwrap_or_default();
    let ends = |byte: &u8| *byte < 0x20 || *byte == 0x7f;
    at + rest.iter().position(ends).unwrap_or(rest.len())
}

/// The field at `at`. Up to `scanned` there is known to be no end of a line.
pub(super) fn next(data: &[u8], at: usize, scanned: usize) -> Next<'_> {
    let Some(end) = newline(data, at.max(scanned)) else {
        return Next::Partial;
    };
    let first = line(data, at, end);
    if first.is_empty() {
        return Next::End(end + 1);
    }
    match data.get(end + 1) {
        None => Next::Partial,
        // A line that is no field does not become one by what follows it.
        Some(b' ' | b'\t') if first.contains(&b':') => continued(data, first, end + 1),
        Some(_) => Next::Field(Cow::Borrowed(trim(first)), end + 1),
    }
}

/// Joins a line with those that start with a blank, by one blank each.
fn continued<'a>(data: &'a [u8], first: &'a [u8], mut at: usize) -> Next<'a> {
    let mut joined = trim(first).to_vec();
    loop {
        match data.get(at) {
            None => return Next::Partial,
            Some(b' ' | b'\t') => {}
            Some(_) => return Next::Field(Cow::Owned(joined), at),
        }
        let Some(end) = newline(data, at) else {
            return Next::Partial;
        };
        joined.push(b' ');
        joined.extend_from_slice(trim(line(data, at, end)));
        at = end + 1;
    }
}

/// Name and value of a field.
pub(super) fn split(field: &[u8]) -> Result<(&[u8], &[u8]), Fault> {
    let tokens = field.iter().take_while(|byte| is_name(**byte)).count();
    let Some(colon) = field.get(tokens..).and_then(|rest| memchr(b':', rest)) else {
        let shown = quoted(field);
        return Err(Fault::other(format!(
            "malformed MIME header: missing colon: {shown}"
        )));
    };
    let (name, rest) = field.split_at(tokens);
    let value = rest.get(colon + 1..).unwrap_or_default();
    let bad = value.iter().fold(false, |bad, byte| bad | !is_value(*byte));
    if colon > 0 || bad || name.is_empty() {
        return Err(malformed("line", field));
    }
    Ok((name, trim(value)))
}

/// A line that breaks the rules, in Go's words.
pub(super) fn malformed(what: &str, line: &[u8]) -> Fault {
    let shown = excerpt(line);
    Fault::other(format!("malformed MIME header {what}: {shown}"))
}

/// Visits the fields of a head that was accepted before.
pub(crate) fn each_field(head: &[u8], mut visit: impl FnMut(&str, &[u8])) {
    let mut at = newline(head, 0).map_or(head.len(), |end| end + 1);
    while let Next::Field(field, after) = next(head, at, 0) {
        if let Ok((name, value)) = split(&field)
            && let Ok(name) = std::str::from_utf8(name)
        {
            visit(name, value);
        }
        at = after;
    }
}

/// Blanks are no part of a token, but Go lets names with them through, as they are.
fn is_name(byte: u8) -> bool {
    NAME.get(usize::from(byte)).copied().unwrap_or_default()
}

#[expect(clippy::indexing_slicing, reason = "at compile time, and below 128")]
const NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0u8;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'
            )
            || matches!(byte, b'_' | b'`' | b'|' | b'~' | b' ');
        byte += 1;
    }
    table
};

fn is_value(byte: u8) -> bool {
    (byte >= 0x20 && byte != 0x7f) || byte == b'\t'
}

/// Without blanks and tabs around it.
pub(super) fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_quick_way_and_the_thorough_one_agree(data in "[aZ9:\\- \t\r\n\u{1}\u{7f}é]{0,60}") {
            let data = data.as_bytes();
            if let Some((name, value, after)) = usual(data, 0) {
                let Next::Field(text, end) = next(data, 0, 0) else {
                    return Err(TestCaseError::fail("no field"));
                };
                prop_assert_eq!(split(&text).unwrap(), (name, value));
                prop_assert_eq!(end, after);
            }
        }

        #[test]
        fn values_end_at_the_first_byte_that_none_has(data in prop::collection::vec(any::<u8>(), 0..40)) {
            let slow = data.iter().position(|byte| *byte < 0x20 || *byte == 0x7f);
            prop_assert_eq!(value_end(&data), slow.unwrap_or(data.len()));
        }
    }
}
