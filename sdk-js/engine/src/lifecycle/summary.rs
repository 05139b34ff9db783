//! What `handleSummary` returned, as files.

use rquickjs_sys as q;

use crate::bindings::exports::runner::script::lifecycle::{Failure, FailureKind};
use crate::js::{Keys, Text, Val, buffer_bytes};
use crate::lifecycle::failure;

/// Name and content.
type File = (String, Vec<u8>);

/// Files by name; none where the function returned nothing.
pub fn files(result: &Val) -> Result<Option<Vec<File>>, Failure> {
    if result.is_nullish() {
        return Ok(None);
    }
    let list = unsafe { q::JS_IsArray(result.raw()) };
    if !result.is_object() || result.is_function() || list {
        let message = "handleSummary() must return an object of file names and contents";
        return Err(failure::plain(
            FailureKind::InvalidResult,
            message.to_string(),
        ));
    }
    let mut files = Vec::new();
    for key in Keys::of(result.raw()).map_err(failure::from_thrown)?.iter() {
        let name = Text::of_atom(key).map_err(failure::from_thrown)?.to_owned();
        let value = result.get(key).map_err(failure::from_thrown)?;
        let content = if unsafe { q::JS_IsString(value.raw()) } {
            value
                .text()
                .map_err(failure::from_thrown)?
                .as_bytes()
                .to_vec()
        } else if let Some(bytes) = buffer_bytes(value.raw()) {
            bytes.to_vec()
        } else {
            let message = format!(
                "handleSummary() returned a value for '{name}' that is neither a string nor an ArrayBuffer"
            );
            return Err(failure::plain(FailureKind::InvalidResult, message));
        };
        files.push((name, content));
    }
    Ok(Some(files))
}
