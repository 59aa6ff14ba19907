//! The peer's certificates as libcrypto's objects. To make them is most of what a full handshake costs a client, because libcrypto
//! looks for a decoder of each key. So a context keeps those that it has seen last, and connections verify with them. The
//! program never sees these shared ones: it may write into an X509 (`X509_set_ex_data`, `X509_alias_set1`), and
//! takes it for the connection's own. When it asks for a certificate, objects are made that are.

use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::{Ssl, parts::keep};
use crate::{
    libcrypto::{library::Library, stack::X509Stack, x509::X509},
    session::PeerChain,
};

/// How many certificates a context keeps.
const CAPACITY: usize = 32;
/// The longest certificate that it keeps: what a peer sends does not decide over our memory.
const MAX_LENGTH: usize = 8 * 1024;

/// Certificates that peers sent before.
#[derive(Default)]
pub struct SeenCertificates(ArcSwap<Vec<Arc<Seen>>>);

struct Seen {
    der: Box<[u8]>,
    certificate: X509,
    /// It was seen again since room was last needed.
    again: AtomicBool,
}

impl SeenCertificates {
    /// The object of this certificate; `None` if it does not parse.
    fn get(&self, der: &[u8], library: &Library) -> Option<X509> {
        if let Some(seen) = self.0.load().iter().find(|seen| *seen.der == *der) {
            if !seen.again.load(Ordering::Relaxed) {
                seen.again.store(true, Ordering::Relaxed);
            }
            return Some(seen.certificate.clone());
        }
        let certificate = X509::from_der_within(library, der)?;
        if der.len() <= MAX_LENGTH {
            self.add(Seen {
                der: der.into(),
                certificate: certificate.clone(),
                again: AtomicBool::new(false),
            });
        }
        Some(certificate)
    }

    /// Adds one, in place of the oldest that was not seen again, or of the oldest of all.
    fn add(&self, new: Seen) {
        let new = Arc::new(new);
        self.0.rcu(|all| {
            let mut all = Vec::clone(all);
            if all.len() >= CAPACITY {
                let victim = all.iter().position(|seen| !seen.again.swap(false, Ordering::Relaxed));
                all.remove(victim.unwrap_or_default());
            }
            all.push(Arc::clone(&new));
            all
        });
    }
}

/// The peer's chain as libcrypto's objects.
pub struct PeerCertificates {
    /// The bytes that they were made from.
    der: PeerChain,
    /// All of them, the peer's own first.
    pub chain: X509Stack,
    /// All but the peer's own: what a server's `SSL_get_peer_cert_chain` gives.
    pub without_own: X509Stack,
    /// Other connections have them as well.
    shared: bool,
}

/// The peer's chain up to the anchor that its verification found.
pub(super) struct VerifiedChain {
    /// The certificates, the peer's own first.
    pub chain: X509Stack,
    /// The objects in it that other connections have as well.
    shared: Option<Arc<PeerCertificates>>,
}

impl VerifiedChain {
    /// What the verification of `peer` found.
    pub fn new(chain: X509Stack, peer: &Arc<PeerCertificates>) -> Self {
        Self { chain, shared: Some(Arc::clone(peer)).filter(|peer| peer.shared) }
    }
}

impl PeerCertificates {
    fn new(der: PeerChain, shared: bool, make: impl Fn(&[u8]) -> Option<X509>) -> Option<Arc<Self>> {
        let mut chain = X509Stack::new()?;
        let mut without_own = X509Stack::new()?;
        for (index, certificate) in der.iter().enumerate() {
            let certificate = make(certificate)?;
            if index > 0 {
                without_own.push(certificate.clone())?;
            }
            chain.push(certificate)?;
        }
        Some(Arc::new(Self { der, chain, without_own, shared }))
    }

    /// Whether nothing that the peer sent is missing.
    pub(super) fn are_all(&self) -> bool {
        self.der.are_all
    }

    /// The object in `self` for the one in `other`, which has the same chain.
    fn counterpart(&self, other: &Self, certificate: X509) -> X509 {
        let index = other.chain.iter().position(|shared| shared.as_ptr() == certificate.as_ptr());
        index.and_then(|index| self.chain.get(index)).unwrap_or(certificate)
    }
}

impl Ssl {
    /// The peer's chain as objects of the connection's own, for the program: made when somebody asks for them.
    #[must_use]
    pub fn peer_certificates(&self) -> Option<Arc<PeerCertificates>> {
        let (der, known) = self.known_peer_certificates()?;
        if let Some(known) = known.as_ref().filter(|known| !known.shared) {
            return Some(Arc::clone(known));
        }
        let own = self.parse_certificates(der)?;
        let own = self.keep_peer_certificates(own);
        self.take_verified_chain(&own)?;
        Some(own)
    }

    fn parse_certificates(&self, der: PeerChain) -> Option<Arc<PeerCertificates>> {
        let library = self.context().library.clone();
        PeerCertificates::new(der, false, |der| X509::from_der_within(&library, der))
    }

