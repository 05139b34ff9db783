//! A run that does nothing but remember what it was told, and a server for it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use runner_control::{
    Address, Check, Client, ControlError, Counters, Group, LiveRun, Metric, RunStatus, Server,
    Serving, Status,
};

/// See the module.
#[derive(Default)]
pub struct Fake {
    pub paused: AtomicBool,
    pub stopped: AtomicBool,
    pub vus: AtomicU64,
    pub max: AtomicU64,
    pub data: Mutex<Option<String>>,
    pub setups: AtomicU64,
    pub teardowns: AtomicU64,
    /// Whether it has an externally-controlled scenario.
    pub scalable: bool,
    /// What setup fails with.
    pub setup_error: Option<String>,
    pub metrics: Vec<Metric>,
}

impl LiveRun for Fake {
    fn status(&self) -> Status {
        Status {
            exceptions: 0,
            status: RunStatus::Running.number(),
            paused: self.paused.load(Ordering::SeqCst),
            vus: self.vus.load(Ordering::SeqCst),
            vus_max: self.max.load(Ordering::SeqCst),
            stopped: self.stopped.load(Ordering::SeqCst),
            running: true,
            tainted: false,
        }
    }

    fn set_paused(&self, paused: bool) -> Result<(), ControlError> {
        if self.paused.swap(paused, Ordering::SeqCst) == paused {
            return Err(ControlError::Pause("already so".to_owned()));
        }
        Ok(())
    }

    async fn scale(&self, vus: Option<u64>, max: Option<u64>) -> Result<(), ControlError> {
        if !self.scalable {
            return Err(ControlError::not_externally_controlled());
        }
        let max = max.unwrap_or(self.max.load(Ordering::SeqCst));
        let vus = vus.unwrap_or(self.vus.load(Ordering::SeqCst));
        if vus > max {
            return Err(ControlError::Scale(format!("{vus} above {max}")));
        }
        self.vus.store(vus, Ordering::SeqCst);
        self.max.store(max, Ordering::SeqCst);
        Ok(())
    }

    fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
    }

    fn metrics(&self) -> Vec<Metric> {
        self.metrics.clone()
    }

    fn groups(&self) -> Group {
        let group = Group {
            name: "g".to_owned(),
            path: "::g".to_owned(),
            groups: Vec::new(),
            checks: vec![Check {
                name: "c".to_owned(),
                passes: 1,
                fails: 2,
            }],
        };
        Group {
            groups: vec![group],
            ..Group::default()
        }
    }

    fn counters(&self) -> Counters {
        Counters {
            completed: 7,
            ..Counters::default()
        }
    }

    fn setup_data(&self) -> Option<String> {
        self.data.lock().unwrap().clone()
    }

    fn set_setup_data(&self, data: Option<String>) {
        *self.data.lock().unwrap() = data;
    }

    async fn run_setup(&self) -> Result<(), ControlError> {
        if let Some(error) = &self.setup_error {
            return Err(ControlError::Setup(error.clone()));
        }
        self.setups.fetch_add(1, Ordering::SeqCst);
        self.set_setup_data(Some("{\"from\":\"setup\"}".to_owned()));
        Ok(())
    }

    async fn run_teardown(&self) -> Result<(), ControlError> {
        self.teardowns.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

/// A server on a free port, and its run.
pub struct Rig {
    pub run: Arc<Fake>,
    pub address: Address,
    pub serving: Option<Serving>,
}

impl Rig {
    pub fn new(run: Fake) -> Self {
        let run = Arc::new(run);
        let server = Server::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
        let address = server.address().to_string().parse().unwrap();
        let serving = Some(server.start(Arc::clone(&run)).unwrap());
        Self {
            run,
            address,
            serving,
        }
    }

    pub fn client(&self) -> Client {
        Client::new(self.address.clone())
    }

    /// Sends text as it is; returns all that comes back until the server hangs up.
    pub fn raw(&self, text: impl AsRef<[u8]>) -> String {
        use std::io::{Read, Write};
        let mut stream = self.connect();
        // A server that has answered already may have hung up.
        let _ = stream.write_all(text.as_ref());
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    }

    pub fn connect(&self) -> std::net::TcpStream {
        let stream =
            std::net::TcpStream::connect((self.address.host(), self.address.port())).unwrap();
        let limit = Some(std::time::Duration::from_secs(30));
        stream.set_read_timeout(limit).unwrap();
        stream
    }

    /// One request; status and body of the answer.
    pub fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        self.ask_with(method, path, "", body)
    }

    pub fn ask_with(&self, method: &str, path: &str, header: &str, body: &str) -> (u16, String) {
        let answer = self.raw(format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\n{header}Content-Length: {}\r\n\r\n{body}",
            body.len()
        ));
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head
            .split(' ')
            .nth(1)
            .unwrap_or_else(|| panic!("{answer:?}"));
        (status.parse().unwrap(), body.to_owned())
    }
}
