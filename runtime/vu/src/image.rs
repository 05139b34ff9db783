//! Makes an image: runs a script's init once, watched, and takes what it left.
//!
//! The watched instance is initialised exactly as a VU would be, after VU 0 has been: from
//! bytecode, with shared arrays that exist. An image is right only where nobody can tell, so
//! whatever init code touched that differs between VUs or moments ends the attempt, and any error
//! does: then each VU runs its own init, and whatever is wrong shows there, in its own words.

use std::fmt;
use std::sync::Arc;

use runner_engine::Trapped;
use runner_host::{HostImage, ImageSubject, LoadContext, ScriptContext, place_in_frame};

use crate::instance::within;
use crate::{Instance, Program, VuError};

/// What an initialised VU is made of.
#[derive(Debug)]
pub struct Image {
    /// Its linear memory from address 1 on.
    pub memory: Vec<u8>,
    /// What the host knows of it.
    pub host: HostImage,
}

/// Why a script cannot have an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoImage {
    /// Init code uses what an image cannot hold.
    Touch {
        /// Such as `__VU`.
        what: String,
        /// `file:///script.js:line:column`; empty where unknown.
        place: String,
    },
    /// Init code did not get to its end, this time.
    Failed(String),
}

impl fmt::Display for NoImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Touch { what, place } if place.is_empty() => {
                write!(f, "its init code uses {what}")
            }
            Self::Touch { what, place } => write!(f, "its init code uses {what} at {place}"),
            Self::Failed(reason) => {
                let reason = reason.lines().next().unwrap_or_default();
                write!(f, "its init code did not end well: {reason}")
            }
        }
    }
}

impl Program {
    /// Runs the script's init under watch. `portable` images hold nothing that the host would
    /// have to remember.
    pub async fn image(
        &self,
        script: &Arc<ScriptContext>,
        load: Option<&Arc<LoadContext>>,
        portable: bool,
    ) -> Result<Image, NoImage> {
        let failed = |error: VuError| NoImage::Failed(error.to_string());
        let (mut instance, raw) = self.instantiate(0, script, load).await.map_err(failed)?;
        let maker = ImageSubject::new(&mut instance.store, &raw)
            .map_err(|error| NoImage::Failed(format!("{error:#}")))?;
        instance.store.data_mut().watch();
        let made = self.watched(&mut instance, &maker, portable).await;
        if let Some(touch) = instance.store.data_mut().take_touch() {
            let stack = instance.map_stack(touch.stack);
            return Err(NoImage::Touch {
                what: touch.what,
                place: place_in_frame(stack.lines().next().unwrap_or_default()).to_owned(),
            });
        }
        made.map_err(failed)?;
        let Some((memory, host)) = instance.store.data_mut().take_image() else {
            return Err(NoImage::Failed("the engine handed nothing over".into()));
        };
        Ok(Image { memory, host })
    }

    async fn watched(
        &self,
        instance: &mut Instance,
        maker: &ImageSubject,
        portable: bool,
    ) -> Result<(), VuError> {
        let trap = |error: wasmtime::Error| VuError::Trap(Trapped::new(&error, None));
        let subject = maker.runner_image_subject();
        subject
            .call_watch(&mut instance.store, portable)
            .await
            .map_err(trap)?;
        instance.init(0, self.init_timeout()).await?;
        let take = async {
            let store = &mut instance.store;
            subject.call_settle(&mut *store).await.map_err(trap)?;
            subject.call_hand_over(store).await.map_err(trap)
        };
        within("init", self.init_timeout(), take).await?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_frames() {
        assert_eq!(place_in_frame("at file:///a.js:1:2"), "file:///a.js:1:2");
        assert_eq!(
            place_in_frame("  at f (file:///a (b).js:1:2)"),
            "file:///a (b).js:1:2"
        );
        assert_eq!(
            place_in_frame("at f (file:///a.js:1:2)"),
            "file:///a.js:1:2"
        );
        assert_eq!(place_in_frame(""), "");
    }

    #[test]
    fn reasons_are_one_line() {
        let touch = |place: &str| {
            NoImage::Touch {
                what: "__VU".into(),
                place: place.into(),
            }
            .to_string()
        };
        assert_eq!(
            touch("file:///a.js:1:2"),
            "its init code uses __VU at file:///a.js:1:2"
        );
        assert_eq!(touch(""), "its init code uses __VU");
        let failed = NoImage::Failed("Error: x\n\tat y".into()).to_string();
        assert_eq!(failed, "its init code did not end well: Error: x");
    }
}
