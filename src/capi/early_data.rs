//! Early data: `SSL_read_early_data(3)`, `SSL_CTX_set_max_early_data(3)`, `SSL_set_allow_early_data_cb(3)`,
//! `SSL_export_keying_material_early(3)`.

use core::ffi::{c_char, c_int, c_uchar, c_void};

use super::support::{
    convert::{bytes, bytes_mut, store},
    export, with_context, with_ssl,
};
use crate::{
    error::Reason,
    libcrypto::error_queue,
    object::{
        SSL, SSL_CTX,
        callbacks::{AllowEarlyDataCallback, Callback},
        config::Configurable,
        early_data::EarlyData,
        log,
    },
};

export! {
    SSL_write_early_data SSL_read_early_data SSL_get_early_data_status
    SSL_CTX_set_max_early_data SSL_CTX_get_max_early_data SSL_set_max_early_data SSL_get_max_early_data
    SSL_CTX_set_recv_max_early_data SSL_CTX_get_recv_max_early_data
    SSL_set_recv_max_early_data SSL_get_recv_max_early_data
    SSL_CTX_set_allow_early_data_cb SSL_set_allow_early_data_cb SSL_export_keying_material_early
}

/// `SSL_READ_EARLY_DATA_ERROR`.
const READ_ERROR: c_int = 0;
/// `SSL_READ_EARLY_DATA_SUCCESS`.
const READ_SUCCESS: c_int = 1;
/// `SSL_READ_EARLY_DATA_FINISH`.
const READ_FINISH: c_int = 2;

/// Writes `num` bytes of early data from `buf`, after the ClientHello if that was not sent, and stores how many in
/// `*written`. A server that reads early data writes to a client that it does not know yet.
///
/// Returns 1 on success, else 0: `SSL_get_error` tells why, and a write that could not go on must be repeated with the
/// same bytes. `ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED` when there is no session that allows early data, or it is too late for it;
/// `SSL_R_TOO_MUCH_EARLY_DATA` for more than the session allows. `SSL_read_early_data(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_write_early_data(
    ssl: *mut SSL,
    buf: *const c_void,
    num: usize,
    written: *mut usize,
) -> c_int {
    // SAFETY: the contract of this module: `buf` holds `num` bytes.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            let Some(data) = bytes(buf.cast(), num) else {
                error_queue::raise_ssl(Reason::ERR_PASSED_NULL_PARAMETER);
                return 0;
            };
            match ssl.write_early_data(data) {
                Ok(count) => {
                    store(written, count);
                    1
                }
                Err(_) => 0,
            }
        })
    }
}

/// Reads at most `num` bytes of early data to `buf`, after the answer to the ClientHello if that was not sent, and stores
/// how many in `*readbytes`.
///
/// Returns `SSL_READ_EARLY_DATA_SUCCESS` (1) for some bytes; `SSL_READ_EARLY_DATA_FINISH` (2) with `*readbytes` 0 when there
/// is none or no more, whereupon `SSL_accept`, `SSL_read` or `SSL_write` goes on with the handshake; else
/// `SSL_READ_EARLY_DATA_ERROR` (0): `SSL_get_error` tells why. `SSL_read_early_data(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_read_early_data(
    ssl: *mut SSL,
    buf: *mut c_void,
    num: usize,
    readbytes: *mut usize,
) -> c_int {
    // SAFETY: the contract of this module: `buf` has room for `num` bytes.
    unsafe {
        with_ssl(ssl, READ_ERROR, |ssl| {
            let Some(out) = bytes_mut(buf, num) else {
                error_queue::raise_ssl(Reason::ERR_PASSED_NULL_PARAMETER);
                return READ_ERROR;
            };
            match ssl.read_early_data(out) {
                Ok(EarlyData::Read(count)) => {
                    store(readbytes, count);
                    READ_SUCCESS
                }
                Ok(EarlyData::Finished) => {
                    store(readbytes, 0);
                    READ_FINISH
                }
                Err(_) => READ_ERROR,
            }
        })
    }
}

/// What became of early data: `SSL_EARLY_DATA_NOT_SENT` (0), `SSL_EARLY_DATA_REJECTED` (1), `SSL_EARLY_DATA_ACCEPTED` (2).
/// `SSL_read_early_data(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_early_data_status(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| ssl.with_connection(|connection| connection.early_data().status as c_int))
    }
}

