//! One TCP connection, authenticated and on its database. Every wait has an end: the deadline of
//! the command, however the server splits or delays its reply.

use std::io::{self, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::reader::{self, ReadError};
use crate::settings::Settings;
use crate::value::Value;
use crate::writer;

/// Most replies are shorter; longer strings go past it.
const BUFFER: usize = 4 << 10;

/// After a failure that is not [`Failure::Server`] it is of no further use.
pub struct Connection {
    stream: BufReader<Timed>,
    out: Vec<u8>,
    timeout: Duration,
    address: String,
}

impl Connection {
    /// Connects, authenticates, chooses the database.
    ///
    /// # Errors
    /// Where one of these fails.
    pub fn open(settings: &Settings) -> Result<Self, Failure> {
        let stream = connect(settings)?;
        // Commands are written whole; waiting for more would only delay them.
        let _ = stream.set_nodelay(true);
        let mut connection = Self {
            stream: BufReader::with_capacity(
                BUFFER,
                Timed {
                    stream,
                    deadline: Instant::now(),
                },
            ),
            out: Vec::new(),
            timeout: settings.timeout,
            address: settings.address(),
        };
        connection.greet(settings)?;
        Ok(connection)
    }

    /// Sends a command and waits for its reply.
    ///
    /// # Errors
    /// For everything but a reply, the server's refusal included.
    pub fn call(&mut self, arguments: &[&[u8]]) -> Result<Value, Failure> {
        self.stream.get_mut().deadline = Instant::now() + self.timeout;
        self.out.clear();
        writer::write(&mut self.out, arguments);
        let sent = self.stream.get_mut().write_all(&self.out);
        // One large value must not be kept for ever.
        if self.out.capacity() > 64 << 10 {
            self.out = Vec::new();
        }
        let answered = match sent {
            Ok(()) => reader::read(&mut self.stream),
            Err(error) => Err(error.into()),
        };
        match answered {
            Ok(Value::Error(text)) => Err(Failure::Server(text)),
            Ok(value) => Ok(value),
            Err(error) => Err(self.failure(error, arguments)),
        }
    }

    fn greet(&mut self, settings: &Settings) -> Result<(), Failure> {
        let username = settings.username.as_deref();
        let password = settings.password.as_deref();
        // A name without password is that of a user who needs none.
        let known = username.is_some() || password.is_some();
        let (user, secret) = (username.unwrap_or("default"), password.unwrap_or(""));
        if settings.resp3 {
            let mut hello: Vec<&[u8]> = vec![b"HELLO", b"3"];
            if known {
                hello.extend([b"AUTH".as_slice(), user.as_bytes(), secret.as_bytes()]);
            }
            self.call(&hello)?;
        } else if known {
            // Servers before version 6 know no users.
            match username {
                None => self.call(&[b"AUTH", secret.as_bytes()])?,
                Some(_) => self.call(&[b"AUTH", user.as_bytes(), secret.as_bytes()])?,
            };
        }
        if let Some(name) = &settings.client_name {
            self.call(&[b"CLIENT", b"SETNAME", name.as_bytes()])?;
        }
        if settings.database != 0 {
            self.call(&[b"SELECT", settings.database.to_string().as_bytes()])?;
        }
        Ok(())
    }

    fn failure(&self, error: ReadError, arguments: &[&[u8]]) -> Failure {
        let address = &self.address;
        match error {
            ReadError::Io(error) if timed_out(&error) => {
                let command = arguments.first().copied().unwrap_or_default();
                let command = String::from_utf8_lossy(command);
                let timeout = self.timeout;
                Failure::Timeout(format!(
                    "no reply from {address} to {command} within {timeout:?}"
                ))
            }
            ReadError::Io(error) => {
                Failure::Connection(format!("the connection to {address} was lost: {error}"))
            }
            ReadError::Closed => {
                Failure::Connection(format!("the connection to {address} was lost: {error}"))
            }
            ReadError::Malformed(_) | ReadError::TooLarge => {
                Failure::Protocol(format!("{address}: {error}"))
            }
        }
    }
}

fn timed_out(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock)
}

/// Tries each address of the host.
fn connect(settings: &Settings) -> Result<TcpStream, Failure> {
    let address = settings.address();
    let found = (settings.host.as_str(), settings.port).to_socket_addrs();
    let found: Vec<SocketAddr> = match found {
        Ok(found) => found.collect(),
        Err(error) => {
            return Err(Failure::Connection(format!(
                "cannot look up {}: {error}; looking up names needs a grant of that name, such \
                 as --allow-net {address}",
                settings.host
            )));
        }
    };
    let deadline = Instant::now() + settings.connect_timeout;
    let mut last = None;
    for candidate in found {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        match TcpStream::connect_timeout(&candidate, left) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = Some(error),
        }
    }
    match last {
        Some(error) if !timed_out(&error) => Err(Failure::Connection(format!(
            "cannot connect to {address}: {error}"
        ))),
        _ => Err(Failure::Timeout(format!(
            "no connection to {address} within {:?}",
            settings.connect_timeout
        ))),
    }
}

/// A stream whose reads and writes fail at the deadline.
struct Timed {
    stream: TcpStream,
    deadline: Instant,
}

impl Timed {
    fn left(&self) -> io::Result<Option<Duration>> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        // Zero would mean for ever.
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        Ok(Some(left.max(Duration::from_micros(1))))
    }
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(self.left()?)?;
        self.stream.read(buffer)
    }
}

impl Write for Timed {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.left()?)?;
        self.stream.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
