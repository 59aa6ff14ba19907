//! HMAC over data whose end is secret (`EVP_MAC-HMAC(7)`, `tls-data-size`). Used by `record`, which must not show
//! how much of a CBC record is padding before it is known to be genuine.

use core::{
    ffi::{CStr, c_uint, c_void},
    ptr::{NonNull, null, null_mut},
};

use super::{fetched::Fetched, sys};

static HMAC: Fetched<sys::EVP_MAC> = Fetched::mac(c"HMAC");

/// `OSSL_PARAM_UNSIGNED_INTEGER`.
const UNSIGNED_INTEGER: c_uint = 2;
/// `OSSL_PARAM_UTF8_STRING`.
const UTF8_STRING: c_uint = 4;

/// Whether libcrypto's providers have HMAC.
#[must_use]
pub fn is_available() -> bool {
    HMAC.is_available()
}

/// The most bytes of a MAC.
pub const MAX_MAC_LENGTH: usize = 64;

/// An HMAC with its key, for records of which only the length with padding is public.
pub struct SecretLengthHmac(NonNull<sys::EVP_MAC_CTX>);

// SAFETY: the context is ours alone, and libcrypto does not tie it to a thread.
unsafe impl Send for SecretLengthHmac {}
// SAFETY: through a shared reference it is only copied.
unsafe impl Sync for SecretLengthHmac {}

impl SecretLengthHmac {
    /// With the digest of this name. `None` if libcrypto lacks it.
    #[must_use]
    pub fn new(digest: &CStr, key: &[u8]) -> Option<Self> {
        let algorithm = HMAC.get();
        if algorithm.is_null() {
            return None;
        }
        // SAFETY: the algorithm is valid.
        let context = NonNull::new(unsafe { sys::EVP_MAC_CTX_new(algorithm) }).map(Self)?;
        let digest = parameter(c"digest", UTF8_STRING, digest.as_ptr().cast(), digest.count_bytes());
        let parameters = [digest, end()];
        // SAFETY: the context is valid, key and parameters outlive the call.
        let started =
            unsafe { sys::EVP_MAC_init(context.0.as_ptr(), key.as_ptr(), key.len(), parameters.as_ptr()) };
        (started > 0).then_some(context)
    }

    /// The MAC of `header` and of the first `length` bytes of `data`, in a time that depends on the length of `data`
    /// alone, as long as `length` is that of `data` without a MAC and at most 256 bytes more. Its length is returned;
    /// `None` if `data` is shorter than `length`, or libcrypto failed.
    #[must_use]
    pub fn compute(
        &self,
        header: &[u8; 13],
        data: &[u8],
        length: usize,
        out: &mut [u8; MAX_MAC_LENGTH],
    ) -> Option<usize> {
        let whole = data.len();
        if length > whole {
            return None;
        }
        // A copy for each record, although it takes memory: a context that saw a record keeps its header even when it is
        // begun anew, and would authenticate the next record by that.
        // SAFETY: the context is valid.
        let copy = NonNull::new(unsafe { sys::EVP_MAC_CTX_dup(self.0.as_ptr()) }).map(Self)?;
        let context = copy.0.as_ptr();
        let size =
            parameter(c"tls-data-size", UNSIGNED_INTEGER, (&raw const whole).cast(), size_of_val(&whole));
        let parameters = [size, end()];
        let mut written = 0;
        // SAFETY: the context is valid and has a key; what it reads and writes outlives the calls. Of `data` it reads as
        // many bytes as the parameter says, all of them.
        let done = unsafe {
            sys::EVP_MAC_CTX_set_params(context, parameters.as_ptr()) > 0
                && sys::EVP_MAC_update(context, header.as_ptr(), header.len()) > 0
                && sys::EVP_MAC_update(context, data.as_ptr(), length) > 0
                && sys::EVP_MAC_final(context, out.as_mut_ptr(), &raw mut written, out.len()) > 0
        };
        done.then_some(written)
    }
}

impl Drop for SecretLengthHmac {
    fn drop(&mut self) {
        // SAFETY: it is ours.
        unsafe { sys::EVP_MAC_CTX_free(self.0.as_ptr()) };
    }
}

const fn parameter(name: &CStr, kind: c_uint, data: *const c_void, size: usize) -> sys::OSSL_PARAM {
    sys::OSSL_PARAM {
        key: name.as_ptr(),
        data_type: kind,
        data: data.cast_mut(),
        data_size: size,
        return_size: 0,
    }
}

const fn end() -> sys::OSSL_PARAM {
    sys::OSSL_PARAM { key: null(), data_type: 0, data: null_mut(), data_size: 0, return_size: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{hash::HashAlgorithm, hmac::hmac};

    #[test]
    fn computations_are_those_of_hmac() {
        for (name, hash) in [
            (c"SHA1", HashAlgorithm::Sha1),
            (c"SHA256", HashAlgorithm::Sha256),
            (c"SHA384", HashAlgorithm::Sha384),
        ] {
            let mac = SecretLengthHmac::new(name, &[7; 20]).unwrap();
            for (whole, length) in [(100, 60), (48, 0), (300, 44), (16_384 + 32, 16_384), (100, 60)] {
                let (header, data) = ([whole as u8; 13], vec![length as u8; whole]);
                let mut out = [0; MAX_MAC_LENGTH];
                let written = mac.compute(&header, &data, length, &mut out).unwrap();
                let expected = hmac(hash, &[7; 20], &[&header, &data[..length]]);
                assert_eq!(out[..written], *expected.as_ref(), "{name:?} {length} of {whole}");
            }
            assert!(mac.compute(&[0; 13], &[0; 10], 11, &mut [0; MAX_MAC_LENGTH]).is_none());
        }
    }
}
