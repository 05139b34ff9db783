//! Colours, and when they are used.

/// Terminal attributes by their use in the interface; empty where colours are off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) color: bool,
}

impl Style {
    /// The banner.
    pub(super) fn banner(self, text: &str) -> String {
        self.wrap("33", "0", text)
    }

    /// A value in the description.
    pub(super) fn value(self, text: &str) -> String {
        self.wrap("36", "0", text)
    }

    /// Something that went well.
    pub(super) fn good(self, text: &str) -> String {
        self.wrap("32", "0", text)
    }

    /// Something that was cut short.
    pub(super) fn bad(self, text: &str) -> String {
        self.wrap("31", "0", text)
    }

    /// Something that is not there yet.
    pub(super) fn dim(self, text: &str) -> String {
        self.wrap("2", "22", text)
    }

    fn wrap(self, on: &str, off: &str, text: &str) -> String {
        if self.color && !text.is_empty() {
            format!("\x1b[{on}m{text}\x1b[{off}m")
        } else {
            text.to_owned()
        }
    }
}

/// Whether to colour what goes to a terminal: not with `--no-color`, with `NO_COLOR` in the
/// environment (whatever its value), or with `K6_NO_COLOR` set to anything.
#[must_use]
pub fn use_color(no_color_flag: bool) -> bool {
    !no_color_flag
        && std::env::var_os("NO_COLOR").is_none()
        && std::env::var_os("K6_NO_COLOR").is_none_or(|value| value.is_empty())
}
