//! Answers "what is this module" and "what is in this file" from the bundle in the image or
//! from the host.

use core::cell::{Cell, RefCell};

use rquickjs_sys::{self as q, JSValue};

use crate::bindings::exports::runner::script::lifecycle::FailureKind;
use crate::bindings::runner::data::files::{self, FileError};
use crate::bindings::runner::data::modules::{self, Format, ModuleError};
use crate::bundle::Bundle;
use crate::fork;
use crate::js::{Thrown, new_host_error, syntax_error, throw};

/// Code of one module: source text, or bytecode where `compiled`.
pub struct Code {
    pub format: Format,
    pub compiled: bool,
    pub content: Vec<u8>,
}

/// Modules and files of this instance.
pub struct Sources {
    pub bundle: RefCell<Option<Bundle>>,
    /// What the host resolved while an image was made that no such host stands behind later:
    /// specifier, referrer, id.
    resolved: RefCell<Vec<(String, String, String)>>,
    /// `module` objects of CommonJS by id, an owned JavaScript object.
    pub commonjs: Cell<JSValue>,
    /// Frames that stood when the innermost `require` began to evaluate a module (place.rs).
    pub required_at: Cell<usize>,
    /// Address of the last error that a missing or broken module threw, and what it was.
    fault: Cell<(JSValue, Option<FailureKind>)>,
}

impl Sources {
    pub fn new() -> Sources {
        Sources {
            bundle: RefCell::new(None),
            resolved: RefCell::new(Vec::new()),
            commonjs: Cell::new(q::JS_UNDEFINED),
            required_at: Cell::new(0),
            fault: Cell::new((q::JS_UNDEFINED, None)),
        }
    }

    /// Id of the main module.
    pub fn entry(&self) -> Option<String> {
        match self.bundle.borrow().as_ref() {
            Some(bundle) => Some(bundle.entry.to_string()),
            None => modules::entry(),
        }
    }

    pub fn resolve(&self, specifier: &str, referrer: &str) -> Result<String, ModuleError> {
        if let Some(bundle) = self.bundle.borrow().as_ref() {
            if let Some(id) = bundle.resolve(specifier, referrer) {
                return Ok(id.to_string());
            }
            if bundle.module(specifier).is_some() {
                return Ok(specifier.to_string());
            }
        }
        let known = self.resolved.borrow();
        if let Some(known) = known
            .iter()
            .find(|known| known.0 == specifier && known.1 == referrer)
        {
            return Ok(known.2.clone());
        }
        drop(known);
        let id = modules::resolve(specifier, referrer)?;
        if fork::is_portable() {
            let known = (specifier.to_string(), referrer.to_string(), id.clone());
            self.resolved.borrow_mut().push(known);
        }
        Ok(id)
    }

    pub fn load(&self, id: &str) -> Result<Code, ModuleError> {
        if let Some(module) = self.bundle.borrow().as_ref().and_then(|b| b.module(id)) {
            let content = module.content.to_vec();
            return Ok(Code {
                format: module.format,
                compiled: module.compiled,
                content,
            });
        }
        let module = modules::load(id)?;
        Ok(match module.bytecode {
            Some(content) => Code {
                format: module.format,
                compiled: true,
                content,
            },
            None => Code {
                format: module.format,
                compiled: false,
                content: module.source.into_bytes(),
            },
        })
    }

    /// Keeps bytecode for the other VUs of the run.
    pub fn store(&self, id: &str, bytecode: &[u8]) {
        if self.bundle.borrow().is_none() {
            modules::store(id, bytecode);
        }
    }

    pub fn read_file(&self, path: &str, referrer: Option<&str>) -> Result<Vec<u8>, FileError> {
        let bundled = self
            .bundle
            .borrow()
            .as_ref()
            .and_then(|bundle| bundle.file(path, referrer.unwrap_or_default()));
        match bundled {
            Some(content) => Ok(content.to_vec()),
            None => files::read(path, referrer),
        }
    }

    /// What `error` means for the run, when a module fault threw it.
    pub fn fault_of(&self, error: JSValue) -> Option<FailureKind> {
        let (fault, kind) = self.fault.get();
        if fault == error { kind } else { None }
    }

    /// Init is over: no later error is one of its faults.
    pub fn forget_fault(&self) {
        self.fault.set((q::JS_UNDEFINED, None));
    }

    fn note(&self, error: JSValue, kind: FailureKind) {
        self.fault.set((error, Some(kind)));
    }
}

/// Throws what the host said about a module.
pub fn module_error(error: ModuleError) -> Thrown {
    let (message, kind) = match error {
        ModuleError::NotFound(text) | ModuleError::NotResolved(text) => {
            (text, FailureKind::Missing)
        }
        ModuleError::Syntax(text) => {
            let thrown = syntax_error(&text);
            return remember(thrown, FailureKind::Syntax);
        }
        ModuleError::Other(text) => (text, FailureKind::Other),
    };
    match new_host_error(&message) {
        Ok(error) => remember(throw(error), kind),
        Err(thrown) => thrown,
    }
}

/// Notes the pending exception, so that a failed init can say what kind of failure it was.
pub fn remember(thrown: Thrown, kind: FailureKind) -> Thrown {
    let error = crate::js::caught(thrown);
    crate::state::engine().sources.note(error.raw(), kind);
    throw(error)
}
