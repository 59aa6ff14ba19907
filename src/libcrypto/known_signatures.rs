//! The signatures within the chains of peers, checked faster than libcrypto does. Used by `object::verify`.
//!
//! libcrypto builds a chain, checks its names, purposes, policies and revocation, and at last calls a function of the verification for
//! its signatures and dates (`X509_STORE_CTX_set_verify(3)`). Ours stands in its place. It says yes only where libcrypto's own
//! would: every signature was found good before, between the same two certificates, or aws-lc finds it good; every issuer may sign certificates;
//! and every certificate is in its time now. In all other cases libcrypto's function decides, and
//! says what is wrong. What is remembered does not depend on the time or on the trust anchors: that a key made a signature stays true.

use core::{ffi::c_int, ptr::NonNull};
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;

use super::{panics::contain, stack::X509Stack, sys, x509::X509};
use crate::crypto::{hash::HashAlgorithm, signature};

/// `X509_V_ERR_UNSPECIFIED`.
const UNSPECIFIED: c_int = 1;

/// How many signatures are remembered. The oldest one is forgotten.
const CAPACITY: usize = 64;

type Fingerprint = [u8; 32];

/// The SHA-256 of a certificate and of the one that signed it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Signature {
    certificate: Fingerprint,
    issuer: Fingerprint,
}

/// Signatures that were found good.
#[derive(Default)]
pub struct KnownSignatures(ArcSwap<Vec<Signature>>);

impl KnownSignatures {
    fn contains(&self, signature: &Signature) -> bool {
        self.0.load().contains(signature)
    }

    fn add(&self, found: &[Signature]) {
        if found.is_empty() {
            return;
        }
        self.0.rcu(|known| {
            let mut known = Vec::clone(known);
            for signature in found {
                if !known.contains(signature) {
                    known.push(*signature);
                }
            }
            known.drain(..known.len().saturating_sub(CAPACITY));
            Arc::new(known)
        });
    }
}

/// What our function finds in the verification that calls it.
struct Checks<'a> {
    known: &'a KnownSignatures,
    standard: sys::X509_STORE_CTX_verify_fn,
}

/// Owns the [`Checks`] of a verification, which reads them by the same pointer.
pub(super) struct Installed<'a>(NonNull<Checks<'a>>);

