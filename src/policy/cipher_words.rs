//! The words of the cipher-string language (`openssl-ciphers(1)`), each of which stands for a set of suites. Used by
//! `cipher_string`.

use crate::{
    crypto::{
        aead::AeadAlgorithm as Aead,
        cbc::CbcAlgorithm as Cbc,
        suite::{
            Authentication, BulkCipher, KeyExchangeAlgorithm as KeyExchange, MacAlgorithm, SUITES, Suite,
        },
    },
    wire::ProtocolVersion,
};

/// Whether a word, an alias or OpenSSL's name of a suite, stands for this suite.
pub fn matches(suite: &Suite, word: &str) -> bool {
    let is_null = matches!(suite.bulk, BulkCipher::Null);
    let is_anonymous = suite.authentication == Authentication::Null;
    let key_exchange = |wanted| suite.key_exchange == wanted;
    match word {
        "ALL" => !is_null,
        "COMPLEMENTOFALL" | "eNULL" | "NULL" => is_null,
        "COMPLEMENTOFDEFAULT" => !is_null && !is_default(suite),
        "HIGH" => !is_null,
        "FIPS" => is_aes(suite, |_| true) && !is_ccm(suite) && suite.key_exchange != KeyExchange::Srp,

        "RSA" | "kRSA" => key_exchange(KeyExchange::Rsa),
        "DHE" | "EDH" => key_exchange(KeyExchange::Dhe) && !is_anonymous,
        "kDHE" | "kEDH" | "DH" => key_exchange(KeyExchange::Dhe),
        "ADH" => key_exchange(KeyExchange::Dhe) && is_anonymous,
        "ECDHE" | "EECDH" => key_exchange(KeyExchange::Ecdhe) && !is_anonymous,
        "kECDHE" | "kEECDH" | "ECDH" => key_exchange(KeyExchange::Ecdhe),
        "AECDH" => key_exchange(KeyExchange::Ecdhe) && is_anonymous,
        "kPSK" => key_exchange(KeyExchange::Psk),
        "kRSAPSK" => key_exchange(KeyExchange::RsaPsk),
        "kDHEPSK" => key_exchange(KeyExchange::DhePsk),
        "kECDHEPSK" => key_exchange(KeyExchange::EcdhePsk),
        "PSK" => matches!(
            suite.key_exchange,
            KeyExchange::Psk | KeyExchange::RsaPsk | KeyExchange::DhePsk | KeyExchange::EcdhePsk
        ),
        "SRP" | "kSRP" => key_exchange(KeyExchange::Srp),

        "aRSA" => suite.authentication == Authentication::Rsa,
        "aECDSA" | "ECDSA" => suite.authentication == Authentication::Ecdsa,
        "aDSS" | "DSS" => suite.authentication == Authentication::Dss,
        "aPSK" => suite.authentication == Authentication::Psk,
        "aSRP" => suite.authentication == Authentication::Srp,
        "aNULL" => is_anonymous,

        "AES" => is_aes(suite, |_| true),
        "AES128" => is_aes(suite, |bits| bits == 128),
        "AES256" => is_aes(suite, |bits| bits == 256),
        "AESGCM" => matches!(suite.aead(), Some(Aead::Aes128Gcm | Aead::Aes256Gcm)),
        "AESCCM" => is_ccm(suite),
        "AESCCM8" => matches!(suite.aead(), Some(Aead::Aes128Ccm8 | Aead::Aes256Ccm8)),
        "ARIA" | "ARIAGCM" => is_aria(suite),
        "ARIA128" => suite.aead() == Some(Aead::Aria128Gcm),
        "ARIA256" => suite.aead() == Some(Aead::Aria256Gcm),
        "CAMELLIA" => is_camellia(suite),
        "CAMELLIA128" => matches!(suite.bulk, BulkCipher::Cbc(Cbc::Camellia128)),
        "CAMELLIA256" => matches!(suite.bulk, BulkCipher::Cbc(Cbc::Camellia256)),
        "CHACHA20" => suite.aead() == Some(Aead::ChaCha20Poly1305),
        "CBC" => matches!(suite.bulk, BulkCipher::Cbc(_)),

        "MD5" => suite.mac == Some(MacAlgorithm::Md5),
        "SHA1" | "SHA" => suite.mac == Some(MacAlgorithm::Sha1),
        "SHA256" => suite.mac == Some(MacAlgorithm::Sha256),
        "SHA384" => suite.mac == Some(MacAlgorithm::Sha384),

        "SSLv3" => suite.min_version == ProtocolVersion::SSL3,
        "TLSv1" | "TLSv1.0" => suite.min_version == ProtocolVersion::TLS1_0,
        "TLSv1.2" => suite.min_version == ProtocolVersion::TLS1_2,
        name => suite.openssl_name == name,
    }
}

