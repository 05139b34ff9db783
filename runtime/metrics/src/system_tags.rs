//! Which tags the host adds to samples by itself.
//!
//! A set of bits, because the host asks for several of them on every request.

use std::fmt;

macro_rules! system_tags {
    ($($(#[$doc:meta])* $variant:ident = $name:literal;)*) => {
        /// A tag that the host adds by itself.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum SystemTag {
            $($(#[$doc])* $variant,)*
        }

        impl SystemTag {
            /// All of them, the default ones first.
            const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The key of the tag.
            #[must_use]
            pub fn name(self) -> &'static str {
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

/// A name that is no system tag.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown system tag {name:?}: choose from {}", known_names())]
pub struct UnknownSystemTag {
    /// The name as given.
    pub name: String,
}

impl SystemTags {
    /// No tag.
    pub const EMPTY: Self = Self(0);

    /// The tags that are on unless a user chooses: the first fourteen.
    pub const DEFAULT: Self = Self((1 << 14) - 1);

    /// The set of the tags named.
    ///
    /// # Errors
    /// [`UnknownSystemTag`] for the first name that is none.
    pub fn parse<S: AsRef<str>>(
        names: impl IntoIterator<Item = S>,
    ) -> Result<Self, UnknownSystemTag> {
        names.into_iter().try_fold(Self::EMPTY, |set, name| {
            let name = name.as_ref().trim();
            let tag = SystemTag::ALL.iter().find(|tag| tag.name() == name);
            let tag = tag.ok_or_else(|| UnknownSystemTag {
                name: name.to_owned(),
            })?;
            Ok(set.with(*tag))
        })
    }

    /// Whether `tag` is in this set.
    #[must_use]
    pub fn contains(self, tag: SystemTag) -> bool {
        self.0 & (1 << tag as u32) != 0
    }

    /// This set and `tag`.
    #[must_use]
    pub fn with(self, tag: SystemTag) -> Self {
        Self(self.0 | 1 << tag as u32)
    }

    /// The set's tags, the default ones first.
    pub fn iter(self) -> impl Iterator<Item = SystemTag> {
        SystemTag::ALL
            .iter()
            .copied()
            .filter(move |tag| self.contains(*tag))
    }
}

impl Default for SystemTags {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl fmt::Display for SystemTags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            &self
                .iter()
                .map(SystemTag::name)
                .collect::<Vec<_>>()
                .join(","),
        )
    }
}

fn known_names() -> String {
    SystemTag::ALL
        .iter()
        .map(|tag| tag.name())
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_those_of_k6() {
        assert_eq!(
            SystemTags::default().to_string(),
            "proto,subproto,status,method,url,name,group,check,error,error_code,\
             tls_version,scenario,service,expected_response"
        );
        assert!(!SystemTags::default().contains(SystemTag::Ip));
    }

    #[test]
    fn names_are_parsed_into_bits() {
        let set = SystemTags::parse(["vu", " status"]).unwrap();
        assert!(set.contains(SystemTag::Vu) && set.contains(SystemTag::Status));
        assert!(!set.contains(SystemTag::Url));
        let error = SystemTags::parse(["status", "foo"]).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("unknown system tag \"foo\": choose from proto, ")
        );
    }
}
