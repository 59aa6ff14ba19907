//! The AlgorithmIdentifier of a key (RFC 5280 §4.1.1.2): its kind, its curve (RFC 5480 §2.1.1), and what
//! an RSA-PSS key is restricted to (RFC 4055 §3.1). Used for public and for private keys.

use super::{KeyType, curve};
use crate::{
    crypto::{
        der::{DerReader, NULL, OBJECT_IDENTIFIER, context},
        hash::HashAlgorithm,
    },
    wire::NamedGroup,
};

/// 1.2.840.113549.1.1.1.
pub(super) const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
/// 1.2.840.113549.1.1.10.
const RSASSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10];
/// 1.2.840.113549.1.1.8.
const MGF1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8];
/// 1.2.840.10045.2.1.
pub(super) const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
/// 1.3.101.112.
const ED25519: &[u8] = &[0x2b, 101, 112];
/// 1.3.101.113.
const ED448: &[u8] = &[0x2b, 101, 113];
/// 2.16.840.1.101.3.4.3.17, FIPS 204; the last number tells which ML-DSA.
const ML_DSA_44: &[u8] = &[0x60, 0x86, 0x48, 1, 101, 3, 4, 3, 17];
const ML_DSA_65: &[u8] = &[0x60, 0x86, 0x48, 1, 101, 3, 4, 3, 18];
const ML_DSA_87: &[u8] = &[0x60, 0x86, 0x48, 1, 101, 3, 4, 3, 19];
/// 1.2.840.10040.4.1.
const DSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1];
/// 2.16.840.1.101.3.4.2: SHA-2, the last number tells which.
const SHA2: &[u8] = &[0x60, 0x86, 0x48, 1, 101, 3, 4, 2];

/// The kind of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KeyAlgorithm {
    pub(super) key_type: KeyType,
    /// Of an ECDSA key, if it names one that TLS has a number for.
    pub(super) curve: Option<NamedGroup>,
    /// Of an RSA-PSS key.
    pub(super) pss_hashes: PssHashes,
}

/// Which hashes the parameters of an RSA-PSS key leave to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PssHashes {
    /// There are no parameters: any.
    Any,
    /// One, in both of its roles, with a salt that may be as long as it is.
    Only(HashAlgorithm),
    /// Parameters that no scheme of TLS fits, or that only libcrypto understands.
    None,
}

impl PssHashes {
    pub(super) fn contain(self, hash: HashAlgorithm) -> bool {
        match self {
            Self::Any => true,
            Self::Only(only) => only == hash,
            Self::None => false,
        }
    }
}

impl KeyAlgorithm {
    /// Reads an AlgorithmIdentifier.
    pub(super) fn read(reader: &mut DerReader<'_>) -> Option<Self> {
        let mut identifier = reader.sequence()?;
        let algorithm = identifier.content(OBJECT_IDENTIFIER)?;
        let curve = if algorithm == EC_PUBLIC_KEY { read_curve(&identifier) } else { None };
        let key_type = match algorithm {
            RSA_ENCRYPTION => KeyType::Rsa,
            RSASSA_PSS => KeyType::RsaPss,
            EC_PUBLIC_KEY => match curve {
                Some(NamedGroup::SECP256R1) => KeyType::EcdsaP256,
                Some(NamedGroup::SECP384R1) => KeyType::EcdsaP384,
                Some(NamedGroup::SECP521R1) => KeyType::EcdsaP521,
                _ => KeyType::EcdsaOther,
            },
            ED25519 => KeyType::Ed25519,
            ED448 => KeyType::Ed448,
            ML_DSA_44 => KeyType::MlDsa44,
            ML_DSA_65 => KeyType::MlDsa65,
            ML_DSA_87 => KeyType::MlDsa87,
            DSA => KeyType::Dsa,
            _ => KeyType::Other,
        };
        let pss_hashes = match key_type {
            KeyType::RsaPss if !identifier.is_empty() => {
                read_pss_parameters(identifier).map_or(PssHashes::None, PssHashes::Only)
            }
            _ => PssHashes::Any,
        };
        Some(Self { key_type, curve, pss_hashes })
    }
}

/// RFC 5480 §2.1.1: TLS knows named curves only; a curve spelled out is left to libcrypto.
fn read_curve(parameters: &DerReader<'_>) -> Option<NamedGroup> {
    parameters.clone().content(OBJECT_IDENTIFIER).and_then(curve::find)
}

