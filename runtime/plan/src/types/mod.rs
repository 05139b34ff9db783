//! Values of single options: how they are written, what they mean, how they print.

mod dns;
mod duration;
mod expected;
mod hosts;
mod network;
mod part;
mod segment;
mod stage;
mod threshold;
mod time_unit;
mod tls;
mod trend_stat;

pub use runner_values::{SystemTag, SystemTags};

pub use dns::{DnsOptions, DnsPolicy, DnsSelect, DnsTtl};
pub use duration::Duration;
pub use expected::Expected;
pub use hosts::{HostKey, HostTarget, HostnamePattern};
pub use network::{IpNet, IpPool};
pub use part::Part;
pub use segment::{Fraction, Segment, SegmentSequence};
pub use stage::Stage;
pub use threshold::ThresholdSpec;
pub use time_unit::TimeUnit;
pub use tls::{TlsAuth, TlsVersion, TlsVersions, is_cipher_suite};
pub use trend_stat::{TrendStat, TrendStatKind};
