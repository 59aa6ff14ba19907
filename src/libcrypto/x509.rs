//! Certificates.

use core::{
    ffi::{CStr, c_ulong},
    ptr::NonNull,
};

use super::{evp_pkey::PKey, library::Library, name::X509Name, sys};
use crate::crypto::signature::KeyType;

/// One reference to a certificate.
pub struct X509(NonNull<sys::X509>);

// SAFETY: an X509's reference count is atomic, and nothing here changes it otherwise: libcrypto lets threads
// share one.
unsafe impl Send for X509 {}
// SAFETY: as above.
unsafe impl Sync for X509 {}

impl X509 {
    /// Takes over the caller's reference; `None` for a null pointer.
    ///
    /// # Safety
    ///
    /// `certificate` is null or valid, and one reference to it is given away.
    #[must_use]
    pub unsafe fn from_owned(certificate: *mut sys::X509) -> Option<Self> {
        NonNull::new(certificate).map(Self)
    }

    /// Another reference to the caller's certificate; `None` for a null pointer.
    ///
    /// # Safety
    ///
    /// `certificate` is null or valid.
    #[must_use]
    pub unsafe fn from_borrowed(certificate: *mut sys::X509) -> Option<Self> {
        let certificate = NonNull::new(certificate)?;
        // SAFETY: the caller's promise.
        unsafe { sys::X509_up_ref(certificate.as_ptr()) };
        Some(Self(certificate))
    }

    /// Parses DER; trailing bytes are an error.
    #[must_use]
    pub fn from_der(der: &[u8]) -> Option<Self> {
        let mut input = der.as_ptr();
        let length = der.len().try_into().ok()?;
        // SAFETY: `input` points to `length` bytes.
        let certificate =
            unsafe { Self::from_owned(sys::d2i_X509(core::ptr::null_mut(), &raw mut input, length)) }?;
        (input == der.as_ptr_range().end).then_some(certificate)
    }

    /// As [`Self::from_der`], for use in a library context.
    #[must_use]
    pub fn from_der_within(library: &Library, der: &[u8]) -> Option<Self> {
        let certificate = Self::empty(library)?;
        let mut input = der.as_ptr();
        let length = der.len().try_into().ok()?;
        let mut to = certificate.into_raw();
        // SAFETY: `input` points to `length` bytes; the object is ours, and is freed and forgotten on failure.
        let (found, certificate) = unsafe {
            let found = sys::d2i_X509(&raw mut to, &raw mut input, length);
            (found, Self::from_owned(to)?)
        };
        (!found.is_null() && input == der.as_ptr_range().end).then_some(certificate)
    }

    /// A certificate with nothing in it, to be filled in; `None` when memory is out.
    pub(super) fn empty(library: &Library) -> Option<Self> {
        // SAFETY: the context is valid or null, and the query is a C string or null, which is copied.
        unsafe { Self::from_owned(sys::X509_new_ex(library.as_ptr(), library.properties())) }
    }

    /// Parses the certificate that `der` begins with; `None` with libcrypto's reason in the queue.
    #[must_use]
    pub fn from_der_start(der: &[u8]) -> Option<Self> {
        let mut input = der.as_ptr();
        let length = der.len().try_into().ok()?;
        // SAFETY: `input` points to `length` bytes, and the result is ours.
        unsafe { Self::from_owned(sys::d2i_X509(core::ptr::null_mut(), &raw mut input, length)) }
    }

