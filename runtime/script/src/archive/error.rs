//! What can be wrong with an archive, each with what to do about it.

/// Why a tar file is no archive that can be run, or why none can be made.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It has no header of a tar file.
    #[error("it is no tar file; make one with `runner archive script.js`")]
    NotTar,
    /// It ends too early.
    #[error("it is cut off after {size} bytes; copy or make it again")]
    Truncated {
        /// What is there.
        size: usize,
    },
    /// The tar format itself is broken.
    #[error("it is damaged: {0}; copy or make it again")]
    Damaged(String),
    /// A tar file of something else.
    #[error(
        "it is a tar file but no test archive: {0}; make one with `runner archive script.js`, or \
         unpack it and run the script in it"
    )]
    Foreign(String),
    /// A name that could lead out of the archive.
    #[error("the name \"{0}\" in it is not allowed: names must stay within the archive")]
    UnsafeName(String),
    /// Something that is no file.
    #[error("\"{name}\" in it is a {kind}; an archive has files, folders and hard links")]
    Entry {
        /// Its name.
        name: String,
        /// What it is.
        kind: &'static str,
    },
    /// `metadata.json` cannot be used.
    #[error("its metadata.json cannot be used: {0}")]
    Metadata(String),
    /// The type in `metadata.json` is not one that can be run.
    #[error("it has a test of the type \"{0}\"; js and component can be run")]
    Type(String),
    /// A path that cannot be a name in a tar file.
    #[error("{0} cannot be put into an archive: its name is not UTF-8")]
    Name(String),
    /// Two files that differ would have one name.
    #[error(
        "two different files would be \"{0}\" in it, because names of users are left out; move \
         one of them"
    )]
    Clash(String),
    /// Writing failed.
    #[error("{0}")]
    Write(#[from] std::io::Error),
}
