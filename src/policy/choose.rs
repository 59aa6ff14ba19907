//! The choices of a handshake from what both sides offer (RFC 8446 §4.1.1, RFC 5246 §7.4.1.2, §7.4.3,
//! RFC 8422 §5.1). Used by `handshake`.
//!
//! As in OpenSSL the peer's order decides, unless `SSL_OP_CIPHER_SERVER_PREFERENCE` or Suite B says that ours does.

use super::{
    Settings,
    certificate::{CertifiedKey, Slot},
    options::option,
};
use crate::{
    crypto::{
        aead::AeadAlgorithm,
        hash::HashAlgorithm,
        signature_scheme::{self, Scheme, SignatureAlgorithm},
        suite::{self, Authentication, KeyExchangeAlgorithm, Suite},
    },
    error::{Error, Reason, Result},
    wire::{AlertDescription, CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme},
};

/// What is signed with before TLS 1.2, by the kind of key (RFC 4346 §7.4.3, RFC 8422 §5.4).
const BEFORE_TLS12: [SignatureScheme; 3] =
    [signature_scheme::RSA_PKCS1_MD5_SHA1, SignatureScheme::ECDSA_SHA1, SignatureScheme::DSA_SHA1];
/// They do not do at our security level.
pub const NOT_AT_THIS_LEVEL: Error =
    Error::fatal(AlertDescription::INTERNAL_ERROR, Reason::NO_SUITABLE_SIGNATURE_ALGORITHM);

/// What a server chose for TLS 1.2 or below.
#[derive(Debug)]
pub struct Choice12 {
    /// The suite.
    pub suite: &'static Suite,
    /// The certificate; `None`: the suite has none.
    pub slot: Option<Slot>,
    /// The scheme that signs the key exchange; `None`: nobody signs it.
    pub scheme: Option<SignatureScheme>,
    /// The group of the key exchange, if it runs on one.
    pub group: Option<NamedGroup>,
}

/// What a peer offered that bears on the choice.
pub struct Offer<'a> {
    /// The version that was chosen.
    pub version: ProtocolVersion,
    /// Its suites.
    pub cipher_suites: &'a [CipherSuite],
    /// Its groups; `None` without the extension (then TLS 1.2 may use P-256).
    pub groups: Option<&'a [NamedGroup]>,
    /// Its signature schemes; `None` without the extension (then SHA-1 in TLS 1.2).
    pub signature_schemes: Option<&'a [SignatureScheme]>,
    /// Those that it takes in certificates, if they are others (RFC 8446 §4.2.3).
    pub certificate_schemes: Option<&'a [SignatureScheme]>,
}

