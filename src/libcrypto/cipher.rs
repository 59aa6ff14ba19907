//! The ciphers of records that aws-lc-rs lacks (`EVP_EncryptInit(3)`): a context is made once for a key, and serves
//! record after record without an allocation. Used by `crypto::aead` and `crypto::cbc`.

use core::{
    ffi::{c_int, c_void},
    ptr::{NonNull, null, null_mut},
};

use zeroize::Zeroizing;

use super::{error_queue, fetched::Fetched, sys};

/// A cipher of libcrypto.
pub type Cipher = Fetched<sys::EVP_CIPHER>;

/// AES-128 in CCM mode.
pub static AES_128_CCM: Cipher = Cipher::cipher(c"AES-128-CCM");
/// AES-256 in CCM mode.
pub static AES_256_CCM: Cipher = Cipher::cipher(c"AES-256-CCM");
/// ARIA-128 in GCM mode.
pub static ARIA_128_GCM: Cipher = Cipher::cipher(c"ARIA-128-GCM");
/// ARIA-256 in GCM mode.
pub static ARIA_256_GCM: Cipher = Cipher::cipher(c"ARIA-256-GCM");
/// ChaCha20 with Poly1305.
pub static CHACHA20_POLY1305: Cipher = Cipher::cipher(c"ChaCha20-Poly1305");
/// AES-128 in CBC mode.
pub static AES_128_CBC: Cipher = Cipher::cipher(c"AES-128-CBC");
/// AES-256 in CBC mode.
pub static AES_256_CBC: Cipher = Cipher::cipher(c"AES-256-CBC");
/// Camellia-128 in CBC mode.
pub static CAMELLIA_128_CBC: Cipher = Cipher::cipher(c"CAMELLIA-128-CBC");
/// Camellia-256 in CBC mode.
pub static CAMELLIA_256_CBC: Cipher = Cipher::cipher(c"CAMELLIA-256-CBC");

/// `EVP_CTRL_AEAD_SET_IVLEN`.
const SET_IV_LENGTH: c_int = 0x9;
/// `EVP_CTRL_AEAD_GET_TAG`.
const GET_TAG: c_int = 0x10;
/// `EVP_CTRL_AEAD_SET_TAG`.
const SET_TAG: c_int = 0x11;

/// The length of the nonce of an AEAD in bytes.
pub const NONCE_LENGTH: usize = 12;

/// Which way data goes through a cipher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Plaintext goes in.
    Encrypt,
    /// Ciphertext goes in.
    Decrypt,
}

impl Direction {
    const fn flag(self) -> c_int {
        match self {
            Self::Encrypt => 1,
            Self::Decrypt => 0,
        }
    }
}

/// An `EVP_CIPHER_CTX` with a key.
struct KeyedContext(NonNull<sys::EVP_CIPHER_CTX>);

// SAFETY: the context is ours alone, and libcrypto does not tie it to a thread.
unsafe impl Send for KeyedContext {}
// SAFETY: through a shared reference nothing can be done with it.
unsafe impl Sync for KeyedContext {}

impl KeyedContext {
    /// For a cipher, without its key.
    fn new(cipher: &Cipher, direction: Direction) -> Option<Self> {
        let fetched = cipher.get();
        if fetched.is_null() {
            return None;
        }
        // SAFETY: it takes no argument.
        let context = NonNull::new(unsafe { sys::EVP_CIPHER_CTX_new() }).map(Self)?;
        // SAFETY: context and cipher are valid; without an engine, a key and an IV the cipher alone is set.
        let started = unsafe {
            sys::EVP_CipherInit_ex(context.as_ptr(), fetched, null_mut(), null(), null(), direction.flag())
        };
        (started > 0).then_some(context)
    }

    const fn as_ptr(&self) -> *mut sys::EVP_CIPHER_CTX {
        self.0.as_ptr()
    }

