//! Images of an initialised script. One instance runs the script's init under watch; unless the
//! script learns something there that differs between VUs or moments, that instance's memory is
//! what all VUs start from, and their own init is [`adopt`].
//!
//! Whatever is native and gives init code such a thing says so with [`touch`]. The host knows
//! too which of its functions do (it must not depend on the guest), but only this side can name
//! the line.

use core::cell::{Cell, RefCell};

use crate::api;
use crate::bindings::exports::runner::image::subject::Guest;
use crate::bindings::exports::runner::script::lifecycle::{Description, Failure};
use crate::bindings::runner::image::maker;
use crate::boot;
use crate::js::{Val, caught, new_host_error};
use crate::lifecycle;
use crate::lifecycle::Component;
use crate::local::Local;
use crate::state::{Phase, engine};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Watch {
    /// An ordinary instance.
    Off,
    /// The image serves this run.
    Run,
    /// The image goes into a file.
    Portable,
}

struct State {
    watch: Cell<Watch>,
    portable: Cell<bool>,
    /// What the script said of itself; there in an instance that started from an image.
    description: RefCell<Option<Description>>,
}

static STATE: Local<State> = Local::new(State {
    watch: Cell::new(Watch::Off),
    portable: Cell::new(false),
    description: RefCell::new(None),
});

/// Init code is about to learn what no image can hold.
#[inline(always)]
pub fn touch(what: &str) {
    if STATE.watch.get() != Watch::Off {
        refuse(what);
    }
}

/// Init code uses what an image can hold, but only while this run lasts.
#[inline(always)]
pub fn touch_run(what: &str) {
    if STATE.watch.get() == Watch::Portable {
        refuse(what);
    }
}

/// The image that is being made goes into a file.
pub fn is_portable() -> bool {
    STATE.watch.get() == Watch::Portable
}

/// Does not return: the host ends the instance.
#[cold]
fn refuse(what: &str) {
    maker::refuse(what, &stack());
}

/// Frames of the script, innermost first.
fn stack() -> String {
    // Error.prepareStackTrace is the script's own code, and must not run for our sake.
    let hooked = Val::own(engine().global_dup())
        .get_str("Error")
        .and_then(|error| error.get_str("prepareStackTrace"));
    match hooked {
        Ok(hook) if hook.is_undefined() => {}
        Ok(_) => return String::new(),
        Err(thrown) => {
            drop(caught(thrown));
            return String::new();
        }
    }
    match new_host_error("") {
        // Thrown and caught, because that is when QuickJS fills in the stack.
        Ok(error) => lifecycle::describe(&caught(crate::js::throw(error))).1,
        Err(thrown) => {
            drop(caught(thrown));
            String::new()
        }
    }
}

/// After init: keeps what a VU that starts from the image answers its host.
pub fn initialised(description: &Description) {
    if STATE.watch.get() != Watch::Off {
        *STATE.description.borrow_mut() = Some(copy(description));
    }
}

/// The init of an instance that started from an image; none in others. Only VU 0 is asked what
/// the script is, so the others are spared the copy.
pub fn adopt(vu: u64) -> Result<Option<Description>, Failure> {
    let description = STATE.description.borrow();
    let Some(description) = description.as_ref() else {
        return Ok(None);
    };
    engine().vu.id.set(vu);
    if STATE.portable.get() {
        api::adopted().map_err(lifecycle::failure)?;
        lifecycle::settings().map_err(lifecycle::failure)?;
    }
    Ok(Some(if vu == 0 {
        copy(description)
    } else {
        Description {
            options: String::new(),
            functions: Vec::new(),
            setup: description.setup,
            teardown: description.teardown,
            handle_summary: description.handle_summary,
        }
    }))
}

fn copy(description: &Description) -> Description {
    Description {
        options: description.options.clone(),
        functions: description.functions.clone(),
        setup: description.setup,
        teardown: description.teardown,
        handle_summary: description.handle_summary,
    }
}

impl Guest for Component {
    fn watch(portable: bool) {
        boot::ensure();
        STATE.portable.set(portable);
        STATE.watch.set(if portable {
            Watch::Portable
        } else {
            Watch::Run
        });
    }

    fn settle() {
        let engine = engine();
        let portable = STATE.watch.replace(Watch::Off) != Watch::Run;
        api::imaged(portable);
        engine.sources.forget_fault();
        boot::tidy();
        // As it is after an init of the instance's own.
        engine.vu.phase.set(Phase::Init);
    }

    fn hand_over() {
        let length = core::arch::wasm32::memory_size(0) * 65_536 - 1;
        // SAFETY: from the first address that a reference may have to the end of memory. The
        // host copies it; nothing here runs meanwhile.
        let memory =
            unsafe { core::slice::from_raw_parts(core::ptr::without_provenance::<u8>(1), length) };
        maker::keep(core::hint::black_box(memory));
    }
}
