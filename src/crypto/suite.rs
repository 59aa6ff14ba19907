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

impl KeyExchangeAlgorithm {
    /// libcrypto's NID (`SSL_CIPHER_get_kx_nid`).
    #[must_use]
    pub const fn nid(self) -> i32 {
        match self {
            Self::Any => 1063,
            Self::Ecdhe => 1038,
        }
    }

    /// The word behind `Kx=` in `SSL_CIPHER_description`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Ecdhe => "ECDH",
        }
    }
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

impl Authentication {
    /// libcrypto's NID (`SSL_CIPHER_get_auth_nid`).
    #[must_use]
    pub const fn nid(self) -> i32 {
        match self {
            Self::Any => 1064,
            Self::Rsa => 1046,
            Self::Ecdsa => 1047,
        }
    }

    /// The word behind `Au=` in `SSL_CIPHER_description`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Rsa => "RSA",
            Self::Ecdsa => "ECDSA",
        }
    }
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

    /// libcrypto's NID of the bulk cipher (`SSL_CIPHER_get_cipher_nid`).
    #[must_use]
    pub const fn cipher_nid(&self) -> i32 {
        match self.aead {
            AeadAlgorithm::Aes128Gcm => 895,
            AeadAlgorithm::Aes256Gcm => 901,
            AeadAlgorithm::ChaCha20Poly1305 => 1018,
        }
    }

    /// libcrypto's NID of the record MAC (`SSL_CIPHER_get_digest_nid`): none, the AEAD has its own.
    #[must_use]
    pub const fn digest_nid(&self) -> i32 {
        0
    }

    /// libcrypto's NID of the hash of the PRF or HKDF (`SSL_CIPHER_get_handshake_digest`).
    #[must_use]
    pub const fn handshake_digest_nid(&self) -> i32 {
        self.hash.nid()
    }

    /// The word behind `Enc=` in `SSL_CIPHER_description`.
    #[must_use]
    pub const fn encryption_word(&self) -> &'static str {
        match self.aead {
            AeadAlgorithm::Aes128Gcm => "AESGCM(128)",
            AeadAlgorithm::Aes256Gcm => "AESGCM(256)",
            AeadAlgorithm::ChaCha20Poly1305 => "CHACHA20/POLY1305(256)",
        }
    }

    /// The word behind `Mac=` in `SSL_CIPHER_description`.
    #[must_use]
    pub const fn mac_word(&self) -> &'static str {
        "AEAD"
    }
}