/// Whether a word is one of the language, if only for suites that nobody has any more.
pub fn is_known(word: &str) -> bool {
    matches!(word, "LOW" | "MEDIUM" | "3DES")
        || SUITES.iter().any(|suite| !suite.is_tls13() && matches(suite, word))
}

/// What a word may say of a suite.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Attribute {
    KeyExchange,
    Authentication,
    Encryption,
    Mac,
    Version,
}

impl Attribute {
    const ALL: [Self; 5] =
        [Self::KeyExchange, Self::Authentication, Self::Encryption, Self::Mac, Self::Version];

    /// Whether two suites are the same in this.
    fn is_same(self, one: &Suite, other: &Suite) -> bool {
        match self {
            Self::KeyExchange => one.key_exchange == other.key_exchange,
            Self::Authentication => one.authentication == other.authentication,
            Self::Encryption => one.bulk == other.bulk,
            Self::Mac => one.mac == other.mac,
            Self::Version => one.min_version == other.min_version,
        }
    }

    /// Whether a word says anything of it. A suite's name says all but the version.
    fn is_said_by(self, word: &str) -> bool {
        match word {
            "RSA" | "DHE" | "EDH" | "ADH" | "ECDHE" | "EECDH" | "AECDH" => {
                matches!(self, Self::KeyExchange | Self::Authentication)
            }
            "kRSA" | "kDHE" | "kEDH" | "DH" | "kECDHE" | "kEECDH" | "ECDH" | "kPSK" | "kRSAPSK"
            | "kDHEPSK" | "kECDHEPSK" | "PSK" | "SRP" | "kSRP" => self == Self::KeyExchange,
            "aRSA" | "aECDSA" | "ECDSA" | "aDSS" | "DSS" | "aPSK" | "aSRP" | "aNULL" => {
                self == Self::Authentication
            }
            "MD5" | "SHA1" | "SHA" | "SHA256" | "SHA384" => self == Self::Mac,
            "SSLv3" | "TLSv1" | "TLSv1.0" | "TLSv1.2" => self == Self::Version,
            "HIGH" | "MEDIUM" | "LOW" | "FIPS" | "COMPLEMENTOFDEFAULT" => false,
            word if SUITES.iter().any(|suite| suite.openssl_name == word) => self != Self::Version,
            _ => self == Self::Encryption,
        }
    }
}

/// Whether no suite at all could be what these words say of some attribute, whether or not they leave a suite.
pub fn exclude_each_other(words: &[&str]) -> bool {
    Attribute::ALL.iter().any(|attribute| {
        let mut said = words.iter().filter(|word| attribute.is_said_by(word));
        let of = |word: &str| -> Vec<&Suite> { SUITES.iter().filter(|suite| matches(suite, word)).collect() };
        let Some(first) = said.next() else { return false };
        let mut left = of(first);
        said.any(|word| {
            let theirs = of(word);
            left.retain(|suite| theirs.iter().any(|other| attribute.is_same(suite, other)));
            left.is_empty()
        })
    })
}

