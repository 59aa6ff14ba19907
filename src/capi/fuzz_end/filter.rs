//! A `BIO_f_ssl` on top of an end, as programs have it that speak to BIOs alone.

use core::{
    ffi::{c_int, c_long, c_void},
    ptr::null_mut,
};

use crate::{
    capi::bio_ssl::{BIO_f_ssl, BIO_ssl_copy_session_id, BIO_ssl_shutdown},
    libcrypto::sys::{self, BIO},
    object::SSL,
};

/// The controls of `BIO_f_ssl(3)`, and what all BIOs have: pending, flush, close flag, renegotiation.
const CONTROLS: [(c_int, c_long); 16] = [
    (sys::BIO_CTRL_PENDING, 0),
    (sys::BIO_CTRL_WPENDING, 0),
    (sys::BIO_CTRL_FLUSH, 0),
    (sys::BIO_CTRL_RESET, 0),
    (sys::BIO_CTRL_EOF, 0),
    (sys::BIO_CTRL_INFO, 0),
    (sys::BIO_CTRL_GET_CLOSE, 0),
    (sys::BIO_CTRL_SET_CLOSE, 0),
    (sys::BIO_CTRL_PUSH, 0),
    (sys::BIO_C_SSL_MODE, 0),
    (sys::BIO_C_SSL_MODE, 1),
    // BIO_C_SET_SSL_RENEGOTIATE_BYTES, BIO_C_GET_SSL_NUM_RENEGOTIATES, BIO_C_SET_SSL_RENEGOTIATE_TIMEOUT.
    (125, 600),
    (126, 0),
    (127, 1),
    (sys::BIO_C_GET_FD, 0),
    (1000, 0),
];

/// Puts one on top of a connection, which stays the caller's.
///
/// # Safety
///
/// The connection is valid, and outlives the BIO.
pub unsafe fn on_top_of(ssl: *mut SSL) -> *mut BIO {
    // SAFETY: the caller's promise; 0 is `BIO_NOCLOSE`.
    unsafe {
        let filter = sys::BIO_new(BIO_f_ssl());
        assert!(!filter.is_null());
        sys::BIO_ctrl(filter, sys::BIO_C_SET_SSL, 0, ssl.cast());
        filter
    }
}

/// Makes the call that `argument` stands for.
///
/// # Safety
///
/// The BIO is one of [`on_top_of`].
pub unsafe fn call(filter: *mut BIO, argument: u8) {
    let mut room = [argument; 3000];
    let variant = usize::from(argument >> 3);
    let length = (variant * 93) as c_int;
    let buffer: *mut c_void = room.as_mut_ptr().cast();
    // SAFETY: the caller's promise; no length is above that of the room, and what is made here is freed here.
    unsafe {
        match argument & 7 {
            0 => _ = sys::BIO_ctrl(filter, sys::BIO_C_DO_STATE_MACHINE, 0, null_mut()),
            1 => _ = sys::BIO_read(filter, buffer, length),
            2 => _ = sys::BIO_write(filter, buffer, length),
            3 => _ = sys::BIO_puts(filter, c"a line".as_ptr()),
            4 | 5 => {
                let (command, number) = CONTROLS[variant % CONTROLS.len()];
                sys::BIO_ctrl(filter, command, number, null_mut());
            }
            6 => {
                // What BIO_dup_chain(3) does with each BIO of a chain.
                let copy = sys::BIO_new(BIO_f_ssl());
                sys::BIO_set_init(copy, 1);
                sys::BIO_ctrl(filter, sys::BIO_CTRL_DUP, 0, copy.cast());
                BIO_ssl_copy_session_id(copy, filter);
                sys::BIO_free_all(copy);
            }
            _ if variant & 1 == 0 => BIO_ssl_shutdown(filter),
            _ => _ = sys::BIO_callback_ctrl(filter, sys::BIO_CTRL_SET_CALLBACK, None),
        }
    }
}
