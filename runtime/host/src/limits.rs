//! The memory limit of one VU.
//!
//! A refused growth is remembered: inside the guest it shows up as whatever the language makes
//! of a failed allocation, and the person who runs the test should read the real cause.

use wasmtime::ResourceLimiter;

/// Bounds a VU's linear memory.
#[derive(Debug, Clone, Copy)]
pub struct MemoryLimit {
    bytes: usize,
    refused: bool,
}

impl MemoryLimit {
    /// At most `bytes` of linear memory.
    pub fn new(bytes: usize) -> Self {
        Self {
            bytes,
            refused: false,
        }
    }

    /// The limit in bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The same, for whoever is asked later.
    pub fn is_refused(&self) -> bool {
        self.refused
    }

    /// Whether the VU wanted more since this was asked last.
    pub fn take_refused(&mut self) -> bool {
        std::mem::take(&mut self.refused)
    }
}

impl ResourceLimiter for MemoryLimit {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let granted = desired <= self.bytes;
        self.refused |= !granted;
        Ok(granted)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(desired <= 100_000)
    }
}
