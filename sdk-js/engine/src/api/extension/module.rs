//! The module of one extension: its functions, its classes, the calls.

use core::cell::{Cell, RefCell};
use core::ffi::c_int;
use std::ffi::CString;

use rquickjs_sys::{self as q, JSValue};
use runner_contract::{camel_case, pascal_case};

use crate::api::extension::decode::Decoder;
use crate::api::extension::encode::{Encoder, Refused};
use crate::api::extension::failed::failed;
use crate::api::extension::shape::{Shape, build};
use crate::atoms::atoms;
use crate::bindings::exports::runner::script::lifecycle::FailureKind;
use crate::bindings::runner::extension::extensions::{self, Description, OpenError, Role};
use crate::js::{
    Args, CFunction, CFunctionMagic, JsResult, Thrown, Val, host_error, throw, type_error,
};
use crate::local::Local;
use crate::source::remember;
use crate::state::{ctx, engine};

/// QuickJS keeps the number of a native function in 16 bits.
const MOST_FUNCTIONS: usize = i16::MAX as usize;
/// A buffer that grew beyond this is not kept.
const KEPT: usize = 64 << 10;

/// The functions of everything that was opened in this VU. Modules live as long as the instance.
static FUNCTIONS: Local<RefCell<Vec<&'static Function>>> = Local::new(RefCell::new(Vec::new()));
/// Arguments of calls.
static BUFFER: Local<Cell<Vec<u8>>> = Local::new(Cell::new(Vec::new()));

/// One extension.
pub struct Module {
    pub id: u32,
    /// As in `k6/x/name`.
    name: String,
    /// Prototypes of its classes, owned.
    prototypes: RefCell<Vec<Val>>,
}

impl Module {
    /// Borrowed: lives as long as the module.
    pub fn prototype(&self, resource: usize) -> JSValue {
        let prototypes = self.prototypes.borrow();
        prototypes.get(resource).map_or(q::JS_NULL, Val::raw)
    }
}

/// One function of an extension.
struct Function {
    module: &'static Module,
    /// The host's number.
    index: u32,
    /// For messages: `compare.isGreater`.
    called: String,
    params: Vec<(String, Shape)>,
    result: Option<Shape>,
    /// The object itself is the first parameter.
    method: bool,
    /// How many arguments must be given.
    needed: usize,
}

/// The exports of `k6/x/NAME`.
pub fn open(name: &str) -> JsResult<Val> {
    if !engine().vu.in_init() {
        return Err(host_error(&format!(
            "module k6/x/{name} was not loaded while the script was initialised; import it at the top of a file"
        )));
    }
    let (id, description) = extensions::open(name).map_err(|error| match error {
        OpenError::Unknown(text) => remember(host_error(&text), FailureKind::Missing),
        OpenError::Unusable(text) => remember(failed(&text), FailureKind::Other),
    })?;
    let module: &'static Module = Box::leak(Box::new(Module {
        id,
        name: name.rsplit('/').next().unwrap_or(name).to_string(),
        prototypes: RefCell::new(Vec::new()),
    }));
    fill(module, &description)
}

fn fill(module: &'static Module, description: &Description) -> JsResult<Val> {
    let exports = Val::object()?;
    let mut classes = Vec::with_capacity(description.resources.len());
    for (index, resource) in description.resources.iter().enumerate() {
        let name = pascal_case(&resource.name);
        let prototype = Val::object()?;
        module.prototypes.borrow_mut().push(prototype.clone());
        let constructor = description.functions.iter().position(
            |function| matches!(function.role, Role::Constructor(place) if place as usize == index),
        );
        let class = match constructor {
            Some(place) => {
                let magic = register(module, description, place, &format!("new {name}"))?;
                native(
                    &name,
                    magic,
                    js_construct,
                    q::JSCFunctionEnum_JS_CFUNC_constructor_magic,
                )?
            }
            None => native(
                &name,
                0,
                js_no_constructor,
                q::JSCFunctionEnum_JS_CFUNC_constructor_magic,
            )?,
        };
        unsafe { q::JS_SetConstructor(ctx(), class.raw(), prototype.raw()) };
        namespace(&exports, resource.namespace.as_deref())?.set_str(&name, class.clone())?;
        classes.push((name, class, prototype));
    }
    for (place, function) in description.functions.iter().enumerate() {
        let name = camel_case(&function.name);
        let (holder, called, wrapper) = match &function.role {
            Role::Constructor(_) => continue,
            Role::Free => {
                let holder = namespace(&exports, function.namespace.as_deref())?;
                (holder, name.clone(), js_call as CFunctionMagic)
            }
            Role::Method(resource) => match classes.get(*resource as usize) {
                Some((class, _, prototype)) => (
                    prototype.clone(),
                    format!("{class}.{name}"),
                    js_method as CFunctionMagic,
                ),
                None => continue,
            },
            Role::Static(resource) => match classes.get(*resource as usize) {
                Some((class, constructor, _)) => (
                    constructor.clone(),
                    format!("{class}.{name}"),
                    js_call as CFunctionMagic,
                ),
                None => continue,
            },
        };
        let magic = register(module, description, place, &called)?;
        let kind = q::JSCFunctionEnum_JS_CFUNC_generic_magic;
        holder.set_str(&name, native(&name, magic, wrapper, kind)?)?;
    }
    Ok(exports)
}

