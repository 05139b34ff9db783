//! What components can import, as the table in `runtime/contract` has it. A test compares the two.

use runner_contract::Importer;
use runner_extensions::{add_script_wasi_to_linker, add_wasi_to_linker};
use wasmtime::Engine;
use wasmtime::component::{HasSelf, Linker};

use crate::extension::{ExtensionState, Holder};
use crate::{
    VuState, collation, data, execution, extension, http, image, kv, log, metrics, tasks, time_zone,
};

/// What the functions of our interfaces work on.
pub(crate) type Vu = HasSelf<VuState>;

/// How they find it in a store's data: a script's is the VU's state, an extension's has it on loan.
pub(crate) type Find<T> = fn(&mut T) -> &mut VuState;

/// A linker with everything that a script can import: our interfaces, and of WASI what the
/// standard libraries of compiled languages ask for.
///
/// `with_wasi` is false for the JS engine, which needs none.
pub fn linker(engine: &Engine, with_wasi: bool) -> wasmtime::Result<Linker<VuState>> {
    let mut linker = Linker::new(engine);
    add_contract(&mut linker, Importer::Script, |state| state)?;
    if with_wasi {
        add_script_wasi_to_linker(&mut linker)?;
    }
    Ok(linker)
}

/// The same for extensions, whose interfaces are those of the VU that they belong to.
pub(crate) fn extension_linker(engine: &Engine) -> wasmtime::Result<Linker<ExtensionState>> {
    let mut linker = Linker::new(engine);
    add_contract(&mut linker, Importer::Extension, caller)?;
    add_wasi_to_linker(&mut linker)?;
    Ok(linker)
}

fn caller(state: &mut ExtensionState) -> &mut VuState {
    &mut state.vu
}

/// Adds the interfaces of the contract, a line for each room.
fn add_contract<T: Holder + Send + 'static>(
    to: &mut Linker<T>,
    importer: Importer,
    vu: Find<T>,
) -> wasmtime::Result<()> {
    log::add_to_linker(to, vu)?;
    tasks::add_to_linker(to, vu)?;
    execution::add_to_linker(to, vu)?;
    metrics::add_to_linker(to, vu)?;
    http::add_to_linker(to, vu)?;
    kv::add_to_linker(to, vu)?;
    extension::add_to_linker(to, vu, importer)?;
    if importer == Importer::Script {
        data::add_to_linker(to, vu)?;
        image::add_to_linker(to, vu)?;
        time_zone::add_to_linker(to, vu)?;
        collation::add_to_linker(to, vu)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::path::Path;

    use runner_contract::table;
    use runner_engine::{EngineOptions, engine};
    use wit_parser::{FunctionKind, Resolve};

    use super::*;

    /// One function of each interface, by the interface's id.
    fn functions() -> HashMap<String, String> {
        let mut resolve = Resolve::default();
        let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
        resolve.push_dir(wit).unwrap();
        let ids = resolve.interfaces.iter();
        ids.filter_map(|(id, interface)| {
            let free = |kind: &FunctionKind| matches!(kind, FunctionKind::Freestanding);
            let mut functions = interface.functions.values();
            let function = functions.find(|function| free(&function.kind))?;
            Some((resolve.id_of(id)?, function.name.clone()))
        })
        .collect()
    }

    /// Which interfaces of the table are there: a linker refuses a function that it has.
    fn there<T: Send + 'static>(linker: &mut Linker<T>) -> Vec<&'static str> {
        let functions = functions();
        let mut has = |id: &str| {
            let function = functions.get(id).unwrap();
            let mut instance = linker.instance(id).unwrap();
            instance.func_wrap(function, |_, (): ()| Ok(())).is_err()
        };
        table()
            .map(|interface| interface.id)
            .filter(|id| has(id))
            .collect()
    }

    #[test]
    fn linkers_have_what_the_table_says() {
        let engine = engine(EngineOptions { max_vus: 0 }).unwrap();
        let mut scripts = linker(&engine, false).unwrap();
        assert_eq!(
            there(&mut scripts),
            runner_contract::interfaces(Importer::Script)
        );
        let mut extensions = extension_linker(&engine).unwrap();
        assert_eq!(
            there(&mut extensions),
            runner_contract::interfaces(Importer::Extension)
        );
    }
}
