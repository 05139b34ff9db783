//! What one instance may reach: every question that its imports ask, answered by its grants.
//!
//! WASI asks here (sockets, names, clocks), and so do the contract's own interfaces where they
//! lead out of the sandbox: `runner:http`, the variables of `runner:execution`, the files of
//! `runner:kv/manage`. What was refused is noted with the flag that would allow it, because what
//! reaches the script is only the guest language's idea of "permission denied".
//!
//! Limits: which file or variable a guest's library looks for, WASI does not say, so those notes
//! name no file; listening is never granted.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use wasmtime_wasi::sockets::SocketAddrUse;

use crate::clocks::coarse;
use crate::{Denials, Folder, Grants, NetGrant};

/// Names in grants are looked up again no sooner than this.
const LOOKUP: Duration = Duration::from_secs(2);
/// What libraries say where the host gave no folder: nothing that the host sees.
const NO_FOLDER: [&str; 6] = [
    "o such file or directory",
    "pre-opened file descriptor",
    "apabilities insufficient",
    "ot permitted",
    "ermission denied",
    "ead-only file system",
];

/// The grants of one instance, at work.
#[derive(Debug, Clone)]
pub struct Reach(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: String,
    grants: Grants,
    denials: Denials,
    names: Mutex<Names>,
    files: AtomicBool,
}

/// What the names in grants meant last.
#[derive(Debug, Default)]
struct Names {
    asked: Option<Instant>,
    found: Vec<(IpAddr, Option<u16>)>,
}

impl Reach {
    /// Of an instance of `name`.
    pub fn new(name: &str, grants: &Grants) -> Self {
        Self(Arc::new(Inner {
            name: name.to_owned(),
            grants: grants.clone(),
            denials: Denials::default(),
            names: Mutex::default(),
            files: AtomicBool::new(false),
        }))
    }

    /// What was refused.
    pub fn denials(&self) -> &Denials {
        &self.0.denials
    }

    /// Whether the clock may be read to the nanosecond.
    pub fn fine_clock(&self) -> bool {
        self.0.grants.hrtime
    }

    /// A moment as it may be seen.
    pub fn moment(&self, nanoseconds: u64) -> u64 {
        match self.fine_clock() {
            true => nanoseconds,
            false => coarse(nanoseconds),
        }
    }

    /// Of the script's variables, those that may be seen.
    pub fn variables(&self, all: &[(String, String)]) -> Vec<(String, String)> {
        let granted = |(name, _): &&(String, String)| self.0.grants.env.contains(name);
        let seen: Vec<_> = all.iter().filter(granted).cloned().collect();
        self.asked_variables();
        seen
    }

    /// It looked at the environment.
    pub(crate) fn asked_variables(&self) {
        let Inner {
            name,
            grants,
            denials,
            ..
        } = &*self.0;
        if grants.env.is_empty() {
            denials.guess(|| {
                format!(
                    "{name} wants wasi:cli/environment; allow it with --allow-env {name}:VARIABLE"
                )
            });
        }
    }

    /// It looked for folders.
    pub(crate) fn asked_files(&self) {
        self.0.files.store(true, Ordering::Relaxed);
        if self.0.grants.read.is_empty() && self.0.grants.write.is_empty() {
            self.0.denials.guess(|| self.no_folder());
        }
    }

    /// It ended with an error of that text, which may come from a library that knows the folders
    /// and never asked for the file.
    pub fn failed_with(&self, text: &str) {
        if self.0.files.load(Ordering::Relaxed) && NO_FOLDER.iter().any(|part| text.contains(part))
        {
            self.0.denials.note_first(|| self.no_folder());
        }
    }

    fn no_folder(&self) -> String {
        let Inner { name, grants, .. } = &*self.0;
        let list = |folders: &[Folder]| {
            let shown: Vec<_> = folders.iter().map(|folder| &*folder.guest).collect();
            shown.join(", ")
        };
        let mut has = Vec::new();
        if !grants.read.is_empty() {
            has.push(format!("read {}", list(&grants.read)));
        }
        if !grants.write.is_empty() {
            has.push(format!("read and write {}", list(&grants.write)));
        }
        let so_far = match has.is_empty() {
            true => format!("{name} wants wasi:filesystem; allow it"),
            false => format!("{name} may {}; allow more", has.join(", ")),
        };
        format!("{so_far} with --allow-read {name}:DIR or --allow-write {name}:DIR")
    }

    /// Whether a host name may be looked up.
    pub(crate) fn lookup(&self, host: &str) -> bool {
        let literal = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
        let allowed = literal || self.0.grants.net.iter().any(|net| net.names(host));
        if !allowed {
            let name = &self.0.name;
            self.0.denials.note(format!(
                "{name} wants wasi:sockets to look up {host}; allow it with --allow-net \
                 {name}:{host}:PORT"
            ));
        }
        allowed
    }

    /// Whether a request to that URL may be sent.
    ///
    /// # Errors
    /// What was refused, and what would allow it.
    pub fn http(&self, url: &str) -> Result<(), String> {
        let name = &self.0.name;
        if self.any_host() {
            return Ok(());
        }
        let (host, port) = authority(url).ok_or_else(|| {
            format!("{name} wants to send an HTTP request to {url:?}, which is no URL")
        })?;
        if self.0.grants.net.iter().any(|net| net.reaches(host, port)) {
            return Ok(());
        }
        let text = format!(
            "{name} wants to send HTTP requests to {host}:{port}; allow it with --allow-net \
             {name}:{host}:{port}"
        );
        Err(self.refused(text))
    }

