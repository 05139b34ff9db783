//! The output `log`: one line per sample, to standard output or to a file.
//!
//! `lines.rs` knows the format and is tested natively; here it meets the contract.

mod lines;

use std::cell::RefCell;
use std::fs::File;
use std::io::{Stdout, Write, stdout};

use exports::runner::output::lifecycle::{Batch, Config, Failure, Guest};
use lines::Lines;

wit_bindgen::generate!({
    path: "../../wit",
    world: "runner:output/output",
    generate_all,
});

struct Log;

export!(Log);

#[derive(Default)]
struct Output {
    /// Empty for standard output.
    file: String,
    name: String,
    to: Option<Target>,
    lines: Lines,
}

enum Target {
    Stdout(Stdout),
    File(File),
}

thread_local! {
    static OUTPUT: RefCell<Output> = RefCell::default();
}

impl Guest for Log {
    fn configure(config: Config) -> Result<String, String> {
        OUTPUT.with_borrow_mut(|output| {
            output.name = config.name;
            output.file = match config.argument.as_str() {
                "-" => String::new(),
                file => file.to_owned(),
            };
            Ok(match output.file.as_str() {
                "" => "log (stdout)".to_owned(),
                file => format!("log ({file})"),
            })
        })
    }

    fn start() -> Result<(), String> {
        OUTPUT.with_borrow_mut(|output| {
            output.to = Some(match output.file.as_str() {
                "" => Target::Stdout(stdout()),
                file => Target::File(File::create(file).map_err(|error| {
                    let name = &output.name;
                    format!("cannot write {file}: {error}; allow it with --allow-write {name}:DIR")
                })?),
            });
            Ok(())
        })
    }

    fn add_samples(batch: Batch) -> Result<(), Failure> {
        OUTPUT.with_borrow_mut(|output| {
            let lines = &mut output.lines;
            if batch.forget {
                lines.forget();
            }
            batch
                .metrics
                .into_iter()
                .for_each(|metric| lines.metric(metric.name));
            for sample in &batch.samples {
                lines.sample(sample.time, sample.metric as usize, sample.value);
            }
            output.write(batch.samples.len())
        })
    }

    fn stop(_error: Option<String>) -> Result<(), Failure> {
        OUTPUT.with_borrow_mut(|output| {
            if let Some(Target::File(file)) = output.to.take() {
                file.sync_all()
                    .map_err(|error| failure(&output.file, &error, 0))?;
            }
            Ok(())
        })
    }
}

impl Output {
    fn write(&mut self, samples: usize) -> Result<(), Failure> {
        let text = self.lines.text();
        let written = match &mut self.to {
            Some(Target::File(file)) => file.write_all(text),
            Some(Target::Stdout(stream)) => stream.write_all(text).and_then(|()| stream.flush()),
            None => Ok(()),
        };
        let written = written.map_err(|error| failure(&self.file, &error, samples));
        self.lines.clear();
        written
    }
}

fn failure(file: &str, error: &std::io::Error, lost: usize) -> Failure {
    let file = if file.is_empty() {
        "standard output"
    } else {
        file
    };
    Failure {
        message: format!("cannot write {file}: {error}"),
        lost: lost as u64,
    }
}