/// The object that holds an interface's items.
fn namespace(exports: &Val, name: Option<&str>) -> JsResult<Val> {
    let Some(name) = name else {
        return Ok(exports.clone());
    };
    let name = camel_case(name);
    let known = exports.get_str(&name)?;
    if known.is_object() {
        return Ok(known);
    }
    let object = Val::object()?;
    exports.set_str(&name, object.clone())?;
    Ok(object)
}

/// Puts a function on the list that native functions' numbers mean.
fn register(
    module: &'static Module,
    description: &Description,
    place: usize,
    called: &str,
) -> JsResult<c_int> {
    let Some(function) = description.functions.get(place) else {
        return Err(host_error(
            "the host described a function that it did not give",
        ));
    };
    let mut params = Vec::with_capacity(function.params.len());
    for param in &function.params {
        params.push((
            camel_case(&param.name),
            build(&description.types, param.ty)?,
        ));
    }
    let method = matches!(function.role, Role::Method(_));
    let given = params.get(usize::from(method)..).unwrap_or_default();
    let needed = given
        .iter()
        .rposition(|(_, shape)| !shape.optional())
        .map_or(0, |last| last + 1);
    let result = match function.result {
        Some(index) => Some(build(&description.types, index)?),
        None => None,
    };
    let function = Box::leak(Box::new(Function {
        module,
        index: place as u32,
        called: match called.strip_prefix("new ") {
            Some(class) => format!("new {}.{class}", module.name),
            None => format!("{}.{called}", module.name),
        },
        params,
        result,
        method,
        needed,
    }));
    let mut functions = FUNCTIONS.borrow_mut();
    if functions.len() >= MOST_FUNCTIONS {
        return Err(host_error(
            "the script's extensions have more than 32767 functions",
        ));
    }
    functions.push(function);
    Ok(functions.len() as c_int - 1)
}

fn native(
    name: &str,
    magic: c_int,
    wrapper: CFunctionMagic,
    kind: q::JSCFunctionEnum,
) -> JsResult<Val> {
    let name = CString::new(name).unwrap_or_default();
    // QuickJS tells the kinds apart by the enum, not by the type of the pointer.
    let wrapper = unsafe { core::mem::transmute::<CFunctionMagic, CFunction>(wrapper) };
    Val::check(unsafe { q::JS_NewCFunction2(ctx(), Some(wrapper), name.as_ptr(), 0, kind, magic) })
}

crate::native! { magic
    js_call = call_free;
    js_method = call_method;
    js_construct = construct;
    js_no_constructor = no_constructor;
}

fn function(magic: c_int) -> JsResult<&'static Function> {
    let functions = FUNCTIONS.borrow();
    let found = functions.get(magic as usize).copied();
    found.ok_or_else(|| host_error("no such function"))
}

fn call_free(_: JSValue, args: Args, magic: c_int) -> JsResult<Val> {
    let function = function(magic)?;
    function.call(None, args)
}

fn call_method(this: JSValue, args: Args, magic: c_int) -> JsResult<Val> {
    let function = function(magic)?;
    function.call(Some(this), args)
}

fn construct(target: JSValue, args: Args, magic: c_int) -> JsResult<Val> {
    let function = function(magic)?;
    let made = function.call(None, args)?;
    // A class that extends this one wants its own prototype.
    let proto = crate::js::get(target, atoms().prototype)?;
    if proto.is_object() && unsafe { q::JS_SetPrototype(ctx(), made.raw(), proto.raw()) } < 0 {
        return Err(Thrown);
    }
    Ok(made)
}

fn no_constructor(_: JSValue, _: Args, _: c_int) -> JsResult<Val> {
    Err(type_error(
        "this class has no constructor; the extension's functions make its objects",
    ))
}

