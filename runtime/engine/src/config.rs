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

use wasmtime::{Config, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig};

use crate::EngineError;

/// Machine stack that wasm frames of one VU may use, in bytes. QuickJS counts its own stack, in
/// linear memory, and throws a RangeError at its limit; each byte of that goes with many of this
/// one (most for deep `JSON.stringify`), so this one is far larger. It is address space: only
/// pages that were touched cost memory.
pub const JS_STACK: usize = 12 << 20;

/// Mappings per VU: memory image, heap and reserved rest, stack and its guard, and slack for
/// the allocator's arenas.
const MAPPINGS_PER_VU: u64 = 6;
/// Mappings of the process itself: binary, libraries, threads, compiled code.
const MAPPINGS_BASE: u64 = 1_500;
/// Slots beyond the planned VUs: setup, teardown, handleSummary, and replacements that are
/// created before the discarded instance has been dropped.
const SPARE_SLOTS: u32 = 8;
/// Core instances in one component: the program, and the shims that `wit-component` adds.
const CORE_INSTANCES: u32 = 8;
const TABLES: u32 = 4;

/// What a run needs of its engine.
#[derive(Debug, Clone, Copy)]
pub struct EngineOptions {
    /// Most VUs at any one time. 0 asks for an engine without a pool, which starts faster and
    /// is used to ask a script what it is.
    pub max_vus: u32,
}

/// Builds the engine, or says what the machine lacks.
pub fn engine(options: EngineOptions) -> Result<Engine, EngineError> {
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
        check_mappings(options.max_vus, max_map_count())?;
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(options.max_vus)));
    }
    Engine::new(&config).map_err(EngineError::wasmtime("starting the WebAssembly engine"))
}

fn pool(max_vus: u32) -> PoolingAllocationConfig {
    let slots = max_vus.saturating_add(SPARE_SLOTS);
    let mut pool = PoolingAllocationConfig::default();
    pool.total_component_instances(slots)
        .total_core_instances(slots.saturating_mul(CORE_INSTANCES))
        .total_memories(slots)
        .total_tables(slots.saturating_mul(TABLES))
        .total_stacks(slots)
        .max_memories_per_component(1)
        .max_tables_per_component(TABLES)
        .max_core_instances_per_component(CORE_INSTANCES)
        .table_elements(100_000)
        // A slot that was used is taken again, whichever it is: with fewer warm ones, GET
        // scripts ran a sixth slower.
        .max_unused_warm_slots(slots);
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

fn check_mappings(vus: u32, limit: Option<u64>) -> Result<(), EngineError> {
    let needed = u64::from(vus) * MAPPINGS_PER_VU + MAPPINGS_BASE;
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
        assert!(check_mappings(10_000, Some(65_530)).is_ok());
        let error = check_mappings(20_000, Some(65_530))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("sysctl -w vm.max_map_count=121500"),
            "{error}"
        );
        assert!(check_mappings(20_000, None).is_ok());
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
