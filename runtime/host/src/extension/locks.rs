//! `runner:lock/locks`: locks that end with their holder.
//!
//! A VU's instance is dropped in mid-call when its iteration is interrupted, and nothing of the
//! guest runs then; so a lock is the host's. Among the VUs of a process it is a fair queue; who is
//! first in it also locks a file in the user's cache folder, for other processes. The operating
//! system ends that lock when the process is killed.
//!
//! Limit: processes that do not share a cache folder (other users, another `RUNNER_CACHE_DIR`, none
//! at all) do not see each other.

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::io;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use runner_engine::Cache;
use tokio::sync::OwnedMutexGuard;
use tokio::time::{Instant, sleep, timeout_at};
use wasmtime::component::{HasData, Linker, Resource};
use wasmtime_wasi::WasiView;

use super::state::ExtensionState;
use crate::VuState;
use crate::bindings::runner::lock::locks;

/// Between two looks at a lock that another process holds.
const LOOK: Duration = Duration::from_millis(5);
/// How long a lock outlives an instance that was dropped in mid-call: a write that it began may
/// still be in the hands of the thread that does it.
const AFTERMATH: Duration = Duration::from_millis(500);
/// The longest wait.
const MOST: Duration = Duration::from_secs(86_400);
/// Most bytes of a name.
const LONGEST: usize = 64;

/// The locks of a run, by name.
pub(crate) struct Locks {
    /// Has a folder for the files.
    cache: Cache,
    named: Mutex<HashMap<String, Arc<tokio::sync::Mutex<Named>>>>,
}

/// What the first in the queue has.
struct Named {
    /// None where there is no folder.
    path: Option<PathBuf>,
    /// Opened by the first who needed it.
    file: Option<File>,
}

/// A lock that is held.
pub struct Guard(Option<OwnedMutexGuard<Named>>);

/// A store whose guest can hold locks: an extension's, or a script's that has one in it.
pub(crate) trait Holder: WasiView {
    /// Those of its run.
    fn locks(&self) -> Arc<Locks>;
}

impl Holder for ExtensionState {
    fn locks(&self) -> Arc<Locks> {
        self.vu.locks()
    }
}

impl Holder for VuState {
    fn locks(&self) -> Arc<Locks> {
        Arc::clone(&self.script.extensions.locks)
    }
}

/// Adds the interface.
pub(crate) fn add_to_linker<T: Holder + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    locks::add_to_linker::<T, Held<T>>(linker, |state| Holding(state))
}

/// The interface's view of a store.
struct Holding<'a, T>(&'a mut T);

struct Held<T>(PhantomData<fn(T)>);

impl<T: Holder + 'static> HasData for Held<T> {
    type Data<'a> = Holding<'a, T>;
}

impl Locks {
    /// With files in a folder `locks` of the cache.
    pub(crate) fn new(cache: Cache) -> Self {
        Self {
            cache,
            named: Mutex::default(),
        }
    }

    /// None when time ran out.
    async fn acquire(&self, name: &str, timeout: Duration) -> io::Result<Option<Guard>> {
        let deadline = Instant::now() + timeout;
        let queue = self.queue(name);
        let Ok(mut named) = timeout_at(deadline, queue.lock_owned()).await else {
            return Ok(None);
        };
        loop {
            match named.try_lock() {
                Ok(()) => return Ok(Some(Guard(Some(named)))),
                Err(TryLockError::WouldBlock) if Instant::now() >= deadline => return Ok(None),
                Err(TryLockError::WouldBlock) => sleep(LOOK).await,
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }

    fn queue(&self, name: &str) -> Arc<tokio::sync::Mutex<Named>> {
        let mut all = self.named.lock();
        if let Some(queue) = all.get(name) {
            return Arc::clone(queue);
        }
        let folder = self.cache.usable_folder().ok();
        let queue = Arc::new(tokio::sync::Mutex::new(Named {
            path: folder.map(|folder| folder.join("locks").join(file_name(name))),
            file: None,
        }));
        all.insert(name.to_owned(), Arc::clone(&queue));
        queue
    }
}

impl Named {
    /// Takes the file's lock, if it is free.
    fn try_lock(&mut self) -> Result<(), TryLockError> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let file = match self.file.take() {
            Some(file) => file,
            None => open(path).map_err(|error| {
                let text = format!("{}: {error}", path.display());
                TryLockError::Error(io::Error::new(error.kind(), text))
            })?,
        };
        self.file.insert(file).try_lock()
    }

    fn unlock(&mut self) {
        if let Some(file) = &self.file
            && file.unlock().is_err()
        {
            // Closing it does the same.
            self.file = None;
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = File::options();
    options.create(true).write(true).truncate(false).open(path)
}

/// Names can have any characters.
fn file_name(name: &str) -> String {
    name.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || byte == b'-' {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("_{byte:02x}"));
        }
        text
    })
}

