//! What we offer and therefore accept: groups and signature schemes (RFC 8446 §4.2.3, §4.2.7), and whether what
//! the peer signed with is among them. Used by `choose` and `handshake`.

use super::{Settings, library::KnownGroup};
use crate::{
    crypto::{
        hash::HashAlgorithm,
        signature::{KeyType, PublicKey},
        signature_scheme::{self, SCHEMES, Scheme, SignatureAlgorithm, find},
        suite::{Authentication, Suite},
    },
    error::{Error, Reason, Result},
    record::Side,
    wire::{AlertDescription, CertificateType, NamedGroup, ProtocolVersion, SignatureScheme},
};

impl Settings {
    /// The groups that we offer or accept in any of `versions`, at our security level.
    #[must_use]
    pub fn offered_groups(&self, versions: &[ProtocolVersion]) -> Vec<NamedGroup> {
        let known = self.known_groups(versions);
        known.filter(|(id, group)| self.allows_known_group(*id, *group)).map(|(id, _)| id).collect()
    }

    /// As [`Self::offered_groups`], whatever our security level says.
    #[must_use]
    pub fn listed_groups(&self, versions: &[ProtocolVersion]) -> Vec<NamedGroup> {
        self.known_groups(versions).map(|(id, _)| id).collect()
    }

    fn known_groups(
        &self,
        versions: &[ProtocolVersion],
    ) -> impl Iterator<Item = (NamedGroup, KnownGroup<'_>)> {
        let tls13 = versions.contains(&ProtocolVersion::TLS1_3);
        let tls12 = versions.iter().any(|version| *version < ProtocolVersion::TLS1_3);
        let groups = self.suite_b().map_or(&*self.groups, |mode| mode.groups());
        let known = groups.iter().filter_map(|id| Some((*id, self.group(*id)?)));
        known.filter(move |(id, group)| {
            ((tls13 && group.is_for_tls13()) || (tls12 && group.is_for_tls12()))
                && !self.library.missing_groups.contains(id)
        })
    }

    /// The schemes that we offer to the peer in any of `versions`, at our security level
    /// (`request`: those of client authentication, as a server's CertificateRequest lists them). None before TLS 1.2.
    #[must_use]
    pub fn offered_signature_schemes(
        &self,
        versions: &[ProtocolVersion],
        request: bool,
    ) -> Vec<SignatureScheme> {
        let offered = self.offered_schemes(versions, request);
        let mut ids = Vec::with_capacity(offered.size_hint().1.unwrap_or_default());
        ids.extend(offered.map(|scheme| scheme.id));
        ids
    }