    /// Whether requests may be redirected to anywhere.
    pub fn any_host(&self) -> bool {
        self.0.grants.net.iter().any(NetGrant::is_any)
    }

    /// Whether a file may be read; a relative path starts at `here`.
    ///
    /// # Errors
    /// As [`Reach::http`].
    pub fn read(&self, here: &Path, file: &Path) -> Result<(), String> {
        let Grants { read, write, .. } = &self.0.grants;
        self.file(
            (here, file),
            read.iter().chain(write),
            "read",
            "--allow-read",
        )
    }

    /// Whether a file may be written; a relative path starts at `here`.
    ///
    /// # Errors
    /// As [`Reach::http`].
    pub fn write(&self, here: &Path, file: &Path) -> Result<(), String> {
        self.file(
            (here, file),
            self.0.grants.write.iter(),
            "write",
            "--allow-write",
        )
    }

    fn file<'a>(
        &self,
        (here, file): (&Path, &Path),
        mut folders: impl Iterator<Item = &'a Folder>,
        what: &str,
        flag: &str,
    ) -> Result<(), String> {
        let real = real(&here.join(file));
        let inside = |folder: &Folder| match (folder.host.canonicalize(), &real) {
            (Ok(folder), Some(real)) => real.starts_with(folder),
            _ => false,
        };
        if folders.any(inside) {
            return Ok(());
        }
        let name = &self.0.name;
        let file = file.display();
        Err(self.refused(format!(
            "{name} wants to {what} {file}; allow it with {flag} {name}:DIR"
        )))
    }

    /// Notes what is told to the guest as well, which may keep it to itself.
    fn refused(&self, text: String) -> String {
        self.0.denials.note(text.clone());
        text
    }

    /// Whether an address may be used that way.
    pub(crate) async fn socket(self, address: SocketAddr, wanted: SocketAddrUse) -> bool {
        let net = &self.0.grants.net;
        let allowed = match wanted {
            // Connecting takes a free port first. Nothing comes or goes by that alone, and who is
            // refused only afterwards can be told for which address.
            SocketAddrUse::TcpBind | SocketAddrUse::UdpBind => address.port() == 0,
            SocketAddrUse::TcpListen | SocketAddrUse::TcpAccept => false,
            SocketAddrUse::TcpConnect | SocketAddrUse::UdpSend | SocketAddrUse::UdpReceive => {
                net.iter().any(|net| net.covers(address)) || self.named(address).await
            }
        };
        // A stray datagram is nothing that the guest wanted.
        if !allowed && !matches!(wanted, SocketAddrUse::UdpReceive) {
            self.0.denials.note(refusal(&self.0.name, address, wanted));
        }
        allowed
    }

    /// Whether the address is one of those that granted names mean.
    async fn named(&self, address: SocketAddr) -> bool {
        let known = |names: &Names| {
            let fits = |(ip, port): &(IpAddr, Option<u16>)| {
                *ip == address.ip().to_canonical() && port.is_none_or(|port| port == address.port())
            };
            names.found.iter().any(fits)
        };
        let wanted: Vec<_> = self
            .0
            .grants
            .net
            .iter()
            .filter_map(NetGrant::to_look_up)
            .collect();
        if wanted.is_empty() {
            return false;
        }
        {
            let mut names = self.0.names.lock();
            let fresh = names.asked.is_some_and(|asked| asked.elapsed() < LOOKUP);
            if known(&names) || fresh {
                return known(&names);
            }
            names.asked = Some(Instant::now());
        }
        let looked_up = tokio::task::spawn_blocking(move || {
            use std::net::ToSocketAddrs;
            let mut found = Vec::new();
            for (host, port) in wanted {
                let addresses = (host.as_str(), 0).to_socket_addrs().into_iter().flatten();
                found.extend(addresses.map(|address| (address.ip().to_canonical(), port)));
            }
            found
        });
        let found = looked_up.await.unwrap_or_default();
        let mut names = self.0.names.lock();
        names.found = found;
        known(&names)
    }
}

/// Where links lead in the end. Of a file that does not exist yet, its folder must.
fn real(file: &Path) -> Option<PathBuf> {
    if let Ok(real) = file.canonicalize() {
        return Some(real);
    }
    // A dangling link would be followed when it is written to.
    if file.symlink_metadata().is_ok() {
        return None;
    }
    let parent = match file.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        parent => parent?,
    };
    Some(parent.canonicalize().ok()?.join(file.file_name()?))
}

/// Host and port of a URL as the client will understand them.
fn authority(url: &str) -> Option<(&str, u16)> {
    let (scheme, rest) = url.split_once("://")?;
    let usual = match scheme.to_ascii_lowercase().as_str() {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let authority = rest.get(..end)?;
    let authority = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => Some((host, port.parse().ok()?)),
        _ => Some((authority, usual)),
    }
}

fn refusal(name: &str, address: SocketAddr, wanted: SocketAddrUse) -> String {
    match wanted {
        SocketAddrUse::TcpListen | SocketAddrUse::TcpAccept => {
            format!("{name} wants wasi:sockets to listen on {address}, which is never allowed")
        }
        SocketAddrUse::TcpBind | SocketAddrUse::UdpBind if address.port() != 0 => format!(
            "{name} wants wasi:sockets to take the local address {address}, which is never allowed"
        ),
        _ => format!(
            "{name} wants wasi:sockets for {address}; allow it with --allow-net {name}:{address}"
        ),
    }
}

#[cfg(test)]
mod tests;
