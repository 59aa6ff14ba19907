//! Keys, and what only libcrypto can do with them.

use core::{
    ffi::{CStr, c_int},
    ptr::NonNull,
};

use super::{library::Library, sys};
use crate::{
    crypto::{hash::HashAlgorithm, signature::KeyType, signature_scheme},
    wire::SignatureScheme,
};

/// One reference to a key.
pub struct PKey(NonNull<sys::EVP_PKEY>);

// SAFETY: an EVP_PKEY's reference count is atomic, and libcrypto locks what its operations change.
unsafe impl Send for PKey {}
// SAFETY: as above.
unsafe impl Sync for PKey {}

impl PKey {
    /// Takes over the caller's reference; `None` for a null pointer.
    ///
    /// # Safety
    ///
    /// `key` is null or valid, and one reference to it is given away.
    #[must_use]
    pub unsafe fn from_owned(key: *mut sys::EVP_PKEY) -> Option<Self> {
        NonNull::new(key).map(Self)
    }

    /// Another reference to the caller's key; `None` for a null pointer.
    ///
    /// # Safety
    ///
    /// `key` is null or valid.
    #[must_use]
    pub unsafe fn from_borrowed(key: *mut sys::EVP_PKEY) -> Option<Self> {
        let key = NonNull::new(key)?;
        // SAFETY: the caller's promise.
        unsafe { sys::EVP_PKEY_up_ref(key.as_ptr()) };
        Some(Self(key))
    }

    /// A key that holds an RSA object, of which it takes a reference; `None` for a null pointer.
    ///
    /// # Safety
    ///
    /// `rsa` is null or valid.
    #[must_use]
    pub unsafe fn from_rsa(rsa: *mut sys::RSA) -> Option<Self> {
        if rsa.is_null() {
            return None;
        }
        // SAFETY: the new key is ours, and `rsa` is valid by the caller's promise.
        unsafe {
            let key = Self::from_owned(sys::EVP_PKEY_new())?;
            (sys::EVP_PKEY_set1_RSA(key.as_ptr(), rsa) == 1).then_some(key)
        }
    }

    /// A key that holds the parameters of a DH object, of which it takes a reference; `None` for a null pointer.
    ///
    /// # Safety
    ///
    /// `dh` is null or valid.
    #[must_use]
    pub unsafe fn from_dh(dh: *mut sys::DH) -> Option<Self> {
        if dh.is_null() {
            return None;
        }
        // SAFETY: the new key is ours, and `dh` is valid by the caller's promise.
        unsafe {
            let key = Self::from_owned(sys::EVP_PKEY_new())?;
            (sys::EVP_PKEY_set1_DH(key.as_ptr(), dh) == 1).then_some(key)
        }
    }

    /// A private key from DER: `kind` is an `EVP_PKEY_…`. `None` with libcrypto's reason in the queue, which it has for no
    /// bytes, too.
    #[must_use]
    pub fn private_from_der(kind: c_int, der: Option<&[u8]>, library: &Library) -> Option<Self> {
        let mut input = der.map_or(core::ptr::null(), <[u8]>::as_ptr);
        let length = der.unwrap_or_default().len().try_into().ok()?;
        // SAFETY: `input` points to `length` bytes, or is null; the library's pointers are valid or null, and the result is ours.
        unsafe {
            Self::from_owned(sys::d2i_PrivateKey_ex(
                kind,
                core::ptr::null_mut(),
                &raw mut input,
                length,
                library.as_ptr(),
                library.properties(),
            ))
        }
    }

    /// An RSA private key from its own DER form; `None` with libcrypto's reason in the queue.
    #[must_use]
    pub fn rsa_private_from_der(der: &[u8]) -> Option<Self> {
        let mut input = der.as_ptr();
        let length = der.len().try_into().ok()?;
        // SAFETY: `input` points to `length` bytes, and the result is ours to free.
        unsafe {
            let rsa = sys::d2i_RSAPrivateKey(core::ptr::null_mut(), &raw mut input, length);
            let key = Self::from_rsa(rsa);
            sys::RSA_free(rsa);
            key
        }
    }

    /// A public key from its SubjectPublicKeyInfo (RFC 5280 §4.1) in DER; `None` for anything else, with libcrypto's
    /// reason in the queue if there is more wrong than trailing bytes.
    #[must_use]
    pub fn public_from_der(der: &[u8]) -> Option<Self> {
        let mut input = der.as_ptr();
        let length = der.len().try_into().ok()?;
        // SAFETY: `input` points to `length` bytes, and the result is ours.
        let key =
            unsafe { Self::from_owned(sys::d2i_PUBKEY(core::ptr::null_mut(), &raw mut input, length)) }?;
        (input == der.as_ptr_range().end).then_some(key)
    }