    /// The DER form; empty if libcrypto cannot write it.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        // SAFETY: the certificate is valid; with a null pointer only the length is computed.
        let length = unsafe { sys::i2d_X509(self.as_ptr(), core::ptr::null_mut()) };
        let mut der = vec![0; usize::try_from(length).unwrap_or_default()];
        if !der.is_empty() {
            let mut output = der.as_mut_ptr();
            // SAFETY: `output` has room for `length` bytes.
            if unsafe { sys::i2d_X509(self.as_ptr(), &raw mut output) } != length {
                der.clear();
            }
        }
        der
    }

    /// The pointer that the program may look at.
    #[must_use]
    pub const fn as_ptr(&self) -> *mut sys::X509 {
        self.0.as_ptr()
    }

    /// Gives this reference away.
    #[must_use]
    pub fn into_raw(self) -> *mut sys::X509 {
        let certificate = self.as_ptr();
        core::mem::forget(self);
        certificate
    }

    /// Its public key.
    #[must_use]
    pub fn public_key(&self) -> Option<PKey> {
        // SAFETY: the certificate is valid; the key is its own, so another reference is taken.
        unsafe { PKey::from_borrowed(sys::X509_get0_pubkey(self.as_ptr())) }
    }

    /// The kind of its public key.
    #[must_use]
    pub fn key_type(&self) -> KeyType {
        self.public_key().map_or(KeyType::Other, |key| key.key_type())
    }

    /// The size of its public key in bits.
    #[must_use]
    pub fn key_bits(&self) -> u32 {
        self.public_key().map_or(0, |key| key.bits())
    }

    /// Whether certificate and chain keep to a mode of Suite B (`X509_chain_check_suiteb(3)`), by `X509_V_FLAG_SUITEB_…`.
    #[must_use]
    pub fn is_fit_for_suite_b(&self, chain: Option<&super::stack::X509Stack>, mode: u32) -> bool {
        let chain = chain.map_or(core::ptr::null_mut(), super::stack::X509Stack::as_ptr);
        // SAFETY: the certificate is valid, the chain too or null; what is null is not written.
        unsafe {
            sys::X509_chain_check_suiteb(core::ptr::null_mut(), self.as_ptr(), chain, c_ulong::from(mode))
                == 0
        }
    }

    /// The strength in bits of its signature, `None` if libcrypto does not know it, and libcrypto's number of its hash.
    #[must_use]
    pub fn signature_security(&self) -> (Option<u32>, i32) {
        let (mut hash, mut bits) = (0, -1);
        let none = core::ptr::null_mut();
        // SAFETY: the certificate is valid, `hash` and `bits` are valid for writing, and what is null is not written.
        let known = unsafe {
            sys::X509_get_signature_info(
                self.as_ptr(),
                &raw mut hash,
                none,
                &raw mut bits,
                core::ptr::null_mut(),
            )
        };
        (u32::try_from(bits).ok().filter(|_| known == 1), hash)
    }

    /// libcrypto's numbers of the hash and the kind of key of its signature; 0 for what it does not know.
    #[must_use]
    pub fn signature_nids(&self) -> (i32, i32) {
        let (mut hash, mut key) = (0, 0);
        let none = core::ptr::null_mut();
        // SAFETY: the certificate is valid, `hash` and `key` are valid for writing, and what is null is not written.
        unsafe {
            sys::X509_get_signature_info(
                self.as_ptr(),
                &raw mut hash,
                &raw mut key,
                none,
                core::ptr::null_mut(),
            );
        }
        (hash, key)
    }

    /// libcrypto's number of its signature with its hash.
    #[must_use]
    pub fn signature_nid(&self) -> i32 {
        // SAFETY: the certificate is valid.
        unsafe { sys::X509_get_signature_nid(self.as_ptr()) }
    }

    /// The name of who signed it, in DER.
    #[must_use]
    pub fn issuer_der(&self) -> Option<Vec<u8>> {
        // SAFETY: the certificate is valid, and its name is its own.
        unsafe { X509Name::copy_of(sys::X509_get_issuer_name(self.as_ptr())) }.map(|name| name.to_der())
    }

    /// Whether it looks as if it had signed itself.
    #[must_use]
    pub fn is_self_signed(&self) -> bool {
        // SAFETY: the certificate is valid.
        unsafe { sys::X509_get_extension_flags(self.as_ptr()) & sys::EXFLAG_SS != 0 }
    }

    /// Whether now lies between its dates.
    #[must_use]
    pub fn is_in_time(&self) -> bool {
        // SAFETY: the certificate is valid, and its dates are its own.
        unsafe {
            sys::X509_cmp_current_time(sys::X509_get0_notBefore(self.as_ptr())) < 0
                && sys::X509_cmp_current_time(sys::X509_get0_notAfter(self.as_ptr())) > 0
        }
    }

    /// Whether it is a proxy certificate (RFC 3820).
    #[must_use]
    pub fn is_proxy(&self) -> bool {
        // SAFETY: the certificate is valid.
        unsafe { sys::X509_get_extension_flags(self.as_ptr()) & sys::EXFLAG_PROXY != 0 }
    }

    /// Whether its key may sign certificates: its keyUsage says so, or it has none (RFC 5280 §4.2.1.3).
    #[must_use]
    pub fn may_sign_certificates(&self) -> bool {
        // SAFETY: the certificate is valid.
        unsafe { sys::X509_get_key_usage(self.as_ptr()) & sys::KU_KEY_CERT_SIGN != 0 }
    }

    /// Whether both are the same certificate (`X509_cmp(3)`).
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        // SAFETY: both are valid.
        unsafe { sys::X509_cmp(self.as_ptr(), other.as_ptr()) == 0 }
    }

    /// A copy of its subject's name; `None` when memory is out.
    #[must_use]
    pub fn subject(&self) -> Option<X509Name> {
        // SAFETY: the certificate is valid, and its name is its own.
        unsafe { X509Name::copy_of(sys::X509_get_subject_name(self.as_ptr())) }
    }

    /// Whether `key` belongs to it; the queue is left as it was.
    #[must_use]
    pub fn has_private_key(&self, key: &PKey) -> bool {
        let mark = super::error_queue::set_mark();
        let belongs = self.check_private_key(key);
        mark.pop();
        belongs
    }

    /// Whether `key` belongs to it; if not, libcrypto's reason is in the queue (`X509_check_private_key(3)`).
    #[must_use]
    pub fn check_private_key(&self, key: &PKey) -> bool {
        // SAFETY: both are valid.
        unsafe { sys::X509_check_private_key(self.as_ptr(), key.as_ptr()) == 1 }
    }
}

/// libcrypto's text of an `X509_V_…`.
#[must_use]
pub fn verify_error(result: i64) -> Option<&'static CStr> {
    // SAFETY: the function takes a number and returns a static C string, or null.
    unsafe {
        let text = sys::X509_verify_cert_error_string(result);
        (!text.is_null()).then(|| CStr::from_ptr(text))
    }
}

impl Clone for X509 {
    fn clone(&self) -> Self {
        // SAFETY: the certificate is valid; the new reference is the clone's.
        unsafe { sys::X509_up_ref(self.as_ptr()) };
        Self(self.0)
    }
}

impl Drop for X509 {
    fn drop(&mut self) {
        // SAFETY: this reference is ours to give back.
        unsafe { sys::X509_free(self.as_ptr()) };
    }
}
