//! What a connection knows of its peer's certificates and of the signatures of the handshake
//! (`SSL_get_peer_certificate(3)`, `SSL_get_peer_cert_chain(3)`, `SSL_get_peer_signature_nid(3)`).

use core::ptr;
use std::sync::Arc;

use super::{Ssl, log, ssl::Waiting};
use crate::{
    crypto::{
        signature_scheme::{self, Scheme, SignatureAlgorithm},
        suite::Authentication,
    },
    libcrypto::{agreement, evp_pkey::PKey, stack::X509Stack, sys, x509::X509},
    policy::certificate::Slot,
    record::Side,
    wire::{NamedGroup, SignatureScheme},
};

impl Ssl {
    /// Another reference to the peer's certificate; `None` if it sent none, or one that was not accepted.
    #[must_use]
    pub fn peer_certificate(&self) -> Option<X509> {
        let is_unverified = self.look_at_connection(|connection| connection.negotiated().peer_is_unverified);
        if is_unverified { None } else { self.sent_certificate() }
    }

    /// Another reference to the certificate that the peer sent, whatever is thought of it.
    pub(super) fn sent_certificate(&self) -> Option<X509> {
        self.peer_certificates()?.chain.get(0)
    }

    /// What the peer sent, as the connection keeps it: a server's lacks the client's own certificate. Null without
    /// any, and after the resumption of a session that kept no more than the peer's own.
    #[must_use]
    pub fn peer_chain(&self) -> *mut sys::OPENSSL_STACK {
        match (self.peer_certificates(), self.side()) {
            (Some(peer), _) if !peer.are_all() => ptr::null_mut(),
            (Some(peer), Side::Client) => peer.chain.as_ptr(),
            (Some(peer), Side::Server) => peer.without_own.as_ptr(),
            (None, Side::Client) => ptr::null_mut(),
            (None, Side::Server) => self.refused_chain(),
        }
    }

    /// The empty chain of a client that was asked for a certificate and sent none; null before it answered.
    fn refused_chain(&self) -> *mut sys::OPENSSL_STACK {
        let is_refused = self.with_connection(|connection| {
            let negotiated = connection.negotiated();
            negotiated.complete && negotiated.certificate_requested && !negotiated.resumed
        });
        if !is_refused {
            return ptr::null_mut();
        }
        self.empty_chain.get_or_init(X509Stack::new).as_ref().map_or(ptr::null_mut(), X509Stack::as_ptr)
    }

    /// The chain up to the anchor that the verification found, as the connection keeps it; null without one.
    #[must_use]
    pub fn verified_chain(&self) -> *mut sys::OPENSSL_STACK {
        // What the connection shares with others is not for the program.
        if !self.own_verified_chain() {
            return ptr::null_mut();
        }
        let parts = self.parts();
        let verified = parts.verified_chain.borrow();
        verified.as_ref().map_or(ptr::null_mut(), |verified| verified.chain.as_ptr())
    }

    /// The scheme that the peer signed with; `None` if it did not sign.
    #[must_use]
    pub fn peer_scheme(&self) -> Option<&'static Scheme> {
        signature_scheme::find(self.with_connection(|connection| connection.negotiated().peer_scheme)?)
    }

    /// The scheme that we signed with; `None` if we did not sign.
    #[must_use]
    pub fn own_scheme(&self) -> Option<&'static Scheme> {
        signature_scheme::find(self.look_at_connection(|connection| connection.negotiated().own_scheme)?)
    }

    /// The peer's share of the key exchange as a key; `None` without one, or if libcrypto does not know its kind.
    #[must_use]
    pub fn peer_share(&self) -> Option<PKey> {
        let (finite_field, group, share) = self.with_connection(|connection| {
            let negotiated = connection.negotiated();
            let finite_field = negotiated.peer_dh.as_ref().map(|peer| peer.key().clone());
            (finite_field, negotiated.group, negotiated.peer_share.clone())
        });
        finite_field.or_else(|| self.share_as_key(group?, &share))
    }

    /// Our own share of the key exchange as a key; `None` without one.
    #[must_use]
    pub fn own_share(&self) -> Option<PKey> {
        let (group, share) = self.look_at_connection(|connection| {
            let negotiated = connection.negotiated();
            let unknown =
                || Some((negotiated.group.filter(|_| connection.side() == Side::Client)?, Vec::new()));
            negotiated.own_share.clone().or_else(unknown)
        })?;
        self.share_as_key(group, &share)
    }

    /// A share as a key of its group; `None` if libcrypto has no such keys.
    fn share_as_key(&self, group: NamedGroup, share: &[u8]) -> Option<PKey> {
        let offer = self.with_config(|config| Arc::clone(&config.settings.library));
        let hybrid = agreement::hybrid_name(group);
        if share.is_empty() {
            if hybrid.is_some() && !offer.has_hybrid_keys {
                log::differs("SSL_get_tmp_key", "libcrypto has no keys of hybrids before 3.5");
            }
            return None;
        }
        match offer.provided(group) {
            Some(provided) => provided.public_key(share),
            None => (agreement::name(group).or(hybrid)?).public_key(share, &offer.library),
        }
    }

    /// Makes the certificate that a server sent the current one (`SSL_CERT_SET_SERVER`): 1; 2 if the suite needs none; 0 if none was
    /// sent.
    pub fn select_sent_certificate(&self) -> i64 {
        let (suite, scheme) = self.look_at_connection(|connection| {
            let negotiated = connection.negotiated();
            (negotiated.suite, negotiated.own_scheme.filter(|_| !negotiated.resumed))
        });
        let Some(suite) = suite.filter(|_| self.side() == Side::Server) else { return 0 };
        if matches!(suite.authentication, Authentication::Null | Authentication::Srp) {
            return 2;
        }
        self.update_config(|config| config.select_slot(scheme.and_then(slot_of))).into()
    }

    /// Pauses the handshake after the verification callback that calls this (`SSL_set_retry_verify(3)`).
    pub fn set_retry_verify(&self) {
        self.waiting.set(Waiting::RetryVerify);
    }

    /// Makes the certificate that the handshake chose the current one: what `SSL_get_certificate(3)` gives, from then
    /// on until the program sets another.
    pub(super) fn note_own_certificate(&self) {
        let scheme = self.look_at_connection(|connection| connection.negotiated().own_scheme);
        if self.noted_scheme.replace(scheme) == scheme {
            return;
        }
        let slot = scheme.and_then(slot_of).filter(|slot| {
            self.with_config(|config| {
                config.credentials.current != Some(*slot) && config.credentials.get(*slot).is_complete()
            })
        });
        if slot.is_some() {
            self.update_config(|config| config.select_slot(slot));
        }
    }
}

/// Where the keys are that sign with a scheme.
fn slot_of(scheme: SignatureScheme) -> Option<Slot> {
    Some(match signature_scheme::find(scheme)?.signature {
        SignatureAlgorithm::RsaPkcs1 | SignatureAlgorithm::RsaPssRsae => Slot::Rsa,
        SignatureAlgorithm::RsaPssPss => Slot::RsaPss,
        SignatureAlgorithm::Ecdsa => Slot::Ecdsa,
        SignatureAlgorithm::Ed25519 => Slot::Ed25519,
        SignatureAlgorithm::Ed448 => Slot::Ed448,
        SignatureAlgorithm::MlDsa44 => Slot::MlDsa44,
        SignatureAlgorithm::MlDsa65 => Slot::MlDsa65,
        SignatureAlgorithm::MlDsa87 => Slot::MlDsa87,
        SignatureAlgorithm::Dsa => Slot::Dsa,
    })
}
