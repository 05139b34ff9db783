//! Content codings: of bodies that go out, and of bodies that come in, whole.

use std::io::{Read, Write};

use bytes::Bytes;

use crate::error::Fault;
use crate::request::Compression;

/// Applies codings in order.
pub(crate) fn encode(body: &[u8], codings: &[Compression]) -> std::io::Result<Bytes> {
    let mut data = body.to_vec();
    for coding in codings {
        data = match coding {
            Compression::Gzip => {
                let mut out = flate2::write::GzEncoder::new(Vec::new(), Default::default());
                out.write_all(&data)?;
                out.finish()?
            }
            Compression::Deflate => {
                let mut out = flate2::write::ZlibEncoder::new(Vec::new(), Default::default());
                out.write_all(&data)?;
                out.finish()?
            }
            Compression::Zstd => zstd::stream::encode_all(&data[..], 0)?,
            Compression::Br => {
                let mut out = Vec::new();
                brotli::CompressorReader::new(&data[..], 4096, 6, 22).read_to_end(&mut out)?;
                out
            }
        };
    }
    Ok(data.into())
}

/// Undoes the codings that `Content-Encoding` headers name, the last first. Codings that are
/// not known are passed over, as k6 does.
pub(crate) fn decode(
    body: Bytes,
    headers: impl DoubleEndedIterator<Item = String>,
) -> Result<Bytes, Fault> {
    if body.is_empty() {
        return Ok(body);
    }
    let mut data = body;
    for header in headers.rev() {
        for coding in header.rsplit(',').filter_map(Compression::parse) {
            let mut out = Vec::with_capacity(data.len().saturating_mul(4).min(1 << 20));
            let result = match coding {
                Compression::Gzip => {
                    flate2::read::MultiGzDecoder::new(&data[..]).read_to_end(&mut out)
                }
                Compression::Deflate => {
                    flate2::read::ZlibDecoder::new(&data[..]).read_to_end(&mut out)
                }
                Compression::Zstd => zstd::stream::read::Decoder::new(&data[..])
                    .and_then(|mut decoder| decoder.read_to_end(&mut out)),
                Compression::Br => brotli::Decompressor::new(&data[..], 4096).read_to_end(&mut out),
            };
            result
                .map_err(|error| Fault::decompression(&format!("{}: {error}", coding.as_str())))?;
            data = out.into();
        }
    }
    Ok(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Compression; 4] = [
        Compression::Gzip,
        Compression::Deflate,
        Compression::Zstd,
        Compression::Br,
    ];

    #[test]
    fn every_coding_alone_and_together() {
        let body = b"hello hello hello hello".repeat(100);
        for codings in [&ALL[0..1], &ALL[1..2], &ALL[2..3], &ALL[3..4], &ALL[..]] {
            let wire = encode(&body, codings).unwrap();
            assert!(wire.len() < body.len());
            let header = codings
                .iter()
                .map(|c| c.as_str())
                .collect::<Vec<_>>()
                .join(", ");
            let back = decode(wire, [header].into_iter()).unwrap();
            assert_eq!(&back[..], &body[..]);
        }
    }

    #[test]
    fn bad_data_is_1701_and_unknown_codings_are_left_alone() {
        for coding in ALL {
            let bad = Bytes::from_static(b"abc");
            let fault = decode(bad, [coding.as_str().to_owned()].into_iter()).unwrap_err();
            assert_eq!(fault.code, 1701, "{coding:?}");
            let mut cut = encode(&[7; 5000], &[coding]).unwrap();
            cut.truncate(cut.len() - 3);
            let fault = decode(cut, [coding.as_str().to_owned()].into_iter()).unwrap_err();
            assert_eq!(fault.code, 1701, "{coding:?} cut");
        }
        let body = Bytes::from_static(b"abc");
        assert_eq!(decode(body, ["foo".to_owned()].into_iter()).unwrap(), "abc");
    }
}