    /// The public key as a DER SubjectPublicKeyInfo; `None` for a kind of key that has none.
    #[must_use]
    pub fn public_to_der(&self) -> Option<Vec<u8>> {
        // SAFETY: the key is valid; a null pointer only asks for the length, and the buffer then has room for that.
        unsafe {
            let length = usize::try_from(sys::i2d_PUBKEY(self.as_ptr(), core::ptr::null_mut())).ok()?;
            let mut der = vec![0; length];
            let mut end = der.as_mut_ptr();
            (length > 0 && sys::i2d_PUBKEY(self.as_ptr(), &raw mut end) > 0).then_some(der)
        }
    }

    /// Gives this reference away.
    #[must_use]
    pub fn into_raw(self) -> *mut sys::EVP_PKEY {
        let key = self.as_ptr();
        core::mem::forget(self);
        key
    }

    /// The strength in bits; `None` if libcrypto does not know it (`EVP_PKEY_get_security_bits(3)`).
    #[must_use]
    pub fn security_bits(&self) -> Option<u32> {
        // SAFETY: the key is valid.
        u32::try_from(unsafe { sys::EVP_PKEY_get_security_bits(self.as_ptr()) }).ok()
    }

    /// Whether keys of this kind sign at all.
    #[must_use]
    pub fn can_sign(&self) -> bool {
        // SAFETY: the key is valid.
        unsafe { sys::EVP_PKEY_can_sign(self.as_ptr()) == 1 }
    }

