//! `runner:data/modules`: sources and bytecode for the JS engine, and how it is set.

use runner_script::{Format, ModuleError};

use crate::VuState;
use crate::bindings::runner::data::modules;

/// How JavaScript is to differ from what it is by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JsSettings {
    /// There is no `global`: the compatibility mode `base`.
    pub base: bool,
    /// `__ENV` is read-only: the feature `freeze-env`.
    pub freeze_env: bool,
}

impl JsSettings {
    /// The id under which the JS engine asks for them, as for a JSON module.
    pub const MODULE: &str = "runner:settings";

    /// The settings that are on, as a JSON list; none where all are as usual.
    pub fn to_json(self) -> Option<String> {
        let named = [(self.base, "\"base\""), (self.freeze_env, "\"freeze-env\"")];
        let on: Vec<_> = named
            .iter()
            .filter(|(on, _)| *on)
            .map(|(_, name)| *name)
            .collect();
        (!on.is_empty()).then(|| format!("[{}]", on.join(",")))
    }
}

impl modules::Host for VuState {
    fn entry(&mut self) -> Option<String> {
        self.script
            .data
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
        if let Some(modules) = &self.script.data.modules {
            modules.store_bytecode(&id, bytecode);
        }
    }
}

impl VuState {
    /// For compiled scripts too: they bring the engine, and ask as it does.
    fn settings(&self) -> Result<modules::Module, modules::ModuleError> {
        let source = self.script.data.js.to_json();
        let source = source.ok_or_else(|| modules::ModuleError::NotFound(String::new()))?;
        Ok(modules::Module {
            id: JsSettings::MODULE.to_owned(),
            format: modules::Format::Json,
            source,
            bytecode: None,
        })
    }

    fn modules(&self) -> Result<&runner_script::ModuleStore, modules::ModuleError> {
        self.script.data.modules.as_deref().ok_or_else(|| {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unusual_settings_are_told() {
        assert_eq!(JsSettings::default().to_json(), None);
        let settings = JsSettings {
            base: true,
            freeze_env: true,
        };
        let told = settings.to_json().unwrap();
        assert_eq!(told, r#"["base","freeze-env"]"#);
    }
}
