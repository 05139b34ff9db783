//! From a script's functions to the component that the host calls.
//!
//! [`script!`](crate::script) fills a [`Definition`] once per instance; [`Export`] answers the
//! host's calls with it. JSON is read and written around setup, activation and the summary
//! only: an iteration is one call through a box.

use std::cell::RefCell;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bindings::exports::runner::script::lifecycle::{
    Description, Failure, FailureKind, Guest,
};
use crate::{Outcome, Result, env, log, state};

type Call = Box<dyn Fn() -> Result<(), String>>;
type Bind = Box<dyn Fn(Option<&str>) -> Result<Call, String>>;
type SetUp = Box<dyn Fn() -> Result<Option<String>, String>>;
type Summary = Box<dyn Fn(&str) -> Result<Option<Outputs>, String>>;

/// What a script is made of. [`script!`](crate::script) fills it.
#[derive(Default)]
pub struct Definition {
    options: Option<String>,
    functions: Vec<(&'static str, Bind)>,
    init: Option<Call>,
    setup: Option<SetUp>,
    teardown: Option<Bind>,
    summary: Option<Summary>,
}

/// A function that iterations can run, or `teardown`: without arguments, or with a reference to
/// what `setup` returned.
pub trait Scenario<Marker>: 'static {
    /// The function with its data, read from JSON once.
    #[doc(hidden)]
    fn bind(&self, data: Option<&str>) -> Result<Call, String>;
}

/// Marks functions that take the data of `setup`.
#[derive(Debug)]
pub struct WithData<T, R>(PhantomData<(T, R)>);

impl<F, R> Scenario<PhantomData<R>> for F
where
    F: Fn() -> R + Copy + 'static,
    R: Outcome,
{
    fn bind(&self, _: Option<&str>) -> Result<Call, String> {
        let function = *self;
        Ok(Box::new(move || function().outcome().map(drop)))
    }
}

impl<F, T, R> Scenario<WithData<T, R>> for F
where
    F: Fn(&T) -> R + Copy + 'static,
    T: DeserializeOwned + 'static,
    R: Outcome,
{
    fn bind(&self, data: Option<&str>) -> Result<Call, String> {
        let function = *self;
        let data: T = serde_json::from_str(data.unwrap_or("null")).map_err(|e| {
            format!(
                "what setup returned is not the {} that the function takes: {e}",
                std::any::type_name::<T>()
            )
        })?;
        Ok(Box::new(move || function(&data).outcome().map(drop)))
    }
}

/// A `setup` function: it returns nothing, or a `Result` with what the others are given.
pub trait Setup<Marker>: 'static {
    /// What it returns, as JSON; none where it returns nothing.
    #[doc(hidden)]
    fn run(&self) -> Result<Option<String>, String>;
}

impl<F, R> Setup<PhantomData<R>> for F
where
    F: Fn() -> R + 'static,
    R: Outcome,
    R::Value: Serialize,
{
    fn run(&self) -> Result<Option<String>, String> {
        let json = serde_json::to_string(&self().outcome()?).map_err(|e| e.to_string())?;
        Ok(Some(json).filter(|json| json != "null"))
    }
}

/// A `handle_summary` function: it takes the end-of-test summary and says what to write.
pub trait Summarize<Marker>: 'static {
    /// What to write; none for the default summary.
    #[doc(hidden)]
    fn run(&self, data: &serde_json::Value) -> Result<Option<Outputs>, String>;
}

impl<F, R> Summarize<PhantomData<R>> for F
where
    F: Fn(&serde_json::Value) -> R + 'static,
    R: Into<Outputs>,
{
    fn run(&self, data: &serde_json::Value) -> Result<Option<Outputs>, String> {
        Ok(Some(self(data).into()))
    }
}

impl<F, R, E> Summarize<PhantomData<Result<R, E>>> for F
where
    F: Fn(&serde_json::Value) -> Result<R, E> + 'static,
    R: Into<Outputs>,
    E: std::fmt::Display,
{
    fn run(&self, data: &serde_json::Value) -> Result<Option<Outputs>, String> {
        self(data)
            .map(|outputs| Some(outputs.into()))
            .map_err(|e| format!("{e:#}"))
    }
}

