//! `runner:extension/extensions`: how the JS engine reaches extensions.

use crate::VuState;
use crate::bindings::runner::extension::extensions::{Description, Host, OpenError};

impl Host for VuState {
    async fn open(&mut self, name: String) -> Result<(u32, Description), OpenError> {
        let extensions = &self.script.extensions;
        let loaded = match extensions.load(&name) {
            Ok(Some(loaded)) => loaded,
            Ok(None) => return Err(OpenError::Unknown(extensions.catalog().unknown(&name))),
            Err(error) => return Err(OpenError::Unusable(error.to_string())),
        };
        // Its number is this run's.
        self.run_only();
        if !loaded.inits.is_empty() && !self.keep_extension(loaded.id) {
            let started = self.extension_start(&loaded).await;
            started.map_err(OpenError::Unusable)?;
        }
        Ok((loaded.id, loaded.wire.clone()))
    }

    async fn call(
        &mut self,
        module: u32,
        function: u32,
        arguments: Vec<u8>,
    ) -> Result<Vec<u8>, String> {
        self.touched("an extension");
        self.extension_call(module, function, &arguments).await
    }

    fn denied(&mut self, module: u32) -> Option<String> {
        self.extension_denied(module)
    }

    async fn drop_resource(&mut self, module: u32, handle: u32) {
        self.touched("an extension");
        self.extension_drop(module, handle).await;
    }
}
