//! Where a connection reads from and writes to: `SSL_set_bio(3)`, `SSL_get_rbio(3)`, `SSL_set_fd(3)`, `SSL_get_fd(3)`.

use core::ffi::c_int;

use super::support::{export, with_ssl};
use crate::{
    libcrypto::{bio::Bio, error_queue, sys::BIO},
    object::{SSL, transport::Way},
};

export! {
    SSL_set_bio SSL_set0_rbio SSL_set0_wbio SSL_get_rbio SSL_get_wbio
    SSL_set_fd SSL_set_rfd SSL_set_wfd SSL_get_fd SSL_get_rfd SSL_get_wfd
}

/// Reads from `rbio` and writes to `wbio` from now on, either of which may be null.
///
/// Takes one reference of each that changes, and only one if both are the same; none of an `rbio` that stays, and none
/// of a `wbio` that stays if the connection read from another one. What was set before is freed. `SSL_set_bio(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_bio(ssl: *mut SSL, rbio: *mut BIO, wbio: *mut BIO) {
    // SAFETY: the contract of this module, and that of the references above.
    unsafe { with_ssl(ssl, (), |ssl| ssl.set_bios(rbio, wbio)) }
}

/// Reads from `rbio` from now on, taking one reference of it, and frees what was set before. `SSL_set_bio(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set0_rbio(ssl: *mut SSL, rbio: *mut BIO) {
    // SAFETY: the contract of this module; one reference is given away.
    unsafe { with_ssl(ssl, (), |ssl| ssl.set_bio(Way::Read, Bio::from_owned(rbio))) }
}

/// Writes to `wbio` from now on, taking one reference of it, and frees what was set before. `SSL_set_bio(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set0_wbio(ssl: *mut SSL, wbio: *mut BIO) {
    // SAFETY: the contract of this module; one reference is given away.
    unsafe { with_ssl(ssl, (), |ssl| ssl.set_bio(Way::Write, Bio::from_owned(wbio))) }
}

/// What the connection reads from; it stays the connection's. Null if nothing is set. `SSL_get_rbio(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_rbio(ssl: *const SSL) -> *mut BIO {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null_mut(), |ssl| ssl.bio_ptr(Way::Read)) }
}

/// What the connection writes to; it stays the connection's. Null if nothing is set. `SSL_get_rbio(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_wbio(ssl: *const SSL) -> *mut BIO {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null_mut(), |ssl| ssl.bio_ptr(Way::Write)) }
}

/// Reads from and writes to the socket `fd`, which stays the program's to close.
///
/// Returns 1, or 0 with `ERR_R_BUF_LIB` if no BIO can be made. `SSL_set_fd(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_fd(ssl: *mut SSL, fd: c_int) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| outcome(ssl.set_descriptor(fd))) }
}

/// As `SSL_set_fd`, for reading alone. `SSL_set_fd(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_rfd(ssl: *mut SSL, fd: c_int) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| outcome(ssl.set_descriptor_of(Way::Read, fd))) }
}

/// As `SSL_set_fd`, for writing alone. `SSL_set_fd(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_wfd(ssl: *mut SSL, fd: c_int) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| outcome(ssl.set_descriptor_of(Way::Write, fd))) }
}

/// The descriptor that the connection reads from; -1 without one. `SSL_get_fd(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_fd(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { SSL_get_rfd(ssl) }
}

/// The descriptor that the connection reads from; -1 without one. `SSL_get_fd(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_rfd(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, -1, |ssl| ssl.descriptor(Way::Read)) }
}

/// The descriptor that the connection writes to; -1 without one. `SSL_get_fd(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_wfd(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, -1, |ssl| ssl.descriptor(Way::Write)) }
}

fn outcome(result: Result<(), crate::error::Reason>) -> c_int {
    match result {
        Ok(()) => 1,
        Err(reason) => {
            error_queue::raise_ssl(reason);
            0
        }
    }
}
