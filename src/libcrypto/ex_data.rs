//! The program's data in our objects (`CRYPTO_EX_DATA`): libcrypto keeps the indexes and calls the program's
//! functions when an object comes and goes.

use core::{
    cell::UnsafeCell,
    ffi::{c_int, c_void},
};
use std::sync::OnceLock;

use super::sys;

/// Which kind of object: `CRYPTO_EX_INDEX_…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Class {
    /// `SSL`.
    Ssl = sys::CRYPTO_EX_INDEX_SSL,
    /// `SSL_CTX`.
    Context = sys::CRYPTO_EX_INDEX_SSL_CTX,
    /// `SSL_SESSION`.
    Session = sys::CRYPTO_EX_INDEX_SSL_SESSION,
}

/// The data of one object. Its owner calls [`Self::attach`] when it has its final address, and
/// [`Self::detach`] before it goes.
pub struct ExData {
    class: Class,
    data: UnsafeCell<sys::CRYPTO_EX_DATA>,
}

// SAFETY: OpenSSL leaves it to the program not to set data in one thread while another uses it.
unsafe impl Send for ExData {}
// SAFETY: as above.
unsafe impl Sync for ExData {}

impl ExData {
    /// No data.
    #[must_use]
    pub const fn new(class: Class) -> Self {
        Self {
            class,
            data: UnsafeCell::new(sys::CRYPTO_EX_DATA {
                ctx: core::ptr::null_mut(),
                sk: core::ptr::null_mut(),
            }),
        }
    }

    /// Calls the program's `new` functions for `object`. `false`: memory is out.
    pub fn attach(&self, object: *const c_void) -> bool {
        // SAFETY: the data is empty and belongs to `object`.
        unsafe { sys::CRYPTO_new_ex_data(self.class as c_int, object.cast_mut(), self.data.get()) == 1 }
    }

    /// Calls the program's `free` functions for `object`, and forgets the data.
    pub fn detach(&self, object: *const c_void) {
        // SAFETY: the data belongs to `object`, which is still whole; empty data is left alone.
        unsafe { sys::CRYPTO_free_ex_data(self.class as c_int, object.cast_mut(), self.data.get()) };
    }

    /// Copies the data of another object, calling the program's `dup` functions.
    pub fn copy_from(&self, from: &Self) -> bool {
        // SAFETY: both are valid.
        unsafe { sys::CRYPTO_dup_ex_data(self.class as c_int, self.data.get(), from.data.get()) == 1 }
    }

    /// Sets the data of an index.
    #[allow(clippy::not_unsafe_ptr_arg_deref, reason = "the pointer is kept, not followed")]
    pub fn set(&self, index: c_int, value: *mut c_void) -> bool {
        // SAFETY: the data is valid.
        unsafe { sys::CRYPTO_set_ex_data(self.data.get(), index, value) == 1 }
    }

    /// The data of an index; null without any.
    #[must_use]
    pub fn get(&self, index: c_int) -> *mut c_void {
        // SAFETY: the data is valid.
        unsafe { sys::CRYPTO_get_ex_data(self.data.get(), index) }
    }
}

/// The index under which an `X509_STORE_CTX` holds its `SSL`; negative if libcrypto gave none.
#[must_use]
pub fn connection_index() -> c_int {
    static INDEX: OnceLock<c_int> = OnceLock::new();
    *INDEX.get_or_init(|| {
        // SAFETY: no argument and no functions.
        unsafe {
            sys::CRYPTO_get_ex_new_index(
                sys::CRYPTO_EX_INDEX_X509_STORE_CTX,
                0,
                c"SSL for verify callback".as_ptr().cast_mut().cast(),
                None,
                None,
                None,
            )
        }
    })
}
