//! The digests that aws-lc-rs lacks and TLS 1.0 and 1.1 are built on: MD5, and MD5 beside SHA-1
//! (`EVP_DigestInit(3)`). Used by `crypto::hash`.

use super::{fetched::Fetched, sys};

/// A digest of libcrypto.
pub type Algorithm = Fetched<sys::EVP_MD>;

/// MD5 (RFC 1321).
pub static MD5: Algorithm = Algorithm::digest(c"MD5");
/// MD5 and SHA-1 of the same bytes, one after the other (RFC 4346 §7.4.3).
pub static MD5_SHA1: Algorithm = Algorithm::digest(c"MD5-SHA1");

/// A running digest; a clone forks it.
pub struct RunningDigest(*mut sys::EVP_MD_CTX);

// SAFETY: the context is ours alone, and libcrypto does not tie it to a thread.
unsafe impl Send for RunningDigest {}
// SAFETY: through a shared reference it is only copied.
unsafe impl Sync for RunningDigest {}

impl RunningDigest {
    /// Begins.
    ///
    /// # Panics
    ///
    /// If memory ran out, or libcrypto lacks the digest: a version that needs it is not negotiated then
    /// ([`Algorithm::is_available`]).
    #[must_use]
    pub fn start(algorithm: &Algorithm) -> Self {
        let running = Self::empty();
        // SAFETY: the context is ours; a null digest or engine is allowed, the former fails.
        let started = unsafe { sys::EVP_DigestInit_ex(running.0, algorithm.get(), core::ptr::null_mut()) };
        assert_eq!(started, 1, "libcrypto lacks {:?}", algorithm.name());
        running
    }

    /// Adds `data`.
    ///
    /// # Panics
    ///
    /// If libcrypto fails, which it has no reason to.
    pub fn update(&mut self, data: &[u8]) {
        // SAFETY: the context is ours and was started, and `data` holds as many bytes as are announced.
        let updated = unsafe { sys::EVP_DigestUpdate(self.0, data.as_ptr().cast(), data.len()) };
        assert_eq!(updated, 1, "libcrypto cannot go on with a digest");
    }

    /// Ends, and writes the output into the beginning of `out`; returns its length.
    ///
    /// # Panics
    ///
    /// If libcrypto fails, which it has no reason to.
    #[must_use]
    pub fn finish(self, out: &mut [u8; 64]) -> usize {
        let mut length = 0;
        // SAFETY: the context is ours and was started; no digest is longer than EVP_MAX_MD_SIZE, 64.
        let finished = unsafe { sys::EVP_DigestFinal_ex(self.0, out.as_mut_ptr(), &raw mut length) };
        assert_eq!(finished, 1, "libcrypto cannot finish a digest");
        length as usize
    }

    fn empty() -> Self {
        // SAFETY: it takes no argument.
        let context = unsafe { sys::EVP_MD_CTX_new() };
        assert!(!context.is_null(), "no memory for a digest");
        Self(context)
    }
}

impl Clone for RunningDigest {
    fn clone(&self) -> Self {
        let copy = Self::empty();
        // SAFETY: both contexts are ours, and this one was started.
        let copied = unsafe { sys::EVP_MD_CTX_copy_ex(copy.0, self.0) };
        assert_eq!(copied, 1, "libcrypto cannot fork a digest");
        copy
    }
}

impl Drop for RunningDigest {
    fn drop(&mut self) {
        // SAFETY: the context is ours.
        unsafe { sys::EVP_MD_CTX_free(self.0) };
    }
}
