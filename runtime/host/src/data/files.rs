//! `runner:data/files`: what `open` reads.

use runner_script::FileError;

use crate::bindings::runner::data::files;
use crate::{Phase, VuState};

impl files::Host for VuState {
    fn read(
        &mut self,
        path: String,
        referrer: Option<String>,
    ) -> Result<Vec<u8>, files::FileError> {
        if self.phase() != Phase::Init {
            return Err(files::FileError::OutsideInit);
        }
        match self.script.data.files.read(&path, referrer.as_deref()) {
            Ok(content) => Ok(content.to_vec()),
            Err(FileError::NotFound(text)) => Err(files::FileError::NotFound(text)),
            Err(FileError::Invalid(text)) => Err(files::FileError::Invalid(text)),
            Err(FileError::Other(text)) => Err(files::FileError::Other(text)),
        }
    }
}
