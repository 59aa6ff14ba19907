//! The table of cipher suites (IANA "TLS Cipher Suites") with all that the handshake and
//! `SSL_CIPHER_*` want to know of them. Used by `policy`, `handshake`, `key_schedule` and `capi`.

use core::ffi::CStr;

use super::{aead::AeadAlgorithm, cbc::CbcAlgorithm, hash::HashAlgorithm, suite_table};
use crate::wire::{CipherSuite, ProtocolVersion};

/// How the key is exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyExchangeAlgorithm {
    /// TLS 1.3: negotiated by extensions.
    Any,
    /// Ephemeral elliptic-curve Diffie-Hellman (RFC 8422).
    Ecdhe,
    /// Ephemeral finite-field Diffie-Hellman (RFC 5246 §7.4.3).
    Dhe,
    /// The premaster secret encrypted to the server's RSA key (RFC 5246 §7.4.7.1).
    Rsa,
    /// A pre-shared key alone (RFC 4279 §2).
    Psk,
    /// A pre-shared key and ephemeral elliptic-curve Diffie-Hellman (RFC 5489).
    EcdhePsk,
    /// A pre-shared key and ephemeral finite-field Diffie-Hellman (RFC 4279 §3).
    DhePsk,
    /// A pre-shared key and RSA (RFC 4279 §4).
    RsaPsk,
    /// A password (RFC 5054).
    Srp,
}

impl KeyExchangeAlgorithm {
    /// libcrypto's NID (`SSL_CIPHER_get_kx_nid`).
    #[must_use]
    pub const fn nid(self) -> i32 {
        match self {
            Self::Any => 1063,
            Self::Rsa => 1037,
            Self::Ecdhe => 1038,
            Self::Dhe => 1039,
            Self::EcdhePsk => 1040,
            Self::DhePsk => 1041,
            Self::RsaPsk => 1042,
            Self::Psk => 1043,
            Self::Srp => 1044,
        }
    }

    /// The word behind `Kx=` in `SSL_CIPHER_description`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Ecdhe => "ECDH",
            Self::Dhe => "DH",
            Self::Rsa => "RSA",
            Self::Psk => "PSK",
            Self::EcdhePsk => "ECDHEPSK",
            Self::DhePsk => "DHEPSK",
            Self::RsaPsk => "RSAPSK",
            Self::Srp => "SRP",
        }
    }

    /// Whether a pre-shared key is part of it.
    #[must_use]
    pub const fn has_psk(self) -> bool {
        matches!(self, Self::Psk | Self::EcdhePsk | Self::DhePsk | Self::RsaPsk)
    }

    /// Whether it has an ephemeral elliptic-curve key.
    #[must_use]
    pub const fn has_ecdhe(self) -> bool {
        matches!(self, Self::Ecdhe | Self::EcdhePsk)
    }

    /// Whether it has an ephemeral finite-field key.
    #[must_use]
    pub const fn has_dhe(self) -> bool {
        matches!(self, Self::Dhe | Self::DhePsk)
    }

    /// Whether who learns a long-term key later still cannot read what was said.
    #[must_use]
    pub const fn is_forward_secret(self) -> bool {
        matches!(self, Self::Any) || self.has_ecdhe() || self.has_dhe()
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
    /// A DSA certificate.
    Dss,
    /// Not at all: an anonymous key exchange.
    Null,
    /// It knows the pre-shared key.
    Psk,
    /// It knows the verifier of the password.
    Srp,
}

impl Authentication {
    /// libcrypto's NID (`SSL_CIPHER_get_auth_nid`).
    #[must_use]
    pub const fn nid(self) -> i32 {
        match self {
            Self::Any => 1064,
            Self::Rsa => 1046,
            Self::Ecdsa => 1047,
            Self::Psk => 1048,
            Self::Dss => 1049,
            Self::Srp => 1052,
            Self::Null => 1053,
        }
    }

    /// The word behind `Au=` in `SSL_CIPHER_description`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Rsa => "RSA",
            Self::Ecdsa => "ECDSA",
            Self::Dss => "DSS",
            Self::Null => "None",
            Self::Psk => "PSK",
            Self::Srp => "SRP",
        }
    }
}

/// What encrypts records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkCipher {
    /// An AEAD, which authenticates as well.
    Aead(AeadAlgorithm),
    /// A block cipher in CBC mode; the suite's MAC authenticates.
    Cbc(CbcAlgorithm),
    /// Nothing; the suite's MAC authenticates.
    Null,
}

