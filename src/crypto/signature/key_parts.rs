//! The numbers in a private key's DER: RSA (RFC 8017 §A.1.2) and ECDSA on the curves of NIST (RFC 5915 §3), each by itself or in
//! PKCS#8 (RFC 5208 §5). Used by `libcrypto::plain_key`.
//!
//! Only what is written in the common way is read.

use super::{
    curve,
    key_algorithm::{EC_PUBLIC_KEY, RSA_ENCRYPTION},
};
use crate::{
    crypto::der::{BIT_STRING, DerReader, NULL, OBJECT_IDENTIFIER, OCTET_STRING, context},
    wire::NamedGroup,
};

/// What a private key consists of, big-endian.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum KeyParts<'a> {
    /// Modulus, public and private exponent, both primes, both exponents for them, coefficient.
    Rsa([&'a [u8]; 8]),
    /// On a curve, the private number and the public point.
    Ecdsa { curve: NamedGroup, private: &'a [u8], public: &'a [u8] },
}

impl<'a> KeyParts<'a> {
    /// From the section of a PEM file with this label.
    pub(crate) fn of_section(label: &[u8], der: &'a [u8]) -> Option<Self> {
        match label {
            b"PRIVATE KEY" => Self::from_pkcs8(der),
            b"RSA PRIVATE KEY" => rsa(der),
            b"EC PRIVATE KEY" => ecdsa(der, None),
            _ => None,
        }
    }

    fn from_pkcs8(der: &'a [u8]) -> Option<Self> {
        let mut info = sequence(der)?;
        (info.integer()? == 0).then_some(())?;
        let mut algorithm = info.sequence()?;
        let inner = info.content(OCTET_STRING)?;
        info.finish()?;
        match algorithm.content(OBJECT_IDENTIFIER)? {
            RSA_ENCRYPTION => {
                algorithm.content(NULL)?.is_empty().then_some(())?;
                algorithm.finish()?;
                rsa(inner)
            }
            EC_PUBLIC_KEY => ecdsa(inner, Some(curve(algorithm)?)),
            _ => None,
        }
    }
}

/// A SEQUENCE and nothing behind it.
fn sequence(der: &[u8]) -> Option<DerReader<'_>> {
    let mut reader = DerReader::new(der);
    let content = reader.sequence()?;
    reader.finish()?;
    Some(content)
}

/// `RSAPrivateKey` of two primes.
fn rsa(der: &[u8]) -> Option<KeyParts<'_>> {
    let mut key = sequence(der)?;
    (key.integer()? == 0).then_some(())?;
    let mut parts = [&[][..]; 8];
    for part in &mut parts {
        *part = key.unsigned_integer().filter(|number| !number.is_empty())?;
    }
    key.finish()?;
    Some(KeyParts::Rsa(parts))
}

/// `ECPrivateKey` with its public point, on the curve that PKCS#8 names or that it names itself.
fn ecdsa(der: &[u8], outer: Option<NamedGroup>) -> Option<KeyParts<'_>> {
    let mut key = sequence(der)?;
    (key.integer()? == 1).then_some(())?;
    let private = key.content(OCTET_STRING)?;
    let named = match key.optional(context(0))? {
        Some(parameters) => Some(curve(DerReader::new(parameters))?),
        None => None,
    };
    let mut point = DerReader::new(key.content(context(1))?);
    key.finish()?;
    let [0, public @ ..] = point.content(BIT_STRING)? else { return None };
    point.finish()?;

    let curve = match (outer, named) {
        (Some(outer), Some(named)) if outer != named => return None,
        (outer, named) => outer.or(named)?,
    };
    let size = match curve {
        NamedGroup::SECP256R1 => 32,
        NamedGroup::SECP384R1 => 48,
        NamedGroup::SECP521R1 => 66,
        _ => return None,
    };
    // SEC 1 §2.3.3: a point that is not compressed begins with 4.
    let is_whole = private.len() == size && public.len() == 2 * size + 1 && public.first() == Some(&4);
    is_whole.then_some(KeyParts::Ecdsa { curve, private, public })
}

/// The curve that `ECParameters` name.
fn curve(mut parameters: DerReader<'_>) -> Option<NamedGroup> {
    let name = parameters.content(OBJECT_IDENTIFIER)?;
    parameters.finish()?;
    curve::find(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::signature::test_data::openssl;

    #[test]
    fn both_forms_have_the_same_parts() {
        for (name, label) in [("rsa2048", &b"RSA PRIVATE KEY"[..]), ("p256", b"EC PRIVATE KEY")] {
            let (traditional, pkcs8) =
                (openssl(&format!("traditional_{name}")), openssl(&format!("pkcs8_{name}")));
            let parts = KeyParts::of_section(label, &traditional);
            assert!(parts.is_some(), "{name}");
            assert_eq!(KeyParts::of_section(b"PRIVATE KEY", &pkcs8), parts, "{name}");
        }
        for name in ["p384", "p521"] {
            assert!(
                KeyParts::of_section(b"EC PRIVATE KEY", &openssl(&format!("traditional_{name}"))).is_some()
            );
        }
    }

    #[test]
    fn other_keys_are_none() {
        for name in ["pss", "pss_sha384"] {
            assert_eq!(KeyParts::of_section(b"PRIVATE KEY", &openssl(&format!("pkcs8_{name}"))), None);
        }
        assert_eq!(KeyParts::of_section(b"PRIVATE KEY", &openssl("traditional_ed25519")), None);
        assert_eq!(KeyParts::of_section(b"ENCRYPTED PRIVATE KEY", &openssl("pkcs8_rsa2048")), None);
        assert_eq!(KeyParts::of_section(b"RSA PRIVATE KEY", &openssl("traditional_p256")), None);
        assert_eq!(KeyParts::of_section(b"EC PRIVATE KEY", &openssl("traditional_rsa2048")), None);
    }

    #[test]
    fn what_is_cut_or_longer_is_none() {
        for (label, name) in [
            (&b"RSA PRIVATE KEY"[..], "traditional_rsa2048"),
            (b"EC PRIVATE KEY", "traditional_p256"),
            (b"PRIVATE KEY", "pkcs8_rsa2048"),
            (b"PRIVATE KEY", "pkcs8_p256"),
        ] {
            let key = openssl(name);
            for length in 0..key.len() {
                assert_eq!(KeyParts::of_section(label, &key[..length]), None, "{name} {length}");
            }
            assert_eq!(KeyParts::of_section(label, &[&key[..], &[0]].concat()), None, "{name}");
        }
    }
}
