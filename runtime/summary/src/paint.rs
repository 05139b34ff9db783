//! ANSI colours, or none.

/// Wraps texts in colours if it has any.
#[derive(Clone, Copy, Debug)]
pub(super) struct Painter {
    pub(super) color: bool,
}

impl Painter {
    fn paint(self, code: &str, text: &str) -> String {
        if self.color {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    pub(super) fn title(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// A green or red text.
    pub(super) fn verdict(self, ok: bool, text: &str) -> String {
        self.paint(if ok { "32" } else { "31" }, text)
    }

    pub(super) fn plain(self, text: &str) -> String {
        self.paint("37", text)
    }

    pub(super) fn value(self, text: &str) -> String {
        self.paint("36", text)
    }

    pub(super) fn extra(self, text: &str) -> String {
        self.paint("2;36", text)
    }

    pub(super) fn dots(self, text: &str) -> String {
        self.paint("2;37", text)
    }
}
