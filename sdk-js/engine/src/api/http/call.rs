//! A request as the script describes it: URL, body and `params`, checked and kept in the form
//! that the host takes. Nothing is copied that the host only reads.

use rquickjs_sys::{self as q, JSValue};

use crate::api::go_type::{PLAIN_OBJECT, go_type};
use crate::api::http::atoms::atoms;
use crate::api::http::body::Body;
use crate::api::http::duration;
use crate::api::http::expectation::Expected;
use crate::api::http::jar::jar_of;
use crate::api::tags::{TagError, Tags};
use crate::bindings::runner::http::http::{
    Auth, Compression, Request, RequestCookieParam, ResponseType,
};
use crate::js::{JsResult, Keys, Text, Thrown, Val, get, is_nullish, number, truthy};

/// Why a request was not made.
pub enum Refused {
    /// The script threw (or a getter of its params did).
    Thrown(Thrown),
    /// k6 answers such a request with a failed response.
    Invalid { message: String, code: u16 },
}

impl From<Thrown> for Refused {
    fn from(thrown: Thrown) -> Refused {
        Refused::Thrown(thrown)
    }
}

/// A parameter that cannot be used. k6 gives such a response no error code.
fn invalid(message: String) -> Refused {
    Refused::Invalid { message, code: 0 }
}

/// A request, owned by this side.
pub struct Call {
    pub method: Text,
    pub url: Text,
    pub params: Params,
    name: Option<Text>,
    body: Body,
    content_type: Option<Text>,
}

/// The `params` argument.
pub struct Params {
    /// None where the run's option decides.
    pub throw: Option<bool>,
    pub response_type: Option<ResponseType>,
    headers: Vec<(Text, Text)>,
    tags: Tags,
    cookies: Vec<(Text, Text, bool)>,
    jar: Option<Val>,
    timeout: Option<u64>,
    redirects: Option<u32>,
    auth: Option<Auth>,
    compression: Vec<Compression>,
    expected: Expected,
}

/// Arrays of borrowed parts; a request borrows from these.
pub struct Parts<'a> {
    headers: Vec<(&'a str, &'a str)>,
    tags: Vec<(&'a str, &'a str)>,
    cookies: Vec<RequestCookieParam<'a>>,
}

impl Params {
    pub fn none() -> Params {
        Params {
            throw: None,
            response_type: None,
            headers: Vec::new(),
            tags: Tags::default(),
            cookies: Vec::new(),
            jar: None,
            timeout: None,
            redirects: None,
            auth: None,
            compression: Vec::new(),
            expected: Expected::Inherited,
        }
    }

    /// Unknown keys are ignored, as is anything that is not an object.
    fn parse(value: JSValue) -> Result<Params, Refused> {
        let mut params = Params::none();
        if !unsafe { q::JS_IsObject(value) } {
            return Ok(params);
        }
        let atoms = atoms();
        for key in Keys::of(value)?.iter() {
            let field = get(value, key)?;
            if field.is_undefined() {
                continue;
            }
            if key == atoms.headers {
                params.headers = headers(&field)?;
            } else if key == atoms.tags {
                params.tags = Tags::parse(field.raw()).map_err(|error| match error {
                    TagError::Thrown(thrown) => Refused::Thrown(thrown),
                    TagError::Invalid(text) => {
                        invalid(format!("invalid HTTP request metric tags: {text}"))
                    }
                })?;
            } else if key == atoms.timeout {
                params.timeout = Some(timeout(&field)?);
            } else if key == atoms.cookies {
                params.cookies = cookies(&field)?;
            } else if key == atoms.jar {
                params.jar = jar_of(field.raw()).map(|_| field);
            } else if key == atoms.redirects {
                let count = number(field.raw())?;
                params.redirects = count.is_finite().then_some(count.max(0.0) as u32);
            } else if key == atoms.auth {
                params.auth = match field.text()?.as_str() {
                    "digest" => Some(Auth::Digest),
                    "ntlm" => Some(Auth::Ntlm),
                    "basic" => Some(Auth::Basic),
                    _ => None,
                };
            } else if key == atoms.throw {
                params.throw = Some(truthy(field.raw())?);
            } else if key == atoms.response_type {
                params.response_type = Some(response_type(&field)?);
            } else if key == atoms.response_callback {
                params.expected = Expected::of(field.raw())
                    .ok_or_else(|| invalid("unsupported responseCallback".to_string()))?;
            } else if key == atoms.compression {
                params.compression = compression(&field)?;
            }
        }
        Ok(params)
    }
}

impl Call {
    pub fn new(
        method: Text,
        url: JSValue,
        body: JSValue,
        params: JSValue,
    ) -> Result<Call, Refused> {
        let (url, name) = url_and_name(url)?;
        let mut params = Params::parse(params)?;
        let (body, content_type) = Body::of(body)?;
        // The headers of the script win over what the body implies.
        let has_type = |(name, _): &(Text, Text)| name.eq_ignore_ascii_case("content-type");
        let content_type = if params.headers.iter().any(has_type) {
            None
        } else {
            content_type
        };
        let tagged = params
            .tags
            .0
            .iter()
            .position(|(tag, _)| tag.as_str() == "name");
        let name = match tagged {
            Some(index) => Some(params.tags.0.remove(index).1),
            None => name,
        };
        Ok(Call {
            method,
            url,
            params,
            name,
            body,
            content_type,
        })
    }

