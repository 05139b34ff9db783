//! Fixed documents and small helpers: `/`, `/json`, `/html`, `/uuid`, `/cache` and the like.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use http::StatusCode;
use http::header::{
    CACHE_CONTROL, ETAG, HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
};
use serde_json::{Value, json as value};

use crate::echo;
use crate::random::Random;
use crate::reply::{self, HTML, Reply, TEXT};
use crate::request::{Call, multi};

/// URL-safe base64, with padding or without.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

const OK: StatusCode = StatusCode::OK;

/// One transparent pixel.
const PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1f, 0x15, 0xc4,
    0x89, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x60, 0x60, 0x60, 0x60,
    0x00, 0x00, 0x00, 0x05, 0x00, 0x01, 0xa5, 0xf6, 0x45, 0x40, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45,
    0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

/// `GET /`: what there is.
pub(crate) fn index() -> Reply {
    reply::whole(OK, TEXT, Bytes::from_static(include_bytes!("index.txt")))
}

/// `GET /json`.
pub(crate) fn json() -> Reply {
    let slides = value!([
        { "title": "Wake up to WonderWidgets!", "type": "all" },
        {
            "title": "Overview",
            "type": "all",
            "items": ["Why <em>WonderWidgets</em> are great", "Who <em>buys</em> WonderWidgets"],
        },
    ]);
    let show = value!({
        "author": "Yours Truly",
        "date": "date of publication",
        "slides": slides,
        "title": "Sample Slide Show",
    });
    reply::json(OK, value!({ "slideshow": show }))
}

/// `GET /html`.
pub(crate) fn html() -> Reply {
    let page = "<!DOCTYPE html>\n<html>\n<head><title>Moby-Dick</title></head>\n<body>\n\
        <h1>Herman Melville - Moby-Dick</h1>\n\
        <p>Call me Ishmael. Some years ago, never mind how long precisely, having little or no \
        money in my purse, and nothing particular to interest me on shore, I thought I would sail \
        about a little and see the watery part of the world.</p>\n</body>\n</html>\n";
    reply::whole(OK, HTML, page)
}

/// `GET /xml`.
pub(crate) fn xml() -> Reply {
    let document = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
        <slideshow title=\"Sample Slide Show\" author=\"Yours Truly\">\n\
        \x20 <slide type=\"all\"><title>Wake up to WonderWidgets!</title></slide>\n</slideshow>\n";
    reply::whole(OK, "application/xml", document)
}

/// `GET /robots.txt`.
pub(crate) fn robots() -> Reply {
    reply::whole(OK, TEXT, "User-agent: *\nDisallow: /deny\n")
}

/// `GET /deny`: what robots should not read.
pub(crate) fn deny() -> Reply {
    reply::whole(OK, TEXT, "robots.txt says that you should not be here\n")
}

/// `GET /forms/post`: a form that posts to `/post`.
pub(crate) fn form() -> Reply {
    reply::whole(OK, HTML, Bytes::from_static(include_bytes!("form.html")))
}

/// `GET /encoding/utf8`.
pub(crate) fn utf8() -> Reply {
    let page = "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>\n\
        <h1>Unicode Demo</h1>\n<pre>∮ E⋅da = Q,  n → ∞, ∑ f(i) = ∏ g(i)\nγνῶθι σεαυτόν\n\
        Зарегистрируйтесь сейчас\nดีมาก\n日本語 한국어 中文\n👩‍🚀 🚀\n</pre>\n</body></html>\n";
    reply::whole(OK, HTML, page)
}

/// `GET /uuid`.
pub(crate) fn uuid() -> Reply {
    reply::json(OK, value!({ "uuid": Random::new().uuid() }))
}

/// `GET /base64/:value`: decoded.
pub(crate) fn base64(text: &str) -> Reply {
    match LENIENT.decode(text) {
        Ok(decoded) => reply::whole(OK, HTML, decoded),
        Err(_) => reply::bad_request("that is not URL-safe base64; try SFRUUEJJTiBpcyBhd2Vzb21l"),
    }
}

/// `GET /image/png`.
pub(crate) fn png() -> Reply {
    reply::whole(OK, "image/png", Bytes::from_static(PNG))
}

/// `GET /cache`: 304 to a conditional request, else `/get` with something to be conditional on.
pub(crate) fn cache(call: &Call) -> Reply {
    if call.headers.contains_key(IF_MODIFIED_SINCE) || call.headers.contains_key(IF_NONE_MATCH) {
        return reply::empty(StatusCode::NOT_MODIFIED);
    }
    let mut answer = echo::get(call);
    reply::header(&mut answer, LAST_MODIFIED, "Thu, 01 Jan 2026 00:00:00 GMT");
    reply::header(&mut answer, ETAG, "\"runner-target\"");
    answer
}

/// `GET /cache/:n`: `/get` with `Cache-Control`.
pub(crate) fn cache_for(call: &Call, seconds: &str) -> Reply {
    let Ok(seconds) = seconds.parse::<u64>() else {
        return reply::bad_request("the age is a number of seconds");
    };
    let mut answer = echo::get(call);
    reply::header(
        &mut answer,
        CACHE_CONTROL,
        &format!("public, max-age={seconds}"),
    );
    answer
}

/// `GET /etag/:etag`: 304, 412 or `/get`, after `If-None-Match` and `If-Match`.
pub(crate) fn etag(call: &Call, etag: &str) -> Reply {
    let names = |header: HeaderName| {
        call.header(header).map(|list| {
            list.split(',').any(|one| {
                let one = one.trim();
                one == "*" || one.trim_start_matches("W/").trim_matches('"') == etag
            })
        })
    };
    let mut answer = match (names(IF_NONE_MATCH), names(IF_MATCH)) {
        (Some(true), _) => reply::empty(StatusCode::NOT_MODIFIED),
        (None, Some(false)) => reply::empty(StatusCode::PRECONDITION_FAILED),
        _ => echo::get(call),
    };
    reply::header(&mut answer, ETAG, &format!("\"{etag}\""));
    answer
}

/// `GET /response-headers?name=value`: as headers, and as JSON.
pub(crate) fn response_headers(call: &Call) -> Reply {
    let query = call.query();
    let mut shown = multi(query.clone());
    if let Value::Object(object) = &mut shown {
        object.insert("Content-Type".into(), reply::JSON.into());
    }
    let mut answer = reply::json(OK, shown);
    for (name, text) in &query {
        match HeaderName::from_bytes(name.as_bytes()) {
            // The length and the framing are hyper's.
            Ok(name) if name != "content-length" && name != "transfer-encoding" => {
                if name == "content-type" {
                    answer.headers_mut().remove(&name);
                }
                reply::header(&mut answer, name, text);
            }
            _ => return reply::bad_request(format!("{name:?} cannot be a header here")),
        }
    }
    answer
}
