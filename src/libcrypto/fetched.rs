//! Algorithms of libcrypto's providers, looked up by name once in a process (`crypto(7)`, ALGORITHM FETCHING). Used by
//! the wrappers of digests, ciphers and MACs.

use core::ffi::{CStr, c_char};
use std::sync::atomic::{AtomicPtr, Ordering};

use super::{error_queue, sys};

type Fetch<T> = unsafe extern "C" fn(*mut sys::OSSL_LIB_CTX, *const c_char, *const c_char) -> *mut T;
type Free<T> = unsafe extern "C" fn(*mut T);

/// An algorithm, once it was asked for. It is kept to the end of the process.
pub struct Fetched<T> {
    name: &'static CStr,
    fetch: Fetch<T>,
    free: Free<T>,
    found: AtomicPtr<T>,
}

impl Fetched<sys::EVP_MD> {
    /// A digest.
    pub(super) const fn digest(name: &'static CStr) -> Self {
        Self::new(name, sys::EVP_MD_fetch, sys::EVP_MD_free)
    }
}

impl Fetched<sys::EVP_CIPHER> {
    /// A cipher.
    pub(super) const fn cipher(name: &'static CStr) -> Self {
        Self::new(name, sys::EVP_CIPHER_fetch, sys::EVP_CIPHER_free)
    }
}

impl Fetched<sys::EVP_MAC> {
    /// A MAC.
    pub(super) const fn mac(name: &'static CStr) -> Self {
        Self::new(name, sys::EVP_MAC_fetch, sys::EVP_MAC_free)
    }
}

impl<T> Fetched<T> {
    const fn new(name: &'static CStr, fetch: Fetch<T>, free: Free<T>) -> Self {
        Self { name, fetch, free, found: AtomicPtr::new(core::ptr::null_mut()) }
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static CStr {
        self.name
    }

    /// Whether libcrypto's providers have it: that of FIPS lacks many. The queue is left as it was.
    #[must_use]
    pub fn is_available(&self) -> bool {
        !self.get().is_null()
    }

    /// The algorithm; null if libcrypto's providers lack it, and then they are asked again the next time.
    pub(super) fn get(&self) -> *mut T {
        let known = self.found.load(Ordering::Acquire);
        if !known.is_null() {
            return known;
        }
        let mark = error_queue::set_mark();
        // SAFETY: the process's own context lives as long as the process, which null, the thread's default, may not; the name
        // is a C string, and null properties are the default ones.
        let found = unsafe {
            (self.fetch)(sys::OSSL_LIB_CTX_get0_global_default(), self.name.as_ptr(), core::ptr::null())
        };
        mark.pop();
        match self.found.compare_exchange(core::ptr::null_mut(), found, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => found,
            Err(first) => {
                // SAFETY: another thread was faster, and nobody has seen this one.
                unsafe { (self.free)(found) };
                first
            }
        }
    }
}
