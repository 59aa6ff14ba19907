//! Lists that programs give as strings: TLS 1.3 suites, groups, signature schemes. Used by `object`.
//!
//! Names have `:` between them and may have white space around them.

use std::sync::Arc;

use super::library::LibraryOffer;
use crate::{
    crypto::{
        aead::AeadAlgorithm,
        signature_scheme::{SCHEMES, Scheme},
        suite::{self, SUITES, Suite},
    },
    wire::{NamedGroup, SignatureScheme},
};

/// `SSL_CTX_set_ciphersuites`. Unknown names are passed over; `None` if nothing else is there. An empty
/// string is an empty list. A program is told `SSL_R_NO_CIPHER_MATCH`.
#[must_use]
pub fn tls13_suites(text: &str) -> Option<Arc<[&'static Suite]>> {
    let suites: Arc<[_]> =
        names(text).filter_map(suite::find_by_name).filter(|suite| suite.is_tls13()).collect();
    (text.is_empty() || !suites.is_empty()).then_some(suites)
}

/// The suites of a context that sets none: all but those with CCM, as in OpenSSL.
#[must_use]
pub fn default_tls13_suites() -> Arc<[&'static Suite]> {
    let is_default = |suite: &&Suite| {
        suite.is_tls13()
            && !matches!(suite.aead(), Some(AeadAlgorithm::Aes128Ccm | AeadAlgorithm::Aes128Ccm8))
    };
    SUITES.iter().filter(is_default).collect()
}

/// Why a list is refused.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused<'a> {
    /// This name stands for nothing.
    Unknown(&'a str),
    /// A name is empty, or too long, or names what another names too.
    Malformed,
}

/// `SSL_CTX_set1_groups_list`, with the groups that providers add: no name is empty, and no group is there twice.
pub fn groups<'a>(text: &'a str, library: &LibraryOffer) -> Result<Arc<[NamedGroup]>, Refused<'a>> {
    /// The length of a name that OpenSSL has room for.
    const LONGEST: usize = 63;

    let mut groups = Vec::new();
    for name in names(text) {
        if name.is_empty() || name.len() > LONGEST {
            return Err(Refused::Malformed);
        }
        let id = library.group_by_name(name).ok_or(Refused::Unknown(name))?;
        if groups.contains(&id) {
            return Err(Refused::Malformed);
        }
        groups.push(id);
    }
    Ok(groups.into())
}

/// `SSL_CTX_set1_sigalgs_list`: `rsa_pss_rsae_sha256` or `RSA-PSS+SHA256`. `None` for an unknown name, an
/// empty one, or the same scheme twice.
#[must_use]
pub fn signature_schemes(text: &str) -> Option<Arc<[SignatureScheme]>> {
    distinct(text, |name| SCHEMES.iter().find(|scheme| is_called(scheme, name)).map(|scheme| Some(scheme.id)))
}

fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(':').map(str::trim_ascii)
}

/// The items that a list names, none of them twice. `find` says `None` for a name that is an error and
/// `Some(None)` for one that is passed over.
fn distinct<T: Copy + PartialEq>(text: &str, find: impl Fn(&str) -> Option<Option<T>>) -> Option<Arc<[T]>> {
    let mut items = Vec::new();
    for name in names(text) {
        match find(name)? {
            Some(item) if items.contains(&item) => return None,
            Some(item) => items.push(item),
            None => {}
        }
    }
    (!items.is_empty()).then(|| items.into())
}

