//! The table of signature schemes: names, hash, key type, versions. Used by `policy` and `handshake`.
//!
//! Numbers and names are the registry's (RFC 8446 §4.2.3, RFC 5246 §7.4.1.4.1); the order is that of the
//! `signature_algorithms` which OpenSSL sends when a program sets none.

use super::{hash::HashAlgorithm, signature::KeyType};
use crate::wire::{ProtocolVersion, SignatureScheme};

/// A signature algorithm without its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5.
    RsaPkcs1,
    /// RSASSA-PSS by an `rsaEncryption` key.
    RsaPssRsae,
    /// RSASSA-PSS by an `id-RSASSA-PSS` key.
    RsaPssPss,
    /// ECDSA.
    Ecdsa,
    /// Ed25519.
    Ed25519,
    /// Ed448.
    Ed448,
    /// ML-DSA-44 (FIPS 204), where libcrypto has it.
    MlDsa44,
    /// ML-DSA-65.
    MlDsa65,
    /// ML-DSA-87.
    MlDsa87,
    /// DSA.
    Dsa,
}

impl SignatureAlgorithm {
    /// libcrypto's NID (`SSL_get_peer_signature_type_nid`).
    #[must_use]
    pub const fn nid(self) -> i32 {
        match self {
            Self::RsaPkcs1 => 6,
            Self::RsaPssRsae | Self::RsaPssPss => 912,
            Self::Ecdsa => 408,
            Self::Ed25519 => 1087,
            Self::Ed448 => 1088,
            Self::MlDsa44 => 1457,
            Self::MlDsa65 => 1458,
            Self::MlDsa87 => 1459,
            Self::Dsa => 116,
        }
    }
}

/// One signature scheme.
#[derive(Debug)]
pub struct Scheme {
    /// Its number on the wire.
    pub id: SignatureScheme,
    /// The registry's name (`rsa_pss_rsae_sha256`).
    pub name: &'static str,
    /// Whether a signature algorithms list may use `name`: OpenSSL knows some by their older form alone.
    pub listed_by_name: bool,
    /// The older form in a list (`RSA+SHA256`, `ECDSA+SHA256`), if any. In a list `PSS` is the same as
    /// `RSA-PSS`, and the hash may be in lower case.
    pub classic_name: Option<&'static str>,
    /// The hash; `None` for EdDSA.
    pub hash: Option<HashAlgorithm>,
    /// Security strength in bits, as security levels count it.
    pub security_bits: u16,
    /// The signature algorithm without its hash.
    pub signature: SignatureAlgorithm,
    /// libcrypto's NID of the pair of signature and hash (`psignhash` of `SSL_get_sigalgs`); 0 if it has none.
    pub signature_and_hash_nid: i32,
}

impl Scheme {
    /// Whether a key of this type may sign with this scheme in this version (RFC 8446 §4.2.3: in TLS
    /// 1.3 a curve belongs to its hash, PKCS#1 and SHA-1 are out; RFC 5246: any ECDSA curve with any hash).
    #[must_use]
    pub fn fits(&self, key_type: KeyType, version: ProtocolVersion) -> bool {
        match version {
            ProtocolVersion::TLS1_3 => {
                self.is_tls13() && self.fits_curve(key_type) && self.fits_key(key_type)
            }
            ProtocolVersion::TLS1_2 | ProtocolVersion::DTLS1_2 => {
                self.is_for_tls12() && self.fits_key(key_type)
            }
            // Before TLS 1.2 nothing is negotiated: the key decides.
            _ => before_tls12(key_type) == Some(self.id),
        }
    }

    /// Whether a handshake of TLS 1.3 may be signed with it. Those that may not still tell what is
    /// accepted in certificates (RFC 8446 §4.2.3).
    #[must_use]
    pub fn is_tls13(&self) -> bool {
        match self.signature {
            SignatureAlgorithm::RsaPkcs1 | SignatureAlgorithm::Dsa => false,
            SignatureAlgorithm::RsaPssRsae
            | SignatureAlgorithm::RsaPssPss
            | SignatureAlgorithm::Ed25519
            | SignatureAlgorithm::Ed448
            | SignatureAlgorithm::MlDsa44
            | SignatureAlgorithm::MlDsa65
            | SignatureAlgorithm::MlDsa87 => true,
            SignatureAlgorithm::Ecdsa => {
                !matches!(self.hash, Some(HashAlgorithm::Sha1 | HashAlgorithm::Sha224))
            }
        }
    }