    /// Whether both have the same public key.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        // SAFETY: both are valid.
        unsafe { sys::EVP_PKEY_eq(self.as_ptr(), other.as_ptr()) == 1 }
    }

    /// The pointer that the program may look at.
    #[must_use]
    pub const fn as_ptr(&self) -> *mut sys::EVP_PKEY {
        self.0.as_ptr()
    }

    /// The size in bits.
    #[must_use]
    pub fn bits(&self) -> u32 {
        // SAFETY: the key is valid.
        u32::try_from(unsafe { sys::EVP_PKEY_get_bits(self.as_ptr()) }).unwrap_or_default()
    }

    fn is_a(&self, name: &CStr) -> bool {
        // SAFETY: the key is valid and `name` is a C string.
        unsafe { sys::EVP_PKEY_is_a(self.as_ptr(), name.as_ptr()) == 1 }
    }

    /// The kind of key.
    #[must_use]
    pub fn key_type(&self) -> KeyType {
        if self.is_a(c"RSA") {
            KeyType::Rsa
        } else if self.is_a(c"RSA-PSS") {
            KeyType::RsaPss
        } else if self.is_a(c"EC") {
            match self.group_name().as_deref() {
                Some(b"prime256v1") => KeyType::EcdsaP256,
                Some(b"secp384r1") => KeyType::EcdsaP384,
                Some(b"secp521r1") => KeyType::EcdsaP521,
                _ => KeyType::EcdsaOther,
            }
        } else if self.is_a(c"ED25519") {
            KeyType::Ed25519
        } else if self.is_a(c"ED448") {
            KeyType::Ed448
        } else if self.is_a(c"ML-DSA-44") {
            KeyType::MlDsa44
        } else if self.is_a(c"ML-DSA-65") {
            KeyType::MlDsa65
        } else if self.is_a(c"ML-DSA-87") {
            KeyType::MlDsa87
        } else if self.is_a(c"DSA") {
            KeyType::Dsa
        } else {
            KeyType::Other
        }
    }

    fn group_name(&self) -> Option<Vec<u8>> {
        let mut name = vec![0u8; 64];
        let mut length = 0;
        // SAFETY: `name` has room for as many bytes as are announced.
        let found = unsafe {
            sys::EVP_PKEY_get_group_name(self.as_ptr(), name.as_mut_ptr().cast(), name.len(), &raw mut length)
        };
        name.truncate(length);
        (found == 1).then_some(name)
    }

    /// Whether libcrypto itself computes with this key: not another provider, nor a method of the program's or an engine's, which
    /// is to be asked even where the key could be exported.
    #[must_use]
    pub fn is_libcryptos_own(&self) -> bool {
        /// `EVP_PKEY_RSA`, `EVP_PKEY_RSA_PSS`, `EVP_PKEY_EC`.
        const KINDS: (c_int, c_int, c_int) = (6, 912, 408);
        // SAFETY: the key is valid, and what it holds is looked at only as the kind that it is.
        let has_own_method = unsafe {
            let provider = sys::EVP_PKEY_get0_provider(self.as_ptr());
            if !provider.is_null() {
                return is_default(provider);
            }
            let kind = sys::EVP_PKEY_get_base_id(self.as_ptr());
            if kind == KINDS.0 || kind == KINDS.1 {
                let rsa = sys::EVP_PKEY_get0_RSA(self.as_ptr());
                !rsa.is_null() && sys::RSA_get_method(rsa) == sys::RSA_PKCS1_OpenSSL()
            } else if kind == KINDS.2 {
                let key = sys::EVP_PKEY_get0_EC_KEY(self.as_ptr());
                !key.is_null() && sys::EC_KEY_get_method(key) == sys::EC_KEY_OpenSSL()
            } else {
                false
            }
        };
        has_own_method && self.is_signed_with_by_default_provider()
    }

    /// Whether libcrypto's default provider holds it.
    #[must_use]
    pub(super) fn is_of_default_provider(&self) -> bool {
        // SAFETY: the key is valid, and its provider lives as long.
        unsafe { is_default(sys::EVP_PKEY_get0_provider(self.as_ptr())) }
    }

    /// Whether a signature by this key, which is of no provider, would be libcrypto's. The engine of
    /// `EVP_PKEY_set1_engine(3)` shows itself only here. The queue is left as it was.
    fn is_signed_with_by_default_provider(&self) -> bool {
        let mark = super::error_queue::set_mark();
        // SAFETY: the key is valid; the context is ours, checked before its use, and its provider lives as long.
        let found = unsafe {
            let context =
                sys::EVP_PKEY_CTX_new_from_pkey(core::ptr::null_mut(), self.as_ptr(), core::ptr::null());
            let found = !context.is_null()
                && sys::EVP_PKEY_sign_init(context) == 1
                && is_default(sys::EVP_PKEY_CTX_get0_provider(context));
            sys::EVP_PKEY_CTX_free(context);
            found
        };
        mark.pop();
        found
    }

    /// The private key in DER; `None` if it cannot be exported. The queue is left as it was.
    #[must_use]
    pub fn to_der(&self) -> Option<zeroize::Zeroizing<Vec<u8>>> {
        let mark = super::error_queue::set_mark();
        let mut output = core::ptr::null_mut();
        // SAFETY: the key is valid; where there is no memory to write to, new memory is made. To ask for the length first would
        // be to look for an encoder twice.
        let length = unsafe { sys::i2d_PrivateKey(self.as_ptr(), &raw mut output) };
        mark.pop();
        let length = usize::try_from(length).ok().filter(|_| !output.is_null())?;
        // SAFETY: that memory has `length` bytes, and is ours to wipe and free.
        unsafe {
            let der = core::slice::from_raw_parts(output, length).to_vec();
            sys::CRYPTO_clear_free(output.cast(), length, c"".as_ptr(), 0);
            Some(zeroize::Zeroizing::new(der))
        }
    }

    /// The signature of `content`; `None` with libcrypto's reason in the queue.
    #[must_use]
    pub fn sign(&self, scheme: SignatureScheme, content: &[u8]) -> Option<Vec<u8>> {
        let context = DigestContext::new()?;
        context.start(scheme, |digest, key_context| {
            // SAFETY: context, digest and key are valid, and the key outlives the context.
            unsafe {
                sys::EVP_DigestSignInit(context.0, key_context, digest, core::ptr::null_mut(), self.as_ptr())
            }
        })?;
        let mut length = 0;
        let (bytes, count) = (content.as_ptr(), content.len());
        // SAFETY: with a null pointer only the length is computed.
        if unsafe { sys::EVP_DigestSign(context.0, core::ptr::null_mut(), &raw mut length, bytes, count) }
            != 1
        {
            return None;
        }
        let mut signature = vec![0; length];
        // SAFETY: `signature` has room for `length` bytes, and `content` holds `count`.
        let signed =
            unsafe { sys::EVP_DigestSign(context.0, signature.as_mut_ptr(), &raw mut length, bytes, count) };
        signature.truncate(length);
        (signed == 1).then_some(signature)
    }

    /// Whether `signature` is one of `content`.
    #[must_use]
    pub fn verify(&self, scheme: SignatureScheme, content: &[u8], signature: &[u8]) -> bool {
        let Some(context) = DigestContext::new() else { return false };
        let started = context.start(scheme, |digest, key_context| {
            // SAFETY: context, digest and key are valid, and the key outlives the context.
            unsafe {
                sys::EVP_DigestVerifyInit(
                    context.0,
                    key_context,
                    digest,
                    core::ptr::null_mut(),
                    self.as_ptr(),
                )
            }
        });
        // SAFETY: both slices hold as many bytes as announced.
        started.is_some()
            && unsafe {
                sys::EVP_DigestVerify(
                    context.0,
                    signature.as_ptr(),
                    signature.len(),
                    content.as_ptr(),
                    content.len(),
                ) == 1
            }
    }
}