/// Sets how much early data the sessions of connections to come allow; 0, the default, is none. Returns 1.
/// `SSL_CTX_set_max_early_data(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_max_early_data(ctx: *mut SSL_CTX, max_early_data: u32) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |context| set_max(context, max_early_data)) }
}

/// As `SSL_CTX_set_max_early_data`, for this connection. `SSL_CTX_set_max_early_data(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_max_early_data(ssl: *mut SSL, max_early_data: u32) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| set_max(ssl, max_early_data)) }
}

fn set_max(object: &impl Configurable, max_early_data: u32) -> c_int {
    if max_early_data > 0 {
        log::differs("SSL_CTX_set_max_early_data", "early data is refused after a HelloRetryRequest");
    }
    object.change_settings(|settings| settings.max_early_data = max_early_data);
    1
}

/// What `SSL_CTX_set_max_early_data` set. `SSL_CTX_set_max_early_data(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get_max_early_data(ctx: *const SSL_CTX) -> u32 {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |context| context.look(|config| config.settings.max_early_data)) }
}

/// What `SSL_set_max_early_data` set. `SSL_CTX_set_max_early_data(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_max_early_data(ssl: *const SSL) -> u32 {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| ssl.look(|config| config.settings.max_early_data)) }
}

/// Sets how much early data the servers to come take, or pass over where they reject it. Returns 1.
/// `SSL_CTX_set_max_early_data(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_recv_max_early_data(
    ctx: *mut SSL_CTX,
    recv_max_early_data: u32,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |context| set_recv_max(context, recv_max_early_data)) }
}

/// As `SSL_CTX_set_recv_max_early_data`, for this connection. `SSL_CTX_set_max_early_data(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_recv_max_early_data(ssl: *mut SSL, recv_max_early_data: u32) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| set_recv_max(ssl, recv_max_early_data)) }
}

fn set_recv_max(object: &impl Configurable, recv_max_early_data: u32) -> c_int {
    object.change_settings(|settings| settings.recv_max_early_data = recv_max_early_data);
    1
}

/// What `SSL_CTX_set_recv_max_early_data` set. `SSL_CTX_set_max_early_data(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get_recv_max_early_data(ctx: *const SSL_CTX) -> u32 {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |context| context.look(|config| config.settings.recv_max_early_data)) }
}

/// What `SSL_set_recv_max_early_data` set. `SSL_CTX_set_max_early_data(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_recv_max_early_data(ssl: *const SSL) -> u32 {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| ssl.look(|config| config.settings.recv_max_early_data)) }
}

/// Asks `cb`, with `arg`, before early data is accepted: 1 allows it, 0 does not. `SSL_set_allow_early_data_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_allow_early_data_cb(
    ctx: *mut SSL_CTX,
    cb: Option<AllowEarlyDataCallback>,
    arg: *mut c_void,
) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, (), |context| {
            context.change(|config| {
                config.callbacks.allow_early_data = Callback { function: cb, argument: arg };
            });
        });
    }
}

/// As `SSL_CTX_set_allow_early_data_cb`, for this connection. `SSL_set_allow_early_data_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_allow_early_data_cb(
    ssl: *mut SSL,
    cb: Option<AllowEarlyDataCallback>,
    arg: *mut c_void,
) {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, (), |ssl| {
            ssl.change(|config| {
                config.callbacks.allow_early_data = Callback { function: cb, argument: arg };
            });
        });
    }
}

/// As `SSL_export_keying_material`, from what early data is protected with; the context always counts.
///
/// Returns 1; 0 where there is no early data, or the material cannot be made. `SSL_export_keying_material(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_export_keying_material_early(
    ssl: *mut SSL,
    out: *mut c_uchar,
    olen: usize,
    label: *const c_char,
    llen: usize,
    context: *const c_uchar,
    contextlen: usize,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            let (Some(label), Some(out)) = (bytes(label.cast(), llen), bytes_mut(out.cast(), olen)) else {
                return 0;
            };
            let context = bytes(context, contextlen).unwrap_or_default();
            c_int::from(ssl.export_keying_material_early(label, context, out))
        })
    }
}
