//! Security levels (`SSL_CTX_set_security_level(3)`): what is strong enough. Used by `choose`, `handshake`
//! and `object`.

use std::sync::Arc;

use super::{Settings, certificate::CertifiedKey, library::KnownGroup, version::lowest_at};
use crate::{
    crypto::{
        signature::KeyType,
        signature_scheme::{self, Scheme},
        suite::{Authentication, MacAlgorithm, Suite},
    },
    wire::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme},
};

/// The least strength in bits that a level accepts.
#[must_use]
pub const fn minimum_bits(level: u8) -> u16 {
    match level {
        0 => 0,
        1 => 80,
        2 => 112,
        3 => 128,
        4 => 192,
        _ => 256,
    }
}

/// The strength in bits of a key, as libcrypto's `EVP_PKEY_get_security_bits` counts it, down to the
/// next level. `bits` is the size of an RSA or DSA modulus, or of a curve's field.
#[must_use]
pub const fn key_strength(key_type: KeyType, bits: u32) -> u16 {
    match key_type {
        // NIST SP 800-56B appendix D: the sizes at which the estimate reaches the levels.
        KeyType::Rsa | KeyType::RsaPss => match bits {
            13914.. => 256,
            6947.. => 192,
            2671.. => 128,
            1963.. => 112,
            920.. => 80,
            _ => 0,
        },
        KeyType::Dsa => match bits {
            15360.. => 256,
            7680.. => 192,
            3072.. => 128,
            2048.. => 112,
            1024.. => 80,
            _ => 0,
        },
        KeyType::EcdsaP256 | KeyType::EcdsaP384 | KeyType::EcdsaP521 | KeyType::EcdsaOther => match bits {
            512.. => 256,
            384.. => 192,
            256.. => 128,
            224.. => 112,
            160.. => 80,
            _ => 0,
        },
        KeyType::Ed25519 | KeyType::MlDsa44 => 128,
        KeyType::Ed448 | KeyType::MlDsa65 => 192,
        KeyType::MlDsa87 => 256,
        KeyType::Other => 0,
    }
}

/// What a program's security callback allowed, by the kind of question (`SSL_CTX_set_security_callback(3)`). Of a kind that it was asked
/// about, that alone is allowed, whatever the level says. Where it was not asked, the level decides.
#[derive(Clone, Debug, Default)]
pub struct Permissions {
    /// Versions.
    pub versions: Allowed<ProtocolVersion>,
    /// Suites.
    pub suites: Allowed<CipherSuite>,
    /// Groups of a key exchange.
    pub groups: Allowed<NamedGroup>,
    /// Curves of certificates.
    pub curves: Allowed<NamedGroup>,
    /// Signature schemes of the peer.
    pub schemes: Allowed<SignatureScheme>,
    /// Signature schemes of our own.
    pub own_schemes: Allowed<SignatureScheme>,
    /// Signature schemes that tell which kinds of certificates we take.
    pub mask: Allowed<SignatureScheme>,
    /// The Diffie-Hellman parameters of this handshake.
    pub diffie_hellman: Option<bool>,
    /// Session tickets.
    pub tickets: Option<bool>,
}

/// What was allowed of one kind, if it was asked about.
#[derive(Clone, Debug)]
pub struct Allowed<T>(Option<Vec<T>>);

impl<T> Default for Allowed<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Copy + PartialEq> Allowed<T> {
    /// The questions begin anew: nothing is allowed yet.
    pub fn begin(&mut self) {
        self.0 = Some(Vec::new());
    }

    /// The answer to a question, which counts in place of former ones to the same.
    pub fn note(&mut self, item: T, is_allowed: bool) -> bool {
        self.refuse(item);
        if is_allowed {
            self.0.get_or_insert_default().push(item);
        }
        is_allowed
    }

    /// What was allowed is so no more.
    pub fn refuse(&mut self, item: T) {
        self.0.get_or_insert_default().retain(|allowed| *allowed != item);
    }

    /// Whether anything was allowed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.as_ref().is_none_or(Vec::is_empty)
    }

    /// Whether it is allowed; `None`: nobody was asked about things of this kind.
    fn allows(&self, item: T) -> Option<bool> {
        self.0.as_ref().map(|allowed| allowed.contains(&item))
    }
}

