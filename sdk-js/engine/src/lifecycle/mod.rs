//! What the host calls, and the event loop behind it.

mod event_loop;
mod failure;
mod guest;
mod init;
mod pending;
mod rejections;
mod summary;
mod timers;

pub use event_loop::drain_jobs;
pub use failure::{describe, from_thrown as failure, is_syntax_error, show_line};
pub use guest::Engine as Component;
pub use init::settings;
pub use pending::{Finish, Pending, promise};
pub use rejections::{Rejections, track as track_rejection};
pub use timers::{TIMERS, Timers};
