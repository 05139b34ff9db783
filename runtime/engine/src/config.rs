//! The wasmtime engine of a run.
//!
//! Instances come from a pool that is sized to the run, start copy-on-write from the
//! component's memory image, and are interrupted by epochs. Component-model async is off: the
//! contract has plain functions only, so its machinery would be attack surface without use.
//!
//! Limits: a slot reserves 4 GiB of address space, so that no memory access needs a bounds
//! check; 47 bits of address space then hold about 31,000 VUs. Long before that the kernel's
//! limit on mappings per process is reached, which is checked here because wasmtime's own
//! error names neither the setting nor the remedy.

use wasmtime::component::Component;
use wasmtime::{Config, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig};

use crate::EngineError;

/// Machine stack that wasm frames of one VU may use, in bytes. QuickJS counts its own stack, in
/// linear memory, and throws a RangeError at its limit; each byte of that goes with many of this
/// one (most for deep `JSON.stringify`), so this one is far larger. It is address space: only
/// pages that were touched cost memory.
pub const JS_STACK: usize = 12 << 20;

/// Mappings per VU: stack and its guard, and slack for the allocator's arenas.
const MAPPINGS_PER_VU: u64 = 3;
/// Mappings of each memory of a VU: its image, heap and reserved rest.
const MAPPINGS_PER_MEMORY: u64 = 3;
/// Mappings of the process itself: binary, libraries, threads, compiled code.
const MAPPINGS_BASE: u64 = 1_500;
/// Slots beyond the planned VUs: setup, teardown, handleSummary, and replacements that are
/// created before the discarded instance has been dropped.
const SPARE_SLOTS: u32 = 8;
/// Core instances in one component: the program, the shims that `wit-component` adds, the libraries
/// of some languages, the same of each composed part. They are only counted, so many cost nothing.
const CORE_INSTANCES: u32 = 128;
const TABLES: u32 = 4;
const TABLE_ELEMENTS: usize = 100_000;

/// What a run needs of its engine.
#[derive(Debug, Clone, Copy)]
pub struct EngineOptions {
    /// Most VUs at any one time. 0 asks for an engine without a pool, which starts faster and
    /// is used to ask a script what it is.
    pub max_vus: u32,
}

/// What one instance of a component takes of a pool. By default what the JS engine and a program
/// of one module take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstanceNeeds {
    memories: u32,
    tables: u32,
    table_elements: usize,
}

impl Default for InstanceNeeds {
    fn default() -> Self {
        Self {
            memories: 1,
            tables: TABLES,
            table_elements: TABLE_ELEMENTS,
        }
    }
}

impl InstanceNeeds {
    /// What `component` takes: several memories and tables where it is composed of several.
    pub fn of(component: &Component) -> Self {
        let usual = Self::default();
        // A component that imports modules does not know; the JS engine is the only one here.
        let Some(needs) = component.resources_required() else {
            return usual;
        };
        let elements = needs.max_initial_table_size.unwrap_or_default();
        Self {
            memories: usual.memories.max(needs.num_memories),
            tables: usual.tables.max(needs.num_tables),
            table_elements: usual
                .table_elements
                .max(usize::try_from(elements).unwrap_or(usize::MAX)),
        }
    }
}

/// Builds the engine, or says what the machine lacks.
pub fn engine(options: EngineOptions) -> Result<Engine, EngineError> {
    engine_for(options, InstanceNeeds::default())
}

/// As [`engine`], for instances that need more than usual.
pub fn engine_for(options: EngineOptions, needs: InstanceNeeds) -> Result<Engine, EngineError> {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .concurrency_support(false)
        .epoch_interruption(true)
        .cranelift_opt_level(OptLevel::Speed)
        .memory_init_cow(true)
        // However sparse an image is: without one, each VU would copy all data at its start.
        .memory_guaranteed_dense_image_size(u64::from(u32::MAX))
        .max_wasm_stack(JS_STACK)
        .async_stack_size(JS_STACK + (512 << 10));
    if options.max_vus > 0 {
        check_mappings(options.max_vus, needs, max_map_count())?;
        let pool = pool(options.max_vus, needs);
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    }
    Engine::new(&config).map_err(EngineError::wasmtime("starting the WebAssembly engine"))
}

fn pool(max_vus: u32, needs: InstanceNeeds) -> PoolingAllocationConfig {
    let slots = max_vus.saturating_add(SPARE_SLOTS);
    let mut pool = PoolingAllocationConfig::default();
    pool.total_component_instances(slots)
        .total_core_instances(slots.saturating_mul(CORE_INSTANCES))
        .total_memories(slots.saturating_mul(needs.memories))
        .total_tables(slots.saturating_mul(needs.tables))
        .total_stacks(slots)
        .max_memories_per_component(needs.memories)
        .max_tables_per_component(needs.tables)
        .max_core_instances_per_component(CORE_INSTANCES)
        .table_elements(needs.table_elements)
        // A slot that was used is taken again, whichever it is: with fewer warm ones, GET
        // scripts ran a sixth slower.
        .max_unused_warm_slots(slots.saturating_mul(needs.memories));
    pool
}

/// The kernel's limit; none where there is no such setting.
fn max_map_count() -> Option<u64> {
    std::fs::read_to_string("/proc/sys/vm/max_map_count")
        .ok()?
        .trim()
        .parse()
        .ok()
}

fn check_mappings(vus: u32, needs: InstanceNeeds, limit: Option<u64>) -> Result<(), EngineError> {
    let each = MAPPINGS_PER_VU + u64::from(needs.memories) * MAPPINGS_PER_MEMORY;
    let needed = u64::from(vus) * each + MAPPINGS_BASE;
    match limit {
        Some(limit) if needed > limit => Err(EngineError::TooManyMappings { vus, needed, limit }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_thousand_vus_fit_the_default_limit_and_twenty_thousand_do_not() {
        let usual = InstanceNeeds::default();
        assert!(check_mappings(10_000, usual, Some(65_530)).is_ok());
        let error = check_mappings(20_000, usual, Some(65_530))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("sysctl -w vm.max_map_count=121500"),
            "{error}"
        );
        assert!(check_mappings(20_000, usual, None).is_ok());
        let composed = InstanceNeeds {
            memories: 3,
            ..usual
        };
        assert!(check_mappings(10_000, composed, Some(65_530)).is_err());
    }

    #[test]
    fn both_kinds_of_engine_can_share_compiled_code() {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let hash = |max_vus| {
            let mut hasher = DefaultHasher::new();
            engine(EngineOptions { max_vus })
                .unwrap()
                .precompile_compatibility_hash()
                .hash(&mut hasher);
            hasher.finish()
        };
        assert_eq!(hash(0), hash(4));
    }
}