    /// Sets the key. `None` if it is not as long as the cipher's.
    fn set_key(&self, key: &[u8], iv: Option<&[u8]>, direction: Direction) -> Option<()> {
        let fits = |length: c_int, bytes: &[u8]| usize::try_from(length).is_ok_and(|one| one == bytes.len());
        // SAFETY: the context has a cipher.
        let (key_length, iv_length) = unsafe {
            (
                sys::EVP_CIPHER_CTX_get_key_length(self.as_ptr()),
                sys::EVP_CIPHER_CTX_get_iv_length(self.as_ptr()),
            )
        };
        if !fits(key_length, key) || !iv.is_none_or(|iv| fits(iv_length, iv)) {
            return None;
        }
        let iv = iv.map_or(null(), <[u8]>::as_ptr);
        // SAFETY: the context has a cipher; key and IV are as long as it wants them.
        let set = unsafe {
            sys::EVP_CipherInit_ex(self.as_ptr(), null(), null_mut(), key.as_ptr(), iv, direction.flag())
        };
        (set > 0).then_some(())
    }

    /// Begins a record with this nonce.
    fn set_nonce(&self, nonce: &[u8; NONCE_LENGTH], direction: Direction) -> bool {
        // SAFETY: the context has cipher and key, and its nonce is as long as `nonce`.
        unsafe {
            sys::EVP_CipherInit_ex(
                self.as_ptr(),
                null(),
                null_mut(),
                null(),
                nonce.as_ptr(),
                direction.flag(),
            ) > 0
        }
    }

    /// Sends `length` bytes through the cipher. Null for `out`: they are associated data; null for `input` too: only
    /// the length is told.
    ///
    /// # Safety
    /// What is not null has `length` bytes, and a stream or whole blocks do not come out longer.
    unsafe fn update(&self, out: *mut u8, input: *const u8, length: usize) -> bool {
        let Ok(length) = c_int::try_from(length) else { return false };
        let mut written = 0;
        // SAFETY: the caller's promise.
        unsafe { sys::EVP_CipherUpdate(self.as_ptr(), out, &raw mut written, input, length) > 0 }
    }

    fn control(&self, command: c_int, length: usize, data: *mut u8) -> bool {
        let Ok(length) = c_int::try_from(length) else { return false };
        // SAFETY: the context has a cipher; the commands that we use read or write `length` bytes at `data`, or none
        // at null.
        unsafe { sys::EVP_CIPHER_CTX_ctrl(self.as_ptr(), command, length, data.cast::<c_void>()) > 0 }
    }
}

impl Drop for KeyedContext {
    fn drop(&mut self) {
        // SAFETY: it is ours.
        unsafe { sys::EVP_CIPHER_CTX_free(self.as_ptr()) };
    }
}

/// An AEAD with its key, for either direction. Nonces have 12 bytes.
pub struct AeadContext {
    context: KeyedContext,
    key: Zeroizing<Vec<u8>>,
    /// The direction that the key was set for, which some ciphers want to know.
    direction: Direction,
    tag_length: usize,
    /// CCM wants to know all lengths before any data, and takes the data in one piece.
    is_ccm: bool,
}

impl AeadContext {
    /// Of a kind that takes data as it comes: GCM mode, or ChaCha20-Poly1305. `None` if libcrypto lacks the cipher or the key has
    /// not its length.
    #[must_use]
    pub fn streaming(cipher: &Cipher, key: &[u8]) -> Option<Self> {
        let context = KeyedContext::new(cipher, Direction::Encrypt)?;
        context.control(SET_IV_LENGTH, NONCE_LENGTH, null_mut()).then_some(())?;
        Self::with_key(context, key, 16, false)
    }

    /// In CCM mode, with a tag of this many bytes. `None` if libcrypto lacks the cipher or the key has not its length.
    #[must_use]
    pub fn ccm(cipher: &Cipher, key: &[u8], tag_length: usize) -> Option<Self> {
        let context = KeyedContext::new(cipher, Direction::Encrypt)?;
        let set = context.control(SET_IV_LENGTH, NONCE_LENGTH, null_mut())
            && context.control(SET_TAG, tag_length, null_mut());
        set.then_some(())?;
        Self::with_key(context, key, tag_length, true)
    }

    fn with_key(context: KeyedContext, key: &[u8], tag_length: usize, is_ccm: bool) -> Option<Self> {
        let direction = Direction::Encrypt;
        context.set_key(key, None, direction)?;
        Some(Self { context, key: Zeroizing::new(key.to_vec()), direction, tag_length, is_ccm })
    }

