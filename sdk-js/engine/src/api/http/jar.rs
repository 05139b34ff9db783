//! `CookieJar` and `cookieJar()`.

use core::ffi::c_int;

use rquickjs_sys::{self as q, JSContext, JSRuntime, JSValue};

use crate::bindings::runner::http::http::{CookieAttributes, CookieJar, vu_jar};
use crate::fork;
use crate::js::{
    Args, Atom, JsResult, Keys, Text, Val, define, finish, get, host_error, is_nullish, number,
    opaque, truthy, type_error,
};
use crate::native;
use crate::state::{ctx, engine, rt};

native! {
    js_cookie_jar = cookie_jar;
    js_cookies_for_url = cookies_for_url;
    js_set = set;
    js_clear = clear;
    js_delete = delete;
}

pub fn install(native: &Val) -> JsResult<()> {
    let definition = q::JSClassDef {
        class_name: c"CookieJar".as_ptr(),
        finalizer: Some(finalize),
        gc_mark: None,
        call: None,
        exotic: core::ptr::null_mut(),
    };
    let class = engine().classes.cookie_jar;
    let proto = Val::object()?;
    define(&proto, c"cookiesForURL", 1, js_cookies_for_url)?;
    define(&proto, c"set", 4, js_set)?;
    define(&proto, c"clear", 1, js_clear)?;
    define(&proto, c"delete", 2, js_delete)?;
    let constructor = Val::check(unsafe {
        q::JS_NewCFunction2(
            ctx(),
            Some(js_construct),
            c"CookieJar".as_ptr(),
            0,
            q::JSCFunctionEnum_JS_CFUNC_constructor,
            0,
        )
    })?;
    unsafe {
        q::JS_NewClass(rt(), class, &definition);
        q::JS_SetConstructor(ctx(), constructor.raw(), proto.raw());
        q::JS_SetClassProto(ctx(), class, proto.into_raw());
    }
    native.set_str("CookieJar", constructor)?;
    define(native, c"cookieJar", 0, js_cookie_jar)
}

unsafe extern "C" fn finalize(_: *mut JSRuntime, value: JSValue) {
    let pointer = unsafe { q::JS_GetOpaque(value, engine().classes.cookie_jar) };
    if !pointer.is_null() {
        drop(unsafe { Box::from_raw(pointer.cast::<CookieJar>()) });
    }
}

/// The host's jar behind a `CookieJar` object.
pub fn jar_of<'a>(value: JSValue) -> Option<&'a CookieJar> {
    opaque(value, engine().classes.cookie_jar)
}

unsafe extern "C" fn js_construct(
    _: *mut JSContext,
    _: JSValue,
    _: c_int,
    _: *mut JSValue,
) -> JSValue {
    fork::touch("http.CookieJar");
    finish(wrap(CookieJar::new()))
}

fn cookie_jar(_: JSValue, _: Args) -> JsResult<Val> {
    if engine().vu.in_init() {
        return Err(host_error(
            "Making cookie jars in the init context is not supported",
        ));
    }
    wrap(vu_jar())
}

fn wrap(jar: CookieJar) -> JsResult<Val> {
    let class = engine().classes.cookie_jar;
    let object = Val::check(unsafe { q::JS_NewObjectClass(ctx(), class) })?;
    unsafe { q::JS_SetOpaque(object.raw(), Box::into_raw(Box::new(jar)).cast()) };
    Ok(object)
}

fn this_jar<'a>(this: JSValue) -> JsResult<&'a CookieJar> {
    jar_of(this).ok_or_else(|| type_error("this is not a CookieJar"))
}

fn cookies_for_url(this: JSValue, args: Args) -> JsResult<Val> {
    let jar = this_jar(this)?;
    let url = Text::of(args.at(0))?;
    let cookies = jar
        .cookies_for_url(&url)
        .map_err(|message| host_error(&message))?;
    let result = Val::object()?;
    for (name, value) in cookies {
        let name = Atom::new(&name)?;
        let mut list = result.get(name.raw())?;
        if !list.is_object() {
            list = Val::array()?;
            result.set(name.raw(), list.clone())?;
        }
        list.push(Keys::of(list.raw())?.len() as u32, Val::str(&value)?)?;
    }
    Ok(result)
}

fn set(this: JSValue, args: Args) -> JsResult<Val> {
    let jar = this_jar(this)?;
    let atoms = &engine().atoms;
    let (url, name, value) = (
        Text::of(args.at(0))?,
        Text::of(args.at(1))?,
        Text::of(args.at(2))?,
    );
    let options = args.at(3);
    let field = |name| {
        if unsafe { q::JS_IsObject(options) } {
            get(options, name)
        } else {
            Ok(Val::UNDEFINED)
        }
    };
    let text = |value: Val| -> JsResult<Option<Text>> {
        if is_nullish(value.raw()) {
            Ok(None)
        } else {
            value.text().map(Some)
        }
    };
    let domain = text(field(atoms.domain)?)?;
    let path = text(field(atoms.path)?)?;
    let expires = match text(field(atoms.expires)?)? {
        Some(date) => expires(&date)?,
        None => None,
    };
    let max_age = field(atoms.max_age)?;
    let max_age = if max_age.is_nullish() {
        None
    } else {
        Some(number(max_age.raw())? as i64)
    };
    let attributes = CookieAttributes {
        domain: domain.as_deref(),
        path: path.as_deref(),
        expires,
        max_age,
        secure: truthy(field(atoms.secure)?.raw())?,
        http_only: truthy(field(atoms.http_only)?.raw())?,
    };
    jar.set(&url, &name, &value, attributes)
        .map_err(|message| host_error(&message))?;
    Ok(Val::bool(true))
}

/// Unix milliseconds of an RFC 1123 date; none for an empty text.
fn expires(date: &str) -> JsResult<Option<i64>> {
    if date.is_empty() {
        return Ok(None);
    }
    let class = Val::own(engine().global_dup()).get_str("Date")?;
    let text = Val::str(date)?;
    let time = class.get_str("parse")?.call(class.raw(), &[text.raw()])?;
    let time = number(time.raw())?;
    // Any date that JavaScript reads would do; k6 wants the day's name first.
    if time.is_nan() || !date.contains(',') {
        return Err(host_error(&format!(
            "unable to parse \"expires\" date string \"{date}\": write it as \"Mon, 02 Jan 2006 15:04:05 MST\""
        )));
    }
    Ok(Some(time as i64))
}

fn clear(this: JSValue, args: Args) -> JsResult<Val> {
    let url = Text::of(args.at(0))?;
    this_jar(this)?
        .clear(&url)
        .map_err(|message| host_error(&message))?;
    Ok(Val::UNDEFINED)
}

fn delete(this: JSValue, args: Args) -> JsResult<Val> {
    let (url, name) = (Text::of(args.at(0))?, Text::of(args.at(1))?);
    this_jar(this)?
        .delete(&url, &name)
        .map_err(|message| host_error(&message))?;
    Ok(Val::UNDEFINED)
}