/// `RSASSA-PSS-params` (RFC 4055 §3.1) that fit a scheme of TLS: one SHA-2 hash for the message and the
/// mask (RFC 8446 §4.2.3), a least salt no longer than the hash, the only trailer there is.
fn read_pss_parameters(mut identifier: DerReader<'_>) -> Option<HashAlgorithm> {
    let mut parameters = identifier.sequence()?;
    identifier.finish()?;

    let hash = read_sha2(&mut DerReader::new(parameters.content(context(0))?))?;
    let mut mask = DerReader::new(parameters.content(context(1))?).sequence()?;
    (mask.content(OBJECT_IDENTIFIER)? == MGF1 && read_sha2(&mut mask)? == hash).then_some(())?;
    if let Some(salt_length) = parameters.optional(context(2))? {
        let [salt_length] = DerReader::new(salt_length).unsigned_integer()? else { return None };
        (usize::from(*salt_length) <= hash.output_length()).then_some(())?;
    }
    if let Some(trailer) = parameters.optional(context(3))? {
        (DerReader::new(trailer).unsigned_integer()? == [1]).then_some(())?;
    }
    parameters.finish()?;
    Some(hash)
}

/// An AlgorithmIdentifier of SHA-256, SHA-384 or SHA-512.
fn read_sha2(reader: &mut DerReader<'_>) -> Option<HashAlgorithm> {
    let mut identifier = reader.sequence()?;
    let hash = match identifier.content(OBJECT_IDENTIFIER)?.strip_prefix(SHA2)? {
        [1] => HashAlgorithm::Sha256,
        [2] => HashAlgorithm::Sha384,
        [3] => HashAlgorithm::Sha512,
        _ => return None,
    };
    identifier.optional(NULL)?;
    identifier.finish()?;
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::der::{INTEGER, SEQUENCE};

    fn wrapped(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
        let content = contents.concat();
        [&[tag, content.len() as u8], content.as_slice()].concat()
    }

    fn sha2(number: u8) -> Vec<u8> {
        wrapped(SEQUENCE, &[&wrapped(OBJECT_IDENTIFIER, &[SHA2, &[number]])])
    }

    fn pss(parameters: &[&[u8]]) -> PssHashes {
        let parameters = wrapped(SEQUENCE, parameters);
        let bytes = wrapped(SEQUENCE, &[&wrapped(OBJECT_IDENTIFIER, &[RSASSA_PSS]), &parameters]);
        KeyAlgorithm::read(&mut DerReader::new(&bytes)).unwrap().pss_hashes
    }

    fn hash(number: u8) -> Vec<u8> {
        wrapped(context(0), &[&sha2(number)])
    }

    fn mask(number: u8) -> Vec<u8> {
        let mgf1 = wrapped(SEQUENCE, &[&wrapped(OBJECT_IDENTIFIER, &[MGF1]), &sha2(number)]);
        wrapped(context(1), &[&mgf1])
    }

    fn number(tag: u8, value: u8) -> Vec<u8> {
        wrapped(tag, &[&wrapped(INTEGER, &[&[value]])])
    }

    #[test]
    fn pss_parameters_of_a_tls_scheme_restrict_to_its_hash() {
        let sha256 = PssHashes::Only(HashAlgorithm::Sha256);
        assert_eq!(pss(&[&hash(1), &mask(1)]), sha256);
        assert_eq!(pss(&[&hash(1), &mask(1), &number(context(2), 32)]), sha256);
        assert_eq!(pss(&[&hash(1), &mask(1), &number(context(2), 20), &number(context(3), 1)]), sha256);
        assert_eq!(pss(&[&hash(3), &mask(3)]), PssHashes::Only(HashAlgorithm::Sha512));
    }

    #[test]
    fn pss_parameters_that_fit_no_scheme_leave_no_hash() {
        for parameters in [
            vec![],
            vec![hash(1)],
            vec![hash(1), mask(2)],
            vec![hash(4), mask(4)],
            vec![hash(1), mask(1), number(context(2), 33)],
            vec![hash(1), mask(1), number(context(3), 2)],
            vec![hash(1), mask(1), number(context(4), 1)],
            vec![mask(1), hash(1)],
        ] {
            let parameters: Vec<&[u8]> = parameters.iter().map(Vec::as_slice).collect();
            assert_eq!(pss(&parameters), PssHashes::None, "{parameters:?}");
        }
    }

    #[test]
    fn pss_without_parameters_has_any_hash() {
        let bytes = wrapped(SEQUENCE, &[&wrapped(OBJECT_IDENTIFIER, &[RSASSA_PSS])]);
        let algorithm = KeyAlgorithm::read(&mut DerReader::new(&bytes)).unwrap();
        assert_eq!(
            algorithm,
            KeyAlgorithm { key_type: KeyType::RsaPss, curve: None, pss_hashes: PssHashes::Any }
        );
    }

    #[test]
    fn unknown_algorithm_is_other() {
        let bytes = wrapped(SEQUENCE, &[&wrapped(OBJECT_IDENTIFIER, &[&[0x2a, 3, 4]])]);
        assert_eq!(KeyAlgorithm::read(&mut DerReader::new(&bytes)).unwrap().key_type, KeyType::Other);
    }
}
