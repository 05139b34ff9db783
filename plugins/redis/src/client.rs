//! What a script's `Client` is: the settings, and a connection while there is one.

use crate::connection::Connection;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::value::Value;

/// Commands after which a connection no longer answers each command with one reply.
const STREAMING: &[&str] = &[
    "SUBSCRIBE",
    "PSUBSCRIBE",
    "SSUBSCRIBE",
    "MONITOR",
    "SYNC",
    "PSYNC",
];

/// Connects at the first command, and again at the first one after a connection broke. A command
/// that failed is not sent twice: the server may have run it.
pub struct Client {
    settings: Settings,
    connection: Option<Connection>,
}

impl Client {
    /// Not yet connected.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            connection: None,
        }
    }

    /// Sends a command and waits for its reply.
    ///
    /// # Errors
    /// For everything but a reply, the server's refusal included.
    pub fn call(&mut self, arguments: &[&[u8]]) -> Result<Value, Failure> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => Connection::open(&self.settings)?,
        };
        let answered = connection.call(arguments);
        // Only then is it known where the next reply begins.
        if matches!(answered, Ok(_) | Err(Failure::Server(_))) {
            self.connection = Some(connection);
        }
        answered
    }

    /// As [`Client::call`], for commands that the user wrote. Words in the command itself
    /// (`CLIENT INFO`) are sent as they belong, one by one.
    ///
    /// # Errors
    /// Also for commands that answer with a stream, and for none at all.
    pub fn send(&mut self, command: &str, arguments: &[String]) -> Result<Value, Failure> {
        let words: Vec<&str> = command.split_ascii_whitespace().collect();
        let refused = |reason: &str| Err(Failure::Invalid(format!("{command:?} {reason}")));
        let Some(first) = words.first() else {
            return refused("is no command");
        };
        if STREAMING
            .iter()
            .any(|name| name.eq_ignore_ascii_case(first))
        {
            return refused("turns the connection into a stream, which this client does not read");
        }
        let second = words.get(1).copied();
        let second = second.or_else(|| arguments.first().map(String::as_str));
        if first.eq_ignore_ascii_case("CLIENT")
            && second.is_some_and(|word| word.eq_ignore_ascii_case("REPLY"))
        {
            return refused("would leave commands without replies");
        }
        let rest = arguments.iter().map(|argument| argument.as_bytes());
        let all: Vec<&[u8]> = words
            .iter()
            .map(|word| word.as_bytes())
            .chain(rest)
            .collect();
        self.call(&all)
    }

    /// Ends the connection, if there is one.
    pub fn close(&mut self) {
        self.connection = None;
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::thread::JoinHandle;
    use std::time::{Duration, Instant};

    use super::*;

    /// What the server does for one connection: reads what a command is, sends its reply.
    type Steps = Vec<(&'static [u8], &'static [u8])>;

    /// Serves connections one after the other and closes each after its steps. Gives all that was
    /// received.
    fn serve(connections: Vec<Steps>) -> (Settings, JoinHandle<Vec<u8>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let thread = std::thread::spawn(move || {
            let mut received = Vec::new();
            for steps in connections {
                let (mut stream, _) = listener.accept().unwrap();
                for (last, reply) in steps {
                    until(&mut stream, last, &mut received);
                    stream.write_all(reply).unwrap();
                }
            }
            received
        });
        let settings = Settings {
            port,
            timeout: Duration::from_secs(20),
            ..Settings::default()
        };
        (settings, thread)
    }

    /// Reads until the last of it is `last`.
    fn until(stream: &mut TcpStream, last: &[u8], received: &mut Vec<u8>) {
        let (start, mut byte) = (received.len(), [0]);
        while !received[start..].ends_with(last) {
            assert_eq!(stream.read(&mut byte).unwrap(), 1, "the client has left");
            received.push(byte[0]);
        }
    }

    const PING: &[u8] = b"*1\r\n$4\r\nPING\r\n";
    const PONG: &[u8] = b"+PONG\r\n";

    fn pong() -> Value {
        Value::Simple("PONG".into())
    }

    #[test]
    fn nothing_connects_before_the_first_command_and_one_connection_serves_all() {
        let (settings, server) = serve(vec![vec![
            (PING, PONG),
            (PING, b"-ERR no\r\n"),
            (PING, PONG),
        ]]);
        let mut client = Client::new(settings);
        assert_eq!(client.call(&[b"PING"]).unwrap(), pong());
        let refused = client.call(&[b"PING"]).unwrap_err();
        assert_eq!(refused, Failure::Server("ERR no".into()));
        assert_eq!(client.call(&[b"PING"]).unwrap(), pong());
        server.join().unwrap();
    }

    #[test]
    fn after_a_broken_connection_the_next_command_makes_a_new_one() {
        // The second connection ends in the middle of a reply.
        let (settings, server) = serve(vec![
            vec![(PING, PONG)],
            vec![(PING, b"$10\r\nhal")],
            vec![(PING, b"what?\r\n")],
            vec![(PING, PONG)],
        ]);
        let mut client = Client::new(settings);
        assert!(client.call(&[b"PING"]).is_ok());
        let closed = client.call(&[b"PING"]).unwrap_err();
        assert!(matches!(closed, Failure::Connection(_)), "{closed}");
        let cut = client.call(&[b"PING"]).unwrap_err();
        assert!(cut.to_string().contains("was lost"), "{cut}");
        let strange = client.call(&[b"PING"]).unwrap_err();
        assert!(matches!(strange, Failure::Protocol(_)), "{strange}");
        assert_eq!(client.call(&[b"PING"]).unwrap(), pong());
        server.join().unwrap();
    }

    #[test]
    fn greetings_of_both_protocols() {
        let mut settings = Settings {
            password: Some("hush".into()),
            ..Settings::default()
        };
        let greeted = |wanted: &Settings, replies: Steps| {
            let (settings, server) = serve(vec![replies]);
            let port = settings.port;
            let mut client = Client::new(Settings {
                port,
                ..wanted.clone()
            });
            let answered = client.call(&[b"PING"]);
            drop(client);
            let received = String::from_utf8(server.join().unwrap()).unwrap();
            let words = received
                .split("\r\n")
                .filter(|word| !word.starts_with(['*', '$']));
            (answered, words.collect::<Vec<_>>().join(" "))
        };
        let (answered, words) = greeted(&settings, vec![(b"hush\r\n", b"+OK\r\n"), (PING, PONG)]);
        assert_eq!(
            (answered.unwrap(), words.as_str()),
            (pong(), "AUTH hush PING ")
        );

        settings.username = Some("ann".into());
        settings.client_name = Some("load".into());
        settings.database = 7;
        let replies: Steps = vec![
            (b"hush\r\n", b"+OK\r\n"),
            (b"load\r\n", b"+OK\r\n"),
            (b"7\r\n", b"+OK\r\n"),
            (PING, PONG),
        ];
        let (answered, words) = greeted(&settings, replies);
        let expected = "AUTH ann hush CLIENT SETNAME load SELECT 7 PING ";
        assert_eq!((answered.unwrap(), words.as_str()), (pong(), expected));

        settings = Settings {
            password: Some("hush".into()),
            resp3: true,
            ..Settings::default()
        };
        let replies: Steps = vec![(b"hush\r\n", b"%1\r\n+proto\r\n:3\r\n"), (PING, PONG)];
        let (answered, words) = greeted(&settings, replies);
        let expected = "HELLO 3 AUTH default hush PING ";
        assert_eq!((answered.unwrap(), words.as_str()), (pong(), expected));

        let replies: Steps = vec![(b"hush\r\n", b"-WRONGPASS invalid\r\n")];
        let (answered, _) = greeted(&settings, replies);
        assert_eq!(
            answered.unwrap_err(),
            Failure::Server("WRONGPASS invalid".into())
        );
    }

    #[test]
    fn a_silent_server_and_a_dripping_one_are_given_up_in_time() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let settings = Settings {
            port: listener.local_addr().unwrap().port(),
            timeout: Duration::from_millis(200),
            ..Settings::default()
        };
        let server = std::thread::spawn(move || {
            let (silent, _) = listener.accept().unwrap();
            let (mut dripping, _) = listener.accept().unwrap();
            // Each byte comes in time, the reply never does.
            while dripping.write_all(b"+").is_ok() {
                std::thread::sleep(Duration::from_millis(20));
            }
            drop(silent);
        });
        let mut client = Client::new(settings);
        let started = Instant::now();
        for _ in 0..2 {
            let failure = client.call(&[b"PING"]).unwrap_err().to_string();
            assert!(failure.contains("to PING within 200ms"), "{failure}");
        }
        assert!(started.elapsed() < Duration::from_secs(10));
        server.join().unwrap();
    }

    #[test]
    fn a_closed_port_is_named() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let mut client = Client::new(Settings {
            port,
            ..Settings::default()
        });
        let failure = client.call(&[b"PING"]).unwrap_err().to_string();
        let expected = format!("connection: cannot connect to 127.0.0.1:{port}: ");
        assert!(failure.starts_with(&expected), "{failure}");
    }

    #[test]
    fn what_users_send_themselves() {
        let listing = b"*2\r\n$6\r\nCLIENT\r\n$4\r\nINFO\r\n";
        let (settings, server) = serve(vec![vec![(listing, b"$2\r\nid\r\n")]]);
        let mut client = Client::new(settings);
        let answered = client.send("CLIENT INFO", &[]).unwrap();
        assert_eq!(answered, Value::Bulk("id".into()));
        server.join().unwrap();
        for (command, arguments) in [
            ("", vec![]),
            (" ", vec![]),
            ("subscribe", vec!["x".to_owned()]),
            ("MONITOR", vec![]),
            ("CLIENT", vec!["reply".to_owned(), "off".to_owned()]),
            ("client REPLY", vec!["OFF".to_owned()]),
        ] {
            let failure = client.send(command, &arguments).unwrap_err();
            assert!(
                matches!(failure, Failure::Invalid(_)),
                "{command}: {failure}"
            );
        }
    }
}
