//! What components can import, as the table in `runtime/contract` has it. A test compares the two.

use runner_contract::Importer;
use runner_extensions::{add_script_wasi_to_linker, add_wasi_to_linker};
use wasmtime::Engine;
use wasmtime::component::{HasSelf, Linker};

use crate::VuState;
use crate::bindings::runner as wit;
use crate::extension::{ExtensionState, Holder, add_locks_to_linker};

type Vu = HasSelf<VuState>;

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

/// Adds the interfaces of the contract, one line each.
fn add_contract<T: Holder + Send + 'static>(
    to: &mut Linker<T>,
    importer: Importer,
    vu: fn(&mut T) -> &mut VuState,
) -> wasmtime::Result<()> {
    wit::log::log::add_to_linker::<T, Vu>(to, vu)?;
    wit::tasks::tasks::add_to_linker::<T, Vu>(to, vu)?;
    wit::execution::execution::add_to_linker::<T, Vu>(to, vu)?;
    wit::metrics::metrics::add_to_linker::<T, Vu>(to, vu)?;
    wit::http::http::add_to_linker::<T, Vu>(to, vu)?;
    wit::kv::store::add_to_linker::<T, Vu>(to, vu)?;
    wit::kv::claims::add_to_linker::<T, Vu>(to, vu)?;
    wit::kv::manage::add_to_linker::<T, Vu>(to, vu)?;
    wit::kv_pool::pool::add_to_linker::<T, Vu>(to, vu)?;
    add_locks_to_linker(to)?;
    if importer == Importer::Script {
        wit::data::files::add_to_linker::<T, Vu>(to, vu)?;
        wit::data::shared::add_to_linker::<T, Vu>(to, vu)?;
        wit::data::modules::add_to_linker::<T, Vu>(to, vu)?;
        wit::extension::extensions::add_to_linker::<T, Vu>(to, vu)?;
        wit::image::maker::add_to_linker::<T, Vu>(to, vu)?;
        wit::time_zone::zone::add_to_linker::<T, Vu>(to, vu)?;
        wit::collation::collator::add_to_linker::<T, Vu>(to, vu)?;
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