    /// Puts objects of the connection's own into the verified chain, in place of those that it shares. `None` when memory is
    /// out.
    fn take_verified_chain(&self, own: &PeerCertificates) -> Option<()> {
        let found = self.with_parts(|parts| {
            let slot = parts.verified_chain.borrow();
            let known = slot.as_ref()?;
            let shared = known.shared.clone().filter(|shared| Arc::ptr_eq(&shared.der, &own.der))?;
            Some((known.chain.iter().collect::<Vec<_>>(), shared))
        });
        let Some((certificates, shared)) = found else { return Some(()) };
        // libcrypto's memory may be the program's: nothing is locked meanwhile.
        let chain =
            X509Stack::of(certificates.into_iter().map(|certificate| own.counterpart(&shared, certificate)))?;
        let new = VerifiedChain { chain, shared: None };
        let left_over = self.with_parts(|parts| {
            let mut slot = parts.verified_chain.borrow_mut();
            let known = slot.as_ref().and_then(|known| known.shared.as_ref());
            if known.is_some_and(|known| Arc::ptr_eq(known, &shared)) { slot.replace(new) } else { Some(new) }
        });
        drop(left_over);
        Some(())
    }

    /// Keeps the objects, unless there are some of the connection's own by now, or others like them.
    fn keep_peer_certificates(&self, made: Arc<PeerCertificates>) -> Arc<PeerCertificates> {
        let (kept, left_over) = self.with_parts(|parts| {
            let left_over = keep(&parts.peer, Arc::clone(&made), |known| {
                Arc::ptr_eq(&known.der, &made.der) && (!known.shared || made.shared)
            });
            (parts.peer.borrow().clone(), left_over)
        });
        drop(left_over);
        kept.unwrap_or(made)
    }

    /// Keeps the chain that a verification found; gives out what it replaces.
    pub(super) fn keep_verified_chain(&self, chain: Option<VerifiedChain>) -> Option<VerifiedChain> {
        self.with_parts(|parts| parts.verified_chain.replace(chain))
    }

    /// The verified chain as objects that the program may have, made if need be: the peer may have sent other certificates since,
    /// or none. `false` if they cannot be made.
    pub(super) fn own_verified_chain(&self) -> bool {
        let shared = self.with_parts(|parts| {
            parts.verified_chain.borrow().as_ref().and_then(|verified| verified.shared.clone())
        });
        let Some(shared) = shared else { return true };
        let current = self.peer_certificates().filter(|own| Arc::ptr_eq(&own.der, &shared.der));
        let own = current.or_else(|| self.parse_certificates(Arc::clone(&shared.der)));
        own.is_some_and(|own| self.take_verified_chain(&own).is_some())
    }

    /// The peer's chain as objects that nobody changes, and that the program must not see.
    pub(super) fn shared_peer_certificates(&self) -> Option<Arc<PeerCertificates>> {
        let (der, known) = self.known_peer_certificates()?;
        if known.is_some() {
            return known;
        }
        let context = self.context();
        let shared =
            PeerCertificates::new(der, true, |der| context.seen_certificates.get(der, &context.library))?;
        Some(self.keep_peer_certificates(shared))
    }

    /// The peer's chain, and the objects if they were made before.
    fn known_peer_certificates(&self) -> Option<(PeerChain, Option<Arc<PeerCertificates>>)> {
        let (der, hello_came) = self.with_connection(|connection| {
            let negotiated = connection.negotiated();
            (negotiated.peer_chain.clone(), negotiated.version.is_some())
        });
        // Until the peer has answered the connection's session is the one that the program gave.
        let of_session = || self.session()?.core().peer_chain.clone();
        let der = der.or_else(|| if hello_came { None } else { of_session() })?;
        let known =
            self.with_parts(|parts| parts.peer.borrow().clone()).filter(|peer| Arc::ptr_eq(&peer.der, &der));
        Some((der, known))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificates() -> [Vec<u8>; 2] {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/src/connection/testdata/");
        ["p256", "p384"].map(|name| std::fs::read(format!("{directory}{name}.crt.der")).unwrap())
    }

    #[test]
    fn certificate_seen_again_is_the_same_object() {
        let (seen, library, [one, other]) = (SeenCertificates::default(), Library::default(), certificates());
        let first = seen.get(&one, &library).unwrap();
        assert_ne!(seen.get(&other, &library).unwrap().as_ptr(), first.as_ptr());
        assert_eq!(seen.get(&one, &library).unwrap().as_ptr(), first.as_ptr());
        assert!(seen.get(&one[1..], &library).is_none());
        assert_eq!(seen.0.load().len(), 2);
    }

    #[test]
    fn what_is_seen_again_outlives_what_is_not() {
        let (seen, library, [one, other]) = (SeenCertificates::default(), Library::default(), certificates());
        let often = seen.get(&one, &library).unwrap();
        let seldom = seen.get(&other, &library).unwrap();
        for number in 0..100_u8 {
            seen.get(&one, &library).unwrap();
            let again = AtomicBool::new(false);
            seen.add(Seen { der: Box::new([number]), certificate: seldom.clone(), again });
        }
        assert_eq!(seen.get(&one, &library).unwrap().as_ptr(), often.as_ptr());
        assert_ne!(seen.get(&other, &library).unwrap().as_ptr(), seldom.as_ptr());
        assert_eq!(seen.0.load().len(), CAPACITY);
    }
}
