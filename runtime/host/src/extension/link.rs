//! Compiled scripts import an extension's interface directly; here each such import becomes a
//! call into the extension's instance, which stays in a store of its own.
//!
//! Values cross as wasmtime's own. A resource is known to the script by the number that the
//! extension's instance keeps it under.

use std::borrow::Cow;
use std::sync::Arc;

use runner_engine::{PART_INIT, is_foreign, satisfies};
use runner_extensions::{Description, ExtensionError, Shape, describe_interface};
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{
    Component, ComponentExportIndex, Instance, Linker, LinkerInstance, ResourceDynamic,
    ResourceType, Val,
};
use wasmtime::{AsContextMut, Engine, StoreContextMut};

use super::alike::Alike;
use super::crossing::each;
use super::set::{Extensions, Loaded};
use crate::VuState;

/// What a script is linked with and has to be started before its own init.
#[derive(Clone, Default)]
pub struct Linked {
    /// Extensions in stores of their own that export `lifecycle`.
    starting: Vec<Arc<Loaded>>,
    /// The init functions of those that are composed into the script.
    inside: Vec<(String, ComponentExportIndex)>,
}

/// A call into an extension ended badly; the text is for the user, and names the extension.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ExtensionFailed(pub String);

impl Extensions {
    /// Those of a compiled script's `imports` that named extensions satisfy; `file` is the script.
    ///
    /// # Errors
    /// Where extensions are named but none exports one of them, or two do, or in another version.
    pub fn satisfied(&self, file: &str, imports: &[String]) -> Result<Vec<String>, ExtensionError> {
        let mut satisfied = Vec::new();
        for import in imports.iter().filter(|import| is_foreign(import)) {
            if self.exporting(import)?.is_some() {
                satisfied.push(import.clone());
                continue;
            }
            let outsides = self.outsides()?;
            let name = import.split('@').next();
            let other = outsides.iter().find_map(|(extension, exports)| {
                let export = exports.iter().find(|e| e.split('@').next() == name)?;
                Some((extension.clone(), export.clone()))
            });
            if let Some((name, export)) = other {
                return Err(ExtensionError::OtherVersion {
                    file: file.to_owned(),
                    import: import.clone(),
                    name,
                    export,
                });
            }
            // Where none is named, whoever checks the contract says how to name one.
            if !outsides.is_empty() {
                let found = outsides
                    .iter()
                    .map(|(name, exports)| format!("{name}: {}", exports.join(", ")));
                return Err(ExtensionError::NotExported {
                    file: file.to_owned(),
                    import: import.clone(),
                    found: found.collect::<Vec<_>>().join("; "),
                });
            }
        }
        Ok(satisfied)
    }

    /// Connects those imports of `component` that a named extension exports.
    ///
    /// # Errors
    /// Where an extension cannot be used, two export the same interface, or the script was built
    /// for another form of it.
    pub fn link(
        &self,
        linker: &mut Linker<VuState>,
        component: &Component,
        engine: &Engine,
    ) -> Result<Linked, ExtensionError> {
        let mut linked = Linked::default();
        for (number, name) in self.catalog().composed().iter().enumerate() {
            let export = component.get_export_index(None, format!("{PART_INIT}{number}"));
            let init = export.and_then(|export| component.get_export_index(Some(&export), "init"));
            linked.inside.extend(init.map(|init| (name.clone(), init)));
        }
        for (import, item) in component.component_type().imports(engine) {
            let ComponentItem::ComponentInstance(wanted) = item.ty else {
                continue;
            };
            if !is_foreign(import) {
                continue;
            }
            let Some((loaded, export)) = self.exporting(import)? else {
                continue;
            };
            let wanted = describe_interface(&loaded.name, import, &wanted, engine)?;
            same(&loaded, &export, import, &wanted)?;
            let instance = linker.instance(import);
            instance
                .and_then(|instance| define(instance, &loaded, &export))
                .map_err(|error| ExtensionError::Sandbox {
                    name: loaded.name.clone(),
                    reason: format!("linking {import}: {error:#}"),
                })?;
            if !loaded.inits.is_empty() && linked.starting.iter().all(|other| other.id != loaded.id)
            {
                linked.starting.push(loaded);
            }
        }
        Ok(linked)
    }

    /// The named extension that satisfies an import, and the name under which it exports it.
    fn exporting(&self, import: &str) -> Result<Option<(Arc<Loaded>, String)>, ExtensionError> {
        let outsides = self.outsides()?;
        let mut found: Option<(&String, &String)> = None;
        for (name, exports) in outsides.iter() {
            let Some(export) = exports.iter().find(|export| satisfies(export, import)) else {
                continue;
            };
            if let Some((other, _)) = found {
                return Err(ExtensionError::Unusable {
                    name: name.clone(),
                    item: import.to_owned(),
                    reason: format!("is exported by the extension {other} too; give one of them"),
                });
            }
            found = Some((name, export));
        }
        let Some((name, export)) = found else {
            return Ok(None);
        };
        Ok(self.load(name)?.map(|loaded| (loaded, export.clone())))
    }
}

impl VuState {
    /// Runs the init of those extensions that have one. The error is for the user.
    pub async fn start_linked(&mut self, linked: &Linked) -> Result<(), ExtensionFailed> {
        for loaded in &linked.starting {
            let started = self.extension_start(loaded).await;
            started.map_err(ExtensionFailed)?;
        }
        Ok(())
    }
}

