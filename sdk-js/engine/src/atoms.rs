//! Property names that native code reads or writes, interned once while the snapshot is made. Here
//! are those of the engine itself; a module of the API has its own, declared with the same macro.

/// `atoms! { name, other = "otherName" }`: `atoms()` has a field per name, after `intern_atoms()`.
#[macro_export]
macro_rules! atoms {
    ($($field:ident $(= $text:literal)?),* $(,)?) => {
        /// One field per name.
        #[derive(Clone, Copy)]
        pub struct Atoms {
            $(pub $field: rquickjs_sys::JSAtom,)*
        }

        static ATOMS: $crate::local::Late<Atoms> = $crate::local::Late::new();

        /// The names of this module.
        #[inline(always)]
        pub fn atoms() -> &'static Atoms {
            ATOMS.get()
        }

        /// # Safety
        /// Call once, with a live context, before the first `atoms()`.
        pub unsafe fn intern_atoms(ctx: *mut rquickjs_sys::JSContext) {
            let atom = |name: &str| unsafe {
                rquickjs_sys::JS_NewAtomLen(ctx, name.as_ptr().cast(), name.len() as _)
            };
            let atoms = Atoms {
                $($field: atom($crate::atoms!(@text $field $($text)?)),)*
            };
            unsafe { ATOMS.set(atoms) };
        }
    };
    (@text $field:ident) => { stringify!($field) };
    (@text $field:ident $text:literal) => { $text };
}

atoms! {
    // errors, modules
    message, name, stack, default, exports,
    es_module = "__esModule", resolve, prototype, length,
    // globals
    vu = "__VU", iter = "__ITER",
}
