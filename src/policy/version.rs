//! Which protocol versions a connection may use (`SSL_CTX_set_min_proto_version(3)`,
//! `SSL_CTX_set_options(3)`). Used by `handshake`.

use super::{Settings, options::option};
use crate::{crypto::hash::HashAlgorithm, wire::ProtocolVersion};

/// The versions of DTLS that we have.
const DATAGRAM_VERSIONS: [(ProtocolVersion, u64); 2] =
    [(ProtocolVersion::DTLS1_2, option::NO_DTLSV1_2), (ProtocolVersion::DTLS1_0, option::NO_DTLSV1)];

/// The versions of TLS that we have, the highest first, each with the option that forbids it.
const VERSIONS: [(ProtocolVersion, u64); 4] = [
    (ProtocolVersion::TLS1_3, option::NO_TLSV1_3),
    (ProtocolVersion::TLS1_2, option::NO_TLSV1_2),
    (ProtocolVersion::TLS1_1, option::NO_TLSV1_1),
    (ProtocolVersion::TLS1_0, option::NO_TLSV1),
];

/// All versions of TLS that we have, the highest first.
pub const ALL: [ProtocolVersion; 4] =
    [ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_1, ProtocolVersion::TLS1_0];

/// The lowest version that a security level allows.
#[must_use]
pub const fn lowest_at(level: u8) -> ProtocolVersion {
    match level {
        0 | 1 => ProtocolVersion::SSL3,
        2 => ProtocolVersion::TLS1_0,
        3 => ProtocolVersion::TLS1_1,
        _ => ProtocolVersion::TLS1_2,
    }
}

impl Settings {
    /// The only version that the method knows (`TLSv1_2_method`; there is none for TLS 1.3), whatever else the settings say
    /// of versions.
    #[must_use]
    pub fn fixed_version(&self) -> Option<ProtocolVersion> {
        let (lowest, highest) = self.method_versions;
        (lowest == highest && lowest < ProtocolVersion::TLS1_3).then_some(lowest)
    }

    /// Whether the method is one of DTLS.
    #[must_use]
    pub const fn is_datagram(&self) -> bool {
        self.method_versions.1.is_datagram()
    }