    /// As [`Self::offered_signature_schemes`], one after the other.
    pub fn offered_schemes(
        &self,
        versions: &[ProtocolVersion],
        request: bool,
    ) -> impl Iterator<Item = &'static Scheme> {
        self.listed_schemes(versions, request).filter(|scheme| self.allows_known_scheme(scheme))
    }

    /// As [`Self::offered_signature_schemes`], of those that we sign with.
    #[must_use]
    pub fn own_signature_schemes(&self, versions: &[ProtocolVersion], request: bool) -> Vec<SignatureScheme> {
        let listed = self.listed_schemes(versions, request);
        listed.filter(|scheme| self.allows_known_own_scheme(scheme)).map(|scheme| scheme.id).collect()
    }

    /// As [`Self::offered_schemes`], whatever our security level says.
    pub fn listed_schemes(
        &self,
        versions: &[ProtocolVersion],
        request: bool,
    ) -> impl Iterator<Item = &'static Scheme> {
        let configured = match (&self.client_signature_schemes, &self.signature_schemes) {
            (Some(schemes), _) if request => Some(schemes),
            (_, schemes) => schemes.as_ref(),
        };
        let listed = match self.suite_b() {
            Some(mode) => Some(mode.schemes()),
            None => configured.map(|schemes| &**schemes),
        };
        let usual = if listed.is_none() { SCHEMES } else { &[] };
        let tls12 = versions.iter().any(|version| version.of_tls() == ProtocolVersion::TLS1_2);
        let tls13 = versions.contains(&ProtocolVersion::TLS1_3);
        listed.unwrap_or_default().iter().filter_map(|id| find(*id)).chain(usual).filter(move |scheme| {
            ((tls12 && scheme.is_for_tls12()) || (tls13 && is_of_tls13(scheme)))
                && !self.library.missing_schemes.contains(&scheme.id)
        })
    }

    /// The schemes that a CertificateRequest of TLS 1.3 lists: those of TLS 1.3, and those of TLS 1.2 but DSA, which certificates
    /// may be signed with.
    #[must_use]
    pub fn requested_signature_schemes(&self) -> Vec<SignatureScheme> {
        let listed = self.listed_request_schemes();
        listed.filter(|scheme| self.allows_known_scheme(scheme)).map(|scheme| scheme.id).collect()
    }

    /// As [`Self::requested_signature_schemes`], whatever our security level says.
    pub fn listed_request_schemes(&self) -> impl Iterator<Item = &'static Scheme> {
        let listed = self.listed_schemes(&[ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2], true);
        listed.filter(|scheme| scheme.signature != SignatureAlgorithm::Dsa)
    }

    /// The kinds of signatures that `side` takes from its peer.
    #[must_use]
    pub fn taken_signatures(&self, side: Side) -> TakenSignatures {
        let mut taken = TakenSignatures::default();
        let listed = self.listed_schemes(&[ProtocolVersion::TLS1_2], side == Side::Server);
        listed.filter(|scheme| self.counts_scheme(scheme)).for_each(|scheme| taken.add(scheme));
        taken
    }

    /// The scheme that the peer signed with: the one that it names, checked as by [`Self::check_peer_scheme`], or before TLS 1.2
    /// that of its key. If our security level forbids the latter, it is `internal_error` with
    /// `SSL_R_LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED`, as in OpenSSL.
    pub fn peer_scheme(
        &self,
        named: Option<SignatureScheme>,
        key: &PublicKey,
        version: ProtocolVersion,
        request: bool,
    ) -> Result<SignatureScheme> {
        if let Some(scheme) = named {
            self.check_peer_scheme(scheme, (key.key_type(), key.curve()), version, request)?;
            return Ok(scheme);
        }
        signature_scheme::before_tls12(key.key_type()).filter(|scheme| self.allows_scheme(*scheme)).ok_or(
            Error::fatal(AlertDescription::INTERNAL_ERROR, Reason::LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED),
        )
    }

    /// Checks a scheme that the peer signed with against its key type and what we offered (`request`: the
    /// peer is a client). Failure is `illegal_parameter` with `SSL_R_WRONG_SIGNATURE_TYPE`, or with
    /// `SSL_R_WRONG_CURVE` for a key on a curve that does not go with the scheme or that we did not offer. A scheme that would do but
    /// that we did not offer, or that our security level forbids, is `handshake_failure`, as in OpenSSL.
    pub fn check_peer_scheme(
        &self,
        scheme: SignatureScheme,
        (key_type, curve): (KeyType, Option<NamedGroup>),
        version: ProtocolVersion,
        request: bool,
    ) -> Result<()> {
        let wrong_type = Error::illegal(Reason::WRONG_SIGNATURE_TYPE);
        let found = find(scheme).ok_or(wrong_type)?;
        let rules = self.rules_of(version);
        if !found.fits(key_type, rules) {
            // RFC 8446 §4.2.3: in TLS 1.3 each of these schemes belongs to one curve.
            let right_but_for_curve = rules == ProtocolVersion::TLS1_3
                && found.is_tls13()
                && found.fits(key_type, ProtocolVersion::TLS1_2);
            return Err(if right_but_for_curve { Error::illegal(Reason::WRONG_CURVE) } else { wrong_type });
        }
        // RFC 8422 §5.3: a server's certificate must be on a curve that the client offered. OpenSSL wants as much of a client's.
        let ours = |curve| {
            self.listed_groups(&[ProtocolVersion::TLS1_2]).contains(&curve) && self.allows_curve(curve)
        };
        if version.of_tls() == ProtocolVersion::TLS1_2
            && found.signature == SignatureAlgorithm::Ecdsa
            && !curve.is_some_and(ours)
        {
            return Err(Error::illegal(Reason::WRONG_CURVE));
        }
        // RFC 8446 §4.4.3: the algorithm must be one of those that we offered.
        let is_listed = self.listed_schemes(&[version], request).any(|listed| listed.id == scheme);
        if !is_listed || !self.allows_known_scheme(found) {
            return Err(Error::handshake_failure(Reason::WRONG_SIGNATURE_TYPE));
        }
        Ok(())
    }
}

/// By kind of key, whether we take signatures in TLS 1.2.
#[derive(Clone, Copy, Debug, Default)]
pub struct TakenSignatures {
    rsa: bool,
    ecdsa: bool,
    dss: bool,
}

impl TakenSignatures {
    /// Takes the kind of this scheme.
    pub const fn add(&mut self, scheme: &Scheme) {
        if let Some(taken) = self.kind_of(scheme) {
            *taken = true;
        }
    }