impl Settings {
    /// The suites that may be used in one of these versions at our security level, those of TLS 1.3 first.
    #[must_use]
    pub fn offered_suites(&self, versions: &[ProtocolVersion]) -> Vec<&'static Suite> {
        self.listed_suites(versions).filter(|suite| self.allows_suite(suite)).collect()
    }

    /// As [`Self::offered_suites`], whatever our security level says.
    pub fn listed_suites(&self, versions: &[ProtocolVersion]) -> impl Iterator<Item = &'static Suite> {
        let configured = self.tls13_cipher_suites.iter().chain(self.cipher_suites.iter()).copied();
        configured.filter(|suite| {
            versions.iter().any(|version| suite.supports(*version))
                && !self.library.missing_suites.contains(&suite.id)
        })
    }

    /// A server's choice of a TLS 1.3 suite, one of `preferred_hash` if there is one. Nothing in common:
    /// `handshake_failure` with `SSL_R_NO_SHARED_CIPHER`.
    pub fn choose_tls13_suite(
        &self,
        offered: &[CipherSuite],
        preferred_hash: Option<HashAlgorithm>,
    ) -> Result<&'static Suite> {
        self.judge_tls13_suites(offered, preferred_hash, |suite| self.allows_suite(suite))
            .ok_or(Error::handshake_failure(Reason::NO_SHARED_CIPHER))
    }

    /// As [`Self::choose_tls13_suite`], where `allows` says of each suite that comes up whether it is secure enough.
    pub fn judge_tls13_suites(
        &self,
        offered: &[CipherSuite],
        preferred_hash: Option<HashAlgorithm>,
        mut allows: impl FnMut(&'static Suite) -> bool,
    ) -> Option<&'static Suite> {
        let mut first = None;
        for (suite, is_shared) in self.suites_in_order(ProtocolVersion::TLS1_3, offered) {
            if !is_shared || !allows(suite) {
                continue;
            }
            if preferred_hash.is_none_or(|hash| hash == suite.hash) {
                return Some(suite);
            }
            first = first.or(Some(suite));
        }
        first
    }

    /// A server's choice of suite, certificate, scheme and group for TLS 1.2 and below: the first shared suite for
    /// which there are the other three. Before TLS 1.2 the key decides about the scheme: if our security level forbids it, that
    /// is `internal_error` with `SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM`.
    ///
    /// Nothing in common is `handshake_failure` with `SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS`,
    /// `SSL_R_NO_SHARED_CIPHER`, or, if the client does not say what it takes and our security level forbids SHA-1,
    /// `SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM`.
    pub fn choose_tls12(&self, offer: &Offer<'_>) -> Result<Choice12> {
        let schemes = self.schemes_to_sign_with(offer);
        if schemes.is_empty() && offer.signature_schemes.is_some() {
            return Err(Error::handshake_failure(Reason::NO_SHARED_SIGNATURE_ALGORITHMS));
        }
        let groups = self.shared_groups(&self.offered_groups(&[ProtocolVersion::TLS1_2]), offer.groups);
        for suite in self.shared_suites(offer.version, offer.cipher_suites) {
            let group = self.group_for(suite, &groups);
            // OpenSSL chooses a suite with a PSK all the same, and fails then.
            let lacks_group = suite.key_exchange == KeyExchangeAlgorithm::Ecdhe && group.is_none();
            if lacks_group || !self.has_parameters_for(suite) {
                continue;
            }
            if !suite.has_certificate() {
                return Ok(Choice12 { suite, slot: None, scheme: None, group });
            }
            let slots = self.slots_for(suite, offer, &schemes);
            // SSL_CERT_FLAG_TLS_STRICT: also our certificate is signed as the client wants.
            let strict = self.is_strict() && offer.version.has_signature_schemes();
            let for_certificates = offer.certificate_schemes.or(strict.then_some(schemes.as_slice()));
            let chosen = self.choose_signer(offer.version, &schemes, for_certificates, slots.iter().copied());
            if let Some((slot, scheme)) = chosen {
                if !self.allows_own_scheme(scheme) {
                    return Err(NOT_AT_THIS_LEVEL);
                }
                return Ok(Choice12 { suite, slot: Some(slot), scheme: Some(scheme), group });
            }
            // OpenSSL chooses a suite by the kind of key, and fails if the key itself then fits nothing.
            if slots.iter().any(|slot| self.is_kind_wanted(*slot, offer.version, &schemes)) {
                return Err(Error::handshake_failure(Reason::NO_SUITABLE_SIGNATURE_ALGORITHM));
            }
        }
        Err(Error::handshake_failure(match schemes.is_empty() {
            true => Reason::NO_SUITABLE_SIGNATURE_ALGORITHM,
            false => Reason::NO_SHARED_CIPHER,
        }))
    }

    /// The first of these groups that goes with a suite of TLS 1.2 or below, if it runs on one.
    fn group_for(&self, suite: &Suite, groups: &[NamedGroup]) -> Option<NamedGroup> {
        let goes_with_suite = |group: &&NamedGroup| self.suite_b_allows_curve(suite, **group);
        groups.iter().find(goes_with_suite).copied().filter(|_| suite.has_group())
    }

    /// The group for a suite of TLS 1.2 or below that was chosen.
    #[must_use]
    pub fn choose_tls12_group(&self, suite: &Suite, offered: Option<&[NamedGroup]>) -> Option<NamedGroup> {
        self.group_for(suite, &self.shared_groups(&self.offered_groups(&[ProtocolVersion::TLS1_2]), offered))
    }

    /// What we may sign with in TLS 1.2 and below, in the order that decides.
    #[must_use]
    pub fn schemes_to_sign_with(&self, offer: &Offer<'_>) -> Vec<SignatureScheme> {
        // RFC 5246 §7.4.1.4.1: a client that sends no signature_algorithms takes SHA-1.
        const WITHOUT_EXTENSION: &[SignatureScheme] =
            &[SignatureScheme::RSA_PKCS1_SHA1, SignatureScheme::ECDSA_SHA1, SignatureScheme::DSA_SHA1];

        if !offer.version.has_signature_schemes() {
            return BEFORE_TLS12.to_vec();
        }
        let ours = self.own_signature_schemes(&[offer.version], false);
        self.in_order(&ours, offer.signature_schemes.unwrap_or(WITHOUT_EXTENSION))
    }

    /// Whether there is a scheme that we may sign with and the peer takes; else it is `handshake_failure`.
    pub fn check_shared_schemes(&self, version: ProtocolVersion, peers: &[SignatureScheme]) -> Result<()> {
        let ours = self.own_signature_schemes(&[version], false);
        if !version.has_signature_schemes() || peers.iter().any(|scheme| ours.contains(scheme)) {
            return Ok(());
        }
        Err(Error::handshake_failure(Reason::NO_SHARED_SIGNATURE_ALGORITHMS))
    }

    /// The groups for TLS 1.2 and below that both sides have, whatever our security level says, in the order that decides.
    #[must_use]
    pub fn listed_shared_groups(&self, offered: Option<&[NamedGroup]>) -> Vec<NamedGroup> {
        self.shared_groups(&self.listed_groups(&[ProtocolVersion::TLS1_2]), offered)
    }

    fn shared_groups(&self, ours: &[NamedGroup], offered: Option<&[NamedGroup]>) -> Vec<NamedGroup> {
        // RFC 8422 §4: a client that sends no supported_groups leaves the choice to us.
        const ANY_GROUP: &[NamedGroup] = &[NamedGroup::SECP256R1];

        self.in_order(ours, offered.unwrap_or(ANY_GROUP))
    }

    /// The suites in the order that decides, whatever our security level says, each with whether the other side has it too.
    #[must_use]
    pub fn suites_in_order(
        &self,
        version: ProtocolVersion,
        offered: &[CipherSuite],
    ) -> Vec<(&'static Suite, bool)> {
        let ours: Vec<_> = self.listed_suites(&[version]).collect();
        if !self.prefers_ours() {
            let mut suites: Vec<(&'static Suite, bool)> = Vec::new();
            for suite in offered.iter().filter_map(|id| suite::find(*id)) {
                // A peer may repeat itself thousands of times: that must not multiply the choices.
                if suite.supports(version) && !suites.iter().any(|(known, _)| known.id == suite.id) {
                    suites.push((suite, ours.iter().any(|own| own.id == suite.id)));
                }
            }
            return suites;
        }
        let mut suites: Vec<_> = ours.into_iter().map(|suite| (suite, offered.contains(&suite.id))).collect();
        // SSL_OP_PRIORITIZE_CHACHA: a client whose first suite is ChaCha20 has no AES hardware.
        let is_chacha = |suite: &Suite| suite.aead() == Some(AeadAlgorithm::ChaCha20Poly1305);
        if self.has_option(option::CIPHER_SERVER_PREFERENCE)
            && self.has_option(option::PRIORITIZE_CHACHA)
            && offered.iter().copied().find_map(suite::find).is_some_and(is_chacha)
        {
            suites.sort_by_key(|(suite, _)| !is_chacha(suite));
        }
        suites
    }

    /// Whether we have what this suite of TLS 1.2 or below wants to authenticate us with, and its parameters, where we may sign with
    /// these schemes.
    #[must_use]
    pub fn can_authenticate(&self, suite: &Suite, offer: &Offer<'_>, schemes: &[SignatureScheme]) -> bool {
        let is_wanted = |slot: &Slot| self.is_kind_wanted(*slot, offer.version, schemes);
        self.has_parameters_for(suite)
            && (!suite.has_certificate() || self.slots_for(suite, offer, schemes).iter().any(is_wanted))
    }

    /// The slots whose certificates authenticate this suite to the client.
    fn slots_for(&self, suite: &Suite, offer: &Offer<'_>, schemes: &[SignatureScheme]) -> Vec<Slot> {
        let slots = slots_of(suite).iter().copied();
        slots
            .filter(|slot| self.suite_b_allows_slot(*slot, schemes))
            .filter(|slot| {
                // RFC 8422 §5.1.1: a certificate's curve must be one that the client offers.
                // By the level alone, one that offers none takes any.
                *slot != Slot::Ecdsa
                    || (offer.groups.is_none() && self.permissions.is_none())
                    || self.certificates.get(*slot).and_then(CertifiedKey::curve).is_some_and(|curve| {
                        offer.groups.is_none_or(|groups| groups.contains(&curve)) && self.allows_curve(curve)
                    })
            })
            .collect()
    }

    /// Whether the certificate in this slot is one of the mode of Suite B, if there is one, and signed as the client wants.
    fn suite_b_allows_slot(&self, slot: Slot, schemes: &[SignatureScheme]) -> bool {
        self.suite_b().is_none_or(|mode| {
            self.certificates.get(slot).is_some_and(|certified| {
                certified.suite_b.contains(&mode) && certified.is_signed_with(schemes)
            })
        })
    }

    /// Whether there is a key in this slot, and a scheme for keys of its kind.
    fn is_kind_wanted(&self, slot: Slot, version: ProtocolVersion, schemes: &[SignatureScheme]) -> bool {
        self.certificates.get(slot).is_some_and(|certified| {
            certified.key.is_some()
                && schemes
                    .iter()
                    .filter_map(|id| signature_scheme::find(*id))
                    .any(|scheme| scheme.fits(certified.key_type, version))
        })
    }

    /// Whether a server has the Diffie-Hellman parameters that this suite wants, if it wants any.
    fn has_parameters_for(&self, suite: &Suite) -> bool {
        !matches!(suite.key_exchange, KeyExchangeAlgorithm::Dhe | KeyExchangeAlgorithm::DhePsk)
            || self.diffie_hellman.is_set()
    }

    /// A server's choice of group for TLS 1.3: the first that the client sent a share for and that we have
    /// too; without one, the first of ours that it offers (a retry). `true`: there is a share for it.
    /// Nothing in common is `handshake_failure` with `SSL_R_NO_SUITABLE_KEY_SHARE`.
    pub fn choose_group(&self, offered: &[NamedGroup], shares: &[NamedGroup]) -> Result<(NamedGroup, bool)> {
        let shared = self.offered_groups(&[ProtocolVersion::TLS1_3]);
        let shared: Vec<_> = shared.into_iter().filter(|group| offered.contains(group)).collect();
        match (shares.iter().find(|group| shared.contains(group)), shared.first()) {
            (Some(group), _) => Ok((*group, true)),
            (None, Some(group)) => Ok((*group, false)),
            (None, None) => Err(Error::handshake_failure(Reason::NO_SUITABLE_KEY_SHARE)),
        }
    }

    /// A server's certificate and scheme for TLS 1.3, by the client's schemes. `None`: no certificate fits, which
    /// is `SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM`.
    #[must_use]
    pub fn choose_certificate(
        &self,
        version: ProtocolVersion,
        peer_schemes: &[SignatureScheme],
        certificate_schemes: Option<&[SignatureScheme]>,
    ) -> Option<(Slot, SignatureScheme)> {
        let ours = self.own_signature_schemes(&[version], false);
        self.choose_signer(version, &self.in_order(&ours, peer_schemes), certificate_schemes, Slot::ALL)
    }

    /// A client's certificate and scheme, by the server's schemes. `None`: no certificate fits, and none
    /// is sent. In TLS 1.2 only the certificate that was set last counts, as in OpenSSL.
    #[must_use]
    pub fn choose_client_certificate(
        &self,
        version: ProtocolVersion,
        peer_schemes: &[SignatureScheme],
        certificate_schemes: Option<&[SignatureScheme]>,
    ) -> Option<(Slot, SignatureScheme)> {
        if !version.has_signature_schemes() {
            return self
                .choose_signer(version, &BEFORE_TLS12, None, self.certificates.current)
                .filter(|(_, scheme)| self.allows_own_scheme(*scheme));
        }
        let ours = self.own_signature_schemes(&[version], true);
        let schemes = self.in_order(&ours, peer_schemes);
        if version == ProtocolVersion::TLS1_3 {
            self.choose_signer(version, &schemes, certificate_schemes, Slot::ALL)
        } else {
            self.choose_signer(version, &schemes, certificate_schemes, self.certificates.current)
        }
    }

    /// Whether our order decides.
    #[must_use]
    pub fn prefers_ours(&self) -> bool {
        self.has_option(option::CIPHER_SERVER_PREFERENCE) || self.suite_b().is_some()
    }

    /// What both lists have, in the order that decides.
    fn in_order<T: Copy + PartialEq>(&self, ours: &[T], peers: &[T]) -> Vec<T> {
        let (order, other) = if self.prefers_ours() { (ours, peers) } else { (peers, ours) };
        let mut shared = Vec::new();
        for item in order {
            // A peer may repeat itself thousands of times: that must not multiply the choices.
            if other.contains(item) && !shared.contains(item) {
                shared.push(*item);
            }
        }
        shared
    }

    /// The suites that both sides have, in the order that decides.
    #[must_use]
    pub fn shared_suites(&self, version: ProtocolVersion, offered: &[CipherSuite]) -> Vec<&'static Suite> {
        let suites = self.suites_in_order(version, offered).into_iter();
        suites
            .filter(|(suite, is_shared)| *is_shared && self.allows_suite(suite))
            .map(|(suite, _)| suite)
            .collect()
    }

    /// The first of `schemes` that a certificate in one of `slots` can sign with, if it is itself signed under one of
    /// `certificate_schemes`.
    fn choose_signer(
        &self,
        version: ProtocolVersion,
        schemes: &[SignatureScheme],
        certificate_schemes: Option<&[SignatureScheme]>,
        slots: impl IntoIterator<Item = Slot>,
    ) -> Option<(Slot, SignatureScheme)> {
        let certificates: Vec<_> = slots
            .into_iter()
            .filter_map(|slot| Some((slot, self.certificates.get(slot)?)))
            .filter(|(_, certified)| {
                certificate_schemes.is_none_or(|schemes| certified.is_signed_with(schemes))
            })
            .collect();
        schemes.iter().find_map(|scheme| {
            let rules = self.rules_of(version);
            let (slot, _) = certificates.iter().find(|(_, one)| can_sign(one, *scheme, rules))?;
            Some((*slot, *scheme))
        })
    }
}

