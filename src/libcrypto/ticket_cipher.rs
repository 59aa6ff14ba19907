//! The cipher and the MAC of tickets as programs choose them: contexts that a program's callback sets up, and that
//! then seal or open (`SSL_CTX_set_tlsext_ticket_key_evp_cb(3)`).

use core::ptr::NonNull;

use zeroize::Zeroizing;

use super::sys;

/// The most bytes of an initialization vector.
pub const MAX_IV_LENGTH: usize = 16;
/// The most bytes of a block.
const MAX_BLOCK_LENGTH: usize = 32;
/// The most bytes of a MAC.
const MAX_MAC_LENGTH: usize = 64;

/// A cipher context (`EVP_CIPHER_CTX`).
pub struct CipherContext(NonNull<sys::EVP_CIPHER_CTX>);

impl CipherContext {
    /// An empty one; `None` when memory is out.
    #[must_use]
    pub fn new() -> Option<Self> {
        // SAFETY: it takes no argument.
        NonNull::new(unsafe { sys::EVP_CIPHER_CTX_new() }).map(Self)
    }

    /// The pointer that the program sets up.
    #[must_use]
    pub const fn as_ptr(&self) -> *mut sys::EVP_CIPHER_CTX {
        self.0.as_ptr()
    }

    /// The length of the initialization vector of the cipher that was set.
    #[must_use]
    pub fn iv_length(&self) -> Option<usize> {
        // SAFETY: the context is valid.
        let length = unsafe {
            if sys::EVP_CIPHER_CTX_get0_cipher(self.as_ptr()).is_null() {
                return None;
            }
            sys::EVP_CIPHER_CTX_get_iv_length(self.as_ptr())
        };
        usize::try_from(length).ok().filter(|length| *length <= MAX_IV_LENGTH)
    }

    /// Encrypts all of `plaintext`.
    #[must_use]
    pub fn encrypt(&self, plaintext: &[u8]) -> Option<Vec<u8>> {
        self.run(plaintext, sys::EVP_EncryptUpdate, sys::EVP_EncryptFinal).map(|out| out.to_vec())
    }

    /// Decrypts all of `ciphertext`.
    #[must_use]
    pub fn decrypt(&self, ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.run(ciphertext, sys::EVP_DecryptUpdate, sys::EVP_DecryptFinal)
    }

    fn run(
        &self,
        input: &[u8],
        update: sys::EVP_CipherUpdate,
        finish: sys::EVP_CipherFinal,
    ) -> Option<Zeroizing<Vec<u8>>> {
        let length = input.len().try_into().ok()?;
        let mut out = Zeroizing::new(vec![0; input.len() + 2 * MAX_BLOCK_LENGTH]);
        let (mut written, mut rest) = (0, 0);
        // SAFETY: the context is valid and set up; `out` has room for the input and two blocks.
        unsafe {
            if update(self.as_ptr(), out.as_mut_ptr(), &raw mut written, input.as_ptr(), length) <= 0 {
                return None;
            }
            let end = out.get_mut(usize::try_from(written).ok()?..)?;
            if finish(self.as_ptr(), end.as_mut_ptr(), &raw mut rest) <= 0 {
                return None;
            }
        }
        out.truncate(usize::try_from(written).ok()? + usize::try_from(rest).ok()?);
        Some(out)
    }
}

impl Drop for CipherContext {
    fn drop(&mut self) {
        // SAFETY: it is ours.
        unsafe { sys::EVP_CIPHER_CTX_free(self.as_ptr()) };
    }
}

/// A MAC context, in the form that the program's callback knows.
pub enum MacContext {
    /// `HMAC_CTX`.
    Hmac(NonNull<sys::HMAC_CTX>),
    /// `EVP_MAC_CTX` of HMAC.
    Evp(NonNull<sys::EVP_MAC_CTX>),
}

impl MacContext {
    /// For a callback that takes an `HMAC_CTX`; `None` when memory is out.
    #[must_use]
    pub fn hmac() -> Option<Self> {
        // SAFETY: it takes no argument.
        NonNull::new(unsafe { sys::HMAC_CTX_new() }).map(Self::Hmac)
    }

    /// For a callback that takes an `EVP_MAC_CTX`; `None` if libcrypto has no HMAC.
    #[must_use]
    pub fn evp() -> Option<Self> {
        // SAFETY: the name is a static C string; the context keeps a reference of its own of the algorithm.
        unsafe {
            let algorithm = sys::EVP_MAC_fetch(core::ptr::null_mut(), c"HMAC".as_ptr(), core::ptr::null());
            if algorithm.is_null() {
                return None;
            }
            let context = sys::EVP_MAC_CTX_new(algorithm);
            sys::EVP_MAC_free(algorithm);
            NonNull::new(context).map(Self::Evp)
        }
    }

    /// The length of the MAC of the hash that was set.
    #[must_use]
    pub fn length(&self) -> Option<usize> {
        // SAFETY: the context is valid.
        let length = unsafe {
            match self {
                Self::Hmac(context) => sys::HMAC_size(context.as_ptr()),
                Self::Evp(context) => sys::EVP_MAC_CTX_get_mac_size(context.as_ptr()),
            }
        };
        (1..=MAX_MAC_LENGTH).contains(&length).then_some(length)
    }

    /// The MAC of `data`.
    #[must_use]
    pub fn compute(&self, data: &[u8]) -> Option<Vec<u8>> {
        let mut mac = vec![0; MAX_MAC_LENGTH];
        // SAFETY: the context is valid and set up; `mac` has room for the longest MAC.
        let length = unsafe {
            match self {
                Self::Hmac(context) => {
                    let mut length = 0;
                    let context = context.as_ptr();
                    let done = sys::HMAC_Update(context, data.as_ptr(), data.len()) > 0
                        && sys::HMAC_Final(context, mac.as_mut_ptr(), &raw mut length) > 0;
                    done.then_some(length as usize)
                }
                Self::Evp(context) => {
                    let mut length = 0;
                    let context = context.as_ptr();
                    let done = sys::EVP_MAC_init(context, core::ptr::null(), 0, core::ptr::null()) > 0
                        && sys::EVP_MAC_update(context, data.as_ptr(), data.len()) > 0
                        && sys::EVP_MAC_final(context, mac.as_mut_ptr(), &raw mut length, mac.len()) > 0;
                    done.then_some(length)
                }
            }
        }?;
        mac.truncate(length);
        Some(mac)
    }
}

impl Drop for MacContext {
    fn drop(&mut self) {
        // SAFETY: it is ours.
        unsafe {
            match self {
                Self::Hmac(context) => sys::HMAC_CTX_free(context.as_ptr()),
                Self::Evp(context) => sys::EVP_MAC_CTX_free(context.as_ptr()),
            }
        }
    }
}
