//! The sections of the engine's core module, and what becomes of them without its memory.
//!
//! Sections that stay are copied as they are: indices do not move, because the memory has index
//! 0 whether it is imported or not.

use std::ops::Range;

use wasm_encoder::{ConstExpr, DataSection, Encode, MemorySection, MemoryType, Module, RawSection};
use wasmparser::{BinaryReader, DataKind, DataSectionReader, Operator, Parser, Payload};

use super::unfit;
use crate::EngineError;

/// Name of the module, and of its export, that an engine without memory imports.
pub(super) const IMPORT_MODULE: &str = "runner:image";
pub(super) const MEMORY: &str = "memory";

const CUSTOM: u8 = 0;
const IMPORT: u8 = 2;
const MEMORIES: u8 = 5;
const CODE: u8 = 10;
const DATA: u8 = 11;
const DATA_COUNT: u8 = 12;

/// A core module by its sections.
pub(super) struct CoreModule<'a> {
    bytes: &'a [u8],
    sections: Vec<(u8, Range<usize>)>,
    /// Size of its only memory at the start, in pages of 64 KiB.
    pub(super) pages: u64,
}

impl<'a> CoreModule<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, EngineError> {
        let mut sections = Vec::new();
        let mut memories = Vec::new();
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload.map_err(unfit)?;
            if let Some(section) = payload.as_section() {
                sections.push(section);
            }
            if let Payload::MemorySection(section) = payload {
                for memory in section {
                    memories.push(memory.map_err(unfit)?);
                }
            }
        }
        match memories.as_slice() {
            [memory] if !memory.memory64 && !memory.shared && memory.maximum.is_none() => {
                Ok(Self {
                    bytes,
                    sections,
                    pages: memory.initial,
                })
            }
            _ => Err(unfit("it has not one memory that grows")),
        }
    }

    fn body(&self, range: &Range<usize>) -> Result<&'a [u8], EngineError> {
        self.bytes
            .get(range.clone())
            .ok_or_else(|| unfit("a section lies outside it"))
    }

    /// Whether everything but memory, data and custom sections is the same.
    pub(super) fn has_code_of(&self, other: &Self) -> bool {
        let is_code = |section: &&(u8, Range<usize>)| {
            !matches!(section.0, CUSTOM | MEMORIES | DATA | DATA_COUNT)
        };
        let code = |module: &Self| -> Vec<_> {
            let sections = module.sections.iter().filter(is_code);
            sections
                .map(|(id, range)| (*id, module.bytes.get(range.clone())))
                .collect()
        };
        code(self) == code(other)
    }

    /// Writes the data of its active segments into `memory`.
    pub(super) fn write_data(&self, memory: &mut [u8]) -> Result<(), EngineError> {
        for (_, range) in self.sections.iter().filter(|(id, _)| *id == DATA) {
            let reader = BinaryReader::new(self.body(range)?, 0);
            for segment in DataSectionReader::new(reader).map_err(unfit)? {
                let segment = segment.map_err(unfit)?;
                let DataKind::Active { offset_expr, .. } = segment.kind else {
                    if segment.data.is_empty() {
                        continue;
                    }
                    return Err(unfit("it has passive data"));
                };
                let mut operators = offset_expr.get_operators_reader();
                let Operator::I32Const { value } = operators.read().map_err(unfit)? else {
                    return Err(unfit("the place of its data is not a constant"));
                };
                let start = value.cast_unsigned() as usize;
                memory
                    .get_mut(start..start.saturating_add(segment.data.len()))
                    .ok_or_else(|| unfit("its data lies outside its memory"))?
                    .copy_from_slice(segment.data);
            }
        }
        Ok(())
    }

    /// The same module with its memory imported, and without data.
    pub(super) fn without_memory(&self) -> Result<Vec<u8>, EngineError> {
        let mut module = Module::new();
        let mut imported = false;
        for (id, range) in &self.sections {
            let data = self.body(range)?;
            match *id {
                IMPORT => {
                    let data = &self.with_memory_import(data)?;
                    module.section(&RawSection { id: *id, data });
                    imported = true;
                }
                MEMORIES | DATA => {}
                // Only code that copies passive data needs it, and there is none left.
                DATA_COUNT => return Err(unfit("its code uses its data segments")),
                id => {
                    module.section(&RawSection { id, data });
                }
            }
        }
        if imported {
            Ok(module.finish())
        } else {
            Err(unfit("it has no imports"))
        }
    }

    fn with_memory_import(&self, section: &[u8]) -> Result<Vec<u8>, EngineError> {
        let mut reader = BinaryReader::new(section, 0);
        let count = reader.read_var_u32().map_err(unfit)?;
        let entries = section
            .get(reader.original_position()..)
            .unwrap_or_default();
        let mut data = Vec::with_capacity(section.len() + 32);
        (count + 1).encode(&mut data);
        data.extend_from_slice(entries);
        IMPORT_MODULE.encode(&mut data);
        MEMORY.encode(&mut data);
        wasm_encoder::EntityType::Memory(memory_type(self.pages)).encode(&mut data);
        Ok(data)
    }

    /// The same module with another memory at the start.
    pub(super) fn with_memory(
        &self,
        pages: u64,
        memory: &DataSection,
    ) -> Result<Vec<u8>, EngineError> {
        let mut module = Module::new();
        for (id, range) in &self.sections {
            match *id {
                MEMORIES => {
                    module.section(&memories(pages));
                }
                DATA | DATA_COUNT => {}
                id => {
                    let data = self.body(range)?;
                    module.section(&RawSection { id, data });
                    if id == CODE {
                        module.section(memory);
                    }
                }
            }
        }
        Ok(module.finish())
    }
}

pub(super) fn memory_type(pages: u64) -> MemoryType {
    MemoryType {
        minimum: pages,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    }
}

pub(super) fn memories(pages: u64) -> MemorySection {
    let mut section = MemorySection::new();
    section.memory(memory_type(pages));
    section
}

/// One active segment.
pub(super) fn add_segment(section: &mut DataSection, start: usize, bytes: &[u8]) {
    // Below 4 GiB, and the instruction has the same 32 bits as an i32.
    let start = u32::try_from(start).unwrap_or(u32::MAX).cast_signed();
    section.active(0, &ConstExpr::i32_const(start), bytes.iter().copied());
}
