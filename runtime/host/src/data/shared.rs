//! `runner:data/shared`: arrays that exist once per process.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::RwLock;

use crate::VuState;
use crate::bindings::runner::data::shared;

/// Arrays that exist once per process. Elements are JSON texts.
#[derive(Debug, Default)]
pub struct SharedArrays {
    arrays: RwLock<Arrays>,
}

#[derive(Debug, Default)]
struct Arrays {
    by_name: HashMap<String, u32>,
    all: Vec<Arc<[Box<str>]>>,
}

impl SharedArrays {
    /// Id and length of the array of that name.
    pub fn open(&self, name: &str) -> Option<(u32, u32)> {
        let arrays = self.arrays.read();
        let id = *arrays.by_name.get(name)?;
        Some((id, arrays.length(id)))
    }

    /// Makes the array, or returns the one that another VU made first.
    pub fn create(&self, name: String, elements: Vec<String>) -> (u32, u32) {
        let mut arrays = self.arrays.write();
        let next = u32::try_from(arrays.all.len()).unwrap_or(u32::MAX);
        let id = *arrays.by_name.entry(name).or_insert(next);
        if id == next {
            arrays
                .all
                .push(elements.into_iter().map(String::into_boxed_str).collect());
        }
        (id, arrays.length(id))
    }

    /// One whole array.
    pub fn get(&self, id: u32) -> Option<Arc<[Box<str>]>> {
        self.arrays.read().all.get(id as usize).cloned()
    }
}

impl Arrays {
    fn length(&self, id: u32) -> u32 {
        let length = self
            .all
            .get(id as usize)
            .map_or(0, |elements| elements.len());
        u32::try_from(length).unwrap_or(u32::MAX)
    }
}

impl shared::Host for VuState {
    fn open(&mut self, name: String) -> Option<shared::SharedArray> {
        self.run_only();
        let (id, length) = self.script.data.shared.open(&name)?;
        Some(shared::SharedArray { id, length })
    }

    fn create(&mut self, name: String, elements: Vec<String>) -> shared::SharedArray {
        self.run_only();
        let (id, length) = self.script.data.shared.create(name, elements);
        shared::SharedArray { id, length }
    }

    fn get(&mut self, array: u32, index: u32) -> Option<String> {
        let elements = self.script.data.shared.get(array)?;
        elements
            .get(index as usize)
            .map(|element| element.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_shared_array_of_a_name_wins() {
        let arrays = SharedArrays::default();
        assert_eq!(arrays.open("users"), None);
        let first = arrays.create("users".into(), vec!["1".into(), "2".into()]);
        assert_eq!(arrays.create("users".into(), vec!["9".into()]), first);
        assert_eq!(arrays.open("users"), Some(first));
        assert_eq!(&*arrays.get(first.0).unwrap()[1], "2");
        assert!(arrays.get(7).is_none());
    }
}
