//! Resources that an extension gave to the script, as the numbers that the script keeps.

use wasmtime::component::ResourceAny;

/// Bits of a handle that are its place; the rest tell the instances of a VU apart, so that a
/// handle of one that trapped means nothing in its successor.
const PLACE: u32 = 24;

/// Live resources of one instance.
#[derive(Debug, Default)]
pub(crate) struct Handles {
    generation: u32,
    /// With the turn in which the script got it.
    live: Vec<Option<(ResourceAny, u64)>>,
    free: Vec<u32>,
    now: u64,
    stale: bool,
}

impl Handles {
    pub(crate) fn new(generation: u32) -> Self {
        Self {
            generation: generation << PLACE,
            ..Self::default()
        }
    }

    /// A call begins in this turn of the VU: an iteration, or init.
    pub(crate) fn begin(&mut self, now: u64) {
        self.now = now;
        self.stale = false;
    }

    /// None when there are sixteen million already.
    pub(crate) fn keep(&mut self, resource: ResourceAny) -> Option<u32> {
        let place = match self.free.pop() {
            Some(place) => place,
            None => {
                let place = u32::try_from(self.live.len()).ok()?;
                if place >> PLACE != 0 {
                    return None;
                }
                self.live.push(None);
                place
            }
        };
        *self.live.get_mut(place as usize)? = Some((resource, self.now));
        Some(self.generation | place)
    }

    /// The script lends it.
    pub(crate) fn get(&mut self, handle: u32) -> Option<ResourceAny> {
        self.stale |= !self.is_own(handle);
        let (resource, _) = self.live.get(self.place(handle)?)?.as_ref()?;
        Some(*resource)
    }

    /// The script gives it away.
    pub(crate) fn take(&mut self, handle: u32) -> Option<ResourceAny> {
        self.stale |= !self.is_own(handle);
        self.remove(handle)
    }

    /// The script no longer has it.
    pub(crate) fn remove(&mut self, handle: u32) -> Option<ResourceAny> {
        let place = self.place(handle)?;
        let (resource, _) = self.live.get_mut(place)?.take()?;
        self.free.push(handle & ((1 << PLACE) - 1));
        Some(resource)
    }

    /// Whether this call used an object of an instance that has ended.
    pub(crate) fn is_stale(&self) -> bool {
        self.stale
    }

    /// Whether the script holds something that it got in an earlier turn, and may use again.
    pub(crate) fn has_older(&self) -> bool {
        let mut live = self.live.iter().flatten();
        live.any(|(_, since)| *since < self.now)
    }

    fn is_own(&self, handle: u32) -> bool {
        handle & !((1 << PLACE) - 1) == self.generation
    }

    fn place(&self, handle: u32) -> Option<usize> {
        let mask = (1 << PLACE) - 1;
        self.is_own(handle).then_some((handle & mask) as usize)
    }
}