    /// Whether a handshake of TLS 1.2 may be signed with it: not so ML-DSA (draft-ietf-tls-mldsa §3).
    #[must_use]
    pub const fn is_for_tls12(&self) -> bool {
        !matches!(
            self.signature,
            SignatureAlgorithm::MlDsa44 | SignatureAlgorithm::MlDsa65 | SignatureAlgorithm::MlDsa87
        )
    }

    /// libcrypto's NID of the hash (`SSL_get_peer_signature_nid`); 0 for EdDSA.
    #[must_use]
    pub fn hash_nid(&self) -> i32 {
        self.hash.map_or(0, HashAlgorithm::nid)
    }

    fn fits_key(&self, key_type: KeyType) -> bool {
        match self.signature {
            SignatureAlgorithm::RsaPkcs1 | SignatureAlgorithm::RsaPssRsae => key_type == KeyType::Rsa,
            SignatureAlgorithm::RsaPssPss => key_type == KeyType::RsaPss,
            SignatureAlgorithm::Ecdsa => matches!(
                key_type,
                KeyType::EcdsaP256 | KeyType::EcdsaP384 | KeyType::EcdsaP521 | KeyType::EcdsaOther
            ),
            SignatureAlgorithm::Ed25519 => key_type == KeyType::Ed25519,
            SignatureAlgorithm::Ed448 => key_type == KeyType::Ed448,
            SignatureAlgorithm::MlDsa44 => key_type == KeyType::MlDsa44,
            SignatureAlgorithm::MlDsa65 => key_type == KeyType::MlDsa65,
            SignatureAlgorithm::MlDsa87 => key_type == KeyType::MlDsa87,
            SignatureAlgorithm::Dsa => key_type == KeyType::Dsa,
        }
    }

    fn fits_curve(&self, key_type: KeyType) -> bool {
        match self.id {
            SignatureScheme::ECDSA_SECP256R1_SHA256 => key_type == KeyType::EcdsaP256,
            SignatureScheme::ECDSA_SECP384R1_SHA384 => key_type == KeyType::EcdsaP384,
            SignatureScheme::ECDSA_SECP521R1_SHA512 => key_type == KeyType::EcdsaP521,
            _ => true,
        }
    }
}

