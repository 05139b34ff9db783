//! Resources that an extension gave to the script, as the numbers that the script keeps.

use wasmtime::component::ResourceAny;

/// Bits of a handle that are its place; the rest tell the instances of a VU apart, so that a
/// handle of one that trapped means nothing in its successor.
const PLACE: u32 = 24;

/// Live resources of one instance.
#[derive(Debug, Default)]
pub(crate) struct Handles {
    generation: u32,
    live: Vec<Option<ResourceAny>>,
    free: Vec<u32>,
}

impl Handles {
    pub(crate) fn new(generation: u32) -> Self {
        Self {
            generation: generation << PLACE,
            ..Self::default()
        }
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
        *self.live.get_mut(place as usize)? = Some(resource);
        Some(self.generation | place)
    }

    pub(crate) fn get(&self, handle: u32) -> Option<ResourceAny> {
        *self.live.get(self.place(handle)?)?
    }

    /// The script no longer has it.
    pub(crate) fn take(&mut self, handle: u32) -> Option<ResourceAny> {
        let place = self.place(handle)?;
        let resource = self.live.get_mut(place)?.take()?;
        self.free.push(handle & ((1 << PLACE) - 1));
        Some(resource)
    }

    fn place(&self, handle: u32) -> Option<usize> {
        let mask = (1 << PLACE) - 1;
        (handle & !mask == self.generation).then_some((handle & mask) as usize)
    }
}
