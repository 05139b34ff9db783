//! State of an instance in statics. An instance runs on one thread and the host calls one export at
//! a time, so that no lock is needed; all of it is in the memory that images are made of.

use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::ops::Deref;

/// Something that is there from the first moment.
pub struct Local<T>(T);

// One thread per instance.
unsafe impl<T> Sync for Local<T> {}

impl<T> Local<T> {
    pub const fn new(value: T) -> Local<T> {
        Local(value)
    }
}

impl<T> Deref for Local<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.0
    }
}

/// Something that is made once, while the engine starts, before anything asks for it.
pub struct Late<T>(UnsafeCell<MaybeUninit<T>>);

// One thread per instance.
unsafe impl<T> Sync for Late<T> {}

impl<T> Late<T> {
    pub const fn new() -> Late<T> {
        Late(UnsafeCell::new(MaybeUninit::uninit()))
    }

    /// # Safety
    /// Call once, before the first [`Late::get`].
    pub unsafe fn set(&self, value: T) {
        unsafe { (*self.0.get()).write(value) };
    }

    #[inline(always)]
    pub fn get(&'static self) -> &'static T {
        // Set while the engine started: boot.rs comes first in any instance.
        unsafe { (*self.0.get()).assume_init_ref() }
    }
}