/// All schemes that we have, in OpenSSL's default order of preference.
pub static SCHEMES: &[Scheme] = &[
    Scheme {
        id: SignatureScheme::MLDSA65,
        name: "mldsa65",
        listed_by_name: true,
        classic_name: None,
        hash: None,
        security_bits: 192,
        signature: SignatureAlgorithm::MlDsa65,
        signature_and_hash_nid: 0,
    },
    Scheme {
        id: SignatureScheme::MLDSA87,
        name: "mldsa87",
        listed_by_name: true,
        classic_name: None,
        hash: None,
        security_bits: 256,
        signature: SignatureAlgorithm::MlDsa87,
        signature_and_hash_nid: 0,
    },
    Scheme {
        id: SignatureScheme::MLDSA44,
        name: "mldsa44",
        listed_by_name: true,
        classic_name: None,
        hash: None,
        security_bits: 128,
        signature: SignatureAlgorithm::MlDsa44,
        signature_and_hash_nid: 0,
    },
    Scheme {
        id: SignatureScheme::ECDSA_SECP256R1_SHA256,
        name: "ecdsa_secp256r1_sha256",
        listed_by_name: true,
        classic_name: Some("ECDSA+SHA256"),
        hash: Some(HashAlgorithm::Sha256),
        security_bits: 128,
        signature: SignatureAlgorithm::Ecdsa,
        signature_and_hash_nid: 794,
    },
    Scheme {
        id: SignatureScheme::ECDSA_SECP384R1_SHA384,
        name: "ecdsa_secp384r1_sha384",
        listed_by_name: true,
        classic_name: Some("ECDSA+SHA384"),
        hash: Some(HashAlgorithm::Sha384),
        security_bits: 192,
        signature: SignatureAlgorithm::Ecdsa,
        signature_and_hash_nid: 795,
    },
    Scheme {
        id: SignatureScheme::ECDSA_SECP521R1_SHA512,
        name: "ecdsa_secp521r1_sha512",
        listed_by_name: true,
        classic_name: Some("ECDSA+SHA512"),
        hash: Some(HashAlgorithm::Sha512),
        security_bits: 256,
        signature: SignatureAlgorithm::Ecdsa,
        signature_and_hash_nid: 796,
    },
    Scheme {
        id: SignatureScheme::ED25519,
        name: "ed25519",
        listed_by_name: true,
        classic_name: None,
        hash: None,
        security_bits: 128,
        signature: SignatureAlgorithm::Ed25519,
        signature_and_hash_nid: 0,
    },
    Scheme {
        id: SignatureScheme::ED448,
        name: "ed448",
        listed_by_name: true,
        classic_name: None,
        hash: None,
        security_bits: 224,
        signature: SignatureAlgorithm::Ed448,
        signature_and_hash_nid: 0,
    },
    Scheme {
        id: SignatureScheme::RSA_PSS_PSS_SHA256,
        name: "rsa_pss_pss_sha256",
        listed_by_name: true,
        classic_name: None,
        hash: Some(HashAlgorithm::Sha256),
        security_bits: 128,
        signature: SignatureAlgorithm::RsaPssPss,
        signature_and_hash_nid: 0,
    },
    Scheme {
        id: SignatureScheme::RSA_PSS_PSS_SHA384,
        name: "rsa_pss_pss_sha384",
        listed_by_name: true,
        classic_name: None,
        hash: Some(HashAlgorithm::Sha384),
        security_bits: 192,
        signature: SignatureAlgorithm::RsaPssPss,
        signature_and_hash_nid: 0,
    },
    Scheme {
        id: SignatureScheme::RSA_PSS_PSS_SHA512,
        name: "rsa_pss_pss_sha512",
        listed_by_name: true,
        classic_name: None,
        hash: Some(HashAlgorithm::Sha512),
        security_bits: 256,
        signature: SignatureAlgorithm::RsaPssPss,
        signature_and_hash_nid: 0,
    },
    Scheme {
        id: SignatureScheme::RSA_PSS_RSAE_SHA256,
        name: "rsa_pss_rsae_sha256",
        listed_by_name: true,
        classic_name: Some("RSA-PSS+SHA256"),
        hash: Some(HashAlgorithm::Sha256),
        security_bits: 128,
        signature: SignatureAlgorithm::RsaPssRsae,
        signature_and_hash_nid: 0,
    },
    Scheme {
        id: SignatureScheme::RSA_PSS_RSAE_SHA384,
        name: "rsa_pss_rsae_sha384",
        listed_by_name: true,
        classic_name: Some("RSA-PSS+SHA384"),
        hash: Some(HashAlgorithm::Sha384),
        security_bits: 192,
        signature: SignatureAlgorithm::RsaPssRsae,
        signature_and_hash_nid: 0,
    },
    Scheme {
        id: SignatureScheme::RSA_PSS_RSAE_SHA512,
        name: "rsa_pss_rsae_sha512",
        listed_by_name: true,
        classic_name: Some("RSA-PSS+SHA512"),
        hash: Some(HashAlgorithm::Sha512),
        security_bits: 256,
        signature: SignatureAlgorithm::RsaPssRsae,
        signature_and_hash_nid: 0,
    },
    Scheme {
        id: SignatureScheme::RSA_PKCS1_SHA256,
        name: "rsa_pkcs1_sha256",
        listed_by_name: true,
        classic_name: Some("RSA+SHA256"),
        hash: Some(HashAlgorithm::Sha256),
        security_bits: 128,
        signature: SignatureAlgorithm::RsaPkcs1,
        signature_and_hash_nid: 668,
    },
    Scheme {
        id: SignatureScheme::RSA_PKCS1_SHA384,
        name: "rsa_pkcs1_sha384",
        listed_by_name: true,
        classic_name: Some("RSA+SHA384"),
        hash: Some(HashAlgorithm::Sha384),
        security_bits: 192,
        signature: SignatureAlgorithm::RsaPkcs1,
        signature_and_hash_nid: 669,
    },
    Scheme {
        id: SignatureScheme::RSA_PKCS1_SHA512,
        name: "rsa_pkcs1_sha512",
        listed_by_name: true,
        classic_name: Some("RSA+SHA512"),
        hash: Some(HashAlgorithm::Sha512),
        security_bits: 256,
        signature: SignatureAlgorithm::RsaPkcs1,
        signature_and_hash_nid: 670,
    },
    Scheme {
        id: SignatureScheme::ECDSA_SHA224,
        name: "ecdsa_sha224",
        listed_by_name: false,
        classic_name: Some("ECDSA+SHA224"),
        hash: Some(HashAlgorithm::Sha224),
        security_bits: 112,
        signature: SignatureAlgorithm::Ecdsa,
        signature_and_hash_nid: 793,
    },
    Scheme {
        id: SignatureScheme::ECDSA_SHA1,
        name: "ecdsa_sha1",
        listed_by_name: false,
        classic_name: Some("ECDSA+SHA1"),
        hash: Some(HashAlgorithm::Sha1),
        security_bits: 64,
        signature: SignatureAlgorithm::Ecdsa,
        signature_and_hash_nid: 416,
    },
    Scheme {
        id: SignatureScheme::RSA_PKCS1_SHA224,
        name: "rsa_pkcs1_sha224",
        listed_by_name: true,
        classic_name: Some("RSA+SHA224"),
        hash: Some(HashAlgorithm::Sha224),
        security_bits: 112,
        signature: SignatureAlgorithm::RsaPkcs1,
        signature_and_hash_nid: 671,
    },
    Scheme {
        id: SignatureScheme::RSA_PKCS1_SHA1,
        name: "rsa_pkcs1_sha1",
        listed_by_name: true,
        classic_name: Some("RSA+SHA1"),
        hash: Some(HashAlgorithm::Sha1),
        security_bits: 64,
        signature: SignatureAlgorithm::RsaPkcs1,
        signature_and_hash_nid: 65,
    },
    Scheme {
        id: SignatureScheme::DSA_SHA224,
        name: "dsa_sha224",
        listed_by_name: false,
        classic_name: Some("DSA+SHA224"),
        hash: Some(HashAlgorithm::Sha224),
        security_bits: 112,
        signature: SignatureAlgorithm::Dsa,
        signature_and_hash_nid: 0,
    },
    Scheme {
        id: SignatureScheme::DSA_SHA1,
        name: "dsa_sha1",
        listed_by_name: false,
        classic_name: Some("DSA+SHA1"),
        hash: Some(HashAlgorithm::Sha1),
        security_bits: 64,
        signature: SignatureAlgorithm::Dsa,
        signature_and_hash_nid: 113,
    },
    Scheme {
        id: SignatureScheme::DSA_SHA256,
        name: "dsa_sha256",
        listed_by_name: false,
        classic_name: Some("DSA+SHA256"),
        hash: Some(HashAlgorithm::Sha256),
        security_bits: 128,
        signature: SignatureAlgorithm::Dsa,
        signature_and_hash_nid: 803,
    },
    Scheme {
        id: SignatureScheme::DSA_SHA384,
        name: "dsa_sha384",
        listed_by_name: false,
        classic_name: Some("DSA+SHA384"),
        hash: Some(HashAlgorithm::Sha384),
        security_bits: 192,
        signature: SignatureAlgorithm::Dsa,
        signature_and_hash_nid: 0,
    },
    Scheme {
        id: SignatureScheme::DSA_SHA512,
        name: "dsa_sha512",
        listed_by_name: false,
        classic_name: Some("DSA+SHA512"),
        hash: Some(HashAlgorithm::Sha512),
        security_bits: 256,
        signature: SignatureAlgorithm::Dsa,
        signature_and_hash_nid: 0,
    },
];

