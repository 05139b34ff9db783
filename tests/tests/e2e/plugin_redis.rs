//! The extension `redis` against a real `redis-server`, which each test starts for itself on a
//! free port (`make test` installs it). Where there is none, the tests are skipped.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use runner_tests::{Runner, free_port, guest, is_k6, skip};

/// A server of one test's own. It keeps nothing on disk.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// None where it is not installed, and the test is skipped.
    fn start(args: &[&str]) -> Option<Self> {
        if is_k6() {
            return None;
        }
        // Somebody else may take the port between asking for it and using it.
        for _ in 0..5 {
            match Self::on(free_port(), args) {
                Ok(Some(server)) => return Some(server),
                Ok(None) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    skip("redis-server", "make test installs it");
                    return None;
                }
                Err(error) => panic!("redis-server: {error}"),
            }
        }
        panic!("redis-server did not start on five ports");
    }

    /// None where it ended at once, as it does when the port is taken.
    fn on(port: u16, args: &[&str]) -> std::io::Result<Option<Self>> {
        let mut child = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no"])
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let deadline = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if child.try_wait()?.is_some() {
                return Ok(None);
            }
            assert!(Instant::now() < deadline, "redis-server does not listen");
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(Some(Self { child, port }))
    }

    fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// One command without the extension's help.
    fn tell(&self, command: &str) {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        write!(stream, "{command}\r\n").unwrap();
        let mut answer = [0; 64];
        assert_ne!(stream.read(&mut answer).unwrap(), 0, "{command}: no answer");
        assert_ne!(answer[0], b'-', "{command}: {answer:?}");
    }

    fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The extension without any grant. The script finds the server's address in `ADDRESS`.
fn without_grant(script: &str, address: &str) -> Runner {
    Runner::new()
        .script(script)
        .file("redis.wasm", guest("plugins/redis"))
        .args(["--ext", "redis=redis.wasm"])
        .script_env("ADDRESS", address)
}

fn runner(script: &str, address: &str) -> Runner {
    let grant = format!("redis:{address}");
    without_grant(script, address).args(["--allow-net", &grant])
}

/// One command of each kind. `OPTIONS` are those of the client.
const COMMANDS: &str = "
import redis from 'k6/x/redis';
const client = new redis.Client(`redis://${__ENV.ADDRESS}/1`, JSON.parse(__ENV.OPTIONS));
const show = (...values) => console.log(JSON.stringify(values));

export default function () {
  show(client.set('a', 'ß 😀'), client.get('a'), client.get('none') === undefined, client.set('t', 'x', 100));
  show(client.ttl('t') > 90, client.ttl('a'), client.ttl('none'), client.persist('t'), client.ttl('t'), client.expire('t', 50), client.expire('none', 1));
  show(client.getSet('a', 'b'), client.getSet('new', 'c') === undefined, client.getDel('new'), client.exists(['a', 't', 'none']));
  show(client.incr('n'), client.incrBy('n', 10), client.decr('n'), client.decrBy('n', 20), client.incrBy('n', -1));
  show(client.mget(['a', 'none', 'n']), ['a', 't', 'n'].includes(client.randomKey()), client.del(['a', 't', 'n', 'none']), client.randomKey() === undefined);

  show(client.rpush('l', ['b', 'c']), client.lpush('l', ['a']), client.lrange('l', 0, -1), client.lindex('l', -1), client.lindex('l', 9) === undefined);
  show(client.lset('l', 1, 'B'), client.llen('l'), client.lrem('l', 0, 'B'), client.lpop('l'), client.rpop('l'), client.lpop('l') === undefined);

  show(client.hset('h', 'f', '1'), client.hset('h', 'f', '2'), client.hsetnx('h', 'f', '3'), client.hsetnx('h', 'g', '4'), client.hget('h', 'f'), client.hget('h', 'x') === undefined);
  show(client.hgetall('h'), client.hkeys('h'), client.hvals('h'), client.hlen('h'), client.hincrby('h', 'f', 40), client.hdel('h', ['f', 'x']));

  show(client.sadd('s', ['x', 'y', 'x']), client.sismember('s', 'x'), client.sismember('s', 'z'), client.smembers('s').sort(), client.srem('s', ['x', 'z']));
  show(client.srandmember('s'), client.spop('s'), client.spop('s') === undefined, client.smembers('s'));

  client.setBytes('raw', new Uint8Array([0, 255, 13, 10]));
  show(Array.from(client.getBytes('raw')), client.getBytes('none') === undefined);
  const big = 'x'.repeat(1 << 20);
  client.set('big', big);
  show(client.get('big') === big);

  show(client.sendCommand('ECHO', ['hi']), client.sendCommand('STRLEN', ['big']), client.sendCommand('GET', ['none']).tag, client.sendCommand('client getname').val);
  show(client.sendCommand('MULTI'), client.sendCommand('SET', ['m', '1']), client.sendCommand('LPUSH', ['m', 'x']), client.sendCommand('EXEC'));
  show(JSON.parse(client.sendCommand('SCAN', ['0', 'MATCH', 'm']).val[1].val));

  for (const call of [
    () => client.lpush('raw', ['x']), () => client.get('raw'), () => client.del([]),
    () => client.sendCommand('NONSENSE'), () => client.sendCommand('subscribe', ['x']), () => client.sendCommand(' '),
  ]) {
    try { call(); show('accepted'); } catch (error) { show(error.message, error.payload.tag); }
  }
  client.close();
  show(client.get('m'));
}
";