impl BulkCipher {
    /// The key length in bytes.
    #[must_use]
    pub const fn key_length(self) -> usize {
        match self {
            Self::Aead(aead) => aead.key_length(),
            Self::Cbc(cbc) => cbc.key_length(),
            Self::Null => 0,
        }
    }
}

/// The hash whose HMAC authenticates records (RFC 5246 §6.2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MacAlgorithm {
    /// HMAC-MD5.
    Md5,
    /// HMAC-SHA-1.
    Sha1,
    /// HMAC-SHA-256.
    Sha256,
    /// HMAC-SHA-384.
    Sha384,
}

impl MacAlgorithm {
    /// The length of the MAC and of its key in bytes.
    #[must_use]
    pub const fn length(self) -> usize {
        self.hash().output_length()
    }

    /// The hash.
    #[must_use]
    pub const fn hash(self) -> HashAlgorithm {
        match self {
            Self::Md5 => HashAlgorithm::Md5,
            Self::Sha1 => HashAlgorithm::Sha1,
            Self::Sha256 => HashAlgorithm::Sha256,
            Self::Sha384 => HashAlgorithm::Sha384,
        }
    }

    /// What libcrypto calls the hash.
    #[must_use]
    pub const fn digest_name(self) -> &'static CStr {
        match self {
            Self::Md5 => c"MD5",
            Self::Sha1 => c"SHA1",
            Self::Sha256 => c"SHA256",
            Self::Sha384 => c"SHA384",
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
    /// What encrypts records.
    pub bulk: BulkCipher,
    /// What authenticates records; `None`: the AEAD does.
    pub mac: Option<MacAlgorithm>,
    /// The hash of the PRF of TLS 1.2 or of the HKDF of TLS 1.3, and of the transcript. Before TLS 1.2 the version
    /// has a PRF of its own.
    pub hash: HashAlgorithm,
    /// Whether the suite itself names the hash.
    pub names_hash: bool,
    /// The first version that has it.
    pub min_version: ProtocolVersion,
    /// The last version that has it.
    pub max_version: ProtocolVersion,
}

impl Suite {
    /// Whether `version` may use it.
    #[must_use]
    pub fn supports(&self, version: ProtocolVersion) -> bool {
        (self.min_version..=self.max_version).contains(&version.of_tls())
    }

    /// Whether it belongs to TLS 1.3.
    #[must_use]
    pub fn is_tls13(&self) -> bool {
        self.min_version == ProtocolVersion::TLS1_3
    }

    /// The AEAD of its records, if it has one.
    #[must_use]
    pub const fn aead(&self) -> Option<AeadAlgorithm> {
        match self.bulk {
            BulkCipher::Aead(aead) => Some(aead),
            BulkCipher::Cbc(_) | BulkCipher::Null => None,
        }
    }

    /// Whether it is a signal (SCSV), and no suite in truth.
    #[must_use]
    pub const fn is_signal(&self) -> bool {
        self.max_version.0 == 0
    }

    /// Strength in bits (`SSL_CIPHER_get_bits`): the length of the key.
    #[must_use]
    pub const fn strength_bits(&self) -> u16 {
        self.bulk.key_length() as u16 * 8
    }

    /// libcrypto's NID of the bulk cipher (`SSL_CIPHER_get_cipher_nid`).
    #[must_use]
    pub const fn cipher_nid(&self) -> i32 {
        match self.bulk {
            BulkCipher::Aead(AeadAlgorithm::Aes128Gcm) => 895,
            BulkCipher::Aead(AeadAlgorithm::Aes256Gcm) => 901,
            BulkCipher::Aead(AeadAlgorithm::Aes128Ccm | AeadAlgorithm::Aes128Ccm8) => 896,
            BulkCipher::Aead(AeadAlgorithm::Aes256Ccm | AeadAlgorithm::Aes256Ccm8) => 902,
            BulkCipher::Aead(AeadAlgorithm::ChaCha20Poly1305) => 1018,
            BulkCipher::Aead(AeadAlgorithm::Aria128Gcm) => 1123,
            BulkCipher::Aead(AeadAlgorithm::Aria256Gcm) => 1125,
            BulkCipher::Cbc(CbcAlgorithm::Aes128) => 419,
            BulkCipher::Cbc(CbcAlgorithm::Aes256) => 427,
            BulkCipher::Cbc(CbcAlgorithm::Camellia128) => 751,
            BulkCipher::Cbc(CbcAlgorithm::Camellia256) => 753,
            BulkCipher::Null => 0,
        }
    }

