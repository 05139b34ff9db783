//! Values that several rooms share: how they are written, what they mean, how they print.
//!
//! Each exists once and is handed from room to room as the type it is. Nothing here does I/O,
//! knows an option's name or which layer it came from.

mod demand;
mod dns;
mod duration;
pub mod executor;
mod expected;
mod hosts;
mod http;
mod ip_net;
mod ip_pool;
mod net;
mod part;
mod segment;
mod system_tag;
mod time_unit;
mod tls;
mod trend_stat;

pub use demand::{Demand, RampStep, Scheduled, ramp_steps};
pub use dns::{DnsOptions, DnsPolicy, DnsSelect, DnsSettings, DnsTtl};
pub use duration::Duration;
pub use expected::Expected;
pub use hosts::{HostKey, HostTarget, HostnamePattern};
pub use http::{HttpDebug, HttpSettings};
pub use ip_net::IpNet;
pub use ip_pool::IpPool;
pub use net::NetSettings;
pub use part::Part;
pub use segment::{Fraction, Segment, SegmentSequence};
pub use system_tag::{SystemTag, SystemTags};
pub use time_unit::TimeUnit;
pub use tls::{TlsAuth, TlsSettings, TlsVersion, TlsVersions, is_cipher_suite};
pub use trend_stat::{TrendStat, TrendStatKind};
