//! The run's TLS settings, and what went wrong with a handshake in k6's words. TLS 1.0 and
//! 1.1 are not implemented. Sessions are not resumed: every new connection pays for a full
//! handshake, as in k6.

use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{
    CertificateError, CipherSuite, ClientConfig, ClientConnection, Error, InvalidMessage,
    ProtocolVersion, RootCertStore, SupportedProtocolVersion, version,
};

use super::tls_verify::{AcceptAll, ClientCertificates};
use crate::error::{ConfigError, ErrorKind, Fault};
use crate::exchange::TlsInfo;
use crate::options::{HttpOptions, TlsAuth, TlsOptions, TlsVersion};

/// What all connections of a run are made with.
pub(crate) fn tls_config(options: &HttpOptions) -> Result<Arc<ClientConfig>, ConfigError> {
    let provider = Arc::new(provider(&options.tls)?);
    let versions = versions(&options.tls)?;
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&versions)
        .map_err(|error| ConfigError::new("tlsCipherSuites", error.to_string()))?;
    let builder = if options.insecure_skip_tls_verify {
        builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AcceptAll::new(provider.clone())))
    } else {
        builder.with_root_certificates(roots(&options.tls)?)
    };
    let keys = options
        .tls
        .auth
        .iter()
        .map(|auth| certified_key(auth, &provider))
        .collect::<Result<Vec<_>, _>>()?;
    let mut config = if keys.is_empty() {
        builder.with_no_client_auth()
    } else {
        builder.with_client_cert_resolver(Arc::new(ClientCertificates::new(keys)))
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.resumption = Resumption::disabled();
    config.key_log = Arc::new(rustls::KeyLogFile::new());
    Ok(Arc::new(config))
}

fn provider(tls: &TlsOptions) -> Result<CryptoProvider, ConfigError> {
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

fn versions(tls: &TlsOptions) -> Result<Vec<&'static SupportedProtocolVersion>, ConfigError> {
    let min = tls.min.unwrap_or(TlsVersion::Tls10);
    let max = tls.max.unwrap_or(TlsVersion::Tls13);
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
                min.as_str(),
                max.as_str()
            ),
        ));
    }
    Ok(versions)
}

/// The system's roots and the bundled ones. What the system has but cannot be parsed is
/// passed over: the bundled ones usually make up for it.
fn roots(tls: &TlsOptions) -> Result<RootCertStore, ConfigError> {
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
pub(super) fn info(connection: &ClientConnection) -> Option<TlsInfo> {
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

/// k6's number and message for an error of rustls.
pub(crate) fn fault(error: &Error) -> Fault {
    match error {
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => unknown_authority(),
        // A root that serves as the server's own certificate: nobody else vouches for it.
        Error::InvalidCertificate(CertificateError::Other(other))
            if other.to_string().contains("CaUsedAsEndEntity") =>
        {
            unknown_authority()
        }
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => Fault::new(
            ErrorKind::Tls,
            1311,
            "x509: certificate doesn't match hostname",
        ),
        Error::InvalidCertificate(
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. },
        ) => Fault::new(
            ErrorKind::Tls,
            1000,
            "x509: certificate has expired or is not yet valid",
        ),
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => Fault::new(
            ErrorKind::Tls,
            1301,
            "tls: first record does not look like a TLS handshake",
        ),
        Error::AlertReceived(alert) => Fault::new(
            ErrorKind::Tls,
            1000,
            format!("remote error: tls: {alert:?}"),
        ),
        other => Fault::new(ErrorKind::Tls, 1000, format!("tls: {other}")),
    }
}

fn unknown_authority() -> Fault {
    Fault::new(ErrorKind::Tls, 1310, "x509: unknown authority")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(change: impl FnOnce(&mut TlsOptions)) -> Result<Arc<ClientConfig>, ConfigError> {
        let mut options = HttpOptions::default();
        change(&mut options.tls);
        tls_config(&options)
    }

    #[test]
    fn options_that_cannot_work_are_refused() {
        let error = config(|tls| tls.max = Some(TlsVersion::Tls11)).unwrap_err();
        assert!(error.to_string().contains("allow tls1.2"), "{error}");
        let error = config(|tls| tls.cipher_suites = vec!["TLS_FOO".into()]).unwrap_err();
        assert!(
            error.to_string().contains("TLS_AES_128_GCM_SHA256"),
            "{error}"
        );
        let auth = TlsAuth {
            cert: "x".into(),
            key: "y".into(),
        };
        assert!(config(|tls| tls.auth = vec![auth]).is_err());
        let only = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256".to_owned();
        assert!(config(|tls| tls.cipher_suites = vec![only]).is_ok());
    }
}
