//! What the script is thrown when a call into an extension did not return: the message, and in the
//! stack the extension's own functions before the script's.

use rquickjs_sys as q;

use crate::atoms::atoms;
use crate::js::{JsResult, Thrown, Val, host_error, new_host_error, throw};
use crate::state::{ctx, engine};

/// Throws `text`, which may end in frames, one on each line.
#[cold]
pub fn failed(text: &str) -> Thrown {
    let Some((message, frames)) = text.split_once("\n\tat ") else {
        return host_error(text);
    };
    match made(message, frames) {
        Ok(error) => throw(error),
        Err(thrown) => thrown,
    }
}

fn made(message: &str, frames: &str) -> JsResult<Val> {
    let error = new_host_error(message)?;
    let frames = frames.replace("\n\tat ", "\n    at ");
    let stack = Val::str(&format!("    at {frames}\n{}", here()?))?;
    let flags = (q::JS_PROP_WRITABLE | q::JS_PROP_CONFIGURABLE) as i32;
    let name = atoms().stack;
    let done =
        unsafe { q::JS_DefinePropertyValue(ctx(), error.raw(), name, stack.into_raw(), flags) };
    if done < 0 { Err(Thrown) } else { Ok(error) }
}

/// The script's own frames. QuickJS fills them in only where nobody has set others.
fn here() -> JsResult<String> {
    let global = Val::own(engine().global_dup());
    let constructor = global.get_str("Error")?;
    let error = Val::check(unsafe {
        q::JS_CallConstructor(ctx(), constructor.raw(), 0, core::ptr::null_mut())
    })?;
    let stack = error.get(atoms().stack)?;
    Ok(stack.text()?.to_owned())
}
