//! The run's TLS settings. TLS 1.0 and 1.1 are not implemented. Sessions are not resumed: every
//! new connection pays for a full handshake, as in k6.

use std::sync::Arc;

use runner_values::{TlsAuth, TlsSettings, TlsVersion, TlsVersions};
use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{
    CipherSuite, ClientConfig, ClientConnection, ProtocolVersion, RootCertStore,
    SupportedProtocolVersion, version,
};

use crate::tls_verify::{AcceptAll, ClientCertificates};
use crate::{ConfigError, TlsInfo};

/// What connections with TLS are made with.
#[derive(Clone, Debug)]
pub struct Tls(Arc<ClientConfig>);

impl Tls {
    /// Offers no protocols.
    pub(crate) fn new(settings: &TlsSettings) -> Result<Self, ConfigError> {
        let provider = Arc::new(provider(settings)?);
        let versions = versions(settings.versions)?;
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(&versions)
            .map_err(|error| ConfigError::new("tlsCipherSuites", error.to_string()))?;
        let builder = if settings.skip_verify {
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(AcceptAll::new(provider.clone())))
        } else {
            builder.with_root_certificates(roots(settings)?)
        };
        let keys = settings
            .auth
            .iter()
            .map(|auth| certified_key(auth, &provider))
            .collect::<Result<Vec<_>, _>>()?;
        let mut config = if keys.is_empty() {
            builder.with_no_client_auth()
        } else {
            builder.with_client_cert_resolver(Arc::new(ClientCertificates::new(keys)))
        };
        config.resumption = Resumption::disabled();
        config.key_log = Arc::new(rustls::KeyLogFile::new());
        Ok(Self(Arc::new(config)))
    }

    /// What the tool's own requests are made with: the system's roots, no protocols offered.
    ///
    /// # Errors
    /// Where TLS cannot be set up.
    pub fn of_system() -> Result<Self, ConfigError> {
        Self::new(&TlsSettings::default())
    }

    /// One that trusts nobody, for whoever never encrypts: it reads no certificates.
    ///
    /// # Errors
    /// Where TLS cannot be set up.
    pub fn of_nobody() -> Result<Self, ConfigError> {
        let provider = Arc::new(provider(&TlsSettings::default())?);
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| ConfigError::new("tlsCipherSuites", error.to_string()))?
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }

    /// For clients that dial themselves.
    #[must_use]
    pub fn client_config(&self) -> ClientConfig {
        ClientConfig::clone(&self.0)
    }

    pub(crate) fn offering(&self, protocols: &[&str]) -> Self {
        let mut config = ClientConfig::clone(&self.0);
        config.alpn_protocols = protocols
            .iter()
            .map(|name| name.as_bytes().to_vec())
            .collect();
        Self(Arc::new(config))
    }

    pub(crate) fn config(&self) -> &Arc<ClientConfig> {
        &self.0
    }
}

fn provider(tls: &TlsSettings) -> Result<CryptoProvider, ConfigError> {
    let mut provider = ring::default_provider();
    if tls.cipher_suites.is_empty() {
        return Ok(provider);
    }
    let known: Vec<_> = provider
        .cipher_suites
        .iter()
        .map(|s| suite_name(s.suite()))
        .collect();
    if let Some(bad) = tls
        .cipher_suites
        .iter()
        .find(|name| !known.contains(&name.as_str()))
    {
        let known = known.join(", ");
        return Err(ConfigError::new(
            "tlsCipherSuites",
            format!("\"{bad}\" is not implemented; these are: {known}"),
        ));
    }
    provider.cipher_suites.retain(|suite| {
        tls.cipher_suites
            .iter()
            .any(|name| name == suite_name(suite.suite()))
    });
    Ok(provider)
}

