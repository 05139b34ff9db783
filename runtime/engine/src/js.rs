//! The JS engine: a component whose memory image already holds QuickJS with k6's modules, and
//! the components that `runner build` makes of it: with a script that was initialised in it, or
//! with a script's modules where an image of it cannot outlive a run.
//!
//! The build script of `runner-js` compiles the engine and takes the first snapshot. A component
//! with a script is the same engine that begins with another memory, so whoever has the engine
//! compiled has such a component compiled too.

use wasmparser::{Chunk, Parser, Payload};
use wasmtime::component::Component;
use wasmtime::{Engine, Extern, ExternType, Func, Instance, Memory, Module, Store, Trap, Val};
use wit_component::ComponentEncoder;

use crate::image::engine_component;
use crate::{Cache, CacheOutcome, EngineError, MemoryImage};

/// The JS engine as a compiled component, which imports its memory ([`crate::IMAGE_IMPORT`]).
/// `compiling` is called with its size where that takes its time.
pub fn js_engine(
    engine: &Engine,
    cache: &Cache,
    compiling: impl FnOnce(usize),
) -> Result<(Component, CacheOutcome), EngineError> {
    // The number changes with what `engine_component` makes of the core module.
    let key = format!("{} split 1", runner_js::CORE_DIGEST);
    cache.load(engine, &key, || {
        compiling(runner_js::CORE.len());
        engine_component(runner_js::CORE, &encode(runner_js::CORE)?)
    })
}

/// The JS engine's memory with `bundle` in it (format: `sdk-js/engine/src/bundle.rs`).
pub fn with_bundle(bundle: &[u8]) -> Result<MemoryImage, EngineError> {
    let failed = |what| EngineError::wasmtime(what);
    let engine = Engine::default();
    let module =
        Module::new(&engine, runner_js::CORE).map_err(failed("compiling the JS engine"))?;
    let mut store = Store::new(&engine, ());
    let imports = stubs(&mut store, &module);
    let instance =
        Instance::new(&mut store, &module, &imports).map_err(failed("starting the JS engine"))?;
    put_bundle(&mut store, &instance, bundle).map_err(failed("putting the script in"))?;
    let memory = memory(&mut store, &instance).map_err(failed("taking its memory"))?;
    Ok(MemoryImage::whole(memory.data(&store)))
}

/// A component that is the JS engine and begins with `memory`.
pub fn js_component(memory: &MemoryImage) -> Result<Vec<u8>, EngineError> {
    encode(&memory.core()?)
}

/// The memory of a component that [`js_component`] made with the engine of this very binary, so
/// that the engine need not be compiled once more; none for any other component, and for one whose
/// memory begins with more than `most` bytes. What was added to it later as custom sections, such
/// as extensions, makes no difference.
pub fn memory_of_js_component(
    component: &[u8],
    most: usize,
) -> Result<Option<MemoryImage>, EngineError> {
    let Some(memory) = first_module(component).and_then(|core| MemoryImage::of_core(core, most))
    else {
        return Ok(None);
    };
    // The engine alone is not enough: what is around it says which functions it gets.
    let same = without_first_module(component) == without_first_module(&encode(runner_js::CORE)?);
    Ok(same.then_some(memory))
}

/// The core module that comes first in a component.
fn first_module(component: &[u8]) -> Option<&[u8]> {
    for payload in Parser::new(0).parse_all(component) {
        if let Payload::ModuleSection {
            unchecked_range, ..
        } = payload.ok()?
        {
            return component.get(unchecked_range);
        }
    }
    None
}

/// A component's sections without the first core module and custom ones; none where it is broken.
fn without_first_module(component: &[u8]) -> Option<Vec<(u8, &[u8])>> {
    let mut parser = Parser::new(0);
    let mut rest = component;
    let mut sections = Vec::new();
    let mut modules = 0;
    loop {
        let Chunk::Parsed { consumed, payload } = parser.parse(rest, true).ok()? else {
            return None;
        };
        match &payload {
            Payload::End(_) => return Some(sections),
            Payload::ModuleSection {
                unchecked_range, ..
            }
            | Payload::ComponentSection {
                unchecked_range, ..
            } => {
                let body = component.get(unchecked_range.clone())?;
                let is_module = matches!(payload, Payload::ModuleSection { .. });
                modules += u32::from(is_module);
                if !is_module || modules > 1 {
                    sections.push((payload.as_section()?.0, body));
                }
                // What is nested is not parsed: the outer parser goes on behind it.
                rest = rest.get(consumed + body.len()..)?;
                continue;
            }
            Payload::CustomSection(_) | Payload::Version { .. } => {}
            other => {
                let (id, range) = other.as_section()?;
                sections.push((id, component.get(range)?));
            }
        }
        rest = rest.get(consumed..)?;
    }
}

