//! What a run's connections are made by, whatever is spoken on them.

use crate::{DnsSettings, HostKey, HostTarget, HostnamePattern, IpNet, IpPool, TlsSettings};

/// Rules and settings of everything that dials for the VUs. The default is k6's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NetSettings {
    /// Names that go to other addresses.
    pub hosts: Vec<(HostKey, HostTarget)>,
    /// Names that may not be called.
    pub block_hostnames: Vec<HostnamePattern>,
    /// Addresses that may not be called.
    pub blacklist_ips: Vec<IpNet>,
    /// How names are resolved.
    pub dns: DnsSettings,
    /// Addresses that VUs call from; none leaves it to the system.
    pub local_ips: Option<IpPool>,
    /// Versions, cipher suites, certificates.
    pub tls: TlsSettings,
}
