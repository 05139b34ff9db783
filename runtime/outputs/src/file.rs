//! Where text goes line by line: a file, a compressed file, or standard output.
//!
//! Text is gathered and written in large pieces that end with a line. What a failed write was
//! to hold is lost and counted; later writes are tried all the same, as a full disk may get
//! room again, and start on a new line.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::Failure;

/// Text that is gathered before it is written.
const PIECE: usize = 256 << 10;

enum Target {
    Plain(File),
    Gzip(GzEncoder<File>),
    Stdout(io::Stdout),
}

impl Target {
    fn writer(&mut self) -> &mut dyn Write {
        match self {
            Self::Plain(file) => file,
            Self::Gzip(encoder) => encoder,
            Self::Stdout(stdout) => stdout,
        }
    }
}

/// Writes lines, each of which is a number of samples.
pub(crate) struct Lines {
    name: String,
    target: Target,
    /// Whole lines that wait to be written.
    pub(crate) text: Vec<u8>,
    /// How many samples they are.
    pub(crate) samples: u64,
    torn: bool,
}

impl Lines {
    /// Opens a destination: `-` is standard output, a name that ends with `.gz` is compressed.
    /// A relative name starts at `folder`.
    pub(crate) fn open(name: &str, folder: &Path) -> Result<Self, Failure> {
        let target = if name == "-" {
            Target::Stdout(io::stdout())
        } else {
            let file = File::create(folder.join(name))
                .map_err(|error| Failure::new(format!("open {name}: {error}")))?;
            if name.ends_with(".gz") {
                Target::Gzip(GzEncoder::new(file, Compression::fast()))
            } else {
                Target::Plain(file)
            }
        };
        Ok(Self {
            name: name.to_owned(),
            target,
            text: Vec::with_capacity(PIECE + PIECE / 4),
            samples: 0,
            torn: false,
        })
    }

    /// Writes what waits, if it is worth a write.
    pub(crate) fn write_if_much(&mut self) -> Result<(), Failure> {
        if self.text.len() < PIECE {
            return Ok(());
        }
        self.write()
    }

    /// Writes what waits.
    pub(crate) fn write(&mut self) -> Result<(), Failure> {
        if self.text.is_empty() {
            return Ok(());
        }
        let result = self.try_write();
        let lost = std::mem::take(&mut self.samples);
        self.text.clear();
        self.torn = result.is_err();
        result.map_err(|error| self.failure(&error, lost))
    }

    /// Writes what waits and ends the file.
    pub(crate) fn close(mut self) -> Result<(), Failure> {
        self.write()?;
        let result = match self.target {
            Target::Plain(_) | Target::Stdout(_) => Ok(()),
            Target::Gzip(mut encoder) => encoder.try_finish(),
        };
        result.map_err(|error| Failure::new(format!("write {}: {error}", self.name)))
    }

    fn try_write(&mut self) -> io::Result<()> {
        let writer = self.target.writer();
        if self.torn {
            writer.write_all(b"\n")?;
        }
        writer.write_all(&self.text)?;
        writer.flush()
    }

    fn failure(&self, error: &io::Error, lost: u64) -> Failure {
        Failure {
            message: format!("write {}: {error}", self.name),
            lost,
        }
    }
}
