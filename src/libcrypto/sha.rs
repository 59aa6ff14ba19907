//! SHA-1 and SHA-2 as plain values, which can be copied and take no memory of their own: AWS-LC's `SHA256_Init` and its like, of
//! which aws-lc-rs has no such form. Used by `crypto::hash`.

use core::mem::zeroed;

use aws_lc_sys as aws_lc;

/// A running hash; a clone forks it. It may be that of a key, so it is wiped when it is dropped.
#[derive(Clone)]
pub enum Sha {
    /// SHA-1.
    Sha1(aws_lc::SHA_CTX),
    /// SHA-224.
    Sha224(aws_lc::SHA256_CTX),
    /// SHA-256.
    Sha256(aws_lc::SHA256_CTX),
    /// SHA-384.
    Sha384(aws_lc::SHA512_CTX),
    /// SHA-512.
    Sha512(aws_lc::SHA512_CTX),
}

/// Has a context of AWS-LC begin.
macro_rules! begin {
    ($init:ident) => {{
        // SAFETY: a context is numbers, for which zero will do, and AWS-LC sets all of them. It cannot fail.
        unsafe {
            let mut context = zeroed();
            aws_lc::$init(&raw mut context);
            context
        }
    }};
}

impl Sha {
    /// SHA-1 of nothing so far.
    #[must_use]
    pub fn sha1() -> Self {
        Self::Sha1(begin!(SHA1_Init))
    }

    /// SHA-224 of nothing so far.
    #[must_use]
    pub fn sha224() -> Self {
        Self::Sha224(begin!(SHA224_Init))
    }

    /// SHA-256 of nothing so far.
    #[must_use]
    pub fn sha256() -> Self {
        Self::Sha256(begin!(SHA256_Init))
    }

    /// SHA-384 of nothing so far.
    #[must_use]
    pub fn sha384() -> Self {
        Self::Sha384(begin!(SHA384_Init))
    }

    /// SHA-512 of nothing so far.
    #[must_use]
    pub fn sha512() -> Self {
        Self::Sha512(begin!(SHA512_Init))
    }

    /// Adds `data`.
    pub fn update(&mut self, data: &[u8]) {
        let (start, length) = (data.as_ptr().cast(), data.len());
        // SAFETY: the context was begun by the same function's `Init`; `data` holds as many bytes as are announced. It cannot fail.
        unsafe {
            match self {
                Self::Sha1(context) => aws_lc::SHA1_Update(context, start, length),
                Self::Sha224(context) => aws_lc::SHA224_Update(context, start, length),
                Self::Sha256(context) => aws_lc::SHA256_Update(context, start, length),
                Self::Sha384(context) => aws_lc::SHA384_Update(context, start, length),
                Self::Sha512(context) => aws_lc::SHA512_Update(context, start, length),
            }
        };
    }

    /// Ends, and writes the output into the beginning of `out`; returns its length.
    #[must_use]
    pub fn finish(mut self, out: &mut [u8; 64]) -> usize {
        let start = out.as_mut_ptr();
        // SAFETY: the context was begun by the same function's `Init`; no output is longer than `out`. It cannot fail.
        unsafe {
            match &mut self {
                Self::Sha1(context) => aws_lc::SHA1_Final(start, context),
                Self::Sha224(context) => aws_lc::SHA224_Final(start, context),
                Self::Sha256(context) => aws_lc::SHA256_Final(start, context),
                Self::Sha384(context) => aws_lc::SHA384_Final(start, context),
                Self::Sha512(context) => aws_lc::SHA512_Final(start, context),
            }
        };
        match self {
            Self::Sha1(_) => 20,
            Self::Sha224(_) => 28,
            Self::Sha256(_) => 32,
            Self::Sha384(_) => 48,
            Self::Sha512(_) => 64,
        }
    }
}

impl Drop for Sha {
    fn drop(&mut self) {
        let (start, length) = match self {
            Self::Sha1(context) => ((&raw mut *context).cast(), size_of_val(context)),
            Self::Sha224(context) | Self::Sha256(context) => {
                ((&raw mut *context).cast(), size_of_val(context))
            }
            Self::Sha384(context) | Self::Sha512(context) => {
                ((&raw mut *context).cast(), size_of_val(context))
            }
        };
        // SAFETY: a context is numbers, and this one is not used any more.
        unsafe { aws_lc::OPENSSL_cleanse(start, length) };
    }
}

/// Zeroes what may be secret, all at once: `zeroize` does it byte by byte.
pub fn wipe(bytes: &mut [u8]) {
    // SAFETY: they are ours to write.
    unsafe { aws_lc::OPENSSL_cleanse(bytes.as_mut_ptr().cast(), bytes.len()) };
}
