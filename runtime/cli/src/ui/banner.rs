//! The name of the program, large.

/// Lines of at most 36 columns.
pub(super) const BANNER: &str = r"  _ __ _   _ _ __  _ __   ___ _ __
 | '__| | | | '_ \| '_ \ / _ \ '__|
 | |  | |_| | | | | | | |  __/ |
 |_|   \__,_|_| |_|_| |_|\___|_|";