    /// Whether the kind of this scheme is there already, or none at all.
    #[must_use]
    pub fn has(mut self, scheme: &Scheme) -> bool {
        self.kind_of(scheme).is_none_or(|taken| *taken)
    }

    const fn kind_of(&mut self, scheme: &Scheme) -> Option<&mut bool> {
        match scheme.signature {
            SignatureAlgorithm::RsaPkcs1 | SignatureAlgorithm::RsaPssRsae | SignatureAlgorithm::RsaPssPss => {
                Some(&mut self.rsa)
            }
            SignatureAlgorithm::Ecdsa | SignatureAlgorithm::Ed25519 | SignatureAlgorithm::Ed448 => {
                Some(&mut self.ecdsa)
            }
            SignatureAlgorithm::Dsa => Some(&mut self.dss),
            SignatureAlgorithm::MlDsa44 | SignatureAlgorithm::MlDsa65 | SignatureAlgorithm::MlDsa87 => None,
        }
    }

    /// The kinds of certificates to ask for (RFC 5246 §7.4.4, RFC 8422 §5.5).
    #[must_use]
    pub fn certificate_types(self) -> Vec<CertificateType> {
        let kinds = [
            (self.rsa, CertificateType::RSA_SIGN),
            (self.dss, CertificateType::DSS_SIGN),
            (self.ecdsa, CertificateType::ECDSA_SIGN),
        ];
        kinds.into_iter().filter(|(is_taken, _)| *is_taken).map(|(_, kind)| kind).collect()
    }

    /// Whether the kind that authenticates the servers of this suite is among them: a client offers no other suites. Those of TLS 1.3
    /// are not tied to a kind.
    #[must_use]
    pub const fn suit(self, suite: &Suite) -> bool {
        match suite.authentication {
            Authentication::Rsa => self.rsa,
            Authentication::Ecdsa => self.ecdsa,
            Authentication::Dss => self.dss,
            Authentication::Any | Authentication::Null | Authentication::Psk | Authentication::Srp => true,
        }
    }
}

/// Whether a client of TLS 1.3 alone offers it: what may sign a handshake, and PKCS#1 with the same
/// hashes for certificates (RFC 8446 §4.2.3).
#[must_use]
pub fn is_of_tls13(scheme: &Scheme) -> bool {
    scheme.is_tls13()
        || (scheme.signature == SignatureAlgorithm::RsaPkcs1
            && !matches!(scheme.hash, Some(HashAlgorithm::Sha1 | HashAlgorithm::Sha224)))
}

#[cfg(test)]
mod tests {
    use super::{
        super::{library::LibraryOffer, list},
        *,
    };

    const TLS1_2: ProtocolVersion = ProtocolVersion::TLS1_2;
    const TLS1_3: ProtocolVersion = ProtocolVersion::TLS1_3;

    fn settings() -> Settings {
        // As OpenSSL 3.0's libcrypto does.
        let missing_schemes =
            vec![SignatureScheme::MLDSA44, SignatureScheme::MLDSA65, SignatureScheme::MLDSA87];
        let library = std::sync::Arc::new(LibraryOffer { missing_schemes, ..LibraryOffer::default() });
        Settings { security_level: 0, library, ..Settings::new((TLS1_2, TLS1_3)) }
    }

    #[test]
    fn offered_schemes_are_those_of_openssl_at_each_level() {
        let offered = |security_level, versions: &[ProtocolVersion]| -> Vec<u16> {
            let settings = Settings { security_level, ..settings() };
            let offered = settings.offered_signature_schemes(versions, false);
            offered.into_iter().map(|scheme| scheme.0).collect()
        };
        let both = &[TLS1_3, TLS1_2];
        let strong = [
            0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x0804, 0x0805, 0x0806, 0x0401,
            0x0501, 0x0601,
        ];
        assert_eq!(
            offered(0, both),
            [&strong[..], &[0x0303, 0x0203, 0x0301, 0x0201, 0x0302, 0x0202, 0x0402, 0x0502, 0x0602]].concat()
        );
        assert_eq!(
            offered(2, both),
            [&strong[..], &[0x0303, 0x0301, 0x0302, 0x0402, 0x0502, 0x0602]].concat()
        );
        assert_eq!(offered(2, &[TLS1_3]), strong);
        assert_eq!(offered(3, both), [&strong[..], &[0x0402, 0x0502, 0x0602]].concat());
        assert_eq!(
            offered(4, both),
            [0x0503, 0x0603, 0x0808, 0x080a, 0x080b, 0x0805, 0x0806, 0x0501, 0x0601, 0x0502, 0x0602]
        );
        assert_eq!(offered(5, both), [0x0603, 0x080b, 0x0806, 0x0601, 0x0602]);
        assert_eq!(offered(0, &[ProtocolVersion::TLS1_1]), []);
    }

