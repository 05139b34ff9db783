//! Listening, accepting, and stopping.
//!
//! The interface has a thread and a tokio of its own: a run that keeps every core busy must still
//! be paused and stopped, and clients must not take turns with its VUs. One request per
//! connection, so that every limit is one of a connection: a client that is slow with its
//! request or with reading the answer is cut off, and more than [`MAX_CONNECTIONS`] wait.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinSet;

use crate::address::Address;
use crate::live::LiveRun;
use crate::route;

/// Connections that are served at a time.
const MAX_CONNECTIONS: usize = 64;
/// What a client gets to send the head of its request in.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// What a client gets to read the answer in.
const ANSWER_TIME: Duration = Duration::from_secs(10);
/// What open requests get to finish in at the end of the run.
const GRACE: Duration = Duration::from_millis(500);
/// Longest head of a request, in bytes.
const MAX_HEAD: usize = 16 << 10;

/// Why there is no interface.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {source} (choose another address or port)")]
pub struct BindError {
    /// What was asked for.
    pub address: Address,
    /// What the system says.
    pub source: io::Error,
}

/// A bound address. Clients wait in the system's queue until [`Server::start`].
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    local: SocketAddr,
}

impl Server {
    /// Takes the address; a name is looked up, and waited for.
    ///
    /// # Errors
    /// [`BindError`] where it is taken, or none of this machine.
    pub fn bind(address: &Address) -> Result<Self, BindError> {
        let bound = TcpListener::bind((address.host(), address.port())).and_then(|listener| {
            listener.set_nonblocking(true)?;
            let local = listener.local_addr()?;
            Ok(Self { listener, local })
        });
        bound.map_err(|source| BindError {
            address: address.clone(),
            source,
        })
    }

    /// Where it listens, with the port that was found for port 0.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.local
    }

    /// Whether other machines can reach it.
    #[must_use]
    pub fn is_public(&self) -> bool {
        !self.local.ip().to_canonical().is_loopback()
    }

    /// Serves, until what it returns is dropped.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start(self, run: Arc<impl LiveRun>) -> io::Result<Serving> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("rest".to_owned())
            .spawn(move || runtime.block_on(serve(self.listener, run, stopped)))?;
        Ok(Serving {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

/// An interface at work. When it is dropped open requests get a moment to finish.
#[derive(Debug)]
pub struct Serving {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Its other end is gone only where the thread is.
        let _ = self.stop.take().map(|stop| stop.send(()));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

async fn serve(listener: TcpListener, run: Arc<impl LiveRun>, mut stopped: oneshot::Receiver<()>) {
    let started = Instant::now();
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            accepted = listener.accept(), if connections.len() < MAX_CONNECTIONS => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, Arc::clone(&run), started));
                }
                // Out of file descriptors is no reason to stop, but one to wait a moment.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
    drop(listener);
    let finished = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(GRACE, finished).await;
}

async fn connection(stream: TcpStream, run: Arc<impl LiveRun>, started: Instant) {
    // A socket that refuses works all the same.
    let _ = stream.set_nodelay(true);
    let answered = Notify::new();
    let service = service_fn(|request| {
        let (run, answered) = (Arc::clone(&run), &answered);
        async move {
            let reply = route::answer(&*run, started.elapsed(), request).await;
            answered.notify_one();
            Ok::<_, std::convert::Infallible>(reply)
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(MAX_HEAD)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    let too_slow = async {
        answered.notified().await;
        tokio::time::sleep(ANSWER_TIME).await;
    };
    tokio::select! {
        // A connection that breaks is the client's news.
        _ = pin!(served) => {}
        () = too_slow => {}
    }
}
