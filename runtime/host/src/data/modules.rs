//! `runner:data`: files, shared arrays, source modules.

use runner_script::{FileError, Format, ModuleError};

use crate::bindings::runner::data::{files, modules, shared};
use crate::{JsSettings, Phase, VuState};

impl files::Host for VuState {
    fn read(
        &mut self,
        path: String,
        referrer: Option<String>,
    ) -> Result<Vec<u8>, files::FileError> {
        if self.phase() != Phase::Init {
            return Err(files::FileError::OutsideInit);
        }
        match self.script.files.read(&path, referrer.as_deref()) {
            Ok(content) => Ok(content.to_vec()),
            Err(FileError::NotFound(text)) => Err(files::FileError::NotFound(text)),
            Err(FileError::Invalid(text)) => Err(files::FileError::Invalid(text)),
            Err(FileError::Other(text)) => Err(files::FileError::Other(text)),
        }
    }
}

impl shared::Host for VuState {
    fn open(&mut self, name: String) -> Option<shared::SharedArray> {
        self.run_only();
        let (id, length) = self.script.shared.open(&name)?;
        Some(shared::SharedArray { id, length })
    }

    fn create(&mut self, name: String, elements: Vec<String>) -> shared::SharedArray {
        self.run_only();
        let (id, length) = self.script.shared.create(name, elements);
        shared::SharedArray { id, length }
    }

    fn get(&mut self, array: u32, index: u32) -> Option<String> {
        let elements = self.script.shared.get(array)?;
        elements
            .get(index as usize)
            .map(|element| element.to_string())
    }
}

impl modules::Host for VuState {
    fn entry(&mut self) -> Option<String> {
        self.script
            .modules
            .as_ref()
            .map(|modules| modules.entry().to_string())
    }

    fn resolve(
        &mut self,
        specifier: String,
        referrer: String,
    ) -> Result<String, modules::ModuleError> {
        let modules = self.modules()?;
        modules.resolve(&specifier, &referrer).map_err(module_error)
    }

    fn load(&mut self, id: String) -> Result<modules::Module, modules::ModuleError> {
        if id == JsSettings::MODULE {
            return self.settings();
        }
        let module = self.modules()?.load(&id).map_err(module_error)?;
        let bytecode = module.bytecode.get().map(|code| code.to_vec());
        Ok(modules::Module {
            id: module.id.to_string(),
            format: match module.format {
                Format::Esm => modules::Format::Esm,
                Format::CommonJs => modules::Format::CommonJs,
                Format::Json => modules::Format::Json,
            },
            source: if bytecode.is_some() {
                String::new()
            } else {
                module.source.to_string()
            },
            bytecode,
        })
    }

    fn store(&mut self, id: String, bytecode: Vec<u8>) {
        if let Some(modules) = &self.script.modules {
            modules.store_bytecode(&id, bytecode);
        }
    }
}

impl VuState {
    /// For compiled scripts too: they bring the engine, and ask as it does.
    fn settings(&self) -> Result<modules::Module, modules::ModuleError> {
        let source = self.script.js.to_json();
        let source = source.ok_or_else(|| modules::ModuleError::NotFound(String::new()))?;
        Ok(modules::Module {
            id: JsSettings::MODULE.to_owned(),
            format: modules::Format::Json,
            source,
            bytecode: None,
        })
    }

    fn modules(&self) -> Result<&runner_script::ModuleStore, modules::ModuleError> {
        self.script.modules.as_deref().ok_or_else(|| {
            modules::ModuleError::NotFound("a compiled script has no source modules".into())
        })
    }
}

fn module_error(error: ModuleError) -> modules::ModuleError {
    match error {
        ModuleError::NotFound(text) => modules::ModuleError::NotFound(text),
        ModuleError::NotResolved(text) => modules::ModuleError::NotResolved(text),
        ModuleError::Syntax(text) => modules::ModuleError::Syntax(text),
        ModuleError::Other(text) => modules::ModuleError::Other(text),
    }
}