/// What `handle_summary` wants written.
///
/// ```no_run
/// use runner_sdk::prelude::*;
///
/// fn summary(data: &Value) -> Outputs {
///     let requests = &data["metrics"]["http_reqs"]["values"]["count"];
///     Outputs::new()
///         .stdout(format!("{requests} requests\n"))
///         .file("summary.json", data.to_string())
/// }
/// ```
#[derive(Debug, Default)]
pub struct Outputs(Vec<(String, Vec<u8>)>);

impl Outputs {
    /// Nothing to write.
    pub fn new() -> Self {
        Self::default()
    }

    /// Text for standard output.
    pub fn stdout(self, text: impl Into<Vec<u8>>) -> Self {
        self.file("stdout", text)
    }

    /// Text for standard error.
    pub fn stderr(self, text: impl Into<Vec<u8>>) -> Self {
        self.file("stderr", text)
    }

    /// A file, which is replaced if it is there.
    pub fn file(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.0.push((path.to_owned(), content.into()));
        self
    }
}

impl Definition {
    /// The options, as anything that JSON can express.
    pub fn options(&mut self, options: impl Serialize) -> Result {
        self.options = Some(serde_json::to_string(&options)?);
        Ok(())
    }

    /// A function under the name that a scenario's `exec` has for it.
    pub fn function<M>(&mut self, name: &'static str, function: impl Scenario<M>) {
        self.functions
            .push((name, Box::new(move |data| function.bind(data))));
    }

    /// A function that runs once per VU, before all others.
    pub fn init<R: Outcome>(&mut self, function: impl Fn() -> R + 'static) {
        self.init = Some(Box::new(move || function().outcome().map(drop)));
    }

    /// The function that runs once before the scenarios.
    pub fn setup<M>(&mut self, function: impl Setup<M>) {
        self.setup = Some(Box::new(move || function.run()));
    }

    /// The function that runs once after the scenarios.
    pub fn teardown<M>(&mut self, function: impl Scenario<M>) {
        self.teardown = Some(Box::new(move |data| function.bind(data)));
    }

    /// The function that writes the end-of-test summary.
    pub fn handle_summary<M>(&mut self, function: impl Summarize<M>) {
        self.summary = Some(Box::new(move |data| {
            let data = serde_json::from_str(data).map_err(|e| e.to_string())?;
            function.run(&data)
        }));
    }
}

/// A script, as [`script!`](crate::script) writes it.
pub trait Script: 'static {
    /// Says what the script is made of and declares its metrics.
    ///
    /// # Errors
    /// The options are no JSON, or a metric cannot be declared.
    fn define(definition: &mut Definition) -> Result;
}

/// The component that script `S` is exported as.
#[derive(Debug)]
pub struct Export<S>(PhantomData<S>);

thread_local! {
    static DEFINITION: RefCell<Definition> = RefCell::default();
    /// What `iterate` runs.
    static ACTIVE: RefCell<Option<Call>> = const { RefCell::new(None) };
}

impl<S: Script> Guest for Export<S> {
    fn init(_vu: u64) -> Result<Description, Failure> {
        std::panic::set_hook(Box::new(log_panic));
        let mut definition = Definition::default();
        finish(S::define(&mut definition).map_err(|e| e.message().to_owned()))?;
        if let Some(init) = &definition.init {
            finish(init())?;
        }
        let description = Description {
            options: definition.options.take().unwrap_or_else(|| "{}".to_owned()),
            functions: definition
                .functions
                .iter()
                .map(|(name, _)| (*name).to_owned())
                .collect(),
            setup: definition.setup.is_some(),
            teardown: definition.teardown.is_some(),
            handle_summary: definition.summary.is_some(),
        };
        DEFINITION.set(definition);
        Ok(description)
    }