fn versions(allowed: TlsVersions) -> Result<Vec<&'static SupportedProtocolVersion>, ConfigError> {
    let min = allowed.min.unwrap_or(TlsVersion::Tls10);
    let max = allowed.max.unwrap_or(TlsVersion::Tls13);
    let versions: Vec<_> = [
        (TlsVersion::Tls12, &version::TLS12),
        (TlsVersion::Tls13, &version::TLS13),
    ]
    .into_iter()
    .filter(|(version, _)| (min..=max).contains(version))
    .map(|(_, version)| version)
    .collect();
    if versions.is_empty() {
        return Err(ConfigError::new(
            "tlsVersion",
            format!(
                "{} to {} has no version that is implemented; allow tls1.2 or tls1.3",
                min.name(),
                max.name()
            ),
        ));
    }
    Ok(versions)
}

/// The system's roots and the bundled ones. What the system has but cannot be parsed is
/// passed over: the bundled ones usually make up for it.
fn roots(tls: &TlsSettings) -> Result<RootCertStore, ConfigError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    for pem in &tls.extra_roots {
        for cert in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            let cert = cert.map_err(|error| ConfigError::new("extra roots", error.to_string()))?;
            roots
                .add(cert)
                .map_err(|error| ConfigError::new("extra roots", error.to_string()))?;
        }
    }
    Ok(roots)
}

fn certified_key(
    auth: &TlsAuth,
    provider: &CryptoProvider,
) -> Result<Arc<CertifiedKey>, ConfigError> {
    if auth.key.contains("ENCRYPTED") {
        return Err(ConfigError::new(
            "tlsAuth",
            "encrypted private keys are not supported; decrypt the key first",
        ));
    }
    let chain = CertificateDer::pem_slice_iter(auth.cert.as_bytes())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| ConfigError::new("tlsAuth", format!("cert is no PEM: {error}")))?;
    let key = PrivateKeyDer::from_pem_slice(auth.key.as_bytes())
        .map_err(|error| ConfigError::new("tlsAuth", format!("key is no PEM: {error}")))?;
    CertifiedKey::from_der(chain, key, provider)
        .map(Arc::new)
        .map_err(|error| ConfigError::new("tlsAuth", error.to_string()))
}

/// What a finished handshake agreed on.
pub(crate) fn info(connection: &ClientConnection) -> Option<TlsInfo> {
    let version = match connection.protocol_version()? {
        ProtocolVersion::TLSv1_2 => TlsVersion::Tls12,
        ProtocolVersion::TLSv1_3 => TlsVersion::Tls13,
        _ => return None,
    };
    let cipher_suite = suite_name(connection.negotiated_cipher_suite()?.suite());
    Some(TlsInfo {
        version,
        cipher_suite,
    })
}

/// IANA's names of the suites that rustls implements.
fn suite_name(suite: CipherSuite) -> &'static str {
    match suite {
        CipherSuite::TLS13_AES_128_GCM_SHA256 => "TLS_AES_128_GCM_SHA256",
        CipherSuite::TLS13_AES_256_GCM_SHA384 => "TLS_AES_256_GCM_SHA384",
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256 => "TLS_CHACHA20_POLY1305_SHA256",
        other => other.as_str().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(change: impl FnOnce(&mut TlsSettings)) -> Result<Tls, ConfigError> {
        let mut settings = TlsSettings::default();
        change(&mut settings);
        Tls::new(&settings)
    }

    #[test]
    fn options_that_cannot_work_are_refused() {
        let error = config(|tls| tls.versions.max = Some(TlsVersion::Tls11)).unwrap_err();
        assert!(error.to_string().contains("allow tls1.2"), "{error}");
        let error = config(|tls| tls.cipher_suites = vec!["TLS_FOO".into()]).unwrap_err();
        assert!(
            error.to_string().contains("TLS_AES_128_GCM_SHA256"),
            "{error}"
        );
        let auth = TlsAuth {
            cert: "x".into(),
            key: "y".into(),
            ..TlsAuth::default()
        };
        assert!(config(|tls| tls.auth = vec![auth]).is_err());
        let only = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256".to_owned();
        assert!(config(|tls| tls.cipher_suites = vec![only]).is_ok());
    }
}
