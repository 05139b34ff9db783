//! Answers in a content encoding, whatever the client says it accepts.

use std::io::{self, Write as _};

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use http::StatusCode;
use http::header::CONTENT_ENCODING;
use serde_json::{Value, json};

use crate::echo;
use crate::reply::{self, JSON, Reply};
use crate::request::Call;

/// `/gzip`.
pub(crate) fn gzip(call: &Call) -> Reply {
    encoded(call, "gzipped", "gzip", |text| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text)?;
        encoder.finish()
    })
}

/// `/deflate`: in its zlib wrapping, which is what HTTP means by the name.
pub(crate) fn deflate(call: &Call) -> Reply {
    encoded(call, "deflated", "deflate", |text| {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text)?;
        encoder.finish()
    })
}

/// `/brotli`.
pub(crate) fn brotli(call: &Call) -> Reply {
    encoded(call, "brotli", "br", |text| {
        let mut packed = Vec::new();
        {
            let mut encoder = brotli::CompressorWriter::new(&mut packed, 4096, 5, 20);
            encoder.write_all(text)?;
        }
        Ok(packed)
    })
}

/// `/zstd`.
pub(crate) fn zstd(call: &Call) -> Reply {
    encoded(call, "zstd", "zstd", |text| zstd::bulk::compress(text, 1))
}

fn encoded(
    call: &Call,
    flag: &str,
    encoding: &str,
    pack: impl FnOnce(&[u8]) -> io::Result<Vec<u8>>,
) -> Reply {
    let mut value = json!({
        "headers": echo::header_map(&call.headers),
        "method": call.method.as_str(),
        "origin": echo::origin(call),
    });
    if let Some(object) = value.as_object_mut() {
        object.insert(flag.into(), Value::Bool(true));
    }
    value.sort_all_objects();
    match pack(&reply::pretty(&value)) {
        Ok(packed) => {
            let mut answer = reply::whole(StatusCode::OK, JSON, packed);
            reply::header(&mut answer, CONTENT_ENCODING, encoding);
            answer
        }
        Err(error) => reply::problem(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    }
}