    fn setup() -> Result<Option<String>, Failure> {
        DEFINITION.with_borrow(|definition| match &definition.setup {
            Some(setup) => finish(setup()),
            None => Err(missing("setup")),
        })
    }

    fn activate(
        exec: String,
        variables: Vec<(String, String)>,
        data: Option<String>,
    ) -> Result<(), Failure> {
        env::set_scenario(variables);
        let call = DEFINITION.with_borrow(|definition| {
            match definition.functions.iter().find(|(name, _)| *name == exec) {
                Some((_, bind)) => bind(data.as_deref()).map_err(|text| failed(text, false)),
                None => Err(missing(&exec)),
            }
        })?;
        ACTIVE.set(Some(call));
        Ok(())
    }

    fn iterate(_iteration: u64) -> Result<(), Failure> {
        ACTIVE.with_borrow(|active| match active {
            Some(call) => finish(call()),
            None => Err(missing("the activated function")),
        })
    }

    fn teardown(data: Option<String>) -> Result<(), Failure> {
        DEFINITION.with_borrow(|definition| match &definition.teardown {
            Some(bind) => finish(bind(data.as_deref()).and_then(|call| call())),
            None => Err(missing("teardown")),
        })
    }

    fn handle_summary(data: String) -> Result<Option<Vec<(String, Vec<u8>)>>, Failure> {
        DEFINITION.with_borrow(|definition| match &definition.summary {
            Some(summary) => finish(summary(&data)).map(|outputs| outputs.map(|o| o.0)),
            None => Ok(None),
        })
    }
}

/// The result of a call, unless the script misused the SDK on the way.
fn finish<T>(result: Result<T, String>) -> Result<T, Failure> {
    let fault = state::take_fault();
    match (result, fault) {
        (Ok(value), None) => Ok(value),
        (Ok(_), Some(fault)) => Err(failed(fault, false)),
        (Err(text), _) => Err(failed(text, state::aborted())),
    }
}

#[cold]
fn failed(message: String, aborted: bool) -> Failure {
    let kind = if aborted {
        FailureKind::Aborted
    } else {
        FailureKind::Exception
    };
    Failure {
        kind,
        message,
        stack: String::new(),
    }
}

#[cold]
fn missing(name: &str) -> Failure {
    Failure {
        kind: FailureKind::Missing,
        message: format!("the script has no function \"{name}\""),
        stack: String::new(),
    }
}

/// The target cannot unwind: this is the last that the instance does, so it says where. The host
/// tells it with the functions that it came from.
fn log_panic(info: &std::panic::PanicHookInfo<'_>) {
    let message = info.payload_as_str().unwrap_or("no message");
    let text = match info.location() {
        Some(place) => format!("panicked at {place}: {message}"),
        None => format!("panicked: {message}"),
    };
    log::panicked(&text);
}

