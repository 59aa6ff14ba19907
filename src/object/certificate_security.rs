//! What our security level, or the program's callback in its place, asks of certificates that we use
//! (`SSL_CTX_set_security_level(3)`): the strength of their keys, and of the signatures on them.

use super::security::{Asker, operation};
use crate::{
    error::Reason,
    libcrypto::{stack::X509Stack, x509::X509},
};

/// Whose certificate it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The one that a handshake is signed with.
    EndEntity,
    /// One that signed another.
    Authority,
}

/// Whether a certificate is strong enough; the error is the reason for the queue. The signature of a certificate
/// that signed itself says nothing, and is not looked at.
pub fn check(asker: &Asker, certificate: &X509, role: Role) -> Result<(), Reason> {
    let allows = |operation, bits: Option<u32>, nid| {
        let bits = bits.and_then(|bits| i32::try_from(bits).ok()).unwrap_or(-1);
        asker.allows(operation, bits, nid, certificate.as_ptr().cast())
    };
    let key_bits = certificate.public_key().and_then(|key| key.security_bits());
    let (operation, too_small) = match role {
        Role::EndEntity => (operation::EE_KEY, Reason::EE_KEY_TOO_SMALL),
        Role::Authority => (operation::CA_KEY, Reason::CA_KEY_TOO_SMALL),
    };
    if !allows(operation, key_bits, 0) {
        return Err(too_small);
    }
    let (signature_bits, hash) = certificate.signature_security();
    if !certificate.is_self_signed() && !allows(operation::CA_MD, signature_bits, hash) {
        return Err(Reason::CA_MD_TOO_WEAK);
    }
    Ok(())
}

/// The strength in bits of the weakest key and signature of a certificate and of its chain.
pub fn strength(certificate: &X509, chain: Option<&X509Stack>) -> u16 {
    let bits_of = |certificate: &X509| {
        let key_bits = certificate.public_key().and_then(|key| key.security_bits()).unwrap_or(0);
        if certificate.is_self_signed() {
            return key_bits;
        }
        key_bits.min(certificate.signature_security().0.unwrap_or(0))
    };
    let after = chain.into_iter().flat_map(X509Stack::iter).map(|certificate| bits_of(&certificate));
    let weakest = after.fold(bits_of(certificate), u32::min);
    u16::try_from(weakest).unwrap_or(u16::MAX)
}

/// Whether each certificate of a chain after the first is strong enough.
pub fn check_chain(asker: &Asker, chain: Option<&X509Stack>) -> Result<(), Reason> {
    let mut certificates = chain.into_iter().flat_map(X509Stack::iter);
    certificates.try_for_each(|certificate| check(asker, &certificate, Role::Authority))
}
