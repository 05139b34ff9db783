//! The engine's own tests (`sdk-js/engine/src/testing.rs`): compiles the engine with them and runs each in an
//! instance of its own, in the interpreter that also takes the snapshot. All begin after the start-up, which takes
//! the interpreter some seconds and so is done once.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::time::Instant;

use wasmi::{Caller, Engine, Extern, ExternType, Instance, Linker, Memory, Module, Store};

#[path = "../compile.rs"]
mod compile;

/// What a test said before it failed.
type Said = String;

#[test]
fn the_tests_inside_the_engine() {
    let test = std::env::current_exe().unwrap();
    // target/<profile>/deps/<test>
    let target = test.ancestors().nth(3).unwrap();
    let core = compile::compile(target, "tests", "tests").unwrap();
    let engine = Engine::default();
    let module = Module::new(&engine, fs::read(core).unwrap()).unwrap();
    let started = started(&engine, &module);
    let names = module.exports().map(|export| export.name());
    let names: Vec<_> = names.filter(|name| name.starts_with("test ")).collect();
    let mut failed = String::new();
    for name in &names {
        let began = Instant::now();
        let result = run(&engine, &module, &started, name);
        println!("{name}: {result:?}, {:?}", began.elapsed());
        if let Err(why) = result {
            failed += &format!("{name}: {why}\n");
        }
    }
    assert!(failed.is_empty(), "{failed}");
    assert!(names.len() > 10, "{names:?}");
}

/// The memory after the start-up. Nothing else of an instance changes by it.
fn started(engine: &Engine, module: &Module) -> Vec<u8> {
    let mut store = Store::new(engine, Said::new());
    let instance = instantiate(&mut store, module);
    for start in ["_initialize", "wizer-initialize"] {
        if let Some(function) = instance.get_func(&store, start) {
            function.call(&mut store, &[], &mut []).unwrap();
        }
    }
    memory(&store, &instance).data(&store).to_vec()
}

fn run(engine: &Engine, module: &Module, started: &[u8], name: &str) -> Result<(), Said> {
    let mut store = Store::new(engine, Said::new());
    let instance = instantiate(&mut store, module);
    let memory = memory(&store, &instance);
    let more = started.len() - memory.data(&store).len();
    memory.grow(&mut store, (more / PAGE) as u64).unwrap();
    memory.write(&mut store, 0, started).unwrap();
    let test = instance.get_func(&store, name).unwrap();
    let result = test.call(&mut store, &[], &mut []);
    result.map_err(|error| format!("{}\n  {error}", store.data()))
}

/// Bytes of a page of memory.
const PAGE: usize = 64 * 1024;

fn memory(store: &Store<Said>, instance: &Instance) -> Memory {
    instance.get_memory(store, "memory").unwrap()
}

/// With `testing.say`; every function of the host is an error.
fn instantiate(store: &mut Store<Said>, module: &Module) -> Instance {
    let mut linker = Linker::new(store.engine());
    for import in module.imports() {
        let (from, name) = (import.module(), import.name());
        if let ExternType::Func(ty) = import.ty()
            && from != "testing"
        {
            let text = format!("the test called the host's {from}.{name}");
            let refuse = move |_: Caller<'_, Said>, _: &[_], _: &mut [_]| {
                Err(wasmi::Error::new(text.clone()))
            };
            linker.func_new(from, name, ty.clone(), refuse).unwrap();
        }
    }
    let say = |mut caller: Caller<'_, Said>, pointer: u32, length: u32| {
        let Some(Extern::Memory(memory)) = caller.get_export("memory") else {
            return;
        };
        let (start, end) = (pointer as usize, (pointer + length) as usize);
        let bytes = memory.data(&caller).get(start..end).unwrap_or_default();
        let text = String::from_utf8_lossy(bytes).into_owned();
        caller.data_mut().push_str(&text);
    };
    linker.func_wrap("testing", "say", say).unwrap();
    linker.instantiate_and_start(store, module).unwrap()
}