    /// libcrypto's NID of the hash of the record MAC (`SSL_CIPHER_get_digest_nid`); 0: the AEAD has its own. A signal has that of MD5
    /// and SHA-1 together.
    #[must_use]
    pub const fn digest_nid(&self) -> i32 {
        match self.mac {
            Some(mac) => mac.hash().nid(),
            None if self.is_signal() => HashAlgorithm::Md5Sha1.nid(),
            None => 0,
        }
    }

    /// The word behind `Enc=` in `SSL_CIPHER_description`.
    #[must_use]
    pub const fn encryption_word(&self) -> &'static str {
        match self.bulk {
            BulkCipher::Aead(AeadAlgorithm::Aes128Gcm) => "AESGCM(128)",
            BulkCipher::Aead(AeadAlgorithm::Aes256Gcm) => "AESGCM(256)",
            BulkCipher::Aead(AeadAlgorithm::Aes128Ccm) => "AESCCM(128)",
            BulkCipher::Aead(AeadAlgorithm::Aes256Ccm) => "AESCCM(256)",
            BulkCipher::Aead(AeadAlgorithm::Aes128Ccm8) => "AESCCM8(128)",
            BulkCipher::Aead(AeadAlgorithm::Aes256Ccm8) => "AESCCM8(256)",
            BulkCipher::Aead(AeadAlgorithm::ChaCha20Poly1305) => "CHACHA20/POLY1305(256)",
            BulkCipher::Aead(AeadAlgorithm::Aria128Gcm) => "ARIAGCM(128)",
            BulkCipher::Aead(AeadAlgorithm::Aria256Gcm) => "ARIAGCM(256)",
            BulkCipher::Cbc(CbcAlgorithm::Aes128) => "AES(128)",
            BulkCipher::Cbc(CbcAlgorithm::Aes256) => "AES(256)",
            BulkCipher::Cbc(CbcAlgorithm::Camellia128) => "Camellia(128)",
            BulkCipher::Cbc(CbcAlgorithm::Camellia256) => "Camellia(256)",
            BulkCipher::Null if self.is_signal() => "unknown",
            BulkCipher::Null => "None",
        }
    }

    /// The word behind `Mac=` in `SSL_CIPHER_description`.
    #[must_use]
    pub const fn mac_word(&self) -> &'static str {
        match self.mac {
            None if self.is_signal() => "unknown",
            None => "AEAD",
            Some(MacAlgorithm::Md5) => "MD5",
            Some(MacAlgorithm::Sha1) => "SHA1",
            Some(MacAlgorithm::Sha256) => "SHA256",
            Some(MacAlgorithm::Sha384) => "SHA384",
        }
    }
}

/// All suites, in OpenSSL's default order of preference.
pub static SUITES: &[Suite] = &suite_table::ROWS;

/// The suite with this number, if it is known.
#[must_use]
pub fn find(id: CipherSuite) -> Option<&'static Suite> {
    SUITES.iter().find(|suite| suite.id == id)
}

/// All that may stand in a list of suites: they, and signals (RFC 5746 §3.3, RFC 7507), as `SSL_CIPHER_*` tell of them.
pub fn listed() -> impl Iterator<Item = &'static Suite> {
    SUITES.iter().chain(&suite_table::SIGNALS)
}

