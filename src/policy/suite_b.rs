//! The modes of Suite B (RFC 6460, `SSL_CERT_FLAG_SUITEB_…` in `SSL_CTX_set_cert_flags(3)`, the cipher strings that begin with
//! `SUITEB`): which groups and signatures they leave, and what else they ask for. Used by the other rules of this folder, and by
//! `object`, which has libcrypto check certificates.

use super::{
    Settings,
    options::{CERT_FLAG_SUITEB_128, CERT_FLAG_SUITEB_128_ONLY, CERT_FLAG_SUITEB_192},
};
use crate::{
    crypto::{aead::AeadAlgorithm, suite::Suite},
    error::{Error, Reason, Result},
    wire::{NamedGroup, ProtocolVersion, SignatureScheme},
};

/// A mode, by the level of security.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuiteB {
    /// 128 bits, and no more.
    Only128,
    /// 192 bits.
    Only192,
    /// 128 bits or more.
    Least128,
}

impl SuiteB {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Only128, Self::Only192, Self::Least128];

    /// `SSL_CERT_FLAG_SUITEB_…`, which are libcrypto's `X509_V_FLAG_SUITEB_…` too.
    #[must_use]
    pub const fn flags(self) -> u32 {
        match self {
            Self::Only128 => CERT_FLAG_SUITEB_128_ONLY,
            Self::Only192 => CERT_FLAG_SUITEB_192,
            Self::Least128 => CERT_FLAG_SUITEB_128,
        }
    }

    /// The groups that are left, whatever else is configured.
    #[must_use]
    pub const fn groups(self) -> &'static [NamedGroup] {
        match self {
            Self::Only128 => &[NamedGroup::SECP256R1],
            Self::Only192 => &[NamedGroup::SECP384R1],
            Self::Least128 => &[NamedGroup::SECP256R1, NamedGroup::SECP384R1],
        }
    }

    /// The signatures that are left, whatever else is configured.
    #[must_use]
    pub const fn schemes(self) -> &'static [SignatureScheme] {
        match self {
            Self::Only128 => &[SignatureScheme::ECDSA_SECP256R1_SHA256],
            Self::Only192 => &[SignatureScheme::ECDSA_SECP384R1_SHA384],
            Self::Least128 => {
                &[SignatureScheme::ECDSA_SECP256R1_SHA256, SignatureScheme::ECDSA_SECP384R1_SHA384]
            }
        }
    }
}

/// The group of a suite of TLS 1.2, and of its certificates (RFC 6460 §3.1): the suites of these modes leave no other.
#[must_use]
pub fn group_of(suite: &Suite) -> Option<NamedGroup> {
    match suite.aead() {
        Some(AeadAlgorithm::Aes128Gcm) => Some(NamedGroup::SECP256R1),
        Some(AeadAlgorithm::Aes256Gcm) => Some(NamedGroup::SECP384R1),
        _ => None,
    }
}

impl Settings {
    /// The mode, if there is one.
    #[must_use]
    pub fn suite_b(&self) -> Option<SuiteB> {
        let flags = self.certificate_flags & CERT_FLAG_SUITEB_128;
        SuiteB::ALL.into_iter().find(|mode| mode.flags() == flags)
    }

    /// Whether the mode, if there is one, has this version: none before TLS 1.2.
    #[must_use]
    pub fn suite_b_allows_version(&self, version: ProtocolVersion) -> bool {
        version.has_signature_schemes() || self.suite_b().is_none()
    }

    /// Whether a key exchange or a certificate on this curve goes with the suite of TLS 1.2.
    #[must_use]
    pub fn suite_b_allows_curve(&self, suite: &Suite, curve: NamedGroup) -> bool {
        self.suite_b().is_none() || group_of(suite) == Some(curve)
    }

    /// Checks the curve of a key that a peer signs with beside a suite of TLS 1.2. Another than the suite's is
    /// `illegal_parameter` with `SSL_R_WRONG_CURVE`, as in OpenSSL.
    pub fn check_suite_b_key(
        &self,
        suite: Option<&Suite>,
        curve: Option<NamedGroup>,
        version: ProtocolVersion,
    ) -> Result<()> {
        let is_tls12 = version.of_tls() == ProtocolVersion::TLS1_2;
        let goes = suite.zip(curve).is_some_and(|(suite, curve)| self.suite_b_allows_curve(suite, curve));
        if is_tls12 && self.suite_b().is_some() && !goes {
            return Err(Error::illegal(Reason::WRONG_CURVE));
        }
        Ok(())
    }

    /// By which version's rules a signature goes with a key: in these modes each scheme belongs to one curve, as in TLS 1.3.
    #[must_use]
    pub fn rules_of(&self, version: ProtocolVersion) -> ProtocolVersion {
        if self.suite_b().is_some() { ProtocolVersion::TLS1_3 } else { version }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::suite;

    fn in_mode(flags: u32) -> Settings {
        Settings {
            certificate_flags: flags,
            ..Settings::new((ProtocolVersion::TLS1_0, ProtocolVersion::TLS1_3))
        }
    }

    #[test]
    fn modes_are_those_of_the_flags() {
        assert_eq!(in_mode(1).suite_b(), None);
        for mode in SuiteB::ALL {
            assert_eq!(in_mode(mode.flags() | 1).suite_b(), Some(mode));
            assert_eq!(mode.groups().len(), mode.schemes().len());
        }
    }

    #[test]
    fn mode_leaves_its_groups_schemes_and_versions() {
        let settings = in_mode(CERT_FLAG_SUITEB_192);
        let versions = [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3];
        assert_eq!(settings.offered_groups(&versions), [NamedGroup::SECP384R1]);
        assert_eq!(settings.offered_signature_schemes(&versions, true), SuiteB::Only192.schemes());
        assert_eq!(settings.versions(), [ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2]);
        let suite = suite::find_by_name("ECDHE-ECDSA-AES128-GCM-SHA256").unwrap();
        assert!(!settings.suite_b_allows_curve(suite, NamedGroup::SECP384R1));
        assert!(in_mode(0).suite_b_allows_curve(suite, NamedGroup::SECP384R1));
    }
}
