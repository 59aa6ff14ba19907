//! The library as a whole: `OPENSSL_init_ssl(3)`.

use core::ffi::c_int;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{
    error_strings,
    support::{export, guard},
};
use crate::{
    error::Reason,
    libcrypto::{
        error_queue,
        sys::{self, OPENSSL_INIT_SETTINGS},
    },
};

/// `OPENSSL_INIT_ADD_ALL_CIPHERS` and `OPENSSL_INIT_ADD_ALL_DIGESTS`.
const ADD_ALL: u64 = 0x4 | 0x8;
/// `OPENSSL_INIT_LOAD_CONFIG`.
const LOAD_CONFIG: u64 = 0x40;
/// `OPENSSL_INIT_NO_LOAD_CONFIG`.
const NO_LOAD_CONFIG: u64 = 0x80;
/// `OPENSSL_INIT_NO_LOAD_SSL_STRINGS`.
const NO_LOAD_SSL_STRINGS: u64 = 0x10_0000;
/// `OPENSSL_INIT_LOAD_SSL_STRINGS`.
const LOAD_SSL_STRINGS: u64 = 0x20_0000;

/// What the first context or session makes ready: libcrypto, and the texts of our errors. `false`, with the reason in the queue, if
/// libcrypto cannot be used.
pub fn make_ready() -> bool {
    static DONE: AtomicBool = AtomicBool::new(false);

    if DONE.load(Ordering::Acquire) {
        return true;
    }
    // SAFETY: null is allowed.
    let is_ready = unsafe { initialize(LOAD_SSL_STRINGS, core::ptr::null()) };
    DONE.store(is_ready, Ordering::Release);
    is_ready
}

/// # Safety
/// The settings are null or libcrypto's.
unsafe fn initialize(options: u64, settings: *const OPENSSL_INIT_SETTINGS) -> bool {
    let config = if options & NO_LOAD_CONFIG == 0 { LOAD_CONFIG } else { 0 };
    // SAFETY: the caller's promise.
    if unsafe { sys::OPENSSL_init_crypto(options | ADD_ALL | config, settings) != 1 } {
        return false;
    }
    if options & NO_LOAD_SSL_STRINGS != 0 {
        error_strings::decide(false);
    }
    if options & LOAD_SSL_STRINGS != 0 {
        error_strings::decide(true);
    }
    true
}

export!(OPENSSL_init_ssl SSL_add_ssl_module SSL_test_functions);

/// Makes libcrypto and this library ready, which otherwise happens by itself when the first context or session is made.
/// `options` are `OPENSSL_INIT_…`, of which the first about the texts of errors holds; `settings` may be null and stays the caller's. 1,
/// or 0 with the reason in the queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn OPENSSL_init_ssl(options: u64, settings: *const OPENSSL_INIT_SETTINGS) -> c_int {
    // SAFETY: the contract of this module.
    guard(0, || c_int::from(unsafe { initialize(options, settings) }))
}

/// Does nothing: the configuration module is libcrypto's own.
#[unsafe(no_mangle)]
pub extern "C" fn SSL_add_ssl_module() {}

/// The hooks of OpenSSL's own unit tests.
#[repr(C)]
pub struct openssl_ssl_test_functions {
    private: [u8; 0],
}

/// The hooks of OpenSSL's own unit tests, which this library does not have: null, and
/// `ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED` in the queue.
#[unsafe(no_mangle)]
pub extern "C" fn SSL_test_functions() -> *const openssl_ssl_test_functions {
    error_queue::raise_ssl(Reason::ERR_SHOULD_NOT_HAVE_BEEN_CALLED);
    core::ptr::null()
}