    #[test]
    fn offered_groups_depend_on_level_and_version() {
        let offered = |security_level, versions: &[ProtocolVersion]| {
            Settings { security_level, ..settings() }.offered_groups(versions)
        };
        let hybrid = NamedGroup::X25519MLKEM768;
        assert!(offered(2, &[TLS1_3, TLS1_2]).contains(&hybrid));
        assert!(!offered(2, &[TLS1_2]).contains(&hybrid));
        assert!(!offered(4, &[TLS1_3]).contains(&NamedGroup::X25519));
        assert_eq!(offered(5, &[TLS1_2]), [NamedGroup::SECP521R1]);
    }

    #[test]
    fn peers_scheme_must_be_offered_and_fit_the_key() {
        let settings = Settings { security_level: 2, ..settings() };
        let check = |scheme, key_type, version| {
            let curve = match key_type {
                KeyType::EcdsaP256 => Some(NamedGroup::SECP256R1),
                KeyType::EcdsaP384 => Some(NamedGroup::SECP384R1),
                KeyType::EcdsaOther => Some(NamedGroup::BRAINPOOLP256R1),
                _ => None,
            };
            settings.check_peer_scheme(scheme, (key_type, curve), version, false)
        };
        let wrong_type = Err(Error::illegal(Reason::WRONG_SIGNATURE_TYPE));
        let wrong_curve = Err(Error::illegal(Reason::WRONG_CURVE));
        let ecdsa = SignatureScheme::ECDSA_SECP256R1_SHA256;
        assert_eq!(check(ecdsa, KeyType::EcdsaP256, TLS1_3), Ok(()));
        assert_eq!(check(ecdsa, KeyType::EcdsaP384, TLS1_3), wrong_curve);
        assert_eq!(check(ecdsa, KeyType::EcdsaP384, TLS1_2), Ok(()));
        assert_eq!(check(ecdsa, KeyType::EcdsaOther, TLS1_2), wrong_curve);
        assert_eq!(check(ecdsa, KeyType::Rsa, TLS1_3), wrong_type);
        assert_eq!(check(SignatureScheme::RSA_PKCS1_SHA256, KeyType::Rsa, TLS1_3), wrong_type);
        assert_eq!(check(SignatureScheme::RSA_PKCS1_SHA256, KeyType::Rsa, TLS1_2), Ok(()));
        let too_weak = Err(Error::handshake_failure(Reason::WRONG_SIGNATURE_TYPE));
        assert_eq!(check(SignatureScheme::RSA_PKCS1_SHA1, KeyType::Rsa, TLS1_2), too_weak);
        assert_eq!(check(SignatureScheme(0x1a1a), KeyType::Rsa, TLS1_2), wrong_type);
    }

    #[test]
    fn key_must_be_on_one_of_our_curves_in_tls12() {
        let settings =
            Settings { groups: list::groups("X25519", &LibraryOffer::default()).unwrap(), ..settings() };
        let check = |request| {
            let scheme = SignatureScheme::ECDSA_SECP256R1_SHA256;
            let key = (KeyType::EcdsaP256, Some(NamedGroup::SECP256R1));
            settings.check_peer_scheme(scheme, key, TLS1_2, request)
        };
        for request in [false, true] {
            assert_eq!(check(request), Err(Error::illegal(Reason::WRONG_CURVE)));
        }
    }

    #[test]
    fn schemes_of_clients_are_apart_if_set() {
        let client_signature_schemes = list::signature_schemes("ed25519");
        let settings = Settings { client_signature_schemes, ..settings() };
        assert_eq!(settings.offered_signature_schemes(&[TLS1_3], true), [SignatureScheme::ED25519]);
        assert!(settings.offered_signature_schemes(&[TLS1_3], false).len() > 1);
    }

    #[test]
    fn ml_dsa_is_for_tls13_alone() {
        let settings = Settings { library: std::sync::Arc::default(), ..settings() };
        let has = |versions: &[ProtocolVersion]| {
            settings.offered_signature_schemes(versions, false).contains(&SignatureScheme::MLDSA65)
        };
        assert!(has(&[TLS1_3]) && has(&[TLS1_3, TLS1_2]) && !has(&[TLS1_2]));
        let check = |version| {
            let key = (KeyType::MlDsa65, None);
            settings.check_peer_scheme(SignatureScheme::MLDSA65, key, version, false)
        };
        assert_eq!(check(TLS1_3), Ok(()));
        assert_eq!(check(TLS1_2), Err(Error::illegal(Reason::WRONG_SIGNATURE_TYPE)));
    }
}
