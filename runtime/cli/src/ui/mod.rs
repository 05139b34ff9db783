//! What `runner run` shows on stdout besides the summary: banner, description, progress.
//!
//! Everything shown is plain data that the command fills in; nothing here knows about runs. Log
//! lines go through the same [`Screen`] where both end up on one terminal.

mod banner;
mod description;
mod progress;
mod screen;
mod size;
mod style;
mod view;

pub use description::{Description, ScenarioLine};
pub use progress::{Bar, BarStatus, Phase, Progress};
pub use screen::Screen;
pub use size::terminal_width;
pub use style::use_color;
pub use view::{Ui, UiOptions};
