//! The client as a component exports it: each function is one command.

use std::cell::RefCell;

use exports::runner::redis::redis::{
    Failure as WitFailure, Guest, GuestClient, Item, Options, Reply,
};

use crate::client::Client;
use crate::convert::Answer;
use crate::failure::Failure;
use crate::json::json;
use crate::settings::{self, Settings};
use crate::value::Value;

wit_bindgen::generate!({
    path: ["../../wit", "wit"],
    world: "runner:redis/plugin",
    generate_all,
});

struct Redis;

export!(Redis);

impl Guest for Redis {
    type Client = Handle;
}

/// A client of the script's.
struct Handle(RefCell<Client>);

impl From<Failure> for WitFailure {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Server(text) => Self::Server(text),
            Failure::Connection(text) => Self::Connection(text),
            Failure::Timeout(text) => Self::Timeout(text),
            Failure::Protocol(text) => Self::Protocol(text),
            Failure::Invalid(text) => Self::Invalid(text),
        }
    }
}

impl From<Options> for settings::Options {
    fn from(options: Options) -> Self {
        Self {
            host: options.host,
            port: options.port,
            username: options.username,
            password: options.password,
            database: options.database,
            client_name: options.client_name,
            protocol: options.protocol,
            connect_timeout: options.connect_timeout,
            timeout: options.timeout,
        }
    }
}

impl Handle {
    fn call(&self, command: &'static str, arguments: &[&[u8]]) -> Result<Answer, Failure> {
        let mut all: Vec<&[u8]> = Vec::with_capacity(1 + arguments.len());
        all.push(command.as_bytes());
        all.extend(arguments);
        let value = self.0.borrow_mut().call(&all)?;
        Ok(Answer::new(command, value))
    }

    /// With as many arguments as the script gave.
    fn call_many(
        &self,
        command: &'static str,
        key: Option<&String>,
        rest: &[String],
    ) -> Result<Answer, Failure> {
        if rest.is_empty() {
            let text = format!("{command} needs at least one element in its list");
            return Err(Failure::Invalid(text));
        }
        let all = key.into_iter().chain(rest).map(|text| text.as_bytes());
        self.call(command, &all.collect::<Vec<_>>())
    }

    fn store(&self, key: &str, value: &[u8], expiration: Option<u64>) -> Result<String, Failure> {
        match expiration {
            None | Some(0) => self.call("SET", &[key.as_bytes(), value]),
            Some(seconds) => {
                let seconds = seconds.to_string();
                self.call("SET", &[key.as_bytes(), value, b"EX", seconds.as_bytes()])
            }
        }?
        .status()
    }
}

/// `name(arguments) = COMMAND arguments -> kind of reply`: a command whose arguments are texts
/// and numbers, sent in the order in which they are given.
macro_rules! commands {
    ($($name:ident($($argument:ident: $ty:ty),*) = $command:literal -> $kind:ident: $result:ty;)*) => {$(
        fn $name(&self, $($argument: $ty),*) -> Result<$result, WitFailure> {
            $(let $argument = $argument.to_string();)*
            Ok(self.call($command, &[$($argument.as_bytes()),*])?.$kind()?)
        }
    )*};
}

/// The same with a list, after a key where there is one.
macro_rules! list_commands {
    ($($name:ident($($key:ident,)? [$list:ident]) = $command:literal -> $kind:ident: $result:ty;)*) => {$(
        fn $name(&self, $($key: String,)? $list: Vec<String>) -> Result<$result, WitFailure> {
            #[allow(unused_mut, unused_assignments, reason = "not every command has a key")]
            let mut first: Option<&String> = None;
            $(first = Some(&$key);)?
            Ok(self.call_many($command, first, &$list)?.$kind()?)
        }
    )*};
}

impl GuestClient for Handle {
    fn new(url: Option<String>, options: Option<Options>) -> Result<Self, WitFailure> {
        let options = options.map(settings::Options::from).unwrap_or_default();
        let settings = Settings::new(url.as_deref(), options)?;
        Ok(Self(RefCell::new(Client::new(settings))))
    }

    fn set(
        &self,
        key: String,
        value: String,
        expiration: Option<u64>,
    ) -> Result<String, WitFailure> {
        Ok(self.store(&key, value.as_bytes(), expiration)?)
    }

    fn set_bytes(
        &self,
        key: String,
        value: Vec<u8>,
        expiration: Option<u64>,
    ) -> Result<String, WitFailure> {
        Ok(self.store(&key, &value, expiration)?)
    }

