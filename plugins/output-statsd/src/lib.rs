//! The output `statsd`: samples as lines of StatsD or DogStatsD, over UDP.
//!
//! Packets are sent as they become full; one that does not waits for `push_interval`, for the
//! host calls `add-samples` at least once a second. Settings, lines and packets know nothing of
//! the contract and are tested natively.

mod lines;
mod packets;
mod settings;

use std::cell::RefCell;
use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};
use std::time::Instant;

use exports::runner::output::lifecycle::{Batch, Config, Failure, Guest, Kind};
use lines::{Form, Lines};
use packets::{Losses, Packets};
use settings::Settings;

wit_bindgen::generate!({
    path: "../../wit",
    world: "runner:output/output",
    generate_all,
});

struct Statsd;

export!(Statsd);

struct Output {
    settings: Settings,
    lines: Lines,
    packets: Packets,
    socket: Option<UdpSocket>,
    sent: Instant,
    /// The lines of one sample, whose memory is kept.
    text: Vec<u8>,
}

thread_local! {
    static OUTPUT: RefCell<Option<Output>> = const { RefCell::new(None) };
}

impl Guest for Statsd {
    fn configure(config: Config) -> Result<String, String> {
        let env = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let settings = Settings::resolve(&config.argument, env, config.settings.as_deref())?;
        let description = format!("{} ({})", config.name, settings.address);
        OUTPUT.set(Some(Output {
            lines: Lines::new(&settings),
            packets: Packets::new(settings.packet, settings.buffer),
            settings,
            socket: None,
            sent: Instant::now(),
            text: Vec::new(),
        }));
        Ok(description)
    }

    fn start() -> Result<(), String> {
        with(Err("it was not configured".into()), |output| {
            output.socket = Some(open(&output.settings.address)?);
            Ok(())
        })
    }

    fn add_samples(batch: Batch) -> Result<(), Failure> {
        with(Ok(()), |output| output.take(&batch))
    }

    fn stop(_error: Option<String>) -> Result<(), Failure> {
        with(Ok(()), |output| output.send(&mut Losses::default()))
    }
}

fn with<T>(missing: T, act: impl FnOnce(&mut Output) -> T) -> T {
    OUTPUT.with_borrow_mut(|output| output.as_mut().map_or(missing, act))
}

/// A socket that sends to the first address that the name has.
fn open(address: &str) -> Result<UdpSocket, String> {
    let found = address.to_socket_addrs();
    let found = found.map_err(|error| format!("cannot look up {address}: {error}"))?;
    let mut last = format!("{address} has no address");
    for remote in found {
        let local = match remote {
            SocketAddr::V4(_) => "0.0.0.0:0",
            SocketAddr::V6(_) => "[::]:0",
        };
        let socket = UdpSocket::bind(local).and_then(|socket| {
            socket.connect(remote)?;
            Ok(socket)
        });
        match socket {
            Ok(socket) => return Ok(socket),
            Err(error) => last = format!("cannot send to {remote}: {error}"),
        }
    }
    Err(last)
}

impl Output {
    fn take(&mut self, batch: &Batch) -> Result<(), Failure> {
        if batch.forget {
            self.lines.forget();
        }
        for metric in &batch.metrics {
            let form = match metric.kind {
                Kind::Counter => Form::Count,
                Kind::Gauge => Form::Gauge,
                Kind::Rate => Form::Rate,
                Kind::Trend => Form::Timing,
            };
            self.lines.metric(&metric.name, form);
        }
        batch.sets.iter().for_each(|set| self.lines.set(set));
        let mut losses = Losses::default();
        let socket = &self.socket;
        let mut send = |packet: &[u8]| send(socket.as_ref(), packet);
        for sample in &batch.samples {
            self.text.clear();
            let (metric, set) = (sample.metric as usize, sample.tags as usize);
            self.lines.sample(&mut self.text, metric, set, sample.value);
            self.packets.add(&self.text, &mut send, &mut losses);
        }
        if self.sent.elapsed() >= self.settings.push_interval {
            self.send(&mut losses)
        } else {
            self.report(losses)
        }
    }

    /// Sends the packet that is not full.
    fn send(&mut self, losses: &mut Losses) -> Result<(), Failure> {
        let socket = &self.socket;
        self.packets
            .send(&mut |packet| send(socket.as_ref(), packet), losses);
        self.sent = Instant::now();
        self.report(std::mem::take(losses))
    }

    fn report(&self, losses: Losses) -> Result<(), Failure> {
        let Some(error) = losses.first else {
            return Ok(());
        };
        Err(Failure {
            message: format!("cannot send to {}: {error}", self.settings.address),
            lost: losses.samples,
        })
    }
}

fn send(socket: Option<&UdpSocket>, packet: &[u8]) -> std::io::Result<()> {
    match socket {
        Some(socket) => socket.send(packet).map(|_| ()),
        None => Ok(()),
    }
}
