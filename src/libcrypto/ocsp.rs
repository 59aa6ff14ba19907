//! What a client says in its request for an OCSP response (RFC 6066 §8): responder ids and extensions as libcrypto's
//! objects. Used by `object::status_request`.

use core::{
    ffi::{c_long, c_uchar},
    ptr::{self, NonNull},
};

use super::{error_queue, sys};

/// `STACK_OF(OCSP_RESPID)`.
pub struct ResponderIds(NonNull<sys::OPENSSL_STACK>);

/// `STACK_OF(X509_EXTENSION)`.
pub struct RequestExtensions(NonNull<sys::OPENSSL_STACK>);

/// The DER form that `write` makes: it gives the length for null, and moves the pointer that it writes to.
fn to_der(write: impl Fn(*mut *mut c_uchar) -> i32) -> Vec<u8> {
    let Ok(length) = usize::try_from(write(ptr::null_mut())) else { return Vec::new() };
    let mut der = vec![0; length];
    let mut end = der.as_mut_ptr();
    if length > 0 {
        write(&raw mut end);
    }
    der
}

impl ResponderIds {
    /// Takes over the program's stack; `None` for null.
    ///
    /// # Safety
    /// `stack` is null or a valid stack of responder ids, which is given away.
    #[must_use]
    pub unsafe fn from_owned(stack: *mut sys::OPENSSL_STACK) -> Option<Self> {
        NonNull::new(stack).map(Self)
    }

    /// Each parsed from DER; `None` for none, or if one does not parse.
    #[must_use]
    pub fn from_der(ids: &[Vec<u8>]) -> Option<Self> {
        if ids.is_empty() {
            return None;
        }
        // SAFETY: it takes no argument.
        let stack = Self(NonNull::new(unsafe { sys::OPENSSL_sk_new_null() })?);
        let mark = error_queue::set_mark();
        let all = ids.iter().all(|der| {
            let mut start = der.as_ptr();
            let Ok(length) = c_long::try_from(der.len()) else { return false };
            // SAFETY: `start` points to `length` bytes; the id is the stack's if it takes it.
            unsafe {
                let id = sys::d2i_OCSP_RESPID(ptr::null_mut(), &raw mut start, length);
                if id.is_null() {
                    return false;
                }
                let is_taken = sys::OPENSSL_sk_push(stack.as_ptr(), id.cast()) > 0;
                if !is_taken {
                    sys::OCSP_RESPID_free(id);
                }
                is_taken
            }
        });
        mark.pop();
        all.then_some(stack)
    }

    /// The DER form of each.
    #[must_use]
    pub fn to_der(&self) -> Vec<Vec<u8>> {
        // SAFETY: the stack is valid and holds valid ids.
        unsafe {
            let ids = (0..sys::OPENSSL_sk_num(self.as_ptr()))
                .map(|index| sys::OPENSSL_sk_value(self.as_ptr(), index).cast::<sys::OCSP_RESPID>());
            ids.map(|id| to_der(|out| sys::i2d_OCSP_RESPID(id, out))).collect()
        }
    }

    /// The pointer that the program may look at.
    #[must_use]
    pub const fn as_ptr(&self) -> *mut sys::OPENSSL_STACK {
        self.0.as_ptr()
    }
}

impl Drop for ResponderIds {
    fn drop(&mut self) {
        unsafe extern "C" fn free(id: *mut core::ffi::c_void) {
            // SAFETY: it is called with the ids of the stack.
            unsafe { sys::OCSP_RESPID_free(id.cast()) };
        }
        // SAFETY: the stack and what it holds are ours.
        unsafe { sys::OPENSSL_sk_pop_free(self.as_ptr(), Some(free)) };
    }
}

impl RequestExtensions {
    /// Takes over the program's stack; `None` for null.
    ///
    /// # Safety
    /// `stack` is null or a valid stack of extensions, which is given away.
    #[must_use]
    pub unsafe fn from_owned(stack: *mut sys::OPENSSL_STACK) -> Option<Self> {
        NonNull::new(stack).map(Self)
    }

    /// Parsed from DER; `None` for none, or if they do not parse.
    #[must_use]
    pub fn from_der(der: &[u8]) -> Option<Self> {
        if der.is_empty() {
            return None;
        }
        let mut start = der.as_ptr();
        let length = c_long::try_from(der.len()).ok()?;
        let mark = error_queue::set_mark();
        // SAFETY: `start` points to `length` bytes; the result is ours.
        let stack = unsafe { sys::d2i_X509_EXTENSIONS(ptr::null_mut(), &raw mut start, length) };
        mark.pop();
        NonNull::new(stack.cast()).map(Self)
    }

    /// Their DER form.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        // SAFETY: the stack is valid and holds valid extensions.
        to_der(|out| unsafe { sys::i2d_X509_EXTENSIONS(self.as_ptr().cast_const().cast(), out) })
    }

    /// The pointer that the program may look at.
    #[must_use]
    pub const fn as_ptr(&self) -> *mut sys::OPENSSL_STACK {
        self.0.as_ptr()
    }
}

impl Drop for RequestExtensions {
    fn drop(&mut self) {
        unsafe extern "C" fn free(extension: *mut core::ffi::c_void) {
            // SAFETY: it is called with the extensions of the stack.
            unsafe { sys::X509_EXTENSION_free(extension.cast()) };
        }
        // SAFETY: the stack and what it holds are ours.
        unsafe { sys::OPENSSL_sk_pop_free(self.as_ptr(), Some(free)) };
    }
}
