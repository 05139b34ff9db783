//! The V2 form, written and read by the crate `hdrhistogram`.
//!
//! Its reader trusts lengths and reserves what they say, and may overflow. So what the bytes claim
//! is compared with what they are before they are handed on.

use std::io::Read as _;

use flate2::read::ZlibDecoder;
use hdrhistogram::serialization::{
    Deserializer, Serializer as _, V2DeflateSerializer, V2Serializer,
};

use super::trend::{HdrTrend, scale};
use crate::Unit;

/// What plain bytes begin with.
const PLAIN: u32 = 0x1c84_9313;

/// What compressed bytes begin with.
const COMPRESSED: u32 = 0x1c84_9314;

/// Bytes before the counts of a plain one.
const HEADER: usize = 40;

/// Most digits that are read: each takes ten times the memory, and four take up to 7 MB.
const MOST_DIGITS: u32 = 4;

/// Most plain bytes: nine for each count that four digits have at most.
const MOST_BYTES: usize = 9 * 64 * (1 << 14);

/// How bytes are written. Both are read alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Counts of variable length.
    Plain,
    /// The same, deflated: what logs and most tools have.
    Compressed,
}

/// Why there are no bytes, or no trend in them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HdrError {
    /// They cannot be written.
    #[error("cannot write an HDR histogram: {0}")]
    Write(String),
    /// They are none, or were damaged.
    #[error("this is no HDR histogram of version 2: {0}")]
    Read(String),
    /// They are more than is read.
    #[error("the HDR histogram is too large: use at most {MOST_DIGITS} digits")]
    TooLarge,
}

impl HdrTrend {
    /// Its bytes; how many values did not fit is not in them.
    ///
    /// # Errors
    /// [`HdrError::Write`], when a count is beyond 2^63.
    pub fn encode(&self, form: Form) -> Result<Vec<u8>, HdrError> {
        let mut bytes = Vec::new();
        let write = |error: &dyn std::fmt::Display| HdrError::Write(error.to_string());
        match form {
            Form::Plain => V2Serializer::new()
                .serialize(&self.histogram, &mut bytes)
                .map_err(|error| write(&error))?,
            Form::Compressed => V2DeflateSerializer::new()
                .serialize(&self.histogram, &mut bytes)
                .map_err(|error| write(&error))?,
        };
        Ok(bytes)
    }

    /// Reads bytes of either form, whose values are scaled as [`scale`] says. Takes some
    /// megabytes at most, whatever they claim.
    ///
    /// # Errors
    /// [`HdrError::Read`] and [`HdrError::TooLarge`].
    pub fn decode(bytes: &[u8], unit: Unit) -> Result<Self, HdrError> {
        let plain = match word(bytes, 0) {
            Some(COMPRESSED) => &inflated(bytes.get(8..).unwrap_or_default())?,
            _ => bytes,
        };
        check(plain)?;
        let histogram = Deserializer::new()
            .deserialize(&mut &*plain)
            .map_err(|error| HdrError::Read(error.to_string()))?;
        Ok(Self {
            histogram,
            scale: scale(unit),
            beyond: 0,
        })
    }
}

fn inflated(bytes: &[u8]) -> Result<Vec<u8>, HdrError> {
    let mut plain = Vec::new();
    let most = (HEADER + MOST_BYTES) as u64;
    ZlibDecoder::new(bytes)
        .take(most + 1)
        .read_to_end(&mut plain)
        .map_err(|error| HdrError::Read(error.to_string()))?;
    if plain.len() as u64 > most {
        return Err(HdrError::TooLarge);
    }
    Ok(plain)
}

