//! `runner build script.js -o test.wasm`

use std::fs;
use std::sync::Arc;

use super::print::print;
use super::{CommandError, environment, prepare, threads};
use crate::args::BuildArgs;
use crate::exit_code::ExitCode;
use crate::logging::Logger;

/// Writes one component that needs no other file.
pub fn build(args: &BuildArgs, logger: &Logger) -> Result<ExitCode, CommandError> {
    let runtime = args.runtime(environment)?;
    let (prepared, component) = threads()?.block_on(async {
        let prepared = prepare(&args.file, &runtime, Arc::new(logger.clone())).await?;
        let component = prepared.build().await?;
        Ok::<_, CommandError>((prepared, component))
    })?;
    let shown = args.output.display();
    // Aside first: a full disk must not leave half a component under the wanted name.
    let aside = args.output.with_extension("wasm.tmp");
    let written = fs::write(&aside, &component).and_then(|()| fs::rename(&aside, &args.output));
    if let Err(error) = written {
        let _ = fs::remove_file(&aside);
        return Err(CommandError::Other(
            ExitCode::Other,
            format!("cannot write {shown}: {error}"),
        ));
    }
    print(&format!(
        "{shown}: {:.1} MB, functions: {}",
        component.len() as f64 / 1e6,
        prepared.description.functions.join(", ")
    ))?;
    Ok(ExitCode::Success)
}
