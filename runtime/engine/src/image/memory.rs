//! The contents of one linear memory, as data segments.

use wasm_encoder::{DataSection, ExportKind, ExportSection, Module as ModuleEncoder};
use wasmtime::{Engine, Module};

use super::core_module::{CoreModule, MEMORY, add_segment, memories};
use super::unfit;
use crate::EngineError;

/// WebAssembly's page.
const PAGE: usize = 64 << 10;
/// What the machine maps at a time. Only blocks of this size that hold something are written.
const BLOCK: usize = 4 << 10;

/// A memory as it was at one moment.
#[derive(Clone, PartialEq, Eq)]
pub struct MemoryImage {
    bytes: Vec<u8>,
}

impl std::fmt::Debug for MemoryImage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryImage")
            .field("size", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

impl MemoryImage {
    /// What the JS engine starts from without a script.
    pub fn of_engine() -> Result<Self, EngineError> {
        let core = CoreModule::parse(runner_js::CORE)?;
        let size = usize::try_from(core.pages).map_err(unfit)? * PAGE;
        let mut bytes = vec![0; size];
        core.write_data(&mut bytes)?;
        Ok(Self { bytes })
    }

    /// The memory of an instance of the engine, from address 1 on, which is how a guest can
    /// hand it over. Errors when it is none.
    pub fn of_instance(from_one: &[u8]) -> Result<Self, EngineError> {
        let pages = CoreModule::parse(runner_js::CORE)?.pages;
        let mut bytes = Vec::with_capacity(from_one.len() + 1);
        bytes.push(0);
        bytes.extend_from_slice(from_one);
        if !bytes.len().is_multiple_of(PAGE) || ((bytes.len() / PAGE) as u64) < pages {
            return Err(unfit("what an instance handed over is not a whole memory"));
        }
        Ok(Self { bytes })
    }

    /// A memory as an instance has it.
    pub(crate) fn whole(bytes: &[u8]) -> Self {
        let bytes = bytes.to_vec();
        Self { bytes }
    }

    /// What a core module begins with, where it is the JS engine but for its memory; none where it
    /// is another module, or has more than `most` bytes.
    pub(crate) fn of_core(module: &[u8], most: usize) -> Option<Self> {
        let core = CoreModule::parse(module).ok()?;
        let size = usize::try_from(core.pages).ok()?.checked_mul(PAGE)?;
        if size > most || !core.has_code_of(&CoreModule::parse(runner_js::CORE).ok()?) {
            return None;
        }
        let mut bytes = vec![0; size];
        core.write_data(&mut bytes).ok()?;
        Some(Self { bytes })
    }

    /// Bytes that VUs share: blocks that hold something.
    pub fn stored(&self) -> usize {
        self.runs().map(|(_, run)| run.len()).sum()
    }

    /// A compiled module that has this memory and nothing else, for [`super::IMAGE_IMPORT`].
    pub fn module(&self, engine: &Engine) -> Result<Module, EngineError> {
        let mut module = ModuleEncoder::new();
        module.section(&memories(self.pages()));
        let mut exports = ExportSection::new();
        exports.export(MEMORY, ExportKind::Memory, 0);
        module.section(&exports);
        module.section(&self.data());
        Module::new(engine, module.finish()).map_err(EngineError::wasmtime("making an image"))
    }

    /// The engine's core module with this memory in it.
    pub(crate) fn core(&self) -> Result<Vec<u8>, EngineError> {
        CoreModule::parse(runner_js::CORE)?.with_memory(self.pages(), &self.data())
    }

    fn pages(&self) -> u64 {
        (self.bytes.len() / PAGE) as u64
    }

    fn data(&self) -> DataSection {
        let mut data = DataSection::new();
        for (start, run) in self.runs() {
            add_segment(&mut data, start, run);
        }
        data
    }

    /// Blocks side by side that hold something, with their addresses.
    fn runs(&self) -> impl Iterator<Item = (usize, &[u8])> {
        let mut at = 0;
        std::iter::from_fn(move || {
            let rest = self.bytes.get(at..)?;
            let empty = rest.chunks(BLOCK).take_while(|block| is_empty(block));
            let start = at + empty.map(<[u8]>::len).sum::<usize>();
            let rest = self.bytes.get(start..)?;
            let full = rest.chunks(BLOCK).take_while(|block| !is_empty(block));
            let length = full.map(<[u8]>::len).sum::<usize>();
            at = start + length;
            let run = rest.get(..length)?;
            (length > 0).then_some((start, run))
        })
    }
}

fn is_empty(block: &[u8]) -> bool {
    block.iter().all(|byte| *byte == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(pages: usize, marks: &[(usize, u8)]) -> MemoryImage {
        let mut bytes = vec![0; pages * PAGE];
        for (at, value) in marks {
            bytes[*at] = *value;
        }
        MemoryImage { bytes }
    }

    #[test]
    fn runs_are_the_blocks_that_hold_something() {
        let marked = image(
            2,
            &[(5, 1), (BLOCK, 2), (7 * BLOCK + 9, 3), (2 * PAGE - 1, 4)],
        );
        let runs: Vec<_> = marked.runs().map(|(at, run)| (at, run.len())).collect();
        let last = 2 * PAGE - BLOCK;
        assert_eq!(runs, [(0, 2 * BLOCK), (7 * BLOCK, BLOCK), (last, BLOCK)]);
        assert_eq!(marked.stored(), 4 * BLOCK);
        assert_eq!(image(1, &[]).runs().count(), 0);
    }

    #[test]
    fn an_image_put_into_the_engine_comes_out_again() {
        let engine = MemoryImage::of_engine().unwrap();
        let mut changed = engine.clone();
        changed.bytes.resize(engine.bytes.len() + 3 * PAGE, 0);
        changed.bytes[engine.bytes.len() + 17] = 9;
        let core = changed.core().unwrap();
        let parsed = CoreModule::parse(&core).unwrap();
        let mut bytes = vec![0; changed.bytes.len()];
        parsed.write_data(&mut bytes).unwrap();
        assert!(bytes == changed.bytes);
        assert_eq!(parsed.pages, changed.pages());
    }

    #[test]
    fn part_of_a_memory_is_refused() {
        let engine = MemoryImage::of_engine().unwrap();
        assert!(MemoryImage::of_instance(&engine.bytes[1..]).unwrap() == engine);
        assert!(MemoryImage::of_instance(&engine.bytes[2..]).is_err());
        assert!(MemoryImage::of_instance(&engine.bytes[1 + PAGE..]).is_err());
        assert!(MemoryImage::of_instance(&[]).is_err());
    }
}
