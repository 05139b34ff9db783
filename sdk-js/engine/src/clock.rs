//! The wall clock, for `Date`. QuickJS's libc imports one function for it, which is defined
//! here, so that the module has no import outside `wit/`.

use crate::bindings::runner::execution::execution;
use crate::boot;
use crate::fork;

/// Microseconds since the Unix epoch. Zero while the snapshot is taken: the host cannot be
/// called then, and a snapshot must not depend on when it was taken.
#[unsafe(no_mangle)]
pub extern "C" fn __rquickjs_host_now_us() -> f64 {
    if boot::in_snapshot() {
        return 0.0;
    }
    fork::touch("the clock");
    execution::wall_clock() as f64 / 1000.0
}
