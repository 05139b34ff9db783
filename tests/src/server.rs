//! The built-in target server, in a thread of the test executable.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener};
use std::os::fd::OwnedFd;
use std::sync::{Mutex, OnceLock};

use runner_target::{Target, TargetOptions};
use rustix::net::{AddressFamily, SocketType, bind, getsockname, socket};

/// A running target. It ends with the test executable.
pub struct TargetServer {
    http: SocketAddr,
    https: SocketAddr,
    certificate: String,
}

impl TargetServer {
    /// Starts one on free ports.
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let options = TargetOptions {
            addr: any,
            tls_addr: Some(any),
        };
        let target = runtime.block_on(Target::bind(options)).unwrap();
        let (http, https) = (target.http_addr(), target.https_addr().unwrap());
        let certificate = target.certificate_pem().unwrap().to_owned();
        std::thread::spawn(move || runtime.block_on(target.run(std::future::pending::<()>())));
        Self {
            http,
            https,
            certificate,
        }
    }

    /// `http://127.0.0.1:port`.
    pub fn http(&self) -> String {
        format!("http://{}", self.http)
    }

    /// `https://127.0.0.1:port`.
    pub fn https(&self) -> String {
        format!("https://{}", self.https)
    }

    /// `127.0.0.1:port` of HTTP.
    pub fn host(&self) -> String {
        self.http.to_string()
    }

    /// `127.0.0.1:port` of HTTPS.
    pub fn https_host(&self) -> String {
        self.https.to_string()
    }

    /// The certificate that HTTPS clients have to trust, as PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }
}

/// The server that the tests of one executable share.
pub fn target() -> &'static TargetServer {
    static TARGET: OnceLock<TargetServer> = OnceLock::new();
    TARGET.get_or_init(TargetServer::start)
}

/// A port on which nobody listens, and which nobody else gets while the tests go on: it is bound.
pub fn closed_port() -> u16 {
    static HELD: Mutex<Vec<OwnedFd>> = Mutex::new(Vec::new());
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    bind(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = SocketAddrV4::try_from(getsockname(&socket).unwrap()).unwrap();
    HELD.lock().unwrap().push(socket);
    address.port()
}

/// A port that was free a moment ago, for a server of somebody else; whoever takes it must be ready
/// to find it taken.
pub fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}