/// All suites that we have, in OpenSSL's default order of preference.
pub static SUITES: &[Suite] = &[
    Suite {
        id: CipherSuite::TLS_AES_256_GCM_SHA384,
        openssl_name: "TLS_AES_256_GCM_SHA384",
        standard_name: "TLS_AES_256_GCM_SHA384",
        key_exchange: KeyExchangeAlgorithm::Any,
        authentication: Authentication::Any,
        aead: AeadAlgorithm::Aes256Gcm,
        hash: HashAlgorithm::Sha384,
        min_version: ProtocolVersion::TLS1_3,
        max_version: ProtocolVersion::TLS1_3,
        strength_bits: 256,
    },
    Suite {
        id: CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
        openssl_name: "TLS_CHACHA20_POLY1305_SHA256",
        standard_name: "TLS_CHACHA20_POLY1305_SHA256",
        key_exchange: KeyExchangeAlgorithm::Any,
        authentication: Authentication::Any,
        aead: AeadAlgorithm::ChaCha20Poly1305,
        hash: HashAlgorithm::Sha256,
        min_version: ProtocolVersion::TLS1_3,
        max_version: ProtocolVersion::TLS1_3,
        strength_bits: 256,
    },
    Suite {
        id: CipherSuite::TLS_AES_128_GCM_SHA256,
        openssl_name: "TLS_AES_128_GCM_SHA256",
        standard_name: "TLS_AES_128_GCM_SHA256",
        key_exchange: KeyExchangeAlgorithm::Any,
        authentication: Authentication::Any,
        aead: AeadAlgorithm::Aes128Gcm,
        hash: HashAlgorithm::Sha256,
        min_version: ProtocolVersion::TLS1_3,
        max_version: ProtocolVersion::TLS1_3,
        strength_bits: 128,
    },
    Suite {
        id: CipherSuite(0xc02c),
        openssl_name: "ECDHE-ECDSA-AES256-GCM-SHA384",
        standard_name: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        key_exchange: KeyExchangeAlgorithm::Ecdhe,
        authentication: Authentication::Ecdsa,
        aead: AeadAlgorithm::Aes256Gcm,
        hash: HashAlgorithm::Sha384,
        min_version: ProtocolVersion::TLS1_2,
        max_version: ProtocolVersion::TLS1_2,
        strength_bits: 256,
    },
    Suite {
        id: CipherSuite(0xc030),
        openssl_name: "ECDHE-RSA-AES256-GCM-SHA384",
        standard_name: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        key_exchange: KeyExchangeAlgorithm::Ecdhe,
        authentication: Authentication::Rsa,
        aead: AeadAlgorithm::Aes256Gcm,
        hash: HashAlgorithm::Sha384,
        min_version: ProtocolVersion::TLS1_2,
        max_version: ProtocolVersion::TLS1_2,
        strength_bits: 256,
    },
    Suite {
        id: CipherSuite(0xcca9),
        openssl_name: "ECDHE-ECDSA-CHACHA20-POLY1305",
        standard_name: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        key_exchange: KeyExchangeAlgorithm::Ecdhe,
        authentication: Authentication::Ecdsa,
        aead: AeadAlgorithm::ChaCha20Poly1305,
        hash: HashAlgorithm::Sha256,
        min_version: ProtocolVersion::TLS1_2,
        max_version: ProtocolVersion::TLS1_2,
        strength_bits: 256,
    },
    Suite {
        id: CipherSuite(0xcca8),
        openssl_name: "ECDHE-RSA-CHACHA20-POLY1305",
        standard_name: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        key_exchange: KeyExchangeAlgorithm::Ecdhe,
        authentication: Authentication::Rsa,
        aead: AeadAlgorithm::ChaCha20Poly1305,
        hash: HashAlgorithm::Sha256,
        min_version: ProtocolVersion::TLS1_2,
        max_version: ProtocolVersion::TLS1_2,
        strength_bits: 256,
    },
    Suite {
        id: CipherSuite(0xc02b),
        openssl_name: "ECDHE-ECDSA-AES128-GCM-SHA256",
        standard_name: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        key_exchange: KeyExchangeAlgorithm::Ecdhe,
        authentication: Authentication::Ecdsa,
        aead: AeadAlgorithm::Aes128Gcm,
        hash: HashAlgorithm::Sha256,
        min_version: ProtocolVersion::TLS1_2,
        max_version: ProtocolVersion::TLS1_2,
        strength_bits: 128,
    },
    Suite {
        id: CipherSuite(0xc02f),
        openssl_name: "ECDHE-RSA-AES128-GCM-SHA256",
        standard_name: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        key_exchange: KeyExchangeAlgorithm::Ecdhe,
        authentication: Authentication::Rsa,
        aead: AeadAlgorithm::Aes128Gcm,
        hash: HashAlgorithm::Sha256,
        min_version: ProtocolVersion::TLS1_2,
        max_version: ProtocolVersion::TLS1_2,
        strength_bits: 128,
    },
];

/// The suite with this number, if we have it.
#[must_use]
pub fn find(id: CipherSuite) -> Option<&'static Suite> {
    SUITES.iter().find(|suite| suite.id == id)
}

/// The suite that a cipher list calls `name`: OpenSSL's name, with case.
#[must_use]
pub fn find_by_name(name: &str) -> Option<&'static Suite> {
    SUITES.iter().find(|suite| suite.openssl_name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suite_is_found_by_number_and_by_name() {
        for suite in SUITES {
            assert!(find(suite.id).is_some_and(|found| core::ptr::eq(found, suite)));
            assert!(find_by_name(suite.openssl_name).is_some_and(|found| core::ptr::eq(found, suite)));
        }
        assert!(find(CipherSuite::TLS_FALLBACK_SCSV).is_none());
        assert!(find_by_name("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256").is_none());
        assert!(find_by_name("ecdhe-rsa-aes128-gcm-sha256").is_none());
    }

    #[test]
    fn suite_belongs_to_one_version() {
        for suite in SUITES {
            assert_ne!(suite.supports(ProtocolVersion::TLS1_2), suite.supports(ProtocolVersion::TLS1_3));
            assert_eq!(suite.is_tls13(), suite.supports(ProtocolVersion::TLS1_3));
            assert!(!suite.supports(ProtocolVersion::TLS1_1));
        }
    }

    #[test]
    fn strength_is_that_of_the_key() {
        for suite in SUITES {
            assert_eq!(usize::from(suite.strength_bits), suite.aead.key_length() * 8);
        }
    }
}
