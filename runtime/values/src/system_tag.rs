//! Tags that the host itself puts on samples, and which of them a run wants.
//!
//! A set of bits, because the host asks for several of them on every request.

macro_rules! system_tags {
    ($($(#[$doc:meta])* $variant:ident = $name:literal;)*) => {
        /// A tag that the host adds by itself.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum SystemTag {
            $($(#[$doc])* $variant,)*
        }

        impl SystemTag {
            /// Every tag there is, the default ones first.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// As it stands on samples.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

system_tags! {
    /// Protocol, such as `HTTP/2.0`.
    Proto = "proto";
    /// WebSocket subprotocol.
    Subproto = "subproto";
    /// Status code.
    Status = "status";
    /// Request method.
    Method = "method";
    /// Request URL, or the name that stands for it.
    Url = "url";
    /// The same as `url`.
    Name = "name";
    /// Path of the current group.
    Group = "group";
    /// Name of a check.
    Check = "check";
    /// Text of a network error.
    Error = "error";
    /// Number of an error.
    ErrorCode = "error_code";
    /// TLS version.
    TlsVersion = "tls_version";
    /// Name of the scenario.
    Scenario = "scenario";
    /// RPC service.
    Service = "service";
    /// Whether the response was an expected one.
    ExpectedResponse = "expected_response";
    /// Iteration of the VU; not a default.
    Iter = "iter";
    /// Id of the VU; not a default.
    Vu = "vu";
    /// OCSP status of the certificate; not a default.
    OcspStatus = "ocsp_status";
    /// Address of the server; not a default.
    Ip = "ip";
}

/// A set of system tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SystemTags(u32);

impl SystemTags {
    /// No tag.
    pub const EMPTY: Self = Self(0);

    /// The tags that are on unless a user chooses: the first fourteen. The others would cost one
    /// series per value.
    pub const DEFAULT: Self = Self((1 << 14) - 1);

    /// Those named; names that do not exist are dropped without a word, as k6 does.
    pub fn from_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        names.into_iter().fold(Self::EMPTY, |set, name| {
            let name = name.trim();
            let tag = SystemTag::ALL.iter().find(|tag| tag.name() == name);
            tag.map_or(set, |tag| set.with(*tag))
        })
    }

    /// Whether `tag` is in this set.
    #[must_use]
    pub const fn contains(self, tag: SystemTag) -> bool {
        self.0 & (1 << tag as u32) != 0
    }

    /// This set and `tag`.
    #[must_use]
    pub const fn with(self, tag: SystemTag) -> Self {
        Self(self.0 | 1 << tag as u32)
    }

    /// The set's tags, the default ones first.
    pub fn iter(self) -> impl Iterator<Item = SystemTag> {
        SystemTag::ALL
            .iter()
            .copied()
            .filter(move |tag| self.contains(*tag))
    }

    /// Their names, sorted.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.iter().map(SystemTag::name).collect();
        names.sort_unstable();
        names
    }
}

impl Default for SystemTags {
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_those_of_k6() {
        let default: Vec<_> = SystemTags::default().iter().map(SystemTag::name).collect();
        assert_eq!(
            default.join(","),
            "proto,subproto,status,method,url,name,group,check,error,error_code,\
             tls_version,scenario,service,expected_response"
        );
        assert!(!SystemTags::default().contains(SystemTag::Ip));
        let expected = "check error error_code expected_response group method name proto scenario \
                        service status subproto tls_version url";
        assert_eq!(SystemTags::default().names().join(" "), expected);
    }

    #[test]
    fn names_are_parsed_into_bits() {
        let set = SystemTags::from_names(["vu", " status"]);
        assert!(set.contains(SystemTag::Vu) && set.contains(SystemTag::Status));
        assert!(!set.contains(SystemTag::Url));
    }

    #[test]
    fn sets_print_sorted_and_drop_unknown_names() {
        assert_eq!(
            SystemTags::from_names(["url", "nope", " method"]).names(),
            ["method", "url"]
        );
        let mut all: Vec<_> = SystemTag::ALL.iter().map(|tag| tag.name()).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), SystemTag::ALL.len());
    }
}