/// Whether a level allows session tickets: from 3 on it does not.
#[must_use]
pub const fn allows_tickets(level: u8) -> bool {
    level < 3
}

/// How strong the Diffie-Hellman parameters are that go with something (`SSL_CTX_set_dh_auto(3)`), in bits.
pub struct DhStrength;

impl DhStrength {
    /// Where nothing asks for more.
    pub const LEAST: u16 = 80;

    /// Beside a certificate with this key.
    #[must_use]
    pub const fn beside(key_type: KeyType, bits: u32) -> u16 {
        match (key_type, bits) {
            // A step that is no level of its own.
            (KeyType::Rsa | KeyType::RsaPss, 3991..=6946) => 152,
            _ => key_strength(key_type, bits),
        }
    }

    /// Without a certificate: as the suite's cipher.
    #[must_use]
    pub fn of_suite(suite: &Suite) -> u16 {
        if suite.strength_bits() == 256 { 128 } else { Self::LEAST }
    }
}

impl Settings {
    /// Whether this version is secure enough.
    #[must_use]
    pub fn is_secure_version(&self, version: ProtocolVersion) -> bool {
        self.permission(|permissions| permissions.versions.allows(version))
            .unwrap_or(version >= lowest_at(self.security_level))
    }

    /// What the security callback said, if there is one and it was asked.
    fn permission(&self, of_kind: impl FnOnce(&Permissions) -> Option<bool>) -> Option<bool> {
        self.permissions.as_ref().and_then(|permissions| of_kind(permissions))
    }

    /// The certificates to send after this one, where they are known and all are strong enough for our level; else the driver is to be
    /// asked, which looks at each of them, or asks the security callback.
    #[must_use]
    pub fn secure_chain(&self, certified: &CertifiedKey) -> Option<Arc<[Vec<u8>]>> {
        let is_secure =
            certified.is_raw || (self.permissions.is_none() && self.allows_strength(certified.strength));
        certified.chain.clone().filter(|_| is_secure)
    }

    /// Whether we have this group and it is strong enough for our level.
    #[must_use]
    pub fn allows_group(&self, id: NamedGroup) -> bool {
        self.group(id).is_some_and(|group| self.allows_known_group(id, group))
    }

    /// As [`Self::allows_group`], for one that was found.
    pub(super) fn allows_known_group(&self, id: NamedGroup, group: KnownGroup<'_>) -> bool {
        !self.library.missing_groups.contains(&id)
            && self
                .permission(|permissions| permissions.groups.allows(id))
                .unwrap_or_else(|| self.allows_strength(group.security_bits()))
    }

    /// Whether the curve of a certificate's key is one of our groups and strong enough for our level.
    #[must_use]
    pub fn allows_curve(&self, id: NamedGroup) -> bool {
        let is_enough = |group: KnownGroup<'_>| self.allows_strength(group.security_bits());
        let by_level = || self.group(id).is_some_and(is_enough);
        !self.library.missing_groups.contains(&id)
            && self.permission(|permissions| permissions.curves.allows(id)).unwrap_or_else(by_level)
    }

    /// Whether Diffie-Hellman parameters of this strength are strong enough for our level.
    #[must_use]
    pub fn allows_diffie_hellman(&self, bits: u16) -> bool {
        self.permission(|permissions| permissions.diffie_hellman)
            .unwrap_or_else(|| self.allows_strength(bits))
    }

    /// The least strength in bits that our level accepts.
    #[must_use]
    pub const fn least_strength(&self) -> u16 {
        minimum_bits(self.security_level)
    }

    /// Whether we have this signature scheme and it is strong enough for our level.
    #[must_use]
    pub fn allows_scheme(&self, id: SignatureScheme) -> bool {
        self.find_scheme(id).is_some_and(|scheme| self.allows_known_scheme(scheme))
    }

