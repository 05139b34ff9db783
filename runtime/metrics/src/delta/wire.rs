//! The bytes that differences are made of: numbers of variable length, floats, texts.
//!
//! A reader trusts nothing: a count is checked against the bytes that are left before anything
//! is allocated for it, so that what is read takes at most some fifty times as much memory as its bytes.

use std::sync::Arc;

/// The version of the form. What it means is said in `encode.rs`.
pub(super) const VERSION: u8 = 1;

/// What every difference begins with.
pub(super) const MAGIC: [u8; 3] = *b"RMD";

/// Why bytes are no difference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// They begin with something else.
    #[error("this is no difference of metrics")]
    Format,
    /// They have another version.
    #[error(
        "the difference of metrics has version {0}, and this program reads {VERSION}: use one \
         version of runner on all machines"
    )]
    Version(u8),
    /// There are too few.
    #[error("the difference of metrics ends too early: it was cut off on its way")]
    Truncated,
    /// There are too many.
    #[error("the difference of metrics has {0} bytes too many")]
    Trailing(usize),
    /// Something in them cannot be.
    #[error("the difference of metrics is damaged: it has {0}")]
    Damaged(&'static str),
}

/// Appends bytes.
#[derive(Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

impl Writer {
    /// Seven bits per byte, the lowest first; a byte's highest bit says that more follow.
    pub(super) fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    pub(super) fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(super) fn fixed(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(super) fn float(&mut self, value: f64) {
        self.fixed(value.to_bits());
    }

    pub(super) fn floats<'a>(&mut self, values: impl IntoIterator<Item = &'a f64>) {
        values.into_iter().for_each(|value| self.float(*value));
    }

    pub(super) fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }
}

/// Takes bytes from the front.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) = self
            .0
            .split_at_checked(count)
            .ok_or(DecodeError::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(DecodeError::Truncated)?;
        self.0 = rest;
        Ok(*taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, DecodeError> {
        self.array().map(|[byte]| byte)
    }

    pub(super) fn fixed(&mut self) -> Result<u64, DecodeError> {
        self.array().map(u64::from_le_bytes)
    }

    /// Any float; sums may be no number, where infinities met.
    pub(super) fn float(&mut self) -> Result<f64, DecodeError> {
        self.fixed().map(f64::from_bits)
    }

    /// A sample, which is a number.
    pub(super) fn sample(&mut self) -> Result<f64, DecodeError> {
        let value = self.float()?;
        if value.is_nan() {
            return Err(DecodeError::Damaged("a sample that is no number"));
        }
        Ok(value)
    }

    pub(super) fn number(&mut self) -> Result<u64, DecodeError> {
        let mut value = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                break;
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(DecodeError::Damaged("a number of more than 64 bits"))
    }

    /// A number of items that take `least` bytes each, for which there must be room.
    pub(super) fn count(&mut self, least: usize) -> Result<usize, DecodeError> {
        let count = usize::try_from(self.number()?).unwrap_or(usize::MAX);
        if count.saturating_mul(least) > self.0.len() {
            return Err(DecodeError::Truncated);
        }
        Ok(count)
    }

    /// As many items as a count says.
    pub(super) fn list<T>(
        &mut self,
        least: usize,
        mut item: impl FnMut(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        let count = self.count(least)?;
        let mut items = Vec::with_capacity(count);
        for _ in 0..count {
            items.push(item(self)?);
        }
        Ok(items)
    }

    pub(super) fn text(&mut self) -> Result<Arc<str>, DecodeError> {
        let length = self.count(1)?;
        let text = str::from_utf8(self.bytes(length)?);
        text.map(Arc::from)
            .map_err(|_| DecodeError::Damaged("a text that is not UTF-8"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_of_more_than_64_bits_are_refused() {
        let mut most = [0xff; 10];
        most[9] = 1;
        assert_eq!(Reader(&most).number(), Ok(u64::MAX));
        most[9] = 2;
        let error = Err(DecodeError::Damaged("a number of more than 64 bits"));
        assert_eq!(Reader(&most).number(), error);
        assert_eq!(Reader(&[0xff; 99]).number(), error);
        assert_eq!(Reader(&[0xff; 9]).number(), Err(DecodeError::Truncated));
    }

    #[test]
    fn counts_of_what_cannot_be_there_are_refused() {
        let mut writer = Writer::default();
        writer.number(u64::MAX);
        writer.fixed(0);
        let count = Reader(&writer.0).count(8);
        assert_eq!(count, Err(DecodeError::Truncated));
        assert_eq!(Reader(&[2, 0, 0]).count(1), Ok(2));
        assert_eq!(Reader(&[3, 0, 0]).count(1), Err(DecodeError::Truncated));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(numbers: Vec<u64>, text: String, float: f64) {
            let mut writer = Writer::default();
            numbers.iter().for_each(|number| writer.number(*number));
            writer.text(&text);
            writer.float(float);
            let mut reader = Reader(&writer.0);
            for number in numbers {
                prop_assert_eq!(reader.number(), Ok(number));
            }
            prop_assert_eq!(&*reader.text().unwrap(), &*text);
            prop_assert_eq!(reader.float().unwrap().to_bits(), float.to_bits());
            prop_assert!(reader.0.is_empty());
        }
    }
}
