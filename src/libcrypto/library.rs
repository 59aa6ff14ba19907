//! A library context of libcrypto with a property query: which providers, and which of their implementations, serve
//! (`OSSL_LIB_CTX(3)`, `property(7)`). Used by `object`, and by `store`, `x509` and `credential_file`.

use core::{
    ffi::{CStr, c_char, c_int, c_void},
    ptr::null_mut,
};
use std::{ffi::CString, sync::Arc};

use super::{error_queue, sys};

/// A library context and a query, as `SSL_CTX_new_ex(3)` takes them. The default: the default context, and no query.
#[derive(Clone)]
pub struct Library {
    context: *mut sys::OSSL_LIB_CTX,
    properties: Option<Arc<CStr>>,
}

// SAFETY: libcrypto lets threads share a library context.
unsafe impl Send for Library {}
// SAFETY: as above.
unsafe impl Sync for Library {}

impl Default for Library {
    fn default() -> Self {
        Self { context: core::ptr::null_mut(), properties: None }
    }
}

impl Library {
    /// The program's context, null for the default one, and a copy of its query.
    ///
    /// # Safety
    ///
    /// `context` is null, or valid as long as this and its clones are.
    #[must_use]
    pub unsafe fn new(context: *mut sys::OSSL_LIB_CTX, properties: Option<&CStr>) -> Self {
        Self { context, properties: properties.map(Arc::from) }
    }

    /// The context; null for the default one.
    #[must_use]
    pub const fn as_ptr(&self) -> *mut sys::OSSL_LIB_CTX {
        self.context
    }

    /// The query as a C string; null for none.
    #[must_use]
    pub fn properties(&self) -> *const c_char {
        self.properties.as_ref().map_or(core::ptr::null(), |properties| properties.as_ptr())
    }

    /// Whether the program chose among implementations: with a query of its own, or by asking for FIPS throughout.
    #[must_use]
    pub fn is_selective(&self) -> bool {
        let has_query = self.properties.as_ref().is_some_and(|properties| !properties.is_empty());
        // SAFETY: the context is valid, or null.
        has_query || unsafe { sys::EVP_default_properties_is_fips_enabled(self.context) == 1 }
    }

    /// Whether this is the process's own context, and the program chose nothing among its implementations.
    #[must_use]
    pub fn is_own(&self) -> bool {
        // SAFETY: null asks which context null stands for in this thread, and changes nothing.
        let is_global = self.context.is_null()
            && unsafe {
                sys::OSSL_LIB_CTX_set0_default(null_mut()) == sys::OSSL_LIB_CTX_get0_global_default()
            };
        is_global && !self.is_selective()
    }

    /// What the answers to the questions below depend on; `None` unless this is the process's own context without a query.
    #[must_use]
    pub fn standing(&self) -> Option<Standing> {
        if !self.is_own() {
            return None;
        }
        let mut standing = Standing::default();
        let mark = error_queue::set_mark();
        let none = core::ptr::null();
        // SAFETY: null is that context; `standing` outlives the call, which hands it to `note_provider` alone; the names are C
        // strings, and what is fetched is ours to free.
        unsafe {
            sys::OSSL_PROVIDER_do_all(null_mut(), Some(note_provider), (&raw mut standing).cast());
            let digest = sys::EVP_MD_fetch(null_mut(), c"SHA256".as_ptr(), none);
            let cipher = sys::EVP_CIPHER_fetch(null_mut(), c"AES-128-GCM".as_ptr(), none);
            let exchange = sys::EVP_KEYEXCH_fetch(null_mut(), c"ECDH".as_ptr(), none);
            let signature = sys::EVP_SIGNATURE_fetch(null_mut(), c"ECDSA".as_ptr(), none);
            standing.samples = [digest.addr(), cipher.addr(), exchange.addr(), signature.addr()];
            sys::EVP_MD_free(digest);
            sys::EVP_CIPHER_free(cipher);
            sys::EVP_KEYEXCH_free(exchange);
            sys::EVP_SIGNATURE_free(signature);
        }
        mark.pop();
        Some(standing)
    }

