//! The table of cipher suites (IANA "TLS Cipher Suites") with all that the handshake and
//! `SSL_CIPHER_*` want to know of them. Used by `policy`, `handshake`, `key_schedule` and `capi`.

use super::{aead::AeadAlgorithm, hash::HashAlgorithm};
use crate::wire::{CipherSuite, ProtocolVersion};

/// How the key is exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyExchangeAlgorithm {
    /// TLS 1.3: negotiated by extensions.
    Any,
    /// Ephemeral elliptic-curve Diffie-Hellman.
    Ecdhe,
}

/// How the server authenticates itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// TLS 1.3: negotiated by extensions.
    Any,
    /// An RSA certificate.
    Rsa,
    /// An ECDSA or EdDSA certificate.
    Ecdsa,
}

/// One cipher suite.
#[derive(Debug)]
pub struct Suite {
    /// Its number on the wire.
    pub id: CipherSuite,
    /// OpenSSL's name (`ECDHE-RSA-AES128-GCM-SHA256`).
    pub openssl_name: &'static str,
    /// The registry's name (`TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`).
    pub standard_name: &'static str,
    /// Key exchange.
    pub key_exchange: KeyExchangeAlgorithm,
    /// Authentication.
    pub authentication: Authentication,
    /// Record protection.
    pub aead: AeadAlgorithm,
    /// The hash of the PRF or HKDF and of the transcript.
    pub hash: HashAlgorithm,
    /// The first version that has it.
    pub min_version: ProtocolVersion,
    /// The last version that has it.
    pub max_version: ProtocolVersion,
    /// Strength in bits, as `SSL_CIPHER_get_bits` returns.
    pub strength_bits: u16,
}

impl Suite {
    /// Whether `version` may use it.
    #[must_use]
    pub fn supports(&self, version: ProtocolVersion) -> bool {
        (self.min_version..=self.max_version).contains(&version)
    }

    /// Whether it belongs to TLS 1.3.
    #[must_use]
    pub fn is_tls13(&self) -> bool {
        self.min_version == ProtocolVersion::TLS1_3
    }
}

/// All suites that we have, in OpenSSL's default order of preference.
pub static SUITES: &[Suite] = &[];

/// The suite with this number, if we have it.
#[must_use]
pub fn find(id: CipherSuite) -> Option<&'static Suite> {
    SUITES.iter().find(|suite| suite.id == id)
}
