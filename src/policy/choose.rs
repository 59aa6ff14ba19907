//! The choices of a handshake from what both sides offer.

use super::{Settings, certificate::Slot};
use crate::{
    crypto::suite::Suite,
    error::Result,
    wire::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme},
};

/// What a server chose for TLS 1.2.
pub struct Choice12 {
    /// The suite.
    pub suite: &'static Suite,
    /// The certificate.
    pub slot: Slot,
    /// The scheme that signs the key exchange.
    pub scheme: SignatureScheme,
    /// The group of the key exchange.
    pub group: NamedGroup,
}

/// What a peer offered that bears on the choice.
pub struct Offer<'a> {
    /// Its suites.
    pub cipher_suites: &'a [CipherSuite],
    /// Its groups; `None` without the extension (then TLS 1.2 may use P-256).
    pub groups: Option<&'a [NamedGroup]>,
    /// Its signature schemes; `None` without the extension (then SHA-1 in TLS 1.2).
    pub signature_schemes: Option<&'a [SignatureScheme]>,
}

impl Settings {
    /// The suites that we may use in this version at our security level, in our order.
    pub fn usable_suites(&self, version: ProtocolVersion) -> impl Iterator<Item = &'static Suite> + '_ {
        self.cipher_suites
            .iter()
            .chain(self.tls13_cipher_suites.iter())
            .copied()
            .filter(move |suite| suite.supports(version))
    }

    /// A server's choice of a TLS 1.3 suite. With a PSK only suites of `required_hash` count. Nothing in common:
    /// `handshake_failure` with `SSL_R_NO_SHARED_CIPHER`.
    pub fn choose_tls13_suite(
        &self,
        offered: &[CipherSuite],
        required_hash: Option<crate::crypto::hash::HashAlgorithm>,
    ) -> Result<&'static Suite> {
        todo!()
    }

    /// A server's choice of suite, certificate, scheme and group for TLS 1.2.
    pub fn choose_tls12(&self, offer: &Offer<'_>) -> Result<Choice12> {
        todo!()
    }

    /// A server's choice of group for TLS 1.3: the first of ours that the client offers, preferring one
    /// that it sent a share for over a retry as the oracle does. `true`: there is a share for it.
    pub fn choose_group(&self, offered: &[NamedGroup], shares: &[NamedGroup]) -> Result<(NamedGroup, bool)> {
        todo!()
    }

    /// Our certificate and scheme for a TLS 1.3 or client signature, by the peer's schemes. `None`: no certificate fits
    /// (a server then fails with `SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM`, a client sends no certificate).
    #[must_use]
    pub fn choose_certificate(
        &self,
        version: ProtocolVersion,
        peer_schemes: &[SignatureScheme],
    ) -> Option<(Slot, SignatureScheme)> {
        todo!()
    }

    /// The groups that we offer or accept in any of `versions`, at our security level.
    #[must_use]
    pub fn offered_groups(&self, versions: &[ProtocolVersion]) -> Vec<NamedGroup> {
        todo!()
    }

    /// The schemes that we offer to the peer in any of `versions`, at our security level
    /// (`request`: of a server's CertificateRequest).
    #[must_use]
    pub fn offered_signature_schemes(
        &self,
        versions: &[ProtocolVersion],
        request: bool,
    ) -> Vec<SignatureScheme> {
        todo!()
    }

    /// Checks a scheme that the peer signed with against what we offered and its key type; failure is `illegal_parameter`
    /// with `SSL_R_WRONG_SIGNATURE_TYPE`.
    pub fn check_peer_scheme(
        &self,
        scheme: SignatureScheme,
        key_type: crate::crypto::signature::KeyType,
        version: ProtocolVersion,
    ) -> Result<()> {
        todo!()
    }
}
