//! Stacks of certificates (`STACK_OF(X509)`).

use core::{ffi::c_void, ptr::NonNull};

use std::sync::Arc;

use super::{sys, x509::X509};

/// A stack that owns its certificates.
pub struct X509Stack(NonNull<sys::OPENSSL_STACK>);

impl X509Stack {
    /// An empty stack; `None` when memory is out.
    #[must_use]
    pub fn new() -> Option<Self> {
        // SAFETY: it takes no argument.
        NonNull::new(unsafe { sys::OPENSSL_sk_new_null() }).map(Self)
    }

    /// Takes over the caller's stack and its references; `None` for a null pointer.
    ///
    /// # Safety
    ///
    /// `stack` is null or a valid stack of valid certificates, which is given away.
    #[must_use]
    pub unsafe fn from_owned(stack: *mut sys::OPENSSL_STACK) -> Option<Self> {
        NonNull::new(stack).map(Self)
    }

    /// The pointer that the program may look at.
    #[must_use]
    pub const fn as_ptr(&self) -> *mut sys::OPENSSL_STACK {
        self.0.as_ptr()
    }

    /// A stack of these certificates; `None` when memory is out.
    pub fn of(certificates: impl IntoIterator<Item = X509>) -> Option<Self> {
        let mut stack = Self::new()?;
        for certificate in certificates {
            stack.push(certificate)?;
        }
        Some(stack)
    }

    /// Appends a certificate; `None` when memory is out.
    #[must_use = "a certificate may be missing"]
    pub fn push(&mut self, certificate: X509) -> Option<()> {
        // SAFETY: the stack is valid; it takes over the reference if it takes the pointer.
        let pushed = unsafe { sys::OPENSSL_sk_push(self.as_ptr(), certificate.as_ptr().cast()) };
        (pushed > 0).then(|| core::mem::forget(certificate))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        // SAFETY: the stack is valid.
        usize::try_from(unsafe { sys::OPENSSL_sk_num(self.as_ptr()) }).unwrap_or_default()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Another reference to a certificate.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<X509> {
        // SAFETY: the stack is valid and holds valid certificates.
        unsafe { certificate_at(self.as_ptr(), index) }
    }

    /// Another reference to each certificate.
    pub fn iter(&self) -> impl Iterator<Item = X509> + '_ {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// The DER form of each certificate.
    #[must_use]
    pub fn to_der(&self) -> Arc<[Vec<u8>]> {
        self.iter().map(|certificate| certificate.to_der()).collect()
    }

    /// A copy of somebody else's stack, with references of its own.
    ///
    /// # Safety
    ///
    /// `stack` is null or a valid stack of valid certificates.
    #[must_use]
    pub unsafe fn copy_of(stack: *const sys::OPENSSL_STACK) -> Option<Self> {
        if stack.is_null() {
            return None;
        }
        let mut copy = Self::new()?;
        // SAFETY: the caller's promise.
        let count = usize::try_from(unsafe { sys::OPENSSL_sk_num(stack) }).unwrap_or_default();
        for index in 0..count {
            // SAFETY: the caller's promise.
            copy.push(unsafe { certificate_at(stack, index) }?)?;
        }
        Some(copy)
    }
}

/// Another reference to the certificate at `index`.
///
/// # Safety
///
/// `stack` is a valid stack of valid certificates.
unsafe fn certificate_at(stack: *const sys::OPENSSL_STACK, index: usize) -> Option<X509> {
    let index = index.try_into().ok()?;
    // SAFETY: the caller's promise; libcrypto gives null for an index out of range.
    unsafe { X509::from_borrowed(sys::OPENSSL_sk_value(stack, index).cast()) }
}

// SAFETY: the certificates may be shared by threads, and `&X509Stack` gives no way to change the stack.
unsafe impl Send for X509Stack {}
// SAFETY: as above.
unsafe impl Sync for X509Stack {}

impl Drop for X509Stack {
    fn drop(&mut self) {
        /// `X509_free(3)` as stacks want it.
        unsafe extern "C" fn free(certificate: *mut c_void) {
            // SAFETY: the stack owned this reference.
            unsafe { sys::X509_free(certificate.cast()) };
        }
        // SAFETY: the stack and what it holds are ours.
        unsafe { sys::OPENSSL_sk_pop_free(self.as_ptr(), Some(free)) };
    }
}
