//! Tags that the host itself puts on samples, and which of them a run wants.

use std::collections::BTreeSet;

/// One tag of the host. Declared in the order of their names, which is how sets print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    missing_docs,
    reason = "each is the tag of its name, explained with the metrics"
)]
pub enum SystemTag {
    Check,
    Error,
    ErrorCode,
    ExpectedResponse,
    Group,
    Ip,
    Iter,
    Method,
    Name,
    OcspStatus,
    Proto,
    Scenario,
    Service,
    Status,
    Subproto,
    TlsVersion,
    Url,
    Vu,
}

impl SystemTag {
    /// Every tag there is.
    pub const ALL: [Self; 18] = [
        Self::Check,
        Self::Error,
        Self::ErrorCode,
        Self::ExpectedResponse,
        Self::Group,
        Self::Ip,
        Self::Iter,
        Self::Method,
        Self::Name,
        Self::OcspStatus,
        Self::Proto,
        Self::Scenario,
        Self::Service,
        Self::Status,
        Self::Subproto,
        Self::TlsVersion,
        Self::Url,
        Self::Vu,
    ];

    /// As it stands on samples.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Error => "error",
            Self::ErrorCode => "error_code",
            Self::ExpectedResponse => "expected_response",
            Self::Group => "group",
            Self::Ip => "ip",
            Self::Iter => "iter",
            Self::Method => "method",
            Self::Name => "name",
            Self::OcspStatus => "ocsp_status",
            Self::Proto => "proto",
            Self::Scenario => "scenario",
            Self::Service => "service",
            Self::Status => "status",
            Self::Subproto => "subproto",
            Self::TlsVersion => "tls_version",
            Self::Url => "url",
            Self::Vu => "vu",
        }
    }
}

/// The tags that are switched on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemTags(BTreeSet<SystemTag>);

impl SystemTags {
    /// Those named; names that do not exist are dropped without a word, as k6 does.
    pub fn from_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let wanted: BTreeSet<&str> = names.into_iter().map(str::trim).collect();
        Self(
            SystemTag::ALL
                .into_iter()
                .filter(|tag| wanted.contains(tag.name()))
                .collect(),
        )
    }

    /// Whether a tag is on.
    pub fn contains(&self, tag: SystemTag) -> bool {
        self.0.contains(&tag)
    }

    /// The tags in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = SystemTag> + '_ {
        self.0.iter().copied()
    }

    /// Their names, sorted.
    pub fn names(&self) -> Vec<&'static str> {
        self.iter().map(SystemTag::name).collect()
    }
}

impl Default for SystemTags {
    /// All but `iter`, `vu`, `ocsp_status` and `ip`, which would cost one series per value.
    fn default() -> Self {
        use SystemTag::{Ip, Iter, OcspStatus, Vu};
        let costly = [Ip, Iter, OcspStatus, Vu];
        Self(
            SystemTag::ALL
                .into_iter()
                .filter(|tag| !costly.contains(tag))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_print_sorted_and_drop_unknown_names() {
        assert_eq!(
            SystemTags::from_names(["url", "nope", " method"]).names(),
            ["method", "url"]
        );
        let all: Vec<_> = SystemTag::ALL.iter().map(|tag| tag.name()).collect();
        assert!(all.is_sorted());
        let expected = "check error error_code expected_response group method name proto scenario \
                        service status subproto tls_version url";
        assert_eq!(SystemTags::default().names().join(" "), expected);
    }
}
