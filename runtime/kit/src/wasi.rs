//! WASI's packages in the version that this runner provides, printed from the adapter of wasmtime
//! that carries them. They come without comments.

use wasi_preview1_component_adapter_provider::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER as ADAPTER;
use wit_component::WitPrinter;

use crate::KitError;

/// By their paths in a folder `deps`.
pub(crate) fn wasi() -> Result<Vec<(String, String)>, KitError> {
    let failed = |error: &dyn std::fmt::Display| KitError::Wit {
        path: "the adapter to WASI".to_owned(),
        reason: format!("{error:#}"),
    };
    let (_, found) = wit_component::metadata::decode(ADAPTER).map_err(|error| failed(&error))?;
    let packages = found.resolve.packages.iter();
    let packages = packages.filter(|(_, package)| package.name.namespace == "wasi");
    let mut files = Vec::new();
    for (id, package) in packages {
        let mut printer = WitPrinter::default();
        let printed = printer.print(&found.resolve, id, &[]);
        printed.map_err(|error| failed(&error))?;
        let name = &package.name.name;
        let text = printer.output.to_string();
        files.push((format!("wasi-{name}/{name}.wit"), text));
    }
    Ok(files)
}
