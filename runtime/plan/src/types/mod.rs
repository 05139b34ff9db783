//! Values of single options: how they are written, what they mean, how they print. Those that other
//! rooms know too are `runner_values`'.

mod stage;
mod threshold;

pub use runner_values::{
    DnsOptions, DnsPolicy, DnsSelect, DnsSettings, DnsTtl, Duration, Expected, Fraction, HostKey,
    HostTarget, HostnamePattern, HttpDebug, HttpSettings, IpNet, IpPool, NetSettings, Part,
    Segment, SegmentSequence, SystemTag, SystemTags, TimeUnit, TlsAuth, TlsSettings, TlsVersion,
    TlsVersions, TrendStat, is_cipher_suite,
};
pub use stage::StageOptions;
pub use threshold::ThresholdSpec;