    /// Begins a record with this nonce.
    fn set_nonce(&mut self, nonce: &[u8; NONCE_LENGTH], direction: Direction) -> Option<()> {
        if direction != self.direction {
            self.context.set_key(&self.key, None, direction)?;
            self.direction = direction;
        }
        self.context.set_nonce(nonce, direction).then_some(())
    }

    /// Encrypts all of `body` but the last bytes, as many as the tag has, and writes the tag there. `None` if libcrypto
    /// failed.
    fn seal_in_place(
        &mut self,
        nonce: &[u8; NONCE_LENGTH],
        associated_data: &[u8],
        body: &mut [u8],
    ) -> Option<()> {
        let length = body.len().checked_sub(self.tag_length)?;
        let (text, tag) = body.split_at_mut_checked(length)?;
        self.set_nonce(nonce, Direction::Encrypt)?;
        self.begin(associated_data, length)?;
        // SAFETY: it is encrypted in place, to as many bytes.
        let encrypted = unsafe { self.context.update(text.as_mut_ptr(), text.as_ptr(), length) };
        let sealed = encrypted && self.finish() && self.context.control(GET_TAG, tag.len(), tag.as_mut_ptr());
        sealed.then_some(())
    }

    /// Encrypts `plaintext` followed by `extra` into `out`, and the tag after them. `None` if libcrypto failed, or `out` has another
    /// length.
    #[must_use]
    pub fn seal(
        &mut self,
        nonce: &[u8; NONCE_LENGTH],
        associated_data: &[u8],
        plaintext: &[u8],
        extra: &[u8],
        out: &mut [u8],
    ) -> Option<()> {
        let (text, rest) = out.split_at_mut_checked(plaintext.len())?;
        let (end, tag) = rest.split_at_mut_checked(extra.len())?;
        if tag.len() != self.tag_length {
            return None;
        }
        if self.is_ccm {
            text.copy_from_slice(plaintext);
            end.copy_from_slice(extra);
            return self.seal_in_place(nonce, associated_data, out);
        }
        self.set_nonce(nonce, Direction::Encrypt)?;
        self.begin(associated_data, plaintext.len())?;
        // SAFETY: each output is as long as its input, and apart from it.
        let encrypted = unsafe {
            self.context.update(text.as_mut_ptr(), plaintext.as_ptr(), plaintext.len())
                && (extra.is_empty() || self.context.update(end.as_mut_ptr(), extra.as_ptr(), extra.len()))
        };
        let sealed = encrypted && self.finish() && self.context.control(GET_TAG, tag.len(), tag.as_mut_ptr());
        sealed.then_some(())
    }

    /// Decrypts all of `body` but the tag at its end, in place; the length of the plaintext. `None` if the tag is wrong:
    /// what is in `body` then is of no use.
    #[must_use]
    pub fn open_in_place(
        &mut self,
        nonce: &[u8; NONCE_LENGTH],
        associated_data: &[u8],
        body: &mut [u8],
    ) -> Option<usize> {
        let length = body.len().checked_sub(self.tag_length)?;
        let (text, tag) = body.split_at_mut_checked(length)?;
        self.open(nonce, associated_data, text.as_ptr(), tag, text.as_mut_ptr(), length)?;
        Some(length)
    }

    /// Decrypts `ciphertext` into `out`, which is as long. `None` if the tag is wrong: what is in `out` then is of no use.
    #[must_use]
    pub fn open_into(
        &mut self,
        nonce: &[u8; NONCE_LENGTH],
        associated_data: &[u8],
        ciphertext: &[u8],
        tag: &[u8],
        out: &mut [u8],
    ) -> Option<()> {
        if out.len() != ciphertext.len() || tag.len() != self.tag_length {
            return None;
        }
        self.open(nonce, associated_data, ciphertext.as_ptr(), tag, out.as_mut_ptr(), out.len())
    }