/// The slots whose certificates authenticate a TLS 1.2 suite (RFC 8422 §2.2: EdDSA goes with ECDSA's suites).
const fn slots_of(suite: &Suite) -> &'static [Slot] {
    match (suite.authentication, suite.key_exchange) {
        // A key for RSASSA-PSS decrypts nothing.
        (Authentication::Rsa, KeyExchangeAlgorithm::Rsa | KeyExchangeAlgorithm::RsaPsk) => &[Slot::Rsa],
        (Authentication::Rsa, _) => &[Slot::Rsa, Slot::RsaPss],
        (Authentication::Ecdsa, _) => &[Slot::Ecdsa, Slot::Ed25519, Slot::Ed448],
        (Authentication::Dss, _) => &[Slot::Dsa],
        (Authentication::Any, _) => &Slot::ALL,
        (Authentication::Null | Authentication::Psk | Authentication::Srp, _) => &[],
    }
}

/// Whether this certificate's key can sign with this scheme.
fn can_sign(certified: &CertifiedKey, id: SignatureScheme, version: ProtocolVersion) -> bool {
    // What a key in our memory cannot sign with (P-256 with SHA-384, say), the driver can.
    certified.key.is_some()
        && signature_scheme::find(id).is_some_and(|scheme| {
            scheme.fits(certified.key_type, version)
                && certified.permits(id)
                && pss_fits(scheme, certified.key_bits)
        })
}

/// Whether a modulus of so many bits holds what RSA-PSS wants to put there, if that is the scheme.
#[must_use]
pub fn pss_fits(scheme: &Scheme, modulus_bits: u32) -> bool {
    match (scheme.signature, scheme.hash) {
        // RFC 8017 §9.1.1: the modulus must hold the hash, a salt as long, and two bytes.
        (SignatureAlgorithm::RsaPssRsae | SignatureAlgorithm::RsaPssPss, Some(hash)) => {
            modulus_bits.div_ceil(8) as usize >= 2 * hash.output_length() + 2
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests;