    fn find_scheme(&self, id: SignatureScheme) -> Option<&'static Scheme> {
        signature_scheme::find(id).filter(|_| !self.library.missing_schemes.contains(&id))
    }

    /// As [`Self::allows_scheme`], for one that was found and that we have.
    pub(super) fn allows_known_scheme(&self, scheme: &Scheme) -> bool {
        self.allows_scheme_as(scheme, |permissions| &permissions.schemes)
    }

    /// As [`Self::allows_scheme`], for one that we sign with.
    #[must_use]
    pub fn allows_own_scheme(&self, id: SignatureScheme) -> bool {
        self.find_scheme(id).is_some_and(|scheme| self.allows_known_own_scheme(scheme))
    }

    /// As [`Self::allows_own_scheme`], for one that was found and that we have.
    pub(super) fn allows_known_own_scheme(&self, scheme: &Scheme) -> bool {
        self.allows_scheme_as(scheme, |permissions| &permissions.own_schemes)
    }

    /// As [`Self::allows_scheme`], for one that tells which kinds of certificates we take.
    pub(super) fn counts_scheme(&self, scheme: &Scheme) -> bool {
        self.allows_scheme_as(scheme, |permissions| &permissions.mask)
    }

    fn allows_scheme_as(
        &self,
        scheme: &Scheme,
        of_kind: impl Fn(&Permissions) -> &Allowed<SignatureScheme>,
    ) -> bool {
        self.permission(|permissions| of_kind(permissions).allows(scheme.id))
            .unwrap_or_else(|| self.allows_strength(scheme.security_bits))
    }

    /// Whether a suite is secure enough.
    #[must_use]
    pub fn allows_suite(&self, suite: &Suite) -> bool {
        !self.library.missing_suites.contains(&suite.id)
            && self
                .permission(|permissions| permissions.suites.allows(suite.id))
                .unwrap_or_else(|| self.level_allows_suite(suite))
    }

    /// Whether a suite is strong enough for our level: from 1 on it authenticates, from 3 on it is forward secret, from 4
    /// on its MAC is not SHA-1.
    #[must_use]
    pub fn level_allows_suite(&self, suite: &Suite) -> bool {
        let weak = match self.security_level {
            0 => false,
            level @ 1.. => {
                suite.authentication == Authentication::Null
                    || level >= 3 && !suite.key_exchange.is_forward_secret()
                    || level >= 4 && matches!(suite.mac, Some(MacAlgorithm::Md5 | MacAlgorithm::Sha1))
            }
        };
        !weak && self.allows_strength(suite.strength_bits())
    }

    /// Whether session tickets are secure enough.
    #[must_use]
    pub fn allows_tickets(&self) -> bool {
        self.permission(|permissions| permissions.tickets)
            .unwrap_or_else(|| allows_tickets(self.security_level))
    }

    const fn allows_strength(&self, bits: u16) -> bool {
        bits >= minimum_bits(self.security_level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{crypto::suite, wire::ProtocolVersion};

    fn at_level(security_level: u8) -> Settings {
        Settings { security_level, ..Settings::new((ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3)) }
    }

    #[test]
    fn rsa_keys_reach_the_levels_at_the_sizes_of_libcrypto() {
        for (level, least) in [(1, 920), (2, 1963), (3, 2671), (4, 6947), (5, 13914)] {
            assert!(at_level(level).allows_strength(key_strength(KeyType::Rsa, least)));
            assert!(!at_level(level).allows_strength(key_strength(KeyType::Rsa, least - 1)));
        }
        assert!(at_level(0).allows_strength(key_strength(KeyType::Rsa, 512)));
    }

    #[test]
    fn curves_reach_the_levels_of_half_their_size() {
        assert!(at_level(3).allows_strength(key_strength(KeyType::EcdsaP256, 256)));
        assert!(!at_level(4).allows_strength(key_strength(KeyType::EcdsaP256, 256)));
        assert!(at_level(4).allows_strength(key_strength(KeyType::EcdsaP384, 384)));
        assert!(at_level(5).allows_strength(key_strength(KeyType::EcdsaP521, 521)));
        assert!(at_level(3).allows_strength(key_strength(KeyType::Ed25519, 256)));
        assert!(!at_level(4).allows_strength(key_strength(KeyType::Ed25519, 256)));
        assert!(at_level(2).allows_strength(key_strength(KeyType::EcdsaOther, 224)));
        assert!(!at_level(1).allows_strength(key_strength(KeyType::Other, 4096)));
    }

    #[test]
    fn permissions_count_in_place_of_the_level() {
        let mut permissions = Permissions::default();
        permissions.versions.note(ProtocolVersion::TLS1_3, false);
        permissions.versions.note(ProtocolVersion::TLS1_0, true);
        permissions.groups.note(NamedGroup::X25519, false);
        permissions.groups.note(NamedGroup::SECP256R1, true);
        permissions.schemes.note(SignatureScheme::RSA_PKCS1_SHA1, true);
        let settings = Settings { permissions: Some(Arc::new(permissions)), ..at_level(5) };
        assert!(!settings.is_secure_version(ProtocolVersion::TLS1_3));
        assert!(settings.is_secure_version(ProtocolVersion::TLS1_0));
        assert!(!settings.allows_group(NamedGroup::X25519) && settings.allows_group(NamedGroup::SECP256R1));
        assert!(settings.allows_scheme(SignatureScheme::RSA_PKCS1_SHA1));
    }

    #[test]
    fn what_was_not_asked_about_is_not_allowed() {
        let mut permissions = Permissions::default();
        permissions.suites.begin();
        permissions.groups.note(NamedGroup::X25519, true);
        permissions.groups.refuse(NamedGroup::X25519);
        permissions.schemes.note(SignatureScheme::ED448, true);
        let settings = Settings { permissions: Some(Arc::new(permissions)), ..at_level(3) };
        assert!(!settings.allows_suite(suite::find_by_name("TLS_AES_256_GCM_SHA384").unwrap()));
        assert!(!settings.allows_group(NamedGroup::X25519) && !settings.allows_group(NamedGroup::SECP521R1));
        assert!(!settings.allows_scheme(SignatureScheme::ED25519));
        // Of these kinds nothing was asked: the level decides.
        assert!(settings.is_secure_version(ProtocolVersion::TLS1_3));
        assert!(!settings.is_secure_version(ProtocolVersion::TLS1_0));
        assert!(settings.allows_own_scheme(SignatureScheme::ED25519));
        assert!(!settings.allows_own_scheme(SignatureScheme::RSA_PKCS1_SHA1));
        assert!(settings.allows_curve(NamedGroup::SECP521R1));
        assert!(!settings.allows_tickets() && settings.allows_diffie_hellman(128));
        assert!(!settings.allows_diffie_hellman(112));
    }

    #[test]
    fn tickets_are_allowed_below_level_three() {
        assert!(at_level(2).allows_tickets());
        assert!(!at_level(3).allows_tickets());
    }

    #[test]
    fn suites_are_as_strong_as_their_weakest_part() {
        for (name, highest) in [
            ("NULL-MD5", 0),
            ("ECDHE-PSK-NULL-SHA384", 0),
            ("ADH-AES256-GCM-SHA384", 0),
            ("AES256-GCM-SHA384", 2),
            ("PSK-CHACHA20-POLY1305", 2),
            ("SRP-RSA-AES-256-CBC-SHA", 2),
            ("DHE-RSA-AES128-CCM8", 3),
            ("ECDHE-RSA-AES256-SHA", 3),
            ("ECDHE-RSA-AES256-SHA384", 5),
            ("DHE-PSK-AES256-CCM8", 5),
            ("TLS_AES_256_GCM_SHA384", 5),
        ] {
            let suite = suite::find_by_name(name).unwrap();
            for level in 0..=5 {
                assert_eq!(at_level(level).allows_suite(suite), level <= highest, "{name} at {level}");
            }
        }
    }

    #[test]
    fn sha1_is_allowed_at_level_zero_only_and_sha224_up_to_two() {
        assert!(at_level(0).allows_scheme(SignatureScheme::RSA_PKCS1_SHA1));
        assert!(!at_level(1).allows_scheme(SignatureScheme::RSA_PKCS1_SHA1));
        assert!(at_level(2).allows_scheme(SignatureScheme::ECDSA_SHA224));
        assert!(!at_level(3).allows_scheme(SignatureScheme::ECDSA_SHA224));
    }
}
