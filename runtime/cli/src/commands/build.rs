//! `runner build script.js -o test.wasm`, `runner build test.wasm --ext NAME=FILE -o whole.wasm`, and
//! `runner build core.wasm --wit wit -o extension.wasm`.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use runner_session::{core_component, is_core_module};

use super::print::print;
use super::{CommandError, prepare, threads};
use crate::args::BuildArgs;
use crate::exit_code::ExitCode;
use crate::logging::Logger;
use crate::surroundings::{self, variable};

/// Writes one component that needs no other file.
pub fn build(args: &BuildArgs, logger: &Logger) -> Result<ExitCode, CommandError> {
    if args.wit.is_some() || is_core_module(&args.file) {
        let world = args.world.as_deref();
        if let Some(wit) = &args.wit {
            runner_kit::check_bindings(&args.file, wit, world)
                .map_err(|error| CommandError::Other(ExitCode::Other, error.to_string()))?;
        }
        let component = core_component(&args.file, args.wit.as_deref(), world)?;
        return write(&args.output, &component, "");
    }
    let runtime = args.runtime(variable)?;
    let surroundings = surroundings::environment(Arc::new(logger.clone()))?;
    let (prepared, built) = threads()?.block_on(async {
        let prepared = prepare(&args.file, &runtime, &surroundings).await?;
        let built = prepared.build().await?;
        Ok::<_, CommandError>((prepared, built))
    })?;
    let functions = prepared.description.functions.join(", ");
    let extensions = match built.extensions.as_slice() {
        [] => String::new(),
        names => format!(", extensions: {}", names.join(", ")),
    };
    let holds = format!(", functions: {functions}{extensions}");
    write(&args.output, &built.bytes, &holds)
}

fn write(output: &Path, component: &[u8], holds: &str) -> Result<ExitCode, CommandError> {
    let shown = output.display();
    // Aside first: a full disk must not leave half a component under the wanted name.
    let aside = output.with_extension("wasm.tmp");
    let written = fs::write(&aside, component).and_then(|()| fs::rename(&aside, output));
    if let Err(error) = written {
        let _ = fs::remove_file(&aside);
        return Err(CommandError::Other(
            ExitCode::Other,
            format!("cannot write {shown}: {error}"),
        ));
    }
    let size = match component.len() as f64 {
        small if small < 1e6 => format!("{:.1} kB", small / 1e3),
        large => format!("{:.1} MB", large / 1e6),
    };
    print(&format!("{shown}: {size}{holds}"))?;
    Ok(ExitCode::Success)
}