/// Makes a crate a load script. Fields come in any order; only a function is required.
///
/// | field | what |
/// |---|---|
/// | `options:` | k6's options, as anything that JSON can express, usually `json!({ … })` |
/// | `metrics:` | custom metrics, declared once: `NAME: Trend = Trend::time("login_time");` |
/// | `init:` | a function that runs once per VU: reads files, makes shared arrays |
/// | `setup:` | runs once; returns nothing or a `Result` with data for the others |
/// | `default:` | what an iteration runs where a scenario names no function |
/// | `functions:` | `[login, browse]`: functions that a scenario's `exec` can name |
/// | `teardown:` | runs once at the end |
/// | `handle_summary:` | takes the summary, returns [`Outputs`] |
///
/// Scenario functions and `teardown` take nothing, or a reference to the data of `setup`.
///
/// ```no_run
/// use runner_sdk::prelude::*;
///
/// runner_sdk::script! {
///     options: json!({
///         "scenarios": {
///             "readers": { "executor": "constant-vus", "vus": 5, "duration": "30s", "exec": "read" },
///         },
///         "thresholds": { "checks": ["rate>0.99"] },
///     }),
///     metrics: {
///         READ_TIME: Trend = Trend::time("read_time");
///     },
///     setup: login,
///     functions: [read],
/// }
///
/// fn login() -> Result<String> {
///     let res = http::post("http://127.0.0.1:8080/login", Body::form(&[("user", "ann")])).ok()?;
///     let answer: Value = res.json()?;
///     Ok(answer["token"].as_str().context("the answer has no token")?.to_owned())
/// }
///
/// fn read(token: &String) {
///     let res = Request::get("http://127.0.0.1:8080/profile")
///         .header("Authorization", &format!("Bearer {token}"))
///         .send();
///     check! { "status is 200" => res.status() == 200 };
///     READ_TIME.add(res.timings().duration());
///     sleep(1.0);
/// }
/// ```
#[macro_export]
macro_rules! script {
    ($($body:tt)*) => {
        $crate::__script_statics! { $($body)* }
        const _: () = {
            struct Script;
            impl $crate::Script for Script {
                fn define(definition: &mut $crate::Definition) -> $crate::Result {
                    $crate::__script_fields! { definition; $($body)* }
                    ::std::result::Result::Ok(())
                }
            }
            type Exported = $crate::Export<Script>;
            $crate::bindings::export!(Exported with_types_in $crate::bindings);
        };
    };
}

/// The `static`s among the fields of [`script!`](crate::script).
#[doc(hidden)]
#[macro_export]
macro_rules! __script_statics {
    (metrics: { $($(#[$meta:meta])* $name:ident : $ty:ty = $value:expr;)* } $(, $($rest:tt)*)?) => {
        $( $(#[$meta])* pub static $name: $ty = $value; )*
        $crate::__script_statics! { $($($rest)*)? }
    };
    ($key:ident : $value:expr $(, $($rest:tt)*)?) => {
        $crate::__script_statics! { $($($rest)*)? }
    };
    () => {};
}

/// The fields of [`script!`](crate::script), one after the other.
#[doc(hidden)]
#[macro_export]
macro_rules! __script_fields {
    ($def:ident; metrics: { $($(#[$meta:meta])* $name:ident : $ty:ty = $value:expr;)* } $(, $($rest:tt)*)?) => {
        $( $name.declare()?; )*
        $crate::__script_fields! { $def; $($($rest)*)? }
    };
    ($def:ident; options: $value:expr $(, $($rest:tt)*)?) => {
        $def.options($value)?;
        $crate::__script_fields! { $def; $($($rest)*)? }
    };
    ($def:ident; functions: [$($name:ident),* $(,)?] $(, $($rest:tt)*)?) => {
        $( $def.function(::std::stringify!($name), $name); )*
        $crate::__script_fields! { $def; $($($rest)*)? }
    };
    ($def:ident; default: $value:expr $(, $($rest:tt)*)?) => {
        $def.function("default", $value);
        $crate::__script_fields! { $def; $($($rest)*)? }
    };
    ($def:ident; init: $value:expr $(, $($rest:tt)*)?) => {
        $def.init($value);
        $crate::__script_fields! { $def; $($($rest)*)? }
    };
    ($def:ident; setup: $value:expr $(, $($rest:tt)*)?) => {
        $def.setup($value);
        $crate::__script_fields! { $def; $($($rest)*)? }
    };
    ($def:ident; teardown: $value:expr $(, $($rest:tt)*)?) => {
        $def.teardown($value);
        $crate::__script_fields! { $def; $($($rest)*)? }
    };
    ($def:ident; handle_summary: $value:expr $(, $($rest:tt)*)?) => {
        $def.handle_summary($value);
        $crate::__script_fields! { $def; $($($rest)*)? }
    };
    ($def:ident; $key:ident : $($rest:tt)*) => {
        ::std::compile_error!(::std::concat!(
            "script! has no field `", ::std::stringify!($key), "`: options, metrics, init, setup, ",
            "default, functions, teardown and handle_summary are known"
        ));
    };
    ($def:ident;) => {};
}
