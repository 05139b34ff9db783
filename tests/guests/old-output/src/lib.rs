//! An output that was built for the contract as it was first released, whose text is vendored in
//! `../contract-0.1.0`. It has to run for ever after.

use std::cell::Cell;

use exports::runner::output::lifecycle::{Batch, Config, Failure, Guest};
use exports::runner::output::observer::{self, Status, Threshold};

wit_bindgen::generate!({
    path: ["../contract-0.1.0/log", "../contract-0.1.0/output"],
    world: "runner:output/observing-output",
    generate_all,
});

struct Old;

export!(Old);

thread_local! {
    static SAMPLES: Cell<usize> = const { Cell::new(0) };
}

impl Guest for Old {
    fn configure(config: Config) -> Result<String, String> {
        Ok(format!("old ({})", config.argument))
    }

    fn start() -> Result<(), String> {
        Ok(())
    }

    fn add_samples(batch: Batch) -> Result<(), Failure> {
        SAMPLES.set(SAMPLES.get() + batch.samples.len());
        Ok(())
    }

    fn stop(_: Option<String>) -> Result<(), Failure> {
        let some = SAMPLES.get() > 0;
        runner::log::log::write(
            runner::log::log::Level::Info,
            "",
            &format!("saw samples: {some}"),
            &[],
        );
        Ok(())
    }
}

impl observer::Guest for Old {
    fn on_thresholds(_: Vec<Threshold>) {}

    fn on_status(_: Status) {}
}