/// What an RSA key signs with before TLS 1.2 (RFC 4346 §7.4.3): MD5 beside SHA-1, with PKCS#1's padding but without its
/// DigestInfo. It has no number on the wire; this one is for private use, and neither offered nor accepted.
pub const RSA_PKCS1_MD5_SHA1: SignatureScheme = SignatureScheme(0xfeff);

static BEFORE_TLS12: Scheme = Scheme {
    id: RSA_PKCS1_MD5_SHA1,
    name: "rsa_pkcs1_md5_sha1",
    listed_by_name: false,
    classic_name: None,
    hash: Some(HashAlgorithm::Md5Sha1),
    security_bits: 67,
    signature: SignatureAlgorithm::RsaPkcs1,
    signature_and_hash_nid: 0,
};

/// The scheme with this number, if we have it.
#[must_use]
pub fn find(id: SignatureScheme) -> Option<&'static Scheme> {
    SCHEMES.iter().chain([&BEFORE_TLS12]).find(|scheme| scheme.id == id)
}

/// The number by which a program is told of a scheme; 0 for one that has none on the wire.
#[must_use]
pub fn number_to_show(id: SignatureScheme) -> u16 {
    if id == RSA_PKCS1_MD5_SHA1 { 0 } else { id.0 }
}

/// The scheme that a key of this type signs with before TLS 1.2, where nothing is negotiated (RFC 4346 §7.4.3,
/// RFC 8422 §5.4); `None` for a key that cannot sign there.
#[must_use]
pub const fn before_tls12(key_type: KeyType) -> Option<SignatureScheme> {
    match key_type {
        KeyType::Rsa => Some(RSA_PKCS1_MD5_SHA1),
        KeyType::EcdsaP256 | KeyType::EcdsaP384 | KeyType::EcdsaP521 | KeyType::EcdsaOther => {
            Some(SignatureScheme::ECDSA_SHA1)
        }
        KeyType::Dsa => Some(SignatureScheme::DSA_SHA1),
        KeyType::RsaPss
        | KeyType::Ed25519
        | KeyType::Ed448
        | KeyType::MlDsa44
        | KeyType::MlDsa65
        | KeyType::MlDsa87
        | KeyType::Other => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(id: SignatureScheme, key_type: KeyType, version: ProtocolVersion) -> bool {
        find(id).unwrap().fits(key_type, version)
    }

    #[test]
    fn ecdsa_in_tls13_needs_the_curve_of_its_hash() {
        let id = SignatureScheme::ECDSA_SECP256R1_SHA256;
        assert!(fits(id, KeyType::EcdsaP256, ProtocolVersion::TLS1_3));
        assert!(!fits(id, KeyType::EcdsaP384, ProtocolVersion::TLS1_3));
        assert!(!fits(id, KeyType::EcdsaOther, ProtocolVersion::TLS1_3));
        assert!(fits(id, KeyType::EcdsaP384, ProtocolVersion::TLS1_2));
        assert!(fits(id, KeyType::EcdsaOther, ProtocolVersion::TLS1_2));
    }

    #[test]
    fn pkcs1_and_short_hashes_do_not_sign_in_tls13() {
        for scheme in SCHEMES {
            let short = matches!(scheme.hash, Some(HashAlgorithm::Sha1 | HashAlgorithm::Sha224));
            let pkcs1 = scheme.signature == SignatureAlgorithm::RsaPkcs1;
            let dsa = scheme.signature == SignatureAlgorithm::Dsa;
            assert_eq!(scheme.is_tls13(), !short && !pkcs1 && !dsa, "{}", scheme.name);
        }
        assert!(!fits(SignatureScheme::RSA_PKCS1_SHA256, KeyType::Rsa, ProtocolVersion::TLS1_3));
        assert!(fits(SignatureScheme::RSA_PKCS1_SHA256, KeyType::Rsa, ProtocolVersion::TLS1_2));
        assert!(!fits(SignatureScheme::ECDSA_SHA1, KeyType::EcdsaP256, ProtocolVersion::TLS1_3));
        assert!(fits(SignatureScheme::ECDSA_SHA1, KeyType::EcdsaP256, ProtocolVersion::TLS1_2));
    }

    #[test]
    fn pss_belongs_to_its_kind_of_rsa_key() {
        for version in [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3] {
            assert!(fits(SignatureScheme::RSA_PSS_RSAE_SHA256, KeyType::Rsa, version));
            assert!(!fits(SignatureScheme::RSA_PSS_RSAE_SHA256, KeyType::RsaPss, version));
            assert!(fits(SignatureScheme::RSA_PSS_PSS_SHA256, KeyType::RsaPss, version));
            assert!(!fits(SignatureScheme::RSA_PSS_PSS_SHA256, KeyType::Rsa, version));
            assert!(!fits(SignatureScheme::RSA_PKCS1_SHA256, KeyType::RsaPss, version));
        }
    }

    #[test]
    fn ed25519_fits_its_own_key_only() {
        assert!(fits(SignatureScheme::ED25519, KeyType::Ed25519, ProtocolVersion::TLS1_3));
        assert!(fits(SignatureScheme::ED25519, KeyType::Ed25519, ProtocolVersion::TLS1_2));
        assert!(!fits(SignatureScheme::ED25519, KeyType::Ed448, ProtocolVersion::TLS1_3));
    }

    #[test]
    fn key_decides_before_tls12() {
        for version in [ProtocolVersion::TLS1_0, ProtocolVersion::TLS1_1] {
            assert!(!fits(SignatureScheme::RSA_PKCS1_SHA1, KeyType::Rsa, version));
            assert!(fits(RSA_PKCS1_MD5_SHA1, KeyType::Rsa, version));
            assert!(fits(SignatureScheme::ECDSA_SHA1, KeyType::EcdsaP384, version));
            assert!(fits(SignatureScheme::DSA_SHA1, KeyType::Dsa, version));
            assert!(SCHEMES.iter().all(|scheme| !scheme.fits(KeyType::Ed25519, version)));
            assert!(SCHEMES.iter().all(|scheme| !scheme.fits(KeyType::RsaPss, version)));
        }
    }

    #[test]
    fn scheme_of_old_rsa_signatures_is_in_no_list() {
        assert!(SCHEMES.iter().all(|scheme| scheme.id != RSA_PKCS1_MD5_SHA1));
        assert_eq!(find(RSA_PKCS1_MD5_SHA1).unwrap().hash_nid(), 114);
    }
}
