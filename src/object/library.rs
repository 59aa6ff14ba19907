//! What a program's library context offers (`SSL_CTX_new_ex(3)`). Asked when a context is made.

use core::ffi::CStr;
use std::sync::Arc;

use arc_swap::ArcSwapOption;

use crate::{
    crypto::{
        aead::AeadAlgorithm,
        cbc::CbcAlgorithm,
        group::{self, GROUPS},
        hash::HashAlgorithm,
        signature_scheme::{SCHEMES, Scheme, SignatureAlgorithm},
        suite::{Authentication, BulkCipher, KeyExchangeAlgorithm, MacAlgorithm, SUITES, Suite},
    },
    libcrypto::{
        library::{Library, Standing},
        mac,
        provided_group::ProvidedGroup,
    },
    policy::library::LibraryOffer,
    wire::NamedGroup,
};

/// What of all that we have a library context lacks, and which groups it adds. Programs make contexts by the thousand: what the
/// process's own library context offers is asked again only after something changed in it.
#[must_use]
pub fn offer(library: &Library) -> Arc<LibraryOffer> {
    static LAST: ArcSwapOption<(Standing, Arc<LibraryOffer>)> = ArcSwapOption::const_empty();
    let Some(standing) = library.standing() else { return Arc::new(ask(library)) };
    if let Some(last) = LAST.load().as_ref().filter(|last| last.0 == standing) {
        return Arc::clone(&last.1);
    }
    let offer = Arc::new(ask(library));
    // A group of a provider would keep it from being unloaded.
    if offer.groups.is_empty() {
        LAST.store(Some(Arc::new((standing, Arc::clone(&offer)))));
    }
    offer
}

fn ask(library: &Library) -> LibraryOffer {
    let announced = library.groups();
    let mut known = Known { library, answers: Vec::new() };
    let missing_suites =
        SUITES.iter().filter(|suite| !known.has_suite(suite)).map(|suite| suite.id).collect();
    let missing_groups =
        GROUPS.iter().map(|group| group.id).filter(|group| !has_group(library, &announced, *group)).collect();
    let missing_schemes =
        SCHEMES.iter().filter(|scheme| !known.has_scheme(scheme)).map(|scheme| scheme.id).collect();
    let has_hybrid_keys = library.has_key_type(c"X25519MLKEM768");
    let is_new = |provided: &ProvidedGroup| group::find(provided.id()).is_none();
    let groups = announced.into_iter().filter(is_new).map(Arc::new).collect();
    LibraryOffer {
        library: library.clone(),
        missing_suites,
        missing_groups,
        missing_schemes,
        has_hybrid_keys,
        groups,
    }
}

/// Whether a provider announces the group. A hybrid is ours alone where libcrypto does not know it: it is there if its other
/// half is, unless the program chose among libcrypto's implementations.
fn has_group(library: &Library, announced: &[ProvidedGroup], group: NamedGroup) -> bool {
    let has = |group| announced.iter().any(|provided| provided.id() == group);
    let half = match group {
        NamedGroup::X25519MLKEM768 => NamedGroup::X25519,
        NamedGroup::SECP256R1MLKEM768 => NamedGroup::SECP256R1,
        NamedGroup::SECP384R1MLKEM1024 => NamedGroup::SECP384R1,
        plain => return has(plain),
    };
    has(group) || (!library.is_selective() && has(half))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Cipher,
    Digest,
    KeyType,
    KeyExchange,
    Signature,
}

/// The answers so far: many suites share few algorithms.
struct Known<'a> {
    library: &'a Library,
    answers: Vec<(Kind, &'static CStr, bool)>,
}

impl Known<'_> {
    fn has(&mut self, kind: Kind, name: &'static CStr) -> bool {
        let known = self.answers.iter().find(|(other, its_name, _)| *other == kind && *its_name == name);
        if let Some((_, _, answer)) = known {
            return *answer;
        }
        let answer = match kind {
            Kind::Cipher => self.library.has_cipher(name),
            Kind::Digest => self.library.has_digest(name),
            Kind::KeyType => self.library.has_key_type(name),
            Kind::KeyExchange => self.library.has_key_exchange(name),
            Kind::Signature => self.library.has_signature(name),
        };
        self.answers.push((kind, name, answer));
        answer
    }

    fn has_suite(&mut self, suite: &Suite) -> bool {
        let cipher = cipher_name(suite.bulk).is_none_or(|name| self.has(Kind::Cipher, name));
        let mac = suite.mac.map(mac_digest).is_none_or(|hash| self.has(Kind::Digest, digest_name(hash)));
        let exchange = exchange_name(suite.key_exchange).is_none_or(|name| self.has(Kind::KeyExchange, name));
        let signature =
            signature_name(suite.authentication).is_none_or(|name| self.has(Kind::Signature, name));
        let records = cipher && mac && is_computable(suite);
        records && exchange && signature && self.has(Kind::Digest, digest_name(suite.hash))
    }

    fn has_scheme(&mut self, scheme: &Scheme) -> bool {
        let key_type = match scheme.signature {
            SignatureAlgorithm::RsaPkcs1 => c"RSA",
            // As OpenSSL asks, although the keys are of the other kind.
            SignatureAlgorithm::RsaPssRsae | SignatureAlgorithm::RsaPssPss => c"RSA-PSS",
            SignatureAlgorithm::Ecdsa => c"EC",
            SignatureAlgorithm::Ed25519 => c"ED25519",
            SignatureAlgorithm::Ed448 => c"ED448",
            SignatureAlgorithm::MlDsa44 => c"ML-DSA-44",
            SignatureAlgorithm::MlDsa65 => c"ML-DSA-65",
            SignatureAlgorithm::MlDsa87 => c"ML-DSA-87",
            SignatureAlgorithm::Dsa => c"DSA",
        };
        self.has(Kind::KeyType, key_type)
            && scheme.hash.is_none_or(|hash| self.has(Kind::Digest, digest_name(hash)))
    }
}