    /// All versions that we have of the method's kind, each with the option that forbids it.
    const fn versions_and_options(&self) -> &'static [(ProtocolVersion, u64)] {
        if self.is_datagram() { &DATAGRAM_VERSIONS } else { &VERSIONS }
    }

    /// All versions that we have of the method's kind, the highest first.
    pub fn known_versions(&self) -> impl Iterator<Item = ProtocolVersion> + use<> {
        self.versions_and_options().iter().map(|(version, _)| *version)
    }

    /// Whether this version is allowed: by the method, by the range, by the options, and by the security level.
    #[must_use]
    pub fn allows_version(&self, version: ProtocolVersion) -> bool {
        self.allowed_versions().any(|allowed| allowed == version)
    }

    /// The allowed versions, the highest first: what a server may choose.
    #[must_use]
    pub fn versions(&self) -> Vec<ProtocolVersion> {
        self.allowed_versions().collect()
    }

    /// As [`Self::versions`], one after the other.
    pub fn allowed_versions(&self) -> impl Iterator<Item = ProtocolVersion> + '_ {
        let fixed = self.fixed_version();
        let known: &[_] = if fixed.is_some() { &[] } else { self.versions_and_options() };
        let allowed = known.iter().filter(|known| self.allows_known_version(known));
        fixed.into_iter().chain(allowed.map(|(version, _)| *version))
    }

    /// Whether a version that is not the method's only one is allowed; it comes with the option that forbids it.
    fn allows_known_version(&self, (version, forbidden): &(ProtocolVersion, u64)) -> bool {
        let (method_min, method_max) = self.method_versions;
        let min = self.min_version.map_or(method_min, |min| min.max(method_min));
        let max = self.max_version.map_or(method_max, |max| max.min(method_max));
        (min..=max).contains(version)
            && !self.has_option(*forbidden)
            && self.is_secure_version(*version)
            && self.suite_b_allows_version(*version)
            && (version.has_signature_schemes() || HashAlgorithm::Md5Sha1.is_available())
    }

    /// The versions that a client offers, the highest first. Before TLS 1.3 a hello could not say that there is a hole in
    /// the range: as in OpenSSL what is above one is not offered.
    #[must_use]
    pub fn offered_versions(&self) -> Vec<ProtocolVersion> {
        if let Some(only) = self.fixed_version() {
            return vec![only];
        }
        let all = self.versions_and_options();
        let Some(lowest) = all.iter().rposition(|known| self.allows_known_version(known)) else {
            return Vec::new();
        };
        let highest = all
            .iter()
            .take(lowest)
            .rposition(|known| !self.allows_known_version(known))
            .map_or(0, |hole| hole + 1);
        all.iter().take(lowest + 1).skip(highest).map(|(version, _)| *version).collect()
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

    const TLS1_0: ProtocolVersion = ProtocolVersion::TLS1_0;
    const TLS1_1: ProtocolVersion = ProtocolVersion::TLS1_1;

    #[test]
    fn all_versions_that_we_have_are_allowed_by_default() {
        let settings = any_version();
        assert_eq!(settings.versions(), [TLS1_3, TLS1_2, TLS1_1, TLS1_0]);
        assert!(settings.allows_version(TLS1_2) && settings.allows_version(TLS1_0));
        assert!(!settings.allows_version(ProtocolVersion::SSL3));
    }

    #[test]
    fn range_limits_the_versions() {
        assert_eq!(
            Settings { max_version: Some(TLS1_2), ..any_version() }.versions(),
            [TLS1_2, TLS1_1, TLS1_0]
        );
        assert_eq!(Settings { min_version: Some(TLS1_3), ..any_version() }.versions(), [TLS1_3]);
        let nothing = Settings { max_version: Some(ProtocolVersion::SSL3), ..any_version() };
        assert_eq!(nothing.versions(), []);
        assert_eq!(nothing.offered_versions(), []);
    }

    #[test]
    fn method_of_one_version_has_it_whatever_else_is_set() {
        let options = option::NO_SSL_MASK;
        for version in [TLS1_0, TLS1_1, TLS1_2] {
            let settings = Settings { options, security_level: 5, ..Settings::new((version, version)) };
            let limited = Settings { max_version: Some(ProtocolVersion::SSL3), ..settings };
            assert_eq!(limited.versions(), [version]);
            assert_eq!(limited.offered_versions(), [version]);
        }
    }

    #[test]
    fn options_forbid_single_versions() {
        let without = |options| Settings { options, ..any_version() }.versions();
        assert_eq!(without(option::NO_TLSV1_2), [TLS1_3, TLS1_1, TLS1_0]);
        assert_eq!(without(option::NO_TLSV1_3), [TLS1_2, TLS1_1, TLS1_0]);
        assert_eq!(without(option::NO_SSL_MASK), []);
        assert_eq!(without(option::NO_TLSV1 | option::NO_TLSV1_1), [TLS1_3, TLS1_2]);
    }

    #[test]
    fn client_offers_nothing_above_a_hole() {
        let offered = |options| Settings { options, ..any_version() }.offered_versions();
        assert_eq!(offered(0), [TLS1_3, TLS1_2, TLS1_1, TLS1_0]);
        assert_eq!(offered(option::NO_TLSV1), [TLS1_3, TLS1_2, TLS1_1]);
        assert_eq!(offered(option::NO_TLSV1_1), [TLS1_0]);
        assert_eq!(offered(option::NO_TLSV1_2), [TLS1_1, TLS1_0]);
        assert_eq!(offered(option::NO_TLSV1 | option::NO_TLSV1_2), [TLS1_1]);
        assert_eq!(offered(option::NO_TLSV1_1 | option::NO_TLSV1_3), [TLS1_0]);
        assert_eq!(offered(option::NO_TLSV1_3 | option::NO_TLSV1), [TLS1_2, TLS1_1]);
        assert_eq!(offered(option::NO_TLSV1 | option::NO_TLSV1_1 | option::NO_TLSV1_2), [TLS1_3]);
        assert_eq!(offered(option::NO_SSL_MASK), []);
    }

    #[test]
    fn high_security_levels_leave_out_low_versions() {
        let lowest =
            |security_level| Settings { security_level, ..any_version() }.versions().last().copied().unwrap();
        let expected = [TLS1_0, TLS1_0, TLS1_0, TLS1_1, TLS1_2, TLS1_2];
        for (level, version) in (0..).zip(expected) {
            assert_eq!(lowest(level), version);
        }
    }
}
