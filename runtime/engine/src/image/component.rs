//! The engine's component with its memory imported.
//!
//! `wit-component` makes a component of the complete core module; here its core module is
//! exchanged for the one without memory, and a core module with a memory is imported and given
//! to it. Both the import and its instance come first, so all other indices move by one.

use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode, ReencodeComponent, component_utils};
use wasm_encoder::{
    Component, ComponentImportSection, ComponentTypeRef, CoreTypeSection, EntityType,
    InstanceSection, ModuleArg, ModuleType, RawSection,
};
use wasmparser::{Instance, InstantiationArgKind, Parser};

use super::core_module::{CoreModule, IMPORT_MODULE, MEMORY, memory_type};
use super::unfit;
use crate::EngineError;

/// Name under which the engine's component imports a core module with its memory.
pub const IMAGE_IMPORT: &str = "image";

/// Section of a component that holds a core module.
const CORE_MODULE: u8 = 1;

/// Makes the component. `complete` is what `wit-component` made of `core`.
pub fn engine_component(core: &[u8], complete: &[u8]) -> Result<Vec<u8>, EngineError> {
    let core = CoreModule::parse(core)?;
    let mut component = Component::new();
    import_image(&mut component, core.pages);
    let mut split = Split {
        depth: 0,
        engine: core.without_memory()?,
        modules: 0,
    };
    split
        .parse_component(&mut component, Parser::new(0), complete)
        .map_err(unfit)?;
    Ok(component.finish())
}

/// Core type 0, core module 0 and core instance 0.
fn import_image(component: &mut Component, pages: u64) {
    let mut module = ModuleType::new();
    module.export(MEMORY, EntityType::Memory(memory_type(pages)));
    let mut types = CoreTypeSection::new();
    types.ty().module(&module);
    component.section(&types);
    let mut imports = ComponentImportSection::new();
    imports.import(IMAGE_IMPORT, ComponentTypeRef::Module(0));
    component.section(&imports);
    let mut instances = InstanceSection::new();
    instances.instantiate(0, std::iter::empty::<(&str, ModuleArg)>());
    component.section(&instances);
}

struct Split {
    /// 0 outside nested components and types, which have indices of their own.
    depth: u32,
    engine: Vec<u8>,
    /// Core modules seen so far; the engine is the first.
    modules: u32,
}

impl Split {
    fn moved(&self, index: u32) -> u32 {
        index + u32::from(self.depth == 0)
    }
}

impl Reencode for Split {
    type Error = Infallible;
}

impl ReencodeComponent for Split {
    fn module_index(&mut self, index: u32) -> u32 {
        self.moved(index)
    }

    fn instance_index(&mut self, index: u32) -> u32 {
        self.moved(index)
    }

    fn push_depth(&mut self) {
        self.depth += 1;
    }

    fn pop_depth(&mut self) {
        self.depth -= 1;
    }

    fn parse_component_submodule(
        &mut self,
        component: &mut Component,
        _: Parser,
        module: &[u8],
    ) -> Result<(), Error<Infallible>> {
        let data = if self.modules == 0 {
            &self.engine
        } else {
            module
        };
        self.modules += 1;
        component.section(&RawSection {
            id: CORE_MODULE,
            data,
        });
        Ok(())
    }

    fn parse_instance(
        &mut self,
        instances: &mut InstanceSection,
        instance: Instance<'_>,
    ) -> Result<(), Error<Infallible>> {
        let Instance::Instantiate {
            module_index: 0,
            args,
        } = &instance
        else {
            return component_utils::parse_instance(self, instances, instance);
        };
        let mut with_image = vec![(IMPORT_MODULE, ModuleArg::Instance(0))];
        for arg in args {
            let InstantiationArgKind::Instance = arg.kind;
            with_image.push((arg.name, ModuleArg::Instance(self.moved(arg.index))));
        }
        instances.instantiate(self.moved(0), with_image);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::describe;

    #[test]
    fn the_engine_wants_its_memory_and_is_otherwise_the_same() {
        let complete = crate::js::encode(runner_js::CORE).unwrap();
        let split = engine_component(runner_js::CORE, &complete).unwrap();
        wasmparser::Validator::new().validate_all(&split).unwrap();
        let (before, after) = (
            describe("complete", &complete).unwrap(),
            describe("split", &split).unwrap(),
        );
        assert_eq!(before.exports, after.exports);
        assert_eq!(after.imports[0], IMAGE_IMPORT);
        assert_eq!(after.imports[1..], before.imports);
    }
}