impl Drop for Installed<'_> {
    fn drop(&mut self) {
        // SAFETY: it came out of a box, and nobody reads it any more.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}

impl<'a> Installed<'a> {
    /// Puts our function into a verification that calls no function of the program; `None` if that is not possible.
    ///
    /// # Safety
    ///
    /// `context` is valid, and is not used after the result is gone.
    pub(super) unsafe fn install(
        context: *mut sys::X509_STORE_CTX,
        known: &'a KnownSignatures,
    ) -> Option<Self> {
        // SAFETY: the caller's promise.
        let standard = unsafe { sys::X509_STORE_CTX_get_verify(context) }?;
        let checks = Self(NonNull::from(Box::leak(Box::new(Checks { known, standard }))));
        // SAFETY: the context is valid; it gives the pointer to nobody but our function, while the checks live.
        unsafe {
            (sys::X509_STORE_CTX_set_ex_data(context, index(), checks.0.as_ptr().cast()) == 1)
                .then(|| sys::X509_STORE_CTX_set_verify(context, Some(check_signatures)))?;
        }
        Some(checks)
    }
}

/// The index under which a verification holds its [`Checks`].
fn index() -> c_int {
    static INDEX: OnceLock<c_int> = OnceLock::new();
    *INDEX.get_or_init(|| {
        let kind = sys::CRYPTO_EX_INDEX_X509_STORE_CTX;
        let name = c"known signatures".as_ptr().cast_mut().cast();
        // SAFETY: the name is a C string, and there are no functions.
        unsafe { sys::CRYPTO_get_ex_new_index(kind, 0, name, None, None, None) }
    })
}

/// What libcrypto calls when the chain is built and its certificates were looked at one by one.
unsafe extern "C" fn check_signatures(context: *mut sys::X509_STORE_CTX) -> c_int {
    // SAFETY: libcrypto passes the valid verification that this function was put into, together with the checks, which live.
    contain(|| unsafe {
        let checks = &*sys::X509_STORE_CTX_get_ex_data(context, index()).cast::<Checks<'_>>();
        let chain = X509Stack::copy_of(sys::X509_STORE_CTX_get0_chain(context));
        let chain = chain.and_then(|chain| chain.iter().map(Link::new).collect::<Option<Vec<_>>>());
        let Some(chain) = chain else { return (checks.standard)(context) };
        let plain = are_dates_of_now(context) && sys::X509_STORE_CTX_get_error(context) == 0;
        if plain && all_good(&chain, checks.known) {
            return 1;
        }
        let result = (checks.standard)(context);
        if result == 1 {
            checks.known.add(&signatures(&chain).map(|(_, _, signature)| signature).collect::<Vec<_>>());
        }
        result
    })
    .unwrap_or_else(|| {
        // SAFETY: as above.
        unsafe { sys::X509_STORE_CTX_set_error(context, UNSPECIFIED) };
        0
    })
}

/// Whether certificates must be valid now, and a trust anchor's own signature does not matter.
///
/// # Safety
///
/// `context` is valid.
unsafe fn are_dates_of_now(context: *mut sys::X509_STORE_CTX) -> bool {
    const OTHERWISE: core::ffi::c_ulong = sys::X509_V_FLAG_USE_CHECK_TIME
        | sys::X509_V_FLAG_NO_CHECK_TIME
        | sys::X509_V_FLAG_CHECK_SS_SIGNATURE;
    // SAFETY: the context is valid, and so are its parameters.
    unsafe { sys::X509_VERIFY_PARAM_get_flags(sys::X509_STORE_CTX_get0_param(context)) & OTHERWISE == 0 }
}

/// One certificate of a chain.
struct Link {
    certificate: X509,
    der: Vec<u8>,
    fingerprint: Fingerprint,
}

impl Link {
    /// `None` if libcrypto cannot write the certificate.
    fn new(certificate: X509) -> Option<Self> {
        let der = Some(certificate.to_der()).filter(|der| !der.is_empty())?;
        let mut fingerprint = [0; 32];
        fingerprint.copy_from_slice(HashAlgorithm::Sha256.digest(&der).as_ref());
        Some(Self { certificate, der, fingerprint })
    }
}

/// Each certificate of a chain but the last, with who signed it.
fn signatures(chain: &[Link]) -> impl Iterator<Item = (&Link, &Link, Signature)> {
    chain.iter().zip(chain.iter().skip(1)).map(|(link, issuer)| {
        (link, issuer, Signature { certificate: link.fingerprint, issuer: issuer.fingerprint })
    })
}

/// Whether libcrypto would find nothing wrong with these signatures and dates.
fn all_good(chain: &[Link], known: &KnownSignatures) -> bool {
    // What a chain of one certificate needs, libcrypto says.
    if chain.len() < 2 || !chain.iter().all(|link| link.certificate.is_in_time()) {
        return false;
    }
    let mut found = Vec::new();
    let good = signatures(chain).all(|(link, issuer, signature)| {
        if link.certificate.is_proxy() || !issuer.certificate.may_sign_certificates() {
            return false;
        }
        known.contains(&signature) || {
            let good = signature::is_signed_by(&link.der, &issuer.der);
            found.extend(good.then_some(signature));
            good
        }
    });
    known.add(&found);
    good
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(number: u8) -> Signature {
        Signature { certificate: [number; 32], issuer: [0; 32] }
    }

    #[test]
    fn oldest_signature_is_forgotten() {
        let known = KnownSignatures::default();
        for number in 0..=64 {
            known.add(&[signature(number), signature(number)]);
        }
        assert!(!known.contains(&signature(0)) && (1..=64).all(|number| known.contains(&signature(number))));
        assert_eq!(known.0.load().len(), CAPACITY);
    }

    #[test]
    fn signature_of_another_issuer_is_unknown() {
        let known = KnownSignatures::default();
        known.add(&[signature(1)]);
        assert!(!known.contains(&Signature { issuer: [1; 32], ..signature(1) }));
    }
}
