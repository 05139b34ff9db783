//! A panic anywhere in the process is a defect of the program and makes the exit code 109, also
//! where the thread or task that panicked was caught and the run went on: its results cannot be
//! trusted.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::exit_code::ExitCode;

/// Runs `command` and returns its code, or 109 where something panicked.
pub fn guard(command: impl FnOnce() -> ExitCode) -> ExitCode {
    let panicked = Arc::new(AtomicBool::new(false));
    let print = take_hook();
    let seen = Arc::clone(&panicked);
    set_hook(Box::new(move |info| {
        seen.store(true, Ordering::Relaxed);
        print(info);
        // Not `eprintln`, which would panic itself where nobody reads.
        let _ = writeln!(
            std::io::stderr(),
            "this is a defect of runner; please report it with the lines above"
        );
    }));
    // Nothing of the command is looked at after a panic.
    let code = catch_unwind(AssertUnwindSafe(command)).unwrap_or(ExitCode::Panic);
    if panicked.load(Ordering::Relaxed) {
        ExitCode::Panic
    } else {
        code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_109_wherever_it_happens() {
        let before = take_hook();
        assert_eq!(guard(|| ExitCode::Success), ExitCode::Success);
        assert_eq!(guard(|| ExitCode::Signal), ExitCode::Signal);
        assert_eq!(guard(|| panic!("in the command")), ExitCode::Panic);
        let elsewhere = guard(|| {
            let _ = std::thread::spawn(|| panic!("in a thread")).join();
            ExitCode::Success
        });
        assert_eq!(elsewhere, ExitCode::Panic);
        set_hook(before);
    }
}