/// As [`find`], of what is [`listed`].
#[must_use]
pub fn find_listed(id: CipherSuite) -> Option<&'static Suite> {
    listed().find(|suite| suite.id == id)
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
    fn suite_of_tls13_belongs_to_no_other_version() {
        for suite in SUITES {
            assert_ne!(suite.supports(ProtocolVersion::TLS1_2), suite.supports(ProtocolVersion::TLS1_3));
            assert_eq!(suite.is_tls13(), suite.supports(ProtocolVersion::TLS1_3));
            assert!(!suite.is_tls13() || !suite.supports(ProtocolVersion::TLS1_1));
        }
    }

    #[test]
    fn aead_suites_came_with_tls12() {
        for suite in SUITES {
            assert_eq!(suite.aead().is_some(), suite.mac.is_none(), "{}", suite.openssl_name);
            let old = suite.supports(ProtocolVersion::TLS1_1);
            assert!(!(old && suite.mac.is_none()), "{}", suite.openssl_name);
        }
    }

    #[test]
    fn suite_is_made_of_what_its_registered_name_says() {
        for suite in SUITES.iter().filter(|suite| !suite.is_tls13()) {
            let name = suite.standard_name;
            let exchange = match (suite.key_exchange, suite.authentication) {
                (KeyExchangeAlgorithm::Ecdhe, Authentication::Ecdsa) => "ECDHE_ECDSA",
                (KeyExchangeAlgorithm::Ecdhe, Authentication::Rsa) => "ECDHE_RSA",
                (KeyExchangeAlgorithm::Ecdhe, Authentication::Null) => "ECDH_anon",
                (KeyExchangeAlgorithm::Dhe, Authentication::Rsa) => "DHE_RSA",
                (KeyExchangeAlgorithm::Dhe, Authentication::Dss) => "DHE_DSS",
                (KeyExchangeAlgorithm::Dhe, Authentication::Null) => "DH_anon",
                (KeyExchangeAlgorithm::Rsa, Authentication::Rsa) => "RSA",
                (KeyExchangeAlgorithm::Psk, Authentication::Psk) => "PSK",
                (KeyExchangeAlgorithm::EcdhePsk, Authentication::Psk) => "ECDHE_PSK",
                (KeyExchangeAlgorithm::DhePsk, Authentication::Psk) if name.contains("CCM_8") => "PSK_DHE",
                (KeyExchangeAlgorithm::DhePsk, Authentication::Psk) => "DHE_PSK",
                (KeyExchangeAlgorithm::RsaPsk, Authentication::Rsa) => "RSA_PSK",
                (KeyExchangeAlgorithm::Srp, Authentication::Rsa) => "SRP_SHA_RSA",
                (KeyExchangeAlgorithm::Srp, Authentication::Dss) => "SRP_SHA_DSS",
                (KeyExchangeAlgorithm::Srp, Authentication::Srp) => "SRP_SHA",
                other => panic!("{name}: {other:?}"),
            };
            let cipher = match suite.bulk {
                BulkCipher::Aead(AeadAlgorithm::Aes128Gcm) => "AES_128_GCM",
                BulkCipher::Aead(AeadAlgorithm::Aes256Gcm) => "AES_256_GCM",
                BulkCipher::Aead(AeadAlgorithm::Aes128Ccm) => "AES_128_CCM",
                BulkCipher::Aead(AeadAlgorithm::Aes256Ccm) => "AES_256_CCM",
                BulkCipher::Aead(AeadAlgorithm::Aes128Ccm8) => "AES_128_CCM_8",
                BulkCipher::Aead(AeadAlgorithm::Aes256Ccm8) => "AES_256_CCM_8",
                BulkCipher::Aead(AeadAlgorithm::ChaCha20Poly1305) => "CHACHA20_POLY1305",
                BulkCipher::Aead(AeadAlgorithm::Aria128Gcm) => "ARIA_128_GCM",
                BulkCipher::Aead(AeadAlgorithm::Aria256Gcm) => "ARIA_256_GCM",
                BulkCipher::Cbc(CbcAlgorithm::Aes128) => "AES_128_CBC",
                BulkCipher::Cbc(CbcAlgorithm::Aes256) => "AES_256_CBC",
                BulkCipher::Cbc(CbcAlgorithm::Camellia128) => "CAMELLIA_128_CBC",
                BulkCipher::Cbc(CbcAlgorithm::Camellia256) => "CAMELLIA_256_CBC",
                BulkCipher::Null => "NULL",
            };
            let hash = match suite.mac {
                None if name.contains("CCM") => "",
                None if suite.hash == HashAlgorithm::Sha384 => "_SHA384",
                None => "_SHA256",
                Some(MacAlgorithm::Md5) => "_MD5",
                Some(MacAlgorithm::Sha1) => "_SHA",
                Some(MacAlgorithm::Sha256) => "_SHA256",
                Some(MacAlgorithm::Sha384) => "_SHA384",
            };
            assert_eq!(name, format!("TLS_{exchange}_WITH_{cipher}{hash}"));
            // RFC 5487 §3.2, RFC 5489 §3.2 and others: SHA-384 in the name is that of the PRF too.
            assert_eq!(suite.hash == HashAlgorithm::Sha384, hash == "_SHA384", "{name}");
        }
    }
}
