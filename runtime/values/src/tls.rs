//! What a run allows and offers in TLS handshakes.

use crate::Expected;

/// A protocol version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TlsVersion {
    /// `tls1.0`
    Tls10,
    /// `tls1.1`
    Tls11,
    /// `tls1.2`
    Tls12,
    /// `tls1.3`
    Tls13,
}

impl TlsVersion {
    /// `tls1.0` to `tls1.3`.
    ///
    /// # Errors
    /// For any other text.
    pub fn parse(text: &str) -> Result<Self, Expected> {
        match text {
            "tls1.0" => Ok(Self::Tls10),
            "tls1.1" => Ok(Self::Tls11),
            "tls1.2" => Ok(Self::Tls12),
            "tls1.3" => Ok(Self::Tls13),
            _ => Err(Expected::fixed("one of tls1.0, tls1.1, tls1.2 and tls1.3")),
        }
    }

    /// As it is written in options and stands in the `tls_version` tag.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tls10 => "tls1.0",
            Self::Tls11 => "tls1.1",
            Self::Tls12 => "tls1.2",
            Self::Tls13 => "tls1.3",
        }
    }
}

/// The range of versions allowed; an absent end is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TlsVersions {
    /// Oldest.
    pub min: Option<TlsVersion>,
    /// Newest.
    pub max: Option<TlsVersion>,
}

/// A client certificate.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct TlsAuth {
    /// PEM text.
    pub cert: String,
    /// PEM text.
    pub key: String,
    /// Of the key, where it is encrypted.
    pub password: Option<String>,
    /// Hosts that get the certificate; empty means all.
    pub domains: Vec<String>,
}

impl std::fmt::Debug for TlsAuth {
    /// Without the secrets, so that no log can leak them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TlsAuth")
            .field("domains", &self.domains)
            .finish_non_exhaustive()
    }
}

/// What the connections of a run offer and accept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlsSettings {
    /// Versions offered; an open end is the implementation's limit.
    pub versions: TlsVersions,
    /// IANA names of the suites offered; all where empty.
    pub cipher_suites: Vec<String>,
    /// Client certificates, tried in order against what the server accepts.
    pub auth: Vec<TlsAuth>,
    /// Accept any certificate.
    pub skip_verify: bool,
    /// Roots in PEM, trusted besides the system's and the bundled ones.
    pub extra_roots: Vec<String>,
}

/// Whether `name` is a cipher suite that scripts for k6 may ask for (IANA names). Whether this
/// build can offer it is decided where connections are made.
pub fn is_cipher_suite(name: &str) -> bool {
    CIPHER_SUITES.contains(&name)
}

const CIPHER_SUITES: [&str; 25] = [
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
    "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA",
    "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
    "TLS_ECDHE_RSA_WITH_RC4_128_SHA",
    "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
    "TLS_RSA_WITH_AES_128_CBC_SHA",
    "TLS_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_RSA_WITH_AES_256_CBC_SHA",
    "TLS_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_RSA_WITH_RC4_128_SHA",
];