impl Guard {
    /// The holder has done with it.
    fn release(mut self) {
        if let Some(mut named) = self.0.take() {
            named.unlock();
        }
    }
}

impl Drop for Guard {
    /// The holder's instance is gone, perhaps in mid-call.
    fn drop(&mut self) {
        let Some(mut named) = self.0.take() else {
            return;
        };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(async move {
                    sleep(AFTERMATH).await;
                    named.unlock();
                });
            }
            // The run is over, and with it all who could want the lock in this process; closing
            // the file frees it for others.
            Err(_) => drop(named),
        }
    }
}

impl<T: Holder> locks::Host for Holding<'_, T> {
    async fn acquire(
        &mut self,
        name: String,
        timeout: u64,
    ) -> Result<Option<Resource<Guard>>, String> {
        if name.is_empty() || name.len() > LONGEST {
            return Err(format!("a lock's name has 1 to {LONGEST} bytes"));
        }
        let timeout = Duration::from_nanos(timeout).min(MOST);
        match self.0.locks().acquire(&name, timeout).await {
            Ok(None) => Ok(None),
            Ok(Some(guard)) => {
                let kept = self.0.ctx().table.push(guard);
                kept.map(Some).map_err(|error| error.to_string())
            }
            Err(error) => Err(error.to_string()),
        }
    }
}

impl<T: Holder> locks::HostGuard for Holding<'_, T> {
    fn drop(&mut self, guard: Resource<Guard>) -> wasmtime::Result<()> {
        self.0.ctx().table.delete(guard)?.release();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(20);
    const LATER: Duration = Duration::from_secs(60);

    /// Two processes on one folder.
    fn two() -> (tempfile::TempDir, Locks, Locks) {
        let folder = tempfile::tempdir().unwrap();
        let locks = || Locks::new(Cache::at(folder.path().join("cache")));
        let (one, other) = (locks(), locks());
        (folder, one, other)
    }

    #[tokio::test(start_paused = true)]
    async fn one_at_a_time_in_a_process_and_among_processes() {
        let (_folder, one, other) = two();
        let guard = one.acquire("a/b", SOON).await.unwrap().unwrap();
        assert!(one.acquire("a/b", SOON).await.unwrap().is_none());
        assert!(other.acquire("a/b", SOON).await.unwrap().is_none());
        let another = other.acquire("a_b", SOON).await.unwrap();
        assert!(another.is_some(), "names are told apart");
        guard.release();
        assert!(other.acquire("a/b", SOON).await.unwrap().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn the_lock_of_an_instance_that_is_gone_is_free_soon_but_not_at_once() {
        let (_folder, one, other) = two();
        drop(one.acquire("a", SOON).await.unwrap());
        assert!(one.acquire("a", SOON).await.unwrap().is_none());
        assert!(other.acquire("a", SOON).await.unwrap().is_none());
        assert!(one.acquire("a", LATER).await.unwrap().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_wait_are_served_in_turn() {
        let (_folder, one, _) = two();
        let one = Arc::new(one);
        let guard = one.acquire("a", SOON).await.unwrap().unwrap();
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut waiting = Vec::new();
        for number in 0..5 {
            let (one, order) = (Arc::clone(&one), Arc::clone(&order));
            waiting.push(tokio::spawn(async move {
                let guard = one.acquire("a", LATER).await.unwrap().unwrap();
                order.lock().push(number);
                guard.release();
            }));
            tokio::task::yield_now().await;
        }
        guard.release();
        for task in waiting {
            task.await.unwrap();
        }
        assert_eq!(*order.lock(), [0, 1, 2, 3, 4]);
    }

    #[tokio::test]
    async fn without_a_cache_folder_there_are_locks_in_the_process() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file"), "").unwrap();
        let locks = Locks::new(Cache::at(folder.path().join("file/cache")));
        let guard = locks.acquire("a", SOON).await.unwrap();
        assert!(locks.acquire("a", SOON).await.unwrap().is_none());
        guard.unwrap().release();
        assert!(locks.acquire("a", SOON).await.unwrap().is_some());
    }
}
