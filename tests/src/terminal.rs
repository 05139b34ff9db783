//! A run on a terminal: its standard streams are a pseudo-terminal, and what it draws there is
//! kept as a user would see it.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::os::fd::{FromRawFd, OwnedFd};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::run::Runner;
use crate::vt::Vt;

/// How often it is looked whether there is more to read.
const PAUSE: Duration = Duration::from_millis(5);

/// A run that goes on, on a terminal.
pub struct Terminal {
    child: Child,
    runner: Runner,
    screen: Arc<Mutex<Vt>>,
    /// Set when the terminal is to be gone.
    is_gone: Arc<AtomicBool>,
    /// Set while the terminal takes nothing.
    is_stopped: Arc<AtomicBool>,
    reader: Option<JoinHandle<()>>,
    deadline: Instant,
}

impl Terminal {
    /// Starts `runner` on a terminal of that size.
    pub fn start(runner: Runner, columns: u16, rows: u16) -> Self {
        let (master, slave) = open(columns, rows);
        let stream = || Stdio::from(slave.try_clone().unwrap());
        let mut command = runner.build();
        command.env("TERM", "xterm-256color");
        let child = command
            .stdin(stream())
            .stdout(stream())
            .stderr(stream())
            .spawn()
            .unwrap();
        // The command holds the other end too, as long as it lives.
        drop(command);
        drop(slave);
        let screen = Arc::new(Mutex::new(Vt::new(columns.into(), rows.into())));
        let is_gone = Arc::new(AtomicBool::new(false));
        let is_stopped = Arc::new(AtomicBool::new(false));
        let reader = std::thread::spawn({
            let (screen, is_gone) = (Arc::clone(&screen), Arc::clone(&is_gone));
            let is_stopped = Arc::clone(&is_stopped);
            move || read(master, &screen, &is_gone, &is_stopped)
        });
        Self {
            child,
            deadline: Instant::now() + runner.time_limit(),
            runner,
            screen,
            is_gone,
            is_stopped,
            reader: Some(reader),
        }
    }

    /// What is on the screen and what has scrolled out of it, one line each.
    pub fn text(&self) -> String {
        self.screen.lock().unwrap().text()
    }

    /// Waits until `text` is shown.
    pub fn until(&self, text: &str) {
        while !self.text().contains(text) {
            let is_late = Instant::now() > self.deadline;
            assert!(!is_late, "never showed {text:?}\n{}", self.text());
            std::thread::sleep(PAUSE);
        }
    }

    /// The terminal takes nothing, as after Ctrl-S, or takes it again.
    pub fn stop(&self, is_stopped: bool) {
        self.is_stopped.store(is_stopped, Ordering::Relaxed);
    }

    /// Waits until the run has written a file.
    pub fn until_file(&self, name: &str) -> String {
        loop {
            match self.file(name) {
                Some(text) if !text.is_empty() => return text,
                _ => assert!(Instant::now() < self.deadline, "no {name}\n{}", self.text()),
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// The terminal goes away: from now on, writing to it fails.
    pub fn vanish(&mut self) {
        self.is_gone.store(true, Ordering::Relaxed);
        self.reader.take().unwrap().join().unwrap();
    }

    /// A file of the run's folder.
    pub fn file(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.runner.folder().join(name)).ok()
    }

    /// Waits for the end; returns the exit code. What it wrote is all there afterwards.
    pub fn wait(&mut self) -> i32 {
        let code = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status.code().unwrap_or(-1);
            }
            assert!(Instant::now() < self.deadline, "goes on\n{}", self.text());
            std::thread::sleep(PAUSE);
        };
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        code
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Both ends of a new pseudo-terminal; reading the first never waits.
#[allow(unsafe_code, reason = "the standard library has no terminals")]
fn open(columns: u16, rows: u16) -> (File, OwnedFd) {
    let size = libc::winsize {
        ws_row: rows,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    let (mut master, mut slave) = (-1, -1);
    // SAFETY: the pointers are valid or null, and what is opened is owned here alone.
    unsafe {
        let none = std::ptr::null_mut();
        let opened = libc::openpty(
            &raw mut master,
            &raw mut slave,
            none,
            std::ptr::null_mut(),
            (&raw const size).cast_mut(),
        );
        assert_eq!(opened, 0, "{}", std::io::Error::last_os_error());
        // Children would otherwise keep the terminal of other tests alive.
        for fd in [master, slave] {
            libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC);
        }
        libc::fcntl(master, libc::F_SETFL, libc::O_NONBLOCK);
        (File::from_raw_fd(master), OwnedFd::from_raw_fd(slave))
    }
}

/// Reads until the other end is closed, or the terminal is to be gone.
fn read(mut master: File, screen: &Mutex<Vt>, is_gone: &AtomicBool, is_stopped: &AtomicBool) {
    let mut buffer = [0; 8192];
    while !is_gone.load(Ordering::Relaxed) {
        if is_stopped.load(Ordering::Relaxed) {
            std::thread::sleep(PAUSE);
            continue;
        }
        match master.read(&mut buffer) {
            Ok(0) => return,
            Ok(length) => screen.lock().unwrap().write(&buffer[..length]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::sleep(PAUSE),
            // EIO: nobody has the other end open any more.
            Err(_) => return,
        }
    }
}