const ANSWERS: &[&str] = &[
    r#"["OK","ß 😀",true,"OK"]"#,
    r#"[true,-1,-2,true,-1,true,false]"#,
    r#"["ß 😀",true,"c",2]"#,
    r#"[1,11,10,-10,-11]"#,
    r#"[["b",null,"-11"],true,3,true]"#,
    r#"[2,3,["a","b","c"],"c",true]"#,
    r#"["OK",3,1,"a","c",true]"#,
    r#"[1,0,false,true,"2",true]"#,
    r#"[[["f","2"],["g","4"]],["f","g"],["2","4"],2,42,1]"#,
    r#"[2,true,false,["x","y"],1]"#,
    r#"["y","y",true,[]]"#,
    r#"[[0,255,13,10],true]"#,
    r#"[true]"#,
    r#"[{"tag":"text","val":"hi"},{"tag":"integer","val":1048576},"nil","load"]"#,
    r#"[{"tag":"text","val":"OK"},{"tag":"text","val":"QUEUED"},{"tag":"text","val":"QUEUED"},{"tag":"items","val":[{"tag":"text","val":"OK"},{"tag":"failed","val":"WRONGTYPE Operation against a key holding the wrong kind of value"}]}]"#,
    r#"[["m"]]"#,
    r#"["server: WRONGTYPE Operation against a key holding the wrong kind of value","server"]"#,
    r#"["protocol: the reply to GET is not UTF-8; read it with getBytes or sendCommand","protocol"]"#,
    r#"["invalid: DEL needs at least one element in its list","invalid"]"#,
    r#"["server: ERR unknown command 'NONSENSE', with args beginning with: ","server"]"#,
    r#"["invalid: \"subscribe\" turns the connection into a stream, which this client does not read","invalid"]"#,
    r#"["invalid: \" \" is no command","invalid"]"#,
    r#"["1"]"#,
];

#[test]
fn every_command_in_both_protocols() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    for protocol in [2, 3] {
        let options = format!(r#"{{"protocol":{protocol},"clientName":"load"}}"#);
        let runner = runner(COMMANDS, &server.address()).script_env("OPTIONS", options);
        runner.run().succeeds().console_is(ANSWERS);
        server.tell("FLUSHALL");
    }
}

#[test]
fn replies_that_only_the_newer_protocol_has() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let script = "
import { Client } from 'k6/x/redis';
const client = new Client(`redis://${__ENV.ADDRESS}`, { protocol: 3 });
export default function () {
  client.sendCommand('HSET', ['h', 'f', '1']);
  client.sendCommand('ZADD', ['z', '1.5', 'm']);
  for (const [command, ...args] of [['HGETALL', 'h'], ['ZSCORE', 'z', 'm'], ['CONFIG', 'GET', 'databases']]) {
    console.log(JSON.stringify(client.sendCommand(command, args)));
  }
}
";
    runner(script, &server.address()).run().succeeds().console_is(&[
        r#"{"tag":"pairs","val":[[{"tag":"text","val":"f"},{"tag":"text","val":"1"}]]}"#,
        r#"{"tag":"number","val":1.5}"#,
        r#"{"tag":"pairs","val":[[{"tag":"text","val":"databases"},{"tag":"text","val":"16"}]]}"#,
    ]);
}

