//! Values of single options: how they are written, what they mean, how they print. Those that other
//! rooms know too are `runner_values`'.

mod stage;
mod threshold;
mod time_unit;
mod trend_stat;

pub use runner_values::{
    DnsOptions, DnsPolicy, DnsSelect, DnsSettings, DnsTtl, Duration, Expected, Fraction, HostKey,
    HostTarget, HostnamePattern, HttpDebug, HttpSettings, IpNet, IpPool, NetSettings, Part,
    Segment, SegmentSequence, SystemTag, SystemTags, TlsAuth, TlsSettings, TlsVersion, TlsVersions,
    is_cipher_suite,
};
pub use stage::StageOptions;
pub use threshold::ThresholdSpec;
pub use time_unit::TimeUnit;
pub use trend_stat::{TrendStat, TrendStatKind};