pub(crate) fn encode(core: &[u8]) -> Result<Vec<u8>, EngineError> {
    ComponentEncoder::default()
        .validate(false)
        .module(core)
        .and_then(|mut encoder| encoder.encode())
        .map_err(|error| EngineError::Wasmtime {
            what: "making a component of the JS engine",
            reason: format!("{error:#}"),
        })
}

/// While a snapshot is taken nothing outside exists: every import traps.
fn stubs(store: &mut Store<()>, module: &Module) -> Vec<Extern> {
    let mut imports = Vec::new();
    for import in module.imports() {
        if let ExternType::Func(ty) = import.ty() {
            let trap = |_: wasmtime::Caller<'_, ()>, _: &[Val], _: &mut [Val]| {
                Err(Trap::UnreachableCodeReached.into())
            };
            imports.push(Func::new(&mut *store, ty, trap).into());
        }
    }
    imports
}

fn put_bundle(
    store: &mut Store<()>,
    instance: &Instance,
    bundle: &[u8],
) -> Result<(), wasmtime::Error> {
    let size = u32::try_from(bundle.len())
        .map_err(|_| wasmtime::Error::msg("the script's modules are larger than 4 GiB"))?;
    let alloc = instance.get_typed_func::<u32, u32>(&mut *store, "runner_preload_alloc")?;
    let preload = instance.get_typed_func::<u32, u32>(&mut *store, "runner_preload")?;
    let pointer = alloc.call(&mut *store, size)?;
    memory(store, instance)?.write(&mut *store, pointer as usize, bundle)?;
    match preload.call(store, size)? {
        0 => Ok(()),
        _ => Err(wasmtime::Error::msg(
            "the JS engine does not understand the bundle",
        )),
    }
}

fn memory(store: &mut Store<()>, instance: &Instance) -> Result<Memory, wasmtime::Error> {
    instance
        .get_memory(store, "memory")
        .ok_or_else(|| wasmtime::Error::msg("the JS engine exports no memory"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_with_this_engine_is_known_whatever_it_begins_with() {
        let memory = MemoryImage::of_engine().unwrap();
        let mut component = js_component(&memory).unwrap();
        let known = |component: &[u8]| memory_of_js_component(component, 1 << 30).unwrap();
        assert!(known(&component) == Some(memory.clone()));
        crate::carry(
            &mut component,
            crate::Part {
                name: "x",
                bytes: b"\0asm",
            },
        );
        assert!(known(&component) == Some(memory.clone()));
        assert!(
            memory_of_js_component(&component, 64 << 10)
                .unwrap()
                .is_none()
        );
        // Another memory, by one byte of text that the engine's data holds.
        let text = b"Cannot convert undefined or null to object";
        let at = component.windows(text.len()).position(|part| part == text);
        component[at.unwrap()] = b'c';
        assert!(known(&component).is_some_and(|changed| changed != memory));
    }

    #[test]
    fn any_other_component_is_not() {
        let component = js_component(&MemoryImage::of_engine().unwrap()).unwrap();
        let known = |component: &[u8]| memory_of_js_component(component, 1 << 30).unwrap();
        assert!(known(b"").is_none());
        assert!(known(b"\0asm\x0d\0\x01\0").is_none());
        assert!(known(&component[..component.len() / 2]).is_none());
        // Other code: a byte in the middle of the engine's.
        let mut sections = Parser::new(0).parse_all(&component);
        let code = sections.find_map(|payload| match payload.unwrap() {
            Payload::CodeSectionStart { range, .. } => Some(range),
            _ => None,
        });
        let code = code.unwrap();
        let middle = code.start + code.len() / 2;
        let mut changed = component.clone();
        changed[middle] ^= 1;
        assert!(known(&changed).is_none());
        // Other surroundings: an interface of another version.
        let name = b"runner:log/log@0.1.0";
        let places: Vec<_> = (0..component.len() - name.len())
            .filter(|at| component[*at..].starts_with(name))
            .collect();
        let mut changed = component.clone();
        changed[places.first().unwrap() + name.len() - 1] = b'1';
        assert!(known(&changed).is_none());
    }
}