#[test]
fn without_a_grant_the_error_says_how_to_allow_it() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let script = "
import redis from 'k6/x/redis';
const client = new redis.Client(`redis://${__ENV.ADDRESS}`);
export const options = { iterations: 2 };
export default function () {
  console.log('before');
  client.incr('n');
  console.log('after');
}
";
    let address = server.address();
    let output = without_grant(script, &address).run().succeeds();
    let output = output
        .says(&format!("connection: cannot connect to {address}"))
        .says(&format!("redis wants wasi:sockets for {address}"))
        .says(&format!("allow it with --allow-net redis:{address}"));
    output.console_is(&["before", "before"]);
    // A grant for another server is none for this one.
    let other = without_grant(script, &address).args(["--allow-net", "redis:127.0.0.1:1"]);
    let output = other.run().succeeds();
    let hint = format!(
        "redis wants wasi:sockets for {address}; allow it with --allow-net redis:{address}"
    );
    output.says(&hint).console_is(&["before", "before"]);
    runner(script, &address)
        .run()
        .succeeds()
        .console_is(&["before", "after", "before", "after"]);
}

#[test]
fn a_host_name_is_granted_as_a_name() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let script = "
import redis from 'k6/x/redis';
const client = new redis.Client(`redis://localhost:${__ENV.ADDRESS.split(':')[1]}`);
export default function () { console.log(client.incr('n')); }
";
    let named = format!("redis:localhost:{}", server.port);
    let address = server.address();
    let granted = without_grant(script, &address).args(["--allow-net", &named]);
    granted.run().succeeds().console_is(&["1"]);
    let output = runner(script, &address).run().succeeds();
    output
        .says("cannot look up localhost")
        .says(&format!("--allow-net localhost:{}", server.port));
}

#[test]
fn a_server_that_goes_away_fails_iterations_until_it_is_back() {
    let Some(mut server) = Server::start(&[]) else {
        return;
    };
    let script = "
import { sleep } from 'k6';
import redis from 'k6/x/redis';
const client = new redis.Client(`redis://${__ENV.ADDRESS}`);
export const options = { vus: 2, duration: '5m' };
export default function () {
  sleep(0.02);
  console.log(`phase ${client.get('phase')}`);
}
";
    server.tell("SET phase one");
    let running = runner(script, &server.address()).start();
    running.until("phase one");
    server.stop();
    running.until("connection: ");
    running.until("cannot connect to");
    let mut server = Server::on(server.port, &[])
        .unwrap()
        .expect("the port is free again");
    server.tell("SET phase two");
    running.until("phase two");
    running.interrupt();
    let output = running.wait().exits(105);
    server.stop();
    let lost = output.logs().into_iter().filter(|log| log.level == "error");
    let lost: Vec<_> = lost.map(|log| log.message).collect();
    let ours = |text: &String| text.starts_with("Error: connection: ");
    assert!(
        lost.iter().filter(|text| ours(text)).count() >= 2,
        "{output}"
    );
}

#[test]
fn many_users_share_a_server_and_each_has_a_connection() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let script = "
import redis from 'k6/x/redis';
const client = new redis.Client(`redis://${__ENV.ADDRESS}`);
export const options = { scenarios: { each: { executor: 'per-vu-iterations', vus: 10, iterations: 50 } } };
export function setup() { client.set('n', '0'); }
export default function () {
  client.incr('n');
  client.sadd('ids', [client.sendCommand('CLIENT ID').val.toString()]);
}
export function teardown() {
  console.log(client.get('n'), client.smembers('ids').length);
}
";
    runner(script, &server.address())
        .run()
        .succeeds()
        .console_is(&["500 10"]);
}