fn is_called(scheme: &Scheme, name: &str) -> bool {
    if scheme.listed_by_name && scheme.name == name {
        return true;
    }
    let (Some(classic_name), Some((one, other))) = (scheme.classic_name, name.split_once('+')) else {
        return false;
    };
    classic_name.split_once('+').is_some_and(|(own_signature, own_hash)| {
        let is_signature = |word| word == own_signature || (word == "PSS" && own_signature == "RSA-PSS");
        let is_hash = |word| word == own_hash || word == own_hash.to_ascii_lowercase();
        (is_signature(one) && is_hash(other)) || (is_hash(one) && is_signature(other))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suite_names(text: &str) -> Option<Vec<&'static str>> {
        Some(tls13_suites(text)?.iter().map(|suite| suite.openssl_name).collect())
    }

    #[test]
    fn suites_are_taken_in_their_order() {
        let two = Some(vec!["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"]);
        assert_eq!(suite_names("TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384"), two);
        assert_eq!(suite_names("TLS_AES_128_GCM_SHA256 : TLS_AES_256_GCM_SHA384"), two);
        assert_eq!(suite_names(":TLS_AES_128_GCM_SHA256::FOO:TLS_AES_256_GCM_SHA384"), two);
    }

    #[test]
    fn empty_suites_are_an_empty_list() {
        assert_eq!(suite_names(""), Some(vec![]));
    }

    #[test]
    fn suites_without_a_known_name_fail() {
        let lower_case = "tls_aes_128_gcm_sha256";
        let comma = "TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384";
        for text in ["FOO", lower_case, comma, "ECDHE-RSA-AES128-GCM-SHA256", ":", " "] {
            assert_eq!(suite_names(text), None, "{text}");
        }
    }

    #[test]
    fn groups_are_taken_in_their_order() {
        let two = [NamedGroup::X25519, NamedGroup::SECP256R1];
        for text in ["X25519:P-256", "x25519:prime256v1", " X25519 :secp256r1"] {
            assert_eq!(groups(text, &LibraryOffer::default()).as_deref(), Ok(&two[..]), "{text}");
        }
    }

    #[test]
    fn groups_with_an_unknown_empty_or_double_name_fail() {
        for text in [
            "",
            "p-256",
            "SECP256R1",
            "?X25519",
            "X25519:FOO",
            "X25519:",
            ":X25519",
            "X25519::P-256",
            "X25519,P-256",
            "P-256:prime256v1",
            "auto",
            "FFDHE2048",
            "X25519/P-256",
            "brainpoolP256t1",
        ] {
            assert!(groups(text, &LibraryOffer::default()).is_err(), "{text}");
        }
    }

    #[test]
    fn signature_schemes_are_taken_by_both_names() {
        let rsa = [SignatureScheme::RSA_PKCS1_SHA256];
        let pss = [SignatureScheme::RSA_PSS_RSAE_SHA256];
        for (text, expected) in [
            ("RSA+SHA256", &rsa[..]),
            ("RSA+sha256", &rsa),
            (" rsa_pkcs1_sha256", &rsa),
            ("RSA-PSS+SHA256", &pss),
            ("PSS+SHA256", &pss),
            ("rsa_pss_rsae_sha256", &pss),
            ("rsa_pss_pss_sha256", &[SignatureScheme::RSA_PSS_PSS_SHA256]),
            ("ECDSA+SHA1", &[SignatureScheme::ECDSA_SHA1]),
            ("rsa_pkcs1_sha224:ed25519", &[SignatureScheme::RSA_PKCS1_SHA224, SignatureScheme::ED25519]),
            (
                "DSA+SHA256:ed448:ed25519",
                &[SignatureScheme::DSA_SHA256, SignatureScheme::ED448, SignatureScheme::ED25519],
            ),
        ] {
            assert_eq!(signature_schemes(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn signature_schemes_with_an_unknown_empty_or_double_name_fail() {
        for text in [
            "",
            "rsa+sha256",
            "Rsa+SHA256",
            "ecdsa_sha1",
            "ecdsa_sha224",
            "RSA+MD5",
            "DSA+MD5",
            "ED448",
            "rsa_pkcs1_md5_sha1",
            "RSA",
            "RSA+",
            "+SHA256",
            "FOO",
            "FOO:RSA+SHA256",
            "RSA+SHA256:",
            "RSA+SHA256::ECDSA+SHA256",
            "RSA+SHA256:rsa_pkcs1_sha256",
            "ED25519",
            "RSA_PKCS1_SHA256",
            "RSA+SHA256,ECDSA+SHA256",
            "RSA-PSS+SHA1",
            "RSA+SHA-256",
            "rsa_pss_sha256",
            "dsa_sha256",
        ] {
            assert_eq!(signature_schemes(text), None, "{text}");
        }
    }
}