    /// Whether there is a cipher of this name. The queue is left as it was.
    #[must_use]
    pub fn has_cipher(&self, name: &CStr) -> bool {
        // SAFETY: the context is valid or null, and both others are C strings or null; the reference is ours to free.
        self.has(|| unsafe {
            let cipher = sys::EVP_CIPHER_fetch(self.context, name.as_ptr(), self.properties());
            sys::EVP_CIPHER_free(cipher);
            cipher.cast()
        })
    }

    /// Whether there is a digest of this name. The queue is left as it was.
    #[must_use]
    pub fn has_digest(&self, name: &CStr) -> bool {
        // SAFETY: as above.
        self.has(|| unsafe {
            let digest = sys::EVP_MD_fetch(self.context, name.as_ptr(), self.properties());
            sys::EVP_MD_free(digest);
            digest.cast()
        })
    }

    /// Whether keys agree on secrets by this name. The queue is left as it was.
    #[must_use]
    pub fn has_key_exchange(&self, name: &CStr) -> bool {
        // SAFETY: as above.
        self.has(|| unsafe {
            let exchange = sys::EVP_KEYEXCH_fetch(self.context, name.as_ptr(), self.properties());
            sys::EVP_KEYEXCH_free(exchange);
            exchange.cast()
        })
    }

    /// Whether there are signatures of this name. The queue is left as it was.
    #[must_use]
    pub fn has_signature(&self, name: &CStr) -> bool {
        // SAFETY: as above.
        self.has(|| unsafe {
            let signature = sys::EVP_SIGNATURE_fetch(self.context, name.as_ptr(), self.properties());
            sys::EVP_SIGNATURE_free(signature);
            signature.cast()
        })
    }

    /// Whether there are keys of this kind. The queue is left as it was.
    #[must_use]
    pub fn has_key_type(&self, name: &CStr) -> bool {
        // SAFETY: as above.
        self.has(|| unsafe {
            let context = sys::EVP_PKEY_CTX_new_from_name(self.context, name.as_ptr(), self.properties());
            sys::EVP_PKEY_CTX_free(context);
            context.cast()
        })
    }

    /// Whether something was found: the pointer says so, and is not followed.
    fn has(&self, fetch: impl FnOnce() -> *mut c_void) -> bool {
        let mark = error_queue::set_mark();
        let found = fetch();
        mark.pop();
        !found.is_null()
    }
}

/// The providers of the process, and whose digest, cipher, key exchange and signature a query of the program's, if there is one
/// (`EVP_set_default_properties(3)`), chooses: nothing tells the query itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    providers: Vec<(usize, CString)>,
    samples: [usize; 4],
}

/// Takes note of one provider.
///
/// # Safety
/// `argument` points to a [`Standing`] that nobody else uses, and `provider` is valid.
unsafe extern "C" fn note_provider(provider: *mut sys::OSSL_PROVIDER, argument: *mut c_void) -> c_int {
    // SAFETY: the caller's promise; a provider's name is a C string.
    unsafe {
        let name = CStr::from_ptr(sys::OSSL_PROVIDER_get0_name(provider)).to_owned();
        (*argument.cast::<Standing>()).providers.push((provider.addr(), name));
    }
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_library_has_what_tls_needs() {
        let library = Library::default();
        assert!(library.has_cipher(c"AES-128-GCM") && library.has_digest(c"SHA256"));
        assert!(library.has_key_type(c"EC"));
        assert!(!library.has_cipher(c"NO-SUCH-CIPHER"));
        assert!(!library.is_selective());
    }

    #[test]
    fn standing_is_that_of_the_own_context_alone() {
        let standing = Library::default().standing();
        assert!(standing.as_ref().is_some_and(|standing| !standing.samples.contains(&0)));
        assert_eq!(Library::default().standing(), standing);
        // SAFETY: null stands for the default context.
        assert!(unsafe { Library::new(null_mut(), Some(c"provider=default")) }.standing().is_none());
    }

    #[test]
    fn query_that_nothing_fits_finds_nothing() {
        // SAFETY: null stands for the default context.
        let library = unsafe { Library::new(core::ptr::null_mut(), Some(c"provider=none")) };
        assert!(!library.has_cipher(c"AES-128-GCM") && !library.has_digest(c"SHA256"));
        assert!(!library.has_key_type(c"EC"));
        assert!(library.is_selective());
    }
}