/// Whether `DEFAULT` has it.
pub fn is_default(suite: &Suite) -> bool {
    !matches!(suite.bulk, BulkCipher::Null)
        && !matches!(suite.authentication, Authentication::Null | Authentication::Dss)
        && !is_ccm(suite)
        && !is_aria(suite)
        && !is_camellia(suite)
}

fn is_aes(suite: &Suite, has_bits: impl Fn(u16) -> bool) -> bool {
    let is_gcm = matches!(suite.aead(), Some(Aead::Aes128Gcm | Aead::Aes256Gcm));
    let is_cbc = matches!(suite.bulk, BulkCipher::Cbc(Cbc::Aes128 | Cbc::Aes256));
    (is_gcm || is_cbc || is_ccm(suite)) && has_bits(suite.strength_bits())
}

fn is_ccm(suite: &Suite) -> bool {
    matches!(suite.aead(), Some(Aead::Aes128Ccm | Aead::Aes256Ccm | Aead::Aes128Ccm8 | Aead::Aes256Ccm8))
}

fn is_aria(suite: &Suite) -> bool {
    matches!(suite.aead(), Some(Aead::Aria128Gcm | Aead::Aria256Gcm))
}

fn is_camellia(suite: &Suite) -> bool {
    matches!(suite.bulk, BulkCipher::Cbc(Cbc::Camellia128 | Cbc::Camellia256))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many suites `openssl ciphers -s -tls1_2 WORD:@SECLEVEL=0` lists without PSK and SRP.
    #[test]
    fn words_stand_for_as_many_suites_as_in_openssl() {
        let plain = |suite: &&Suite| !suite.is_tls13() && !matches(suite, "PSK") && !matches(suite, "SRP");
        for (word, count) in [
            ("ALL", 83),
            ("COMPLEMENTOFALL", 6),
            ("COMPLEMENTOFDEFAULT", 56),
            ("HIGH", 83),
            ("FIPS", 38),
            ("SHA", 26),
            ("SHA256", 21),
            ("SHA384", 4),
            ("MD5", 1),
            ("SSLv3", 18),
            ("TLSv1", 9),
            ("TLSv1.2", 62),
            ("RSA", 19),
            ("aRSA", 48),
            ("DH", 39),
            ("DHE", 29),
            ("ADH", 10),
            ("AECDH", 3),
            ("aNULL", 13),
            ("ECDH", 31),
            ("eNULL", 6),
            ("DSS", 12),
            ("AES", 50),
            ("AESGCM", 12),
            ("AESCCM", 12),
            ("AESCCM8", 6),
            ("AES128", 25),
            ("CAMELLIA", 20),
            ("ARIA", 10),
            ("ARIA128", 5),
            ("CHACHA20", 3),
            ("CBC", 46),
        ] {
            let found = SUITES.iter().filter(plain).filter(|suite| matches(suite, word)).count();
            assert_eq!(found, count, "{word}");
        }
        assert_eq!(SUITES.iter().filter(plain).filter(|suite| is_default(suite)).count(), 27);
    }

    /// How many suites of TLS 1.2 and below `openssl ciphers WORD` lists.
    #[test]
    fn words_about_keys_and_passwords_stand_for_as_many_suites_as_in_openssl() {
        for (word, count) in [
            ("ALL", 137),
            ("COMPLEMENTOFDEFAULT", 80),
            ("FIPS", 60),
            ("aRSA", 64),
            ("PSK", 60),
            ("kPSK", 18),
            ("kECDHEPSK", 10),
            ("kDHEPSK", 18),
            ("kRSAPSK", 14),
            ("aPSK", 46),
            ("SRP", 6),
            ("aSRP", 2),
            ("3DES", 0),
            ("RC4", 0),
            ("kGOST", 0),
            ("LOW", 0),
        ] {
            let found = SUITES.iter().filter(|suite| !suite.is_tls13() && matches(suite, word)).count();
            assert_eq!(found, count, "{word}");
        }
    }
}