/// Whether this is libcrypto's default provider.
///
/// # Safety
///
/// `provider` is null or valid.
unsafe fn is_default(provider: *const sys::OSSL_PROVIDER) -> bool {
    if provider.is_null() {
        return false;
    }
    // SAFETY: the caller's promise; the name is a C string that lives as long.
    unsafe {
        let name = sys::OSSL_PROVIDER_get0_name(provider);
        !name.is_null() && CStr::from_ptr(name) == c"default"
    }
}

/// libcrypto's number of the curve of an old-style key (`SSL_CTX_set_tmp_ecdh`).
///
/// # Safety
///
/// `key` is valid.
#[must_use]
pub unsafe fn curve_of(key: *const sys::EC_KEY) -> Option<core::ffi::c_int> {
    // SAFETY: the caller's promise; the group is the key's own.
    unsafe {
        let group = sys::EC_KEY_get0_group(key);
        (!group.is_null()).then(|| sys::EC_GROUP_get_curve_name(group)).filter(|nid| *nid != 0)
    }
}

impl Clone for PKey {
    fn clone(&self) -> Self {
        // SAFETY: the key is valid; the new reference is the clone's.
        unsafe { sys::EVP_PKEY_up_ref(self.as_ptr()) };
        Self(self.0)
    }
}

impl Drop for PKey {
    fn drop(&mut self) {
        // SAFETY: this reference is ours to give back.
        unsafe { sys::EVP_PKEY_free(self.as_ptr()) };
    }
}

/// An operation of signing or verifying.
struct DigestContext(*mut sys::EVP_MD_CTX);

impl DigestContext {
    fn new() -> Option<Self> {
        // SAFETY: it takes no argument.
        let context = unsafe { sys::EVP_MD_CTX_new() };
        (!context.is_null()).then_some(Self(context))
    }

    /// Begins by `begin`, then sets what the scheme says of padding and salt.
    fn start(
        &self,
        scheme: SignatureScheme,
        begin: impl FnOnce(*const sys::EVP_MD, *mut *mut sys::EVP_PKEY_CTX) -> c_int,
    ) -> Option<()> {
        /// `RSA_PKCS1_PSS_PADDING`.
        const PSS_PADDING: c_int = 6;
        /// `RSA_PSS_SALTLEN_DIGEST`.
        const SALT_AS_LONG_AS_DIGEST: c_int = -1;

        let hash = signature_scheme::find(scheme)?.hash;
        let mut key_context = core::ptr::null_mut();
        if begin(digest(hash), &raw mut key_context) != 1 {
            return None;
        }
        if !is_pss(scheme) {
            return Some(());
        }
        // SAFETY: the key context belongs to this operation.
        let set = unsafe {
            sys::EVP_PKEY_CTX_set_rsa_padding(key_context, PSS_PADDING) == 1
                && sys::EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, SALT_AS_LONG_AS_DIGEST) == 1
        };
        set.then_some(())
    }
}

impl Drop for DigestContext {
    fn drop(&mut self) {
        // SAFETY: the context is ours.
        unsafe { sys::EVP_MD_CTX_free(self.0) };
    }
}

fn is_pss(scheme: SignatureScheme) -> bool {
    (SignatureScheme::RSA_PSS_RSAE_SHA256..=SignatureScheme::RSA_PSS_RSAE_SHA512).contains(&scheme)
        || (SignatureScheme::RSA_PSS_PSS_SHA256..=SignatureScheme::RSA_PSS_PSS_SHA512).contains(&scheme)
}

/// libcrypto's object of this hash; null for none.
#[must_use]
pub fn digest(hash: Option<HashAlgorithm>) -> *const sys::EVP_MD {
    // SAFETY: these take no argument.
    unsafe {
        match hash {
            None => core::ptr::null(),
            Some(HashAlgorithm::Md5) => sys::EVP_md5(),
            Some(HashAlgorithm::Md5Sha1) => sys::EVP_md5_sha1(),
            Some(HashAlgorithm::Sha1) => sys::EVP_sha1(),
            Some(HashAlgorithm::Sha224) => sys::EVP_sha224(),
            Some(HashAlgorithm::Sha256) => sys::EVP_sha256(),
            Some(HashAlgorithm::Sha384) => sys::EVP_sha384(),
            Some(HashAlgorithm::Sha512) => sys::EVP_sha512(),
        }
    }
}