/// Whether what aws-lc-rs lacks of it is there: that is fetched in the default context, once for all (`libcrypto::fetched`).
fn is_computable(suite: &Suite) -> bool {
    let mac = |mac| mac::is_available() && mac_digest(mac).is_available();
    suite.mac.is_none_or(mac)
        && match suite.bulk {
            BulkCipher::Aead(algorithm) => algorithm.is_available(),
            BulkCipher::Cbc(algorithm) => algorithm.is_available(),
            BulkCipher::Null => true,
        }
}

/// `None`: nothing is encrypted.
const fn cipher_name(bulk: BulkCipher) -> Option<&'static CStr> {
    Some(match bulk {
        BulkCipher::Aead(AeadAlgorithm::Aes128Gcm) => c"AES-128-GCM",
        BulkCipher::Aead(AeadAlgorithm::Aes256Gcm) => c"AES-256-GCM",
        BulkCipher::Aead(AeadAlgorithm::ChaCha20Poly1305) => c"ChaCha20-Poly1305",
        BulkCipher::Aead(AeadAlgorithm::Aes128Ccm | AeadAlgorithm::Aes128Ccm8) => c"AES-128-CCM",
        BulkCipher::Aead(AeadAlgorithm::Aes256Ccm | AeadAlgorithm::Aes256Ccm8) => c"AES-256-CCM",
        BulkCipher::Aead(AeadAlgorithm::Aria128Gcm) => c"ARIA-128-GCM",
        BulkCipher::Aead(AeadAlgorithm::Aria256Gcm) => c"ARIA-256-GCM",
        BulkCipher::Cbc(CbcAlgorithm::Aes128) => c"AES-128-CBC",
        BulkCipher::Cbc(CbcAlgorithm::Aes256) => c"AES-256-CBC",
        BulkCipher::Cbc(CbcAlgorithm::Camellia128) => c"CAMELLIA-128-CBC",
        BulkCipher::Cbc(CbcAlgorithm::Camellia256) => c"CAMELLIA-256-CBC",
        BulkCipher::Null => return None,
    })
}

/// How a suite's secret is agreed on; `None`: not by keys, or by the group, which has to be there itself.
const fn exchange_name(exchange: KeyExchangeAlgorithm) -> Option<&'static CStr> {
    match exchange {
        KeyExchangeAlgorithm::Dhe | KeyExchangeAlgorithm::DhePsk => Some(c"DH"),
        KeyExchangeAlgorithm::Ecdhe | KeyExchangeAlgorithm::EcdhePsk => Some(c"ECDH"),
        _ => None,
    }
}

/// What signs it; RSA is asked for by the signature schemes alone, as in OpenSSL.
const fn signature_name(authentication: Authentication) -> Option<&'static CStr> {
    match authentication {
        Authentication::Dss => Some(c"DSA"),
        Authentication::Ecdsa => Some(c"ECDSA"),
        _ => None,
    }
}

const fn mac_digest(mac: MacAlgorithm) -> HashAlgorithm {
    match mac {
        MacAlgorithm::Md5 => HashAlgorithm::Md5,
        MacAlgorithm::Sha1 => HashAlgorithm::Sha1,
        MacAlgorithm::Sha256 => HashAlgorithm::Sha256,
        MacAlgorithm::Sha384 => HashAlgorithm::Sha384,
    }
}

const fn digest_name(hash: HashAlgorithm) -> &'static CStr {
    match hash {
        HashAlgorithm::Md5 => c"MD5",
        HashAlgorithm::Md5Sha1 => c"MD5-SHA1",
        HashAlgorithm::Sha1 => c"SHA1",
        HashAlgorithm::Sha224 => c"SHA224",
        HashAlgorithm::Sha256 => c"SHA256",
        HashAlgorithm::Sha384 => c"SHA384",
        HashAlgorithm::Sha512 => c"SHA512",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::SignatureScheme;

    #[test]
    fn default_library_lacks_nothing() {
        let offer = offer(&Library::default());
        assert!(offer.missing_suites.is_empty(), "{:?}", offer.missing_suites);
        assert!(offer.missing_groups.is_empty());
        // libcrypto has ML-DSA from 3.5 on: all three or none.
        assert!(
            offer.missing_schemes.is_empty()
                || offer.missing_schemes
                    == [SignatureScheme::MLDSA65, SignatureScheme::MLDSA87, SignatureScheme::MLDSA44]
        );
    }

    #[test]
    fn query_that_nothing_fits_leaves_nothing() {
        // SAFETY: null stands for the default context.
        let library = unsafe { Library::new(core::ptr::null_mut(), Some(c"provider=none")) };
        let offer = offer(&library);
        assert_eq!(offer.missing_suites.len(), SUITES.len());
        assert_eq!((offer.missing_groups.len(), offer.missing_schemes.len()), (GROUPS.len(), SCHEMES.len()));
    }
}