impl Linked {
    /// Runs the init of those extensions that are inside the script's own instance.
    ///
    /// # Errors
    /// [`ExtensionFailed`] for what an init returned; else whatever ended the call.
    pub async fn start_inside(
        &self,
        mut store: impl AsContextMut<Data = VuState>,
        instance: &Instance,
    ) -> wasmtime::Result<()> {
        for (name, init) in &self.inside {
            let init = instance.get_typed_func::<(), (Result<(), String>,)>(&mut store, init)?;
            let (result,) = init.call_async(&mut store, ()).await?;
            result.map_err(|text| ExtensionFailed(format!("extension {name}: {text}")))?;
        }
        Ok(())
    }
}

/// Whether script and extension mean the same interface. Names of types do not count: structure
/// is what crosses.
fn same(
    loaded: &Loaded,
    export: &str,
    import: &str,
    wanted: &Description,
) -> Result<(), ExtensionError> {
    for function in &wanted.functions {
        let differs = |reason: &str| {
            Err(ExtensionError::Unusable {
                name: loaded.name.clone(),
                item: format!("{import}.{}", function.export),
                reason: format!("{reason}; build script and extension from the same WIT"),
            })
        };
        let mut exported = loaded.functions.iter().map(|exported| &exported.function);
        let known = exported.find(|known| {
            known.interface.as_deref() == Some(export) && known.export == function.export
        });
        let Some(known) = known else {
            return differs("is wanted by the script and not exported");
        };
        let alike = Alike {
            exported: &loaded.description.resources,
            wanted: &wanted.resources,
        };
        if !alike.functions(known, function) {
            return differs("has other types in the script");
        }
    }
    Ok(())
}

fn define(
    mut instance: LinkerInstance<'_, VuState>,
    loaded: &Arc<Loaded>,
    export: &str,
) -> wasmtime::Result<()> {
    let id = loaded.id;
    for (index, resource) in loaded.description.resources.iter().enumerate() {
        if resource.interface.as_deref() != Some(export) {
            continue;
        }
        let ty = ResourceType::host_dynamic(kind(id, resource.same_as.unwrap_or(index)));
        instance.resource_async(&resource.name, ty, move |mut store, handle| {
            Box::new(async move {
                store.data_mut().extension_drop(id, handle).await;
                Ok(())
            })
        })?;
    }
    for (place, exported) in loaded.functions.iter().enumerate() {
        let function = &exported.function;
        if function.interface.as_deref() != Some(export) {
            continue;
        }
        let resources = function_uses_resources(function);
        let loaded = Arc::clone(loaded);
        instance.func_new_async(&function.export, move |store, _, params, results| {
            let loaded = Arc::clone(&loaded);
            Box::new(call(store, loaded, place, resources, params, results))
        })?;
    }
    Ok(())
}

async fn call(
    mut store: StoreContextMut<'_, VuState>,
    loaded: Arc<Loaded>,
    place: usize,
    resources: bool,
    params: &[Val],
    results: &mut [Val],
) -> wasmtime::Result<()> {
    let Some(exported) = loaded.functions.get(place) else {
        return Ok(());
    };
    let mut values = Cow::Borrowed(params);
    if resources {
        let shapes = exported.function.params.iter().map(|(_, shape)| shape);
        for (value, shape) in values.to_mut().iter_mut().zip(shapes) {
            each(shape, value, &mut |_, value| {
                let Val::Resource(resource) = value else {
                    return Ok(());
                };
                let known = ResourceDynamic::try_from_resource_any(*resource, &mut store)?;
                *value = Val::U32(known.rep());
                Ok(())
            })?;
        }
    }
    let returned = store
        .data_mut()
        .extension_call_values(&loaded, place, values, resources)
        .await
        .map_err(ExtensionFailed)?;
    // What a compiled script is told by the extension itself says only that something failed. Where
    // nothing did, a library has looked at what it can do without.
    if let Some(denied) = store.data_mut().extension_denied(loaded.id)
        && let [Val::Result(Err(_))] = returned.as_slice()
    {
        store.data().script().extensions.tell_once(&denied);
    }
    for (to, mut value) in results.iter_mut().zip(returned) {
        if let (true, Some(shape)) = (resources, &exported.function.result) {
            each(shape, &mut value, &mut |shape, value| {
                if let (Val::U32(handle), Shape::Own(index)) = (&*value, shape) {
                    let known = ResourceDynamic::new_own(*handle, kind(loaded.id, *index));
                    *value = Val::Resource(known.try_into_resource_any(&mut store)?);
                }
                Ok(())
            })?;
        }
        *to = value;
    }
    Ok(())
}

fn function_uses_resources(function: &runner_extensions::Function) -> bool {
    let params = function.params.iter().map(|(_, shape)| shape);
    params.chain(&function.result).any(uses_resources)
}

fn uses_resources(shape: &Shape) -> bool {
    match shape {
        Shape::Own(_) | Shape::Borrow(_) => true,
        Shape::List(inner) | Shape::Option(inner) => uses_resources(inner),
        Shape::Record(_, fields) => fields.iter().any(|(_, shape)| uses_resources(shape)),
        Shape::Tuple(shapes) => shapes.iter().any(uses_resources),
        Shape::Variant(_, cases) => cases
            .iter()
            .any(|(_, payload)| payload.as_ref().is_some_and(uses_resources)),
        Shape::Result(ok, err) => [ok, err]
            .into_iter()
            .any(|side| side.as_deref().is_some_and(uses_resources)),
        _ => false,
    }
}

/// Tells resource types apart in a script's store; [`runner_extensions::Resource::same_as`] has
/// made them unique.
fn kind(extension: u32, resource: usize) -> u32 {
    (extension << 16) | u32::try_from(resource).unwrap_or(u32::from(u16::MAX))
}
