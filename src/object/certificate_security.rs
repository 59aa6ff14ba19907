//! What our security level asks of certificates that we use (`SSL_CTX_set_security_level(3)`): the strength of
//! their keys, and of the signatures on them.

use crate::{error::Reason, libcrypto::x509::X509, policy::security::minimum_bits};

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
pub fn check(level: u8, certificate: &X509, role: Role) -> Result<(), Reason> {
    let least = u32::from(minimum_bits(level));
    let is_enough = |bits: Option<u32>| level == 0 || bits.is_some_and(|bits| bits >= least);
    if !is_enough(certificate.public_key().and_then(|key| key.security_bits())) {
        return Err(match role {
            Role::EndEntity => Reason::EE_KEY_TOO_SMALL,
            Role::Authority => Reason::CA_KEY_TOO_SMALL,
        });
    }
    if !certificate.is_self_signed() && !is_enough(certificate.signature_security_bits()) {
        return Err(Reason::CA_MD_TOO_WEAK);
    }
    Ok(())
}