    /// As [`Self::open_into`], with the last byte in a place of its own; not for CCM, which takes its data in one piece.
    #[must_use]
    pub fn open_apart(
        &mut self,
        nonce: &[u8; NONCE_LENGTH],
        associated_data: &[u8],
        ciphertext: &[u8],
        tag: &[u8],
        out: &mut [u8],
        last: &mut u8,
    ) -> Option<()> {
        let (end, first) = ciphertext.split_last()?;
        if self.is_ccm || out.len() != first.len() || tag.len() != self.tag_length {
            return None;
        }
        let mark = error_queue::set_mark();
        let begun = self.begin_opening(nonce, associated_data, tag, ciphertext.len());
        // SAFETY: `out` is as long as `first`, and apart from it; so is the byte.
        let opened = begun.is_some()
            && unsafe {
                self.context.update(out.as_mut_ptr(), first.as_ptr(), first.len())
                    && self.context.update(last, end, 1)
            }
            && self.finish();
        mark.pop();
        opened.then_some(())
    }

    fn open(
        &mut self,
        nonce: &[u8; NONCE_LENGTH],
        associated_data: &[u8],
        input: *const u8,
        tag: &[u8],
        out: *mut u8,
        length: usize,
    ) -> Option<()> {
        // A record that is forged is no error in DTLS: nothing is to be left in the queue.
        let mark = error_queue::set_mark();
        let opened = self.try_open(nonce, associated_data, input, tag, out, length);
        mark.pop();
        opened
    }

    fn try_open(
        &mut self,
        nonce: &[u8; NONCE_LENGTH],
        associated_data: &[u8],
        input: *const u8,
        tag: &[u8],
        out: *mut u8,
        length: usize,
    ) -> Option<()> {
        self.begin_opening(nonce, associated_data, tag, length)?;
        // SAFETY: the callers' slices have `length` bytes, and are the same or apart.
        let decrypted = unsafe { self.context.update(out, input, length) };
        (decrypted && self.finish()).then_some(())
    }

    fn begin_opening(
        &mut self,
        nonce: &[u8; NONCE_LENGTH],
        associated_data: &[u8],
        tag: &[u8],
        length: usize,
    ) -> Option<()> {
        // CCM wants the tag before the data but after the direction, GCM does not mind.
        self.set_nonce(nonce, Direction::Decrypt)?;
        self.context.control(SET_TAG, tag.len(), tag.as_ptr().cast_mut()).then_some(())?;
        self.begin(associated_data, length)
    }

    /// What comes in front of the data.
    fn begin(&self, associated_data: &[u8], length: usize) -> Option<()> {
        // SAFETY: without an output there is associated data; with no input either there is but a length.
        unsafe {
            if self.is_ccm && !self.context.update(null_mut(), null(), length) {
                return None;
            }
            self.context.update(null_mut(), associated_data.as_ptr(), associated_data.len()).then_some(())
        }
    }

    /// The end of a record. CCM has none: its data came in one piece.
    fn finish(&self) -> bool {
        let (mut nothing, mut written) = ([0; 16], 0);
        // SAFETY: the context is valid; neither mode writes anything at the end.
        self.is_ccm
            || unsafe {
                sys::EVP_CipherFinal_ex(self.context.as_ptr(), nothing.as_mut_ptr(), &raw mut written) > 0
            }
    }
}

/// A block cipher in CBC mode with its key, for one direction. One call goes on where the last one ended: its first
/// block is chained to the last ciphertext block of that one.
pub struct CbcContext(KeyedContext);

impl CbcContext {
    /// With the initialization vector of the first block. `None` if libcrypto lacks the cipher, or key or vector have not
    /// its lengths.
    #[must_use]
    pub fn new(cipher: &Cipher, key: &[u8], iv: &[u8], direction: Direction) -> Option<Self> {
        let context = KeyedContext::new(cipher, direction)?;
        context.set_key(key, Some(iv), direction)?;
        // SAFETY: the context has a cipher.
        let set = unsafe { sys::EVP_CIPHER_CTX_set_padding(context.as_ptr(), 0) };
        (set > 0).then_some(Self(context))
    }

    /// Encrypts or decrypts whole blocks in place. `None` if they are not whole, or libcrypto failed.
    #[must_use]
    pub fn run_in_place(&mut self, blocks: &mut [u8]) -> Option<()> {
        const BLOCK_LENGTH: usize = 16;
        if !blocks.len().is_multiple_of(BLOCK_LENGTH) {
            return None;
        }
        // SAFETY: without padding, whole blocks come out as long as they are.
        unsafe { self.0.update(blocks.as_mut_ptr(), blocks.as_ptr(), blocks.len()) }.then_some(())
    }
}
