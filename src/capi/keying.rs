//! What a handshake left that other protocols build on: `SSL_export_keying_material(3)`, `SSL_get_finished(3)`,
//! `SSL_get_client_random(3)`.

use core::ffi::{c_char, c_int, c_uchar, c_void};

use super::support::{
    convert::{bytes, bytes_mut},
    export, with_session, with_ssl,
};
use crate::object::{SSL, SSL_SESSION, keying::copy_out};

export! {
    SSL_export_keying_material SSL_get_finished SSL_get_peer_finished
    SSL_get_client_random SSL_get_server_random SSL_SESSION_get_master_key
}

/// Fills the `olen` bytes at `out` with keying material for the label, and for the context if `use_context` is set.
///
/// Returns 1; 0 if the label is reserved or the material cannot be made; -1 before the handshake is far enough.
/// `SSL_export_keying_material(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_export_keying_material(
    ssl: *mut SSL,
    out: *mut c_uchar,
    olen: usize,
    label: *const c_char,
    llen: usize,
    context: *const c_uchar,
    contextlen: usize,
    use_context: c_int,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, -1, |ssl| {
            let room = bytes_mut(out.cast(), olen).filter(|_| !out.is_null());
            let label = bytes(label.cast(), llen).filter(|_| !label.is_null());
            let context = if use_context == 0 { None } else { bytes(context, contextlen) };
            ssl.export_keying_material(label, context, room)
        })
    }
}

/// Copies at most `count` bytes of the Finished that was sent to `buf`.
///
/// Returns how many bytes it has; 0 before it was sent. `SSL_get_finished(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_finished(ssl: *const SSL, buf: *mut c_void, count: usize) -> usize {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| bytes_mut(buf, count).map_or(0, |out| ssl.finished(ssl.side(), out))) }
}

/// Copies at most `count` bytes of the Finished that the peer sent to `buf`.
///
/// Returns how many bytes it has; 0 before it came. `SSL_get_finished(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_peer_finished(ssl: *const SSL, buf: *mut c_void, count: usize) -> usize {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| bytes_mut(buf, count).map_or(0, |out| ssl.finished(ssl.side().peer(), out)))
    }
}

/// Copies at most `outlen` bytes of the client's random to `out`.
///
/// Returns how many were copied; for no room at all, how many there are. `SSL_get_client_random(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_client_random(ssl: *const SSL, out: *mut c_uchar, outlen: usize) -> usize {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            let random = ssl.with_connection(|connection| connection.negotiated().client_random);
            bytes_mut(out.cast(), outlen).map_or(0, |out| copy_out(&random, out))
        })
    }
}

/// As `SSL_get_client_random`, of the server's random. `SSL_get_client_random(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_server_random(ssl: *const SSL, out: *mut c_uchar, outlen: usize) -> usize {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            let random = ssl.with_connection(|connection| connection.negotiated().server_random);
            bytes_mut(out.cast(), outlen).map_or(0, |out| copy_out(&random, out))
        })
    }
}

/// Copies at most `outlen` bytes of the session's secret to `out`.
///
/// Returns how many were copied; for no room at all, how many there are. `SSL_get_client_random(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_get_master_key(
    session: *const SSL_SESSION,
    out: *mut c_uchar,
    outlen: usize,
) -> usize {
    // SAFETY: the contract of this module.
    unsafe {
        with_session(session, 0, |session| {
            bytes_mut(out.cast(), outlen).map_or(0, |out| copy_out(session.core().secret.as_ref(), out))
        })
    }
}
