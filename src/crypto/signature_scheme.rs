//! The table of signature schemes: names, hash, key type, versions. Used by `policy` and `handshake`.

use super::{hash::HashAlgorithm, signature::KeyType};
use crate::wire::{ProtocolVersion, SignatureScheme};

/// One signature scheme.
#[derive(Debug)]
pub struct Scheme {
    /// Its number on the wire.
    pub id: SignatureScheme,
    /// The registry's name (`rsa_pss_rsae_sha256`).
    pub name: &'static str,
    /// The older form in a list (`RSA+SHA256`, `ECDSA+SHA256`), if any.
    pub classic_name: Option<&'static str>,
    /// The hash; `None` for EdDSA.
    pub hash: Option<HashAlgorithm>,
    /// Security strength in bits, as security levels count it.
    pub security_bits: u16,
}

impl Scheme {
    /// Whether a key of this type may sign with this scheme in this version (RFC 8446 §4.2.3: in TLS
    /// 1.3 a curve belongs to its hash, PKCS#1 and SHA-1 are out; RFC 5246: any ECDSA curve with any hash).
    #[must_use]
    pub fn fits(&self, key_type: KeyType, version: ProtocolVersion) -> bool {
        todo!()
    }
}

/// All schemes that we have, in OpenSSL's default order of preference.
pub static SCHEMES: &[Scheme] = &[];

/// The scheme with this number, if we have it.
#[must_use]
pub fn find(id: SignatureScheme) -> Option<&'static Scheme> {
    SCHEMES.iter().find(|scheme| scheme.id == id)
}