/// Whether plain bytes are what they say, as far as the reader relies on it.
fn check(plain: &[u8]) -> Result<(), HdrError> {
    let wrong = |what: &str| Err(HdrError::Read(what.to_owned()));
    if word(plain, 0) != Some(PLAIN) {
        return wrong("it begins with something else");
    }
    let counts = plain.get(HEADER..).unwrap_or_default();
    if word(plain, 4).map(|length| length as usize) != Some(counts.len()) {
        return wrong("its length is not the one that it names");
    }
    if word(plain, 12).is_none_or(|digits| digits > MOST_DIGITS) {
        return Err(HdrError::TooLarge);
    }
    // The least of all numbers, which cannot be negated.
    if counts.windows(9).any(|bytes| bytes == [0xff; 9]) {
        return wrong("it has a number that cannot be");
    }
    Ok(())
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_be_bytes(*word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::TrendValues;

    const FORMS: [Form; 2] = [Form::Plain, Form::Compressed];

    fn times() -> Vec<f64> {
        (1..40_000_u32)
            .map(|n| 0.05 * 1.0004_f64.powi(n as i32 % 35_000))
            .collect()
    }

    const OTHER: [u8; 52] = [
        0x1c, 0x84, 0x93, 0x14, 0x00, 0x00, 0x00, 0x2c, 0x78, 0x9c, 0x93, 0x69, 0x99, 0x2c, 0xcc,
        0xc0, 0xc0, 0xc0, 0xcd, 0x00, 0x01, 0xcc, 0x50, 0x9a, 0x11, 0xc8, 0x74, 0x33, 0xd8, 0xb1,
        0x80, 0xc1, 0xfe, 0x03, 0x44, 0xe0, 0xe0, 0x3a, 0x46, 0xa6, 0xbf, 0xfc, 0x2c, 0x0b, 0xfb,
        0x19, 0x99, 0x00, 0x9a, 0x14, 0x08, 0x0b,
    ];

    #[test]
    fn trends_come_back_within_their_digits() {
        let values = TrendValues::from_values(times());
        for form in FORMS {
            let bytes = HdrTrend::of(&values, Unit::Time).encode(form).unwrap();
            let read = HdrTrend::decode(&bytes, Unit::Time).unwrap();
            assert_eq!((read.count(), read.beyond()), (values.count(), 0));
            let read = read.to_values();
            assert_eq!(read.count(), values.count());
            let near = |found: f64, exact: f64| {
                assert!((found / exact - 1.0).abs() <= 0.0015, "{found} {exact}");
            };
            near(read.min(), values.min());
            near(read.max(), values.max());
            near(read.sum(), values.sum());
            for percent in [1.0, 50.0, 90.0, 99.0, 99.9] {
                near(read.percentile(percent), values.percentile(percent));
            }
        }
    }

    /// Bytes as the Python package `hdrhistogram` 0.10.8 writes them: 1 ms, 2 ms twice, 1 s.
    #[test]
    fn other_tools_bytes_are_read() {
        let values = HdrTrend::decode(&OTHER, Unit::Time).unwrap().to_values();
        assert_eq!(values.count(), 4);
        assert!((values.med() - 2.0).abs() < 0.002, "{}", values.med());
        assert!((values.max() - 1000.0).abs() < 1.0, "{}", values.max());
    }

    #[test]
    fn what_is_too_large_or_wrong_is_refused() {
        let trend = HdrTrend::of(&TrendValues::from_values(times()), Unit::Time);
        let plain = trend.encode(Form::Plain).unwrap();
        let error = |bytes: &[u8]| HdrTrend::decode(bytes, Unit::Time).unwrap_err();
        assert!(matches!(error(b"HISTFAAA"), HdrError::Read(_)));
        assert!(matches!(
            error(&plain[..plain.len() - 1]),
            HdrError::Read(_)
        ));
        let mut digits = plain.clone();
        digits[15] = 5;
        assert_eq!(error(&digits), HdrError::TooLarge);
        // A length of 4 GiB.
        let mut long = plain.clone();
        long[4..8].fill(0xff);
        assert!(matches!(error(&long), HdrError::Read(_)));
        let mut number = plain;
        number[HEADER..HEADER + 9].fill(0xff);
        assert!(matches!(error(&number), HdrError::Read(_)));
        // Much of nothing, deflated.
        let mut encoder = flate2::write::ZlibEncoder::new(
            [COMPRESSED.to_be_bytes(), [0, 0, 1, 0]].concat(),
            flate2::Compression::fast(),
        );
        std::io::Write::write_all(&mut encoder, &vec![0; MOST_BYTES + 100]).unwrap();
        assert_eq!(error(&encoder.finish().unwrap()), HdrError::TooLarge);
    }

    proptest! {
        #[test]
        fn damaged_bytes_do_no_harm(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
            compressed: bool,
            tail: Vec<u8>,
        ) {
            let values = TrendValues::from_values(vec![0.05, 1.0, 1.0, 3.5, 60_000.0]);
            let form = FORMS[usize::from(compressed)];
            let mut bytes = HdrTrend::of(&values, Unit::Time).encode(form).unwrap();
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            for bytes in [&*bytes, &[&*bytes, &tail].concat(), &tail] {
                if let Ok(trend) = HdrTrend::decode(bytes, Unit::Time) {
                    let values = trend.to_values();
                    let _ = (values.med(), trend.max(), trend.encode(Form::Compressed));
                }
            }
        }
    }
}
