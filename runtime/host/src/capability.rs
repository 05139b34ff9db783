//! What a capability is to a VU: something that it may keep, and moments at which that is told.
//!
//! A capability is a folder of this crate: `context.rs` is what all VUs share, `view.rs` what one VU has,
//! `functions.rs` (or a file per interface) answers the guest, and `mod.rs` adds them to a linker. What
//! needs no context or no view has none; what is a few functions is one file. The views are listed in
//! [`state`](crate::state), and nothing else of a VU knows them by name.

use runner_metrics::{Shard, Tags};

use crate::context::LoadContext;

/// What a capability keeps for one VU. All hooks do nothing unless said otherwise.
pub(crate) trait View: Sized {
    /// What of it an image of an initialised script has to carry; the default where it is as new.
    type Image: Clone + Default + PartialEq + std::fmt::Debug;

    /// For VU `vu` before its init; without `load` it can only be asked what the script is.
    fn new(vu: u64, load: Option<&LoadContext>) -> Self;

    /// An iteration begins, or setup or teardown does.
    fn begin(&mut self) {}

    /// It has ended, however it went, and groups are closed.
    fn end(&mut self, turn: Turn) {
        let _ = turn;
    }

    /// What there is to record for the whole of it, with its tags. The shard is locked, so this is no place
    /// for anything else.
    fn record(&mut self, shard: &mut Shard, tags: &Tags) {
        let _ = (shard, tags);
    }

    /// The instance will not run again: what others may wait for goes now.
    fn abandon(&mut self) {}

    /// What init code left open that no image can hold, in words for the user.
    fn left_open(&self) -> Option<&'static str> {
        None
    }

    /// What an image has to carry.
    fn image(&self) -> Self::Image {
        Self::Image::default()
    }

    /// Makes this the view of a VU that starts from an image.
    fn adopt(&mut self, image: &Self::Image) {
        let _ = image;
    }
}

/// What the script was called for with load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// An iteration.
    Iteration,
    /// setup or teardown.
    Phase,
}

/// Declares the views of a VU: a field each, of which every moment reaches all in this order.
macro_rules! views {
    ($($(#[$doc:meta])* $name:ident: $view:ty,)*) => {
        /// What the capabilities keep for one VU.
        pub(crate) struct Views {
            $($(#[$doc])* pub(crate) $name: $view,)*
        }

        /// What an image carries of them.
        #[derive(Debug, Clone, Default, PartialEq)]
        pub(crate) struct ViewImages {
            $($name: <$view as $crate::capability::View>::Image,)*
        }

        impl Views {
            fn new(vu: u64, load: Option<&$crate::context::LoadContext>) -> Self {
                Self { $($name: $crate::capability::View::new(vu, load),)* }
            }

            fn begin(&mut self) {
                $($crate::capability::View::begin(&mut self.$name);)*
            }

            fn record(&mut self, shard: &mut runner_metrics::Shard, tags: &runner_metrics::Tags) {
                $($crate::capability::View::record(&mut self.$name, shard, tags);)*
            }

            fn end(&mut self, turn: $crate::capability::Turn) {
                $($crate::capability::View::end(&mut self.$name, turn);)*
            }

            fn abandon(&mut self) {
                $($crate::capability::View::abandon(&mut self.$name);)*
            }

            pub(crate) fn left_open(&self) -> Option<&'static str> {
                $(if let Some(what) = $crate::capability::View::left_open(&self.$name) {
                    return Some(what);
                })*
                None
            }

            pub(crate) fn image(&self) -> ViewImages {
                ViewImages { $($name: $crate::capability::View::image(&self.$name),)* }
            }

            pub(crate) fn adopt(&mut self, image: &ViewImages) {
                $($crate::capability::View::adopt(&mut self.$name, &image.$name);)*
            }
        }
    };
}

pub(crate) use views;