    commands! {
        get(key: String) = "GET" -> text: Option<String>;
        get_bytes(key: String) = "GET" -> bytes: Option<Vec<u8>>;
        get_set(key: String, value: String) = "GETSET" -> text: Option<String>;
        get_del(key: String) = "GETDEL" -> text: Option<String>;
        incr(key: String) = "INCR" -> integer: i64;
        incr_by(key: String, increment: i64) = "INCRBY" -> integer: i64;
        decr(key: String) = "DECR" -> integer: i64;
        decr_by(key: String, decrement: i64) = "DECRBY" -> integer: i64;
        random_key() = "RANDOMKEY" -> text: Option<String>;
        expire(key: String, seconds: i64) = "EXPIRE" -> flag: bool;
        ttl(key: String) = "TTL" -> integer: i64;
        persist(key: String) = "PERSIST" -> flag: bool;
        lpop(key: String) = "LPOP" -> text: Option<String>;
        rpop(key: String) = "RPOP" -> text: Option<String>;
        lrange(key: String, start: i64, stop: i64) = "LRANGE" -> texts: Vec<String>;
        lindex(key: String, index: i64) = "LINDEX" -> text: Option<String>;
        lset(key: String, index: i64, element: String) = "LSET" -> status: String;
        lrem(key: String, count: i64, value: String) = "LREM" -> count: u64;
        llen(key: String) = "LLEN" -> count: u64;
        hset(key: String, field: String, value: String) = "HSET" -> count: u64;
        hsetnx(key: String, field: String, value: String) = "HSETNX" -> flag: bool;
        hget(key: String, field: String) = "HGET" -> text: Option<String>;
        hgetall(key: String) = "HGETALL" -> pairs: Vec<(String, String)>;
        hkeys(key: String) = "HKEYS" -> texts: Vec<String>;
        hvals(key: String) = "HVALS" -> texts: Vec<String>;
        hlen(key: String) = "HLEN" -> count: u64;
        hincrby(key: String, field: String, increment: i64) = "HINCRBY" -> integer: i64;
        sismember(key: String, member: String) = "SISMEMBER" -> flag: bool;
        smembers(key: String) = "SMEMBERS" -> texts: Vec<String>;
        srandmember(key: String) = "SRANDMEMBER" -> text: Option<String>;
        spop(key: String) = "SPOP" -> text: Option<String>;
    }

    list_commands! {
        del([keys]) = "DEL" -> count: u64;
        exists([keys]) = "EXISTS" -> count: u64;
        mget([keys]) = "MGET" -> optional_texts: Vec<Option<String>>;
        lpush(key, [values]) = "LPUSH" -> count: u64;
        rpush(key, [values]) = "RPUSH" -> count: u64;
        hdel(key, [fields]) = "HDEL" -> count: u64;
        sadd(key, [members]) = "SADD" -> count: u64;
        srem(key, [members]) = "SREM" -> count: u64;
    }

    fn send_command(
        &self,
        command: String,
        args: Option<Vec<String>>,
    ) -> Result<Reply, WitFailure> {
        let args = args.unwrap_or_default();
        let value = self.0.borrow_mut().send(&command, &args)?;
        Ok(match value {
            Value::Nil => Reply::Nil,
            Value::Simple(text) => Reply::Text(text),
            Value::Bulk(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Reply::Text(text),
                Err(error) => Reply::Bytes(error.into_bytes()),
            },
            Value::Error(text) => return Err(WitFailure::Server(text)),
            Value::Integer(number) => Reply::Integer(number),
            Value::Double(number) => Reply::Number(number),
            Value::Boolean(truth) => Reply::Boolean(truth),
            Value::List(list) => Reply::Items(list.into_iter().map(item).collect()),
            Value::Map(pairs) => {
                let pairs = pairs
                    .into_iter()
                    .map(|(key, value)| (item(key), item(value)));
                Reply::Pairs(pairs.collect())
            }
        })
    }

    fn close(&self) {
        self.0.borrow_mut().close();
    }
}

fn item(value: Value) -> Item {
    match value {
        Value::Nil => Item::Nil,
        Value::Simple(text) => Item::Text(text),
        Value::Bulk(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Item::Text(text),
            Err(error) => Item::Bytes(error.into_bytes()),
        },
        Value::Error(text) => Item::Failed(text),
        Value::Integer(number) => Item::Integer(number),
        Value::Double(number) => Item::Number(number),
        Value::Boolean(truth) => Item::Boolean(truth),
        list @ (Value::List(_) | Value::Map(_)) => Item::Json(json(list)),
    }
}
