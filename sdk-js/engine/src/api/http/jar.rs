//! `CookieJar` and `cookieJar()`.

use core::ffi::c_int;

use rquickjs_sys::{
    self as q, JSAtom, JSClassExoticMethods, JSContext, JSPropertyDescriptor, JSPropertyEnum,
    JSRuntime, JSValue,
};

use crate::api::http::atoms::atoms;
use crate::api::methods::{self, Method, Methods};
use crate::bindings::runner::http::http::{CookieAttributes, CookieJar, vu_jar};
use crate::fork;
use crate::js::{
    Args, Atom, Class, JsResult, Keys, Text, Val, define, finish, get, host_error, is_nullish,
    number, truthy, type_error,
};
use crate::native;
use crate::state::{ctx, engine};

native! {
    js_cookie_jar = cookie_jar;
}

/// In the order of [`names`].
impl Methods for CookieJar {
    const METHODS: &'static [Method] = &[
        Method {
            name: c"clear",
            length: 1,
            function: clear,
        },
        Method {
            name: c"cookiesForURL",
            length: 1,
            function: cookies_for_url,
        },
        Method {
            name: c"delete",
            length: 2,
            function: delete,
        },
        Method {
            name: c"set",
            length: 4,
            function: set,
        },
    ];
}

fn names() -> [JSAtom; 4] {
    let a = atoms();
    [a.clear, a.cookies_for_url, a.delete, a.set]
}

struct Exotic(JSClassExoticMethods);

// One thread per instance.
unsafe impl Sync for Exotic {}

static EXOTIC: Exotic = Exotic(JSClassExoticMethods {
    get_own_property: Some(get_own_property),
    get_own_property_names: Some(get_own_property_names),
    delete_property: None,
    define_own_property: None,
    has_property: None,
    get_property: None,
    set_property: None,
});

static CLASS: Class = Class::new();

pub fn install(native: &Val) -> JsResult<()> {
    CLASS.define(&q::JSClassDef {
        class_name: c"CookieJar".as_ptr(),
        finalizer: Some(finalize),
        gc_mark: None,
        call: None,
        exotic: (&raw const EXOTIC.0).cast_mut(),
    });
    methods::belongs_to_host(&CLASS);
    let proto = Val::object()?;
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
    unsafe { q::JS_SetConstructor(ctx(), constructor.raw(), proto.raw()) };
    CLASS.set_proto(proto);
    native.set_str("CookieJar", constructor)?;
    define(native, c"cookieJar", 0, js_cookie_jar)
}

unsafe extern "C" fn finalize(_: *mut JSRuntime, value: JSValue) {
    unsafe { CLASS.free::<CookieJar>(value) };
}

unsafe extern "C" fn get_own_property(
    _: *mut JSContext,
    descriptor: *mut JSPropertyDescriptor,
    object: JSValue,
    name: JSAtom,
) -> c_int {
    let Some(index) = names().iter().position(|known| *known == name) else {
        return 0;
    };
    if descriptor.is_null() {
        return 1;
    }
    let method = methods::bound::<CookieJar>(object, index);
    methods::describe(descriptor, method, methods::FLAGS)
}

unsafe extern "C" fn get_own_property_names(
    ctx: *mut JSContext,
    list: *mut *mut JSPropertyEnum,
    length: *mut u32,
    _: JSValue,
) -> c_int {
    unsafe { methods::list_names(ctx, &names(), list, length) }
}

/// The host's jar behind a `CookieJar` object.
pub fn jar_of<'a>(value: JSValue) -> Option<&'a CookieJar> {
    CLASS.data(value)
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
    let object = CLASS.object()?;
    unsafe { q::JS_SetOpaque(object.raw(), Box::into_raw(Box::new(jar)).cast()) };
    Ok(object)
}

fn this_jar<'a>(this: JSValue) -> JsResult<&'a CookieJar> {
    jar_of(this).ok_or_else(|| type_error("this is not a CookieJar"))
}

fn cookies_for_url(this: JSValue, args: Args) -> JsResult<Val> {
    let jar = this_jar(this)?;
    let url = text_or_empty(args.at(0))?;
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
    let atoms = atoms();
    let (url, name, value) = (
        text_or_empty(args.at(0))?,
        text_or_empty(args.at(1))?,
        text_or_empty(args.at(2))?,
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
        if value.is_undefined() {
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
    // 0 says nothing, as in k6.
    let max_age = field(atoms.max_age)?;
    let max_age = if max_age.is_undefined() {
        None
    } else {
        Some(number(max_age.raw())? as i64).filter(|age| *age != 0)
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

/// Unix milliseconds of a date in RFC 1123's form, whatever its zone is called; none for an empty
/// text.
fn expires(date: &str) -> JsResult<Option<i64>> {
    if date.is_empty() {
        return Ok(None);
    }
    let refused = || {
        host_error(&format!(
            "unable to parse \"expires\" date string \"{date}\": write it as \"Mon, 02 Jan 2006 15:04:05 MST\""
        ))
    };
    let Some((moment, zone)) = date.rsplit_once(' ') else {
        return Err(refused());
    };
    let shape: String = moment
        .chars()
        .map(|c| match c {
            '0'..='9' => '0',
            'a'..='z' | 'A'..='Z' => 'a',
            c => c,
        })
        .collect();
    let named = !zone.is_empty() && zone.bytes().all(|byte| byte.is_ascii_uppercase());
    if shape != "aaa, 00 aaa 0000 00:00:00" || !named {
        return Err(refused());
    }
    let class = Val::own(engine().global_dup()).get_str("Date")?;
    let text = Val::str(&format!("{moment} GMT"))?;
    let time = class.get_str("parse")?.call(class.raw(), &[text.raw()])?;
    let time = number(time.raw())?;
    if time.is_nan() {
        return Err(refused());
    }
    Ok(Some(time as i64))
}

/// A missing text is an empty one, as it is for k6's functions that take texts.
fn text_or_empty(value: JSValue) -> JsResult<Text> {
    if is_nullish(value) {
        return Ok(Text::Static(""));
    }
    Text::of(value)
}

fn clear(this: JSValue, args: Args) -> JsResult<Val> {
    let url = text_or_empty(args.at(0))?;
    this_jar(this)?
        .clear(&url)
        .map_err(|message| host_error(&message))?;
    Ok(Val::UNDEFINED)
}

fn delete(this: JSValue, args: Args) -> JsResult<Val> {
    let (url, name) = (text_or_empty(args.at(0))?, text_or_empty(args.at(1))?);
    if name.is_empty() {
        return Err(host_error("cookie: is null"));
    }
    this_jar(this)?
        .delete(&url, &name)
        .map_err(|message| host_error(&message))?;
    Ok(Val::UNDEFINED)
}