#[test]
fn passwords_are_used_and_never_shown() {
    let Some(server) = Server::start(&["--requirepass", "open sesame"]) else {
        return;
    };
    let script = "
import redis from 'k6/x/redis';
const say = (url, options) => {
  try { console.log(new redis.Client(url, options).incr('n')); } catch (error) { console.log(error.message); }
};
export default function () {
  const place = __ENV.ADDRESS;
  say(`redis://:open%20sesame@${place}`);
  say(`redis://${place}`, { password: 'open sesame' });
  say(`redis://${place}`, { username: 'default', password: 'open sesame', protocol: 3 });
  say(`redis://${place}`);
  say(`redis://:hush-hush@${place}`);
  say(`redis://:hush-hush@${place}/x`);
  say(`rediss://:hush-hush@${place}`);
  say(undefined, { port: 1, protocol: 5 });
}
";
    let output = runner(script, &server.address()).run().succeeds();
    let output = output.never_says("hush-hush").never_says("sesame");
    let said = output.console();
    assert_eq!(said[..3], ["1", "2", "3"], "{output}");
    assert!(said[3].starts_with("server: NOAUTH"), "{output}");
    assert!(said[4].starts_with("server: WRONGPASS"), "{output}");
    assert!(
        said[5].starts_with("invalid: the URL has a database that is no number"),
        "{output}"
    );
    assert!(said[6].contains("TLS (rediss)"), "{output}");
    assert_eq!(
        said[7], "invalid: options.protocol must be 2 or 3, got 5",
        "{output}"
    );
}

#[test]
fn servers_that_are_none_are_given_up_in_time() {
    if is_k6() {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    // The first connection is never answered; the second one by a web server.
    let server = std::thread::spawn(move || {
        let (silent, _) = listener.accept().unwrap();
        let (mut web, _) = listener.accept().unwrap();
        let mut request = [0; 4];
        web.read_exact(&mut request).unwrap();
        web.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        (silent, web)
    });
    let script = "
import redis from 'k6/x/redis';
const client = new redis.Client(`redis://${__ENV.ADDRESS}`, { timeout: 300 });
export default function () {
  for (let i = 0; i < 2; i++) {
    try { client.get('a'); } catch (error) { console.log(error.message); }
  }
}
";
    let output = runner(script, &address).run().succeeds();
    server.join().unwrap();
    output.console_is(&[
        &format!("timeout: no reply from {address} to GET within 300ms"),
        &format!(
            "protocol: {address}: the server sent what is no reply: a line that begins with 'H'"
        ),
    ]);
}

#[test]
fn scripts_written_for_k6_only_change_their_import() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let script = "
import redis from './k6-redis.js';
const [host, port] = __ENV.ADDRESS.split(':');
const client = new redis.Client({ socket: { host, port: Number(port) }, database: 2 });
const numbers = new Array(0, 1, 2, 3);
export async function setup() {
  await client.sadd('numbers', ...numbers);
}
export default async function () {
  const number = await client.srandmember('numbers');
  console.log(numbers.includes(Number(number)), await client.set('n', 5, 0), await client.get('n'), await client.exists('n', 'numbers'));
  await client.hset('h', 'a', true);
  console.log(JSON.stringify([await client.hgetall('h'), await client.mget('n', 'none'), await client.rpush('l', 1, 'b'), await client.sendCommand('SCAN', 0, 'MATCH', 'n')]));
  await client.get('none').then(() => console.log('found'), (error) => console.log(error.message));
  await client.set('n', {}).catch((error) => console.log(error.message));
  client.exists('id').then((found) => found || client.incr('id')).then((id) => console.log(id)).finally(() => client.del('id', 'n'));
}
";
    let shim = concat!(env!("CARGO_MANIFEST_DIR"), "/../plugins/redis/k6-redis.js");
    let shim = std::fs::read(shim).unwrap();
    let runner = runner(script, &server.address()).file("k6-redis.js", shim);
    runner.run().succeeds().console_is(&[
        "true OK 5 2",
        r#"[{"a":"true"},["5",null],2,["0",["n"]]]"#,
        "redis: nil",
        "redis takes strings, numbers and booleans, not object",
        "1",
    ]);
}

#[test]
fn a_command_that_waits_does_not_hold_up_the_end_of_a_run() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let script = "
import redis from 'k6/x/redis';
const client = new redis.Client(`redis://${__ENV.ADDRESS}`, { timeout: 600000 });
export const options = { scenarios: { each: { executor: 'constant-vus', vus: 2, duration: '1s', gracefulStop: '0s' } } };
export default function () { client.sendCommand('BLPOP', ['never', '0']); }
export function teardown() { console.log(client.sendCommand('PING').val); }
";
    let output = runner(script, &server.address()).run().succeeds();
    output.prints("2 interrupted").console_is(&["PONG"]);
}