impl Function {
    fn call(&'static self, this: Option<JSValue>, args: Args) -> JsResult<Val> {
        let params = self
            .params
            .get(usize::from(self.method)..)
            .unwrap_or_default();
        if args.len() < self.needed || args.len() > params.len() {
            return Err(self.wrong_count(params, args.len()));
        }
        let mut buffer = BUFFER.take();
        buffer.clear();
        let mut encoder = Encoder {
            out: &mut buffer,
            module: self.module.id,
            moved: Vec::new(),
            lent: None,
            lent_too: Vec::new(),
            kept: Vec::new(),
        };
        if let (Some(this), Some((_, shape))) = (this, self.params.first())
            && let Err(refused) = encoder.value(shape, this)
        {
            return Err(match refused {
                Refused::Thrown(thrown) => thrown,
                Refused::Type { .. } => type_error(&format!(
                    "{}: this must be an object of its class",
                    self.called
                )),
            });
        }
        for (index, (_, shape)) in params.iter().enumerate() {
            if let Err(refused) = encoder.value(shape, args.at(index)) {
                return Err(self.refused(params, index, refused));
            }
        }
        for object in encoder.moved {
            object.give_away();
        }
        let kept = encoder.kept;
        let result = extensions::call(self.module.id, self.index, &buffer);
        drop(kept);
        if buffer.capacity() <= KEPT {
            BUFFER.set(buffer);
        }
        match result {
            Ok(bytes) => self.returned(&bytes),
            Err(text) => Err(failed(&text)),
        }
    }

    fn returned(&'static self, bytes: &[u8]) -> JsResult<Val> {
        let mut decoder = Decoder {
            bytes,
            module: self.module,
        };
        match &self.result {
            None => Ok(Val::UNDEFINED),
            Some(Shape::Result(ok, err)) => {
                let (failed, shape) = match decoder.flag()? {
                    true => (true, err),
                    false => (false, ok),
                };
                let value = match shape {
                    Some(shape) => decoder.value(shape)?,
                    None => Val::UNDEFINED,
                };
                if failed {
                    Err(self.error(value))
                } else {
                    Ok(value)
                }
            }
            Some(shape) => decoder.value(shape),
        }
    }

    /// Throws a result's error.
    #[cold]
    fn error(&self, payload: Val) -> Thrown {
        let made = || -> JsResult<Val> {
            let mut message = if unsafe { q::JS_IsString(payload.raw()) } {
                payload.text()?.to_owned()
            } else {
                let tag = if payload.is_object() {
                    payload.get_str("tag")?
                } else {
                    Val::UNDEFINED
                };
                let inner = if payload.is_object() {
                    payload.get_str("val")?
                } else {
                    Val::UNDEFINED
                };
                let is_text = |value: &Val| unsafe { q::JS_IsString(value.raw()) };
                match (is_text(&tag), is_text(&inner)) {
                    (true, true) => format!("{}: {}", tag.text()?.as_str(), inner.text()?.as_str()),
                    (true, false) => tag.text()?.to_owned(),
                    _ => format!("{} failed", self.called),
                }
            };
            if let Some(denied) = extensions::denied(self.module.id)
                && !message.contains(&denied)
            {
                message = format!("{message} ({denied})");
            }
            let global = Val::own(engine().global_dup());
            let constructor = global.get_str("Error")?;
            let text = Val::str(&message)?;
            let arguments = [text.raw()];
            let error = Val::check(unsafe {
                q::JS_CallConstructor(ctx(), constructor.raw(), 1, arguments.as_ptr().cast_mut())
            })?;
            error.set_str("payload", payload.clone())?;
            Ok(error)
        };
        match made() {
            Ok(error) => throw(error),
            Err(thrown) => thrown,
        }
    }

    #[cold]
    fn wrong_count(&self, params: &[(String, Shape)], given: usize) -> Thrown {
        let names: Vec<_> = params
            .iter()
            .enumerate()
            .map(|(index, (name, _))| {
                if index < self.needed {
                    name.clone()
                } else {
                    format!("{name}?")
                }
            })
            .collect();
        type_error(&format!(
            "{}({}) takes {} argument{}, got {given}",
            self.called,
            names.join(", "),
            if self.needed == params.len() {
                params.len().to_string()
            } else {
                format!("{} to {}", self.needed, params.len())
            },
            if params.len() == 1 { "" } else { "s" },
        ))
    }

    #[cold]
    fn refused(&self, params: &[(String, Shape)], index: usize, refused: Refused) -> Thrown {
        match refused {
            Refused::Thrown(thrown) => thrown,
            Refused::Type {
                path,
                expected,
                found,
            } => {
                let name = params.get(index).map_or("", |(name, _)| name.as_str());
                type_error(&format!(
                    "{}: argument {} ({name}{}) must be {expected}, got {found}",
                    self.called,
                    index + 1,
                    path.concat(),
                ))
            }
        }
    }
}
