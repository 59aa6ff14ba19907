//! AES-GCM with the ciphertext in two pieces, which aws-lc-rs has no form for: AWS-LC's own `EVP_DecryptUpdate`. Used by
//! `crypto::aead`, for records of which the program's buffer takes all but the content type.

use core::{ffi::c_int, ptr::NonNull, ptr::null_mut};

use aws_lc_sys as aws_lc;

/// A key for opening records.
pub struct GcmInPieces(NonNull<aws_lc::EVP_CIPHER_CTX>);

// SAFETY: the context is ours alone, and AWS-LC does not tie it to a thread.
unsafe impl Send for GcmInPieces {}
// SAFETY: through a shared reference nothing can be done with it.
unsafe impl Sync for GcmInPieces {}

impl GcmInPieces {
    /// The length of a nonce in bytes.
    const NONCE: usize = 12;

    /// With a key of 16 or 32 bytes; `None` for another length, or when memory is out.
    #[must_use]
    pub fn new(key: &[u8]) -> Option<Self> {
        // SAFETY: these take no argument, and give out what is static.
        let cipher = unsafe {
            match key.len() {
                16 => aws_lc::EVP_aes_128_gcm(),
                32 => aws_lc::EVP_aes_256_gcm(),
                _ => return None,
            }
        };
        // SAFETY: it takes no argument; the context is ours.
        let context = Self(NonNull::new(unsafe { aws_lc::EVP_CIPHER_CTX_new() })?);
        // SAFETY: context and cipher are valid, the key is as long as the cipher's, and the nonce comes later.
        let set = unsafe {
            aws_lc::EVP_DecryptInit_ex(context.as_ptr(), cipher, null_mut(), key.as_ptr(), core::ptr::null())
        };
        (set == 1).then_some(context)
    }

    const fn as_ptr(&self) -> *mut aws_lc::EVP_CIPHER_CTX {
        self.0.as_ptr()
    }

    /// Decrypts `ciphertext`, the beginning into `out` and what is left into `rest`, which together are as long. `None` if the tag
    /// is wrong: what was written then is of no use.
    #[must_use]
    pub fn open(
        &mut self,
        nonce: &[u8; Self::NONCE],
        associated_data: &[u8],
        ciphertext: &[u8],
        tag: &[u8; 16],
        out: &mut [u8],
        rest: &mut [u8],
    ) -> Option<()> {
        let (first, second) = ciphertext.split_at_checked(out.len())?;
        if second.len() != rest.len() {
            return None;
        }
        let (mut nothing, mut written) = ([0; 16], 0);
        // SAFETY: context, nonce and tag are valid, the tag is only read. GCM writes nothing for associated data and at the
        // end.
        unsafe {
            let context = self.as_ptr();
            let begun = aws_lc::EVP_DecryptInit_ex(
                context,
                core::ptr::null(),
                null_mut(),
                core::ptr::null(),
                nonce.as_ptr(),
            ) == 1
                && aws_lc::EVP_CIPHER_CTX_ctrl(
                    context,
                    aws_lc::EVP_CTRL_AEAD_SET_TAG,
                    tag.len() as c_int,
                    tag.as_ptr().cast_mut().cast(),
                ) == 1;
            let opened = begun
                && self.update(null_mut(), associated_data)
                && self.update(out.as_mut_ptr(), first)
                && self.update(rest.as_mut_ptr(), second)
                && aws_lc::EVP_DecryptFinal_ex(context, nothing.as_mut_ptr(), &raw mut written) == 1;
            opened.then_some(())
        }
    }

    /// Sends `input` through the cipher; null for `out`: it is associated data.
    ///
    /// # Safety
    /// `out` is null or has as many bytes as `input`, and they are apart.
    unsafe fn update(&self, out: *mut u8, input: &[u8]) -> bool {
        let Ok(length) = c_int::try_from(input.len()) else { return false };
        let mut written = 0;
        // SAFETY: the caller's promise; a stream does not come out longer.
        unsafe {
            aws_lc::EVP_DecryptUpdate(self.as_ptr(), out, &raw mut written, input.as_ptr(), length) == 1
        }
    }
}

impl Drop for GcmInPieces {
    fn drop(&mut self) {
        // SAFETY: it is ours.
        unsafe { aws_lc::EVP_CIPHER_CTX_free(self.as_ptr()) };
    }
}
