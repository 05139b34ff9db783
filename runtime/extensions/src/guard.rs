//! WASI as extensions and outputs get it: wasmtime's, with the few functions in front of it that
//! its own settings cannot restrict or report.

use std::marker::PhantomData;

use wasmtime::component::{HasData, Linker, Resource};
use wasmtime_wasi::WasiView;
use wasmtime_wasi::cli::WasiCliView;
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystemView};
use wasmtime_wasi::p2::bindings::cli::environment;
use wasmtime_wasi::p2::bindings::filesystem::preopens;
use wasmtime_wasi::p2::bindings::sockets::ip_name_lookup::{
    self, IpAddress, Network, ResolveAddressStream,
};
use wasmtime_wasi::p2::bindings::sockets::network::{self, ErrorCode};
use wasmtime_wasi::p2::{DynPollable, SocketError};
use wasmtime_wasi::sockets::WasiSocketsView;

use crate::Reach;

/// A store whose guest has grants.
pub trait ReachView: WasiView {
    /// Those of the instance that is running.
    fn reach(&self) -> &Reach;
}

/// Adds all of WASI 0.2, with grants.
///
/// # Errors
/// As wasmtime has them.
pub fn add_wasi_to_linker<T: ReachView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    linker.allow_shadowing(true);
    ip_name_lookup::add_to_linker::<T, Guard<T>>(linker, |state| Guarded(state))?;
    preopens::add_to_linker::<T, Guard<T>>(linker, |state| Guarded(state))?;
    environment::add_to_linker::<T, Guard<T>>(linker, |state| Guarded(state))?;
    linker.allow_shadowing(false);
    Ok(())
}

/// Adds all of WASI 0.2 for a script of its own, whose library looks at variables and folders at
/// each start: only looking up names is behind the grants, and what it looked at is not reported.
///
/// # Errors
/// As wasmtime has them.
pub fn add_script_wasi_to_linker<T: ReachView + 'static>(
    linker: &mut Linker<T>,
) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    linker.allow_shadowing(true);
    ip_name_lookup::add_to_linker::<T, Guard<T>>(linker, |state| Guarded(state))?;
    linker.allow_shadowing(false);
    Ok(())
}

struct Guard<T>(PhantomData<fn(T)>);

impl<T: ReachView + 'static> HasData for Guard<T> {
    type Data<'a> = Guarded<'a, T>;
}

struct Guarded<'a, T>(&'a mut T);

impl<T: ReachView> preopens::Host for Guarded<'_, T> {
    fn get_directories(&mut self) -> wasmtime::Result<Vec<(Resource<Descriptor>, String)>> {
        self.0.reach().asked_files();
        preopens::Host::get_directories(&mut self.0.filesystem())
    }
}

impl<T: ReachView> environment::Host for Guarded<'_, T> {
    fn get_environment(&mut self) -> wasmtime::Result<Vec<(String, String)>> {
        self.0.reach().asked_variables();
        environment::Host::get_environment(&mut self.0.cli())
    }

    fn get_arguments(&mut self) -> wasmtime::Result<Vec<String>> {
        environment::Host::get_arguments(&mut self.0.cli())
    }

    fn initial_cwd(&mut self) -> wasmtime::Result<Option<String>> {
        environment::Host::initial_cwd(&mut self.0.cli())
    }
}

/// Only for the errors of the following.
impl<T: ReachView> network::Host for Guarded<'_, T> {
    fn convert_error_code(&mut self, error: SocketError) -> wasmtime::Result<ErrorCode> {
        network::Host::convert_error_code(&mut self.0.sockets(), error)
    }

    fn network_error_code(
        &mut self,
        error: Resource<wasmtime::Error>,
    ) -> wasmtime::Result<Option<ErrorCode>> {
        network::Host::network_error_code(&mut self.0.sockets(), error)
    }
}

impl<T: ReachView> network::HostNetwork for Guarded<'_, T> {
    fn drop(&mut self, network: Resource<Network>) -> wasmtime::Result<()> {
        network::HostNetwork::drop(&mut self.0.sockets(), network)
    }
}

impl<T: ReachView> ip_name_lookup::Host for Guarded<'_, T> {
    fn resolve_addresses(
        &mut self,
        network: Resource<Network>,
        name: String,
    ) -> Result<Resource<ResolveAddressStream>, SocketError> {
        if !self.0.reach().lookup(&name) {
            return Err(ErrorCode::AccessDenied.into());
        }
        ip_name_lookup::Host::resolve_addresses(&mut self.0.sockets(), network, name)
    }
}

impl<T: ReachView> ip_name_lookup::HostResolveAddressStream for Guarded<'_, T> {
    fn resolve_next_address(
        &mut self,
        stream: Resource<ResolveAddressStream>,
    ) -> Result<Option<IpAddress>, SocketError> {
        ip_name_lookup::HostResolveAddressStream::resolve_next_address(
            &mut self.0.sockets(),
            stream,
        )
    }

    fn subscribe(
        &mut self,
        stream: Resource<ResolveAddressStream>,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        ip_name_lookup::HostResolveAddressStream::subscribe(&mut self.0.sockets(), stream)
    }

    fn drop(&mut self, stream: Resource<ResolveAddressStream>) -> wasmtime::Result<()> {
        ip_name_lookup::HostResolveAddressStream::drop(&mut self.0.sockets(), stream)
    }
}
