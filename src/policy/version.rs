//! Which protocol versions a connection may use (`SSL_CTX_set_min_proto_version(3)`,
//! `SSL_CTX_set_options(3)`). Used by `handshake`.

use super::{Settings, options::option};
use crate::wire::ProtocolVersion;

/// The versions that we have, the highest first, each with the option that forbids it.
const VERSIONS: [(ProtocolVersion, u64); 2] =
    [(ProtocolVersion::TLS1_3, option::NO_TLSV1_3), (ProtocolVersion::TLS1_2, option::NO_TLSV1_2)];

impl Settings {
    /// Whether this version is allowed: by the method, by the range, and by the options.
    #[must_use]
    pub fn allows_version(&self, version: ProtocolVersion) -> bool {
        self.versions().contains(&version)
    }

    /// The allowed versions, the highest first. (With two of them there can be no hole in the range.)
    #[must_use]
    pub fn versions(&self) -> Vec<ProtocolVersion> {
        let (method_min, method_max) = self.method_versions;
        let min = self.min_version.map_or(method_min, |min| min.max(method_min));
        let max = self.max_version.map_or(method_max, |max| max.min(method_max));
        VERSIONS
            .iter()
            .filter(|(version, forbidden)| (min..=max).contains(version) && !self.has_option(*forbidden))
            .map(|(version, _)| *version)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TLS1_2: ProtocolVersion = ProtocolVersion::TLS1_2;
    const TLS1_3: ProtocolVersion = ProtocolVersion::TLS1_3;

    fn any_version() -> Settings {
        Settings::new((ProtocolVersion::TLS1_0, TLS1_3))
    }

    #[test]
    fn all_versions_that_we_have_are_allowed_by_default() {
        let settings = any_version();
        assert_eq!(settings.versions(), [TLS1_3, TLS1_2]);
        assert!(settings.allows_version(TLS1_2) && settings.allows_version(TLS1_3));
        assert!(!settings.allows_version(ProtocolVersion::TLS1_1));
    }

    #[test]
    fn range_and_method_limit_the_versions() {
        assert_eq!(Settings { max_version: Some(TLS1_2), ..any_version() }.versions(), [TLS1_2]);
        assert_eq!(Settings { min_version: Some(TLS1_3), ..any_version() }.versions(), [TLS1_3]);
        assert_eq!(Settings::new((TLS1_2, TLS1_2)).versions(), [TLS1_2]);
        let nothing = Settings { max_version: Some(ProtocolVersion::TLS1_1), ..any_version() };
        assert_eq!(nothing.versions(), []);
    }

    #[test]
    fn options_forbid_single_versions() {
        let without = |options| Settings { options, ..any_version() }.versions();
        assert_eq!(without(option::NO_TLSV1_2), [TLS1_3]);
        assert_eq!(without(option::NO_TLSV1_3), [TLS1_2]);
        assert_eq!(without(option::NO_SSL_MASK), []);
        assert_eq!(without(option::NO_TLSV1 | option::NO_TLSV1_1), [TLS1_3, TLS1_2]);
    }
}
