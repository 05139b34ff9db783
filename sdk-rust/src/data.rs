//! Test data: files beside the script, and arrays that exist once for all VUs.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bindings::runner::data::files::{self, FileError};
use crate::bindings::runner::data::shared;
use crate::{Error, Result};

/// The content of a file; relative paths start at the folder of the `.wasm` file. Only while
/// the script is initialised, which is where `init:` and [`SharedArray::new`] run.
///
/// # Errors
/// There is no such file, or the script is initialised already.
pub fn read(path: &str) -> Result<Vec<u8>> {
    files::read(path, None).map_err(|error| {
        Error::new(match error {
            FileError::OutsideInit => {
                format!("\"{path}\" can be read only while the script is initialised")
            }
            FileError::NotFound(text) | FileError::Invalid(text) | FileError::Other(text) => text,
        })
    })
}

/// The content of a text file.
///
/// # Errors
/// As for [`read`], or the file is not UTF-8.
pub fn read_text(path: &str) -> Result<String> {
    String::from_utf8(read(path)?)
        .map_err(|e| Error::new(format!("\"{path}\" is not UTF-8 text: {e}")))
}

/// A read-only array that exists once per process, whatever the number of VUs.
///
/// ```no_run
/// use runner_sdk::data::{SharedArray, read_text};
/// use runner_sdk::prelude::*;
///
/// # fn init() -> Result {
/// let users: SharedArray<String> = SharedArray::new("users", || {
///     Ok(read_text("users.csv")?.lines().skip(1).map(str::to_owned).collect())
/// })?;
/// let first = users.get(0);
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct SharedArray<T> {
    id: u32,
    length: u32,
    element: PhantomData<fn() -> T>,
}

// Not derived: elements need not be `Copy` for the handle to be.
impl<T> Clone for SharedArray<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for SharedArray<T> {}

impl<T: Serialize + DeserializeOwned> SharedArray<T> {
    /// The array of that name; `make` runs only where nobody has made it yet.
    ///
    /// # Errors
    /// `make` fails, or an element cannot be written as JSON.
    pub fn new(name: &str, make: impl FnOnce() -> Result<Vec<T>>) -> Result<Self> {
        let array = match shared::open(name) {
            Some(array) => array,
            None => {
                let texts = make()?
                    .iter()
                    .map(serde_json::to_string)
                    .collect::<std::result::Result<Vec<_>, _>>()?;
                let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                shared::create(name, &texts)
            }
        };
        Ok(Self {
            id: array.id,
            length: array.length,
            element: PhantomData,
        })
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.length as usize
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// A copy of one element; none when out of range.
    pub fn get(&self, index: usize) -> Option<T> {
        let text = shared::get(self.id, u32::try_from(index).ok()?)?;
        serde_json::from_str(&text).ok()
    }
}