    pub fn parts(&self) -> Parts<'_> {
        let params = &self.params;
        let mut headers = Vec::new();
        if let Some(content_type) = &self.content_type {
            headers.push(("Content-Type", content_type.as_str()));
        }
        headers.extend(
            params
                .headers
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        );
        let cookies = params
            .cookies
            .iter()
            .map(|(name, value, replace)| RequestCookieParam {
                name,
                value,
                replace: *replace,
            })
            .collect();
        Parts {
            headers,
            tags: params.tags.borrow(),
            cookies,
        }
    }

    pub fn request<'a>(&'a self, parts: &'a Parts<'a>) -> Request<'a> {
        let params = &self.params;
        Request {
            method: &self.method,
            url: &self.url,
            name: self.name.as_deref(),
            headers: &parts.headers,
            body: self.body.bytes(),
            tags: &parts.tags,
            cookies: &parts.cookies,
            jar: params.jar.as_ref().and_then(|jar| jar_of(jar.raw())),
            timeout: params.timeout,
            redirects: params.redirects,
            auth: params.auth,
            compression: &params.compression,
            response_type: params.response_type,
            expected: params.expected.borrow(),
        }
    }
}

/// A URL is a text, or what `` http.url`…` `` made.
fn url_and_name(value: JSValue) -> Result<(Text, Option<Text>), Refused> {
    if unsafe { q::JS_IsString(value) } {
        return Ok((Text::of(value)?, None));
    }
    let atoms = atoms();
    if unsafe { q::JS_IsObject(value) } {
        let url = get(value, atoms.url)?;
        if unsafe { q::JS_IsString(url.raw()) } {
            let name = get(value, atoms.name)?;
            let name = if is_nullish(name.raw()) {
                None
            } else {
                Some(name.text()?)
            };
            return Ok((url.text()?, name));
        }
    }
    let shown = if is_nullish(value) {
        "<nil>".to_string()
    } else {
        Text::of(value)?.to_owned()
    };
    Err(Refused::Invalid {
        message: format!("invalid URL: '#{shown}'"),
        code: 1020,
    })
}

fn headers(value: &Val) -> JsResult<Vec<(Text, Text)>> {
    if !value.is_object() {
        return Ok(Vec::new());
    }
    let keys = Keys::of(value.raw())?;
    let mut headers: Vec<(Text, Text)> = Vec::with_capacity(keys.len());
    for key in keys.iter() {
        let (name, content) = (Text::of_atom(key)?, value.get(key)?.text()?);
        // Of names that differ only in case, the last one counts.
        match headers.iter_mut().find(|h| h.0.eq_ignore_ascii_case(&name)) {
            Some(known) => known.1 = content,
            None => headers.push((name, content)),
        }
    }
    Ok(headers)
}

/// Texts, or `{value, replace}`; null and undefined are no cookies.
fn cookies(value: &Val) -> JsResult<Vec<(Text, Text, bool)>> {
    if !value.is_object() {
        return Ok(Vec::new());
    }
    let atoms = atoms();
    let keys = Keys::of(value.raw())?;
    let mut cookies = Vec::with_capacity(keys.len());
    for key in keys.iter() {
        let cookie = value.get(key)?;
        if cookie.is_nullish() {
            continue;
        }
        let name = Text::of_atom(key)?;
        if go_type(cookie.raw()) != PLAIN_OBJECT {
            cookies.push((name, cookie.text()?, false));
            continue;
        }
        let (mut content, mut replace) = (Text::Static(""), false);
        // Given and undefined is a value, as it is for k6.
        for part in Keys::of(cookie.raw())?.iter() {
            if part == atoms.value {
                content = cookie.get(part)?.text()?;
            } else if part == atoms.replace {
                replace = truthy(cookie.get(part)?.raw())?;
            }
        }
        cookies.push((name, content, replace));
    }
    Ok(cookies)
}

fn timeout(value: &Val) -> Result<u64, Refused> {
    if unsafe { q::JS_IsNumber(value.raw()) } {
        return Ok(duration::from_milliseconds(number(value.raw())?));
    }
    if unsafe { q::JS_IsString(value.raw()) } {
        return duration::parse(&value.text()?)
            .map_err(|text| invalid(format!("invalid timeout value: {text}")));
    }
    let kind = go_type(value.raw());
    Err(invalid(format!(
        "invalid timeout value: unable to use type {kind} as a duration value"
    )))
}

fn response_type(value: &Val) -> Result<ResponseType, Refused> {
    let text = value.text()?;
    match text.as_str() {
        "text" => Ok(ResponseType::Text),
        "binary" => Ok(ResponseType::Binary),
        "none" => Ok(ResponseType::None),
        other => Err(invalid(format!(
            "{other} does not belong to ResponseType values"
        ))),
    }
}

fn compression(value: &Val) -> Result<Vec<Compression>, Refused> {
    let text = value.text()?;
    let mut list = Vec::new();
    for name in text
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
    {
        list.push(match name {
            "gzip" => Compression::Gzip,
            "deflate" => Compression::Deflate,
            "zstd" => Compression::Zstd,
            "br" => Compression::Br,
            other => {
                return Err(invalid(format!(
                    "unknown compression algorithm {other}, supported algorithms are [gzip deflate zstd br]"
                )));
            }
        });
    }
    Ok(list)
}
