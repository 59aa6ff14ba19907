//! Handshake, read, write, shutdown: `SSL_do_handshake(3)`, `SSL_read(3)`, `SSL_write(3)`, `SSL_shutdown(3)`,
//! `SSL_get_error(3)` and their kin.

use core::ffi::{c_int, c_void};

use super::support::{
    convert::{bytes, bytes_mut, store},
    export, with_context, with_ssl,
};
use crate::{
    error::Reason,
    libcrypto::error_queue,
    object::{SSL, SSL_CTX, driver::Pause, io::SslError},
    record::Side,
};

export!(OPENSSL_3.2.0: SSL_shutdown_ex);
export!(OPENSSL_3.3.0: SSL_write_ex2);
export! {
    SSL_do_handshake SSL_connect SSL_accept SSL_set_connect_state SSL_set_accept_state
    SSL_read SSL_read_ex SSL_peek SSL_peek_ex SSL_write SSL_write_ex SSL_sendfile SSL_pending SSL_has_pending
    SSL_shutdown SSL_get_shutdown SSL_set_shutdown SSL_set_quiet_shutdown SSL_get_quiet_shutdown
    SSL_CTX_set_quiet_shutdown SSL_CTX_get_quiet_shutdown SSL_get_error SSL_want
    SSL_set_read_ahead SSL_get_read_ahead SSL_key_update SSL_get_key_update_type
}

/// Performs the handshake, or goes on with it; also does what `SSL_key_update` scheduled.
///
/// Returns 1 when it is complete, 0 when the peer closed the connection in an orderly way, -1 on failure or when it
/// cannot go on yet: `SSL_get_error` tells. `SSL_R_CONNECTION_TYPE_NOT_SET` when no side was chosen.
/// `SSL_do_handshake(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_do_handshake(ssl: *mut SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, -1, |ssl| ssl.do_handshake()) }
}

/// Performs the handshake as a client, which this connection becomes if no side was chosen.
///
/// Returns as `SSL_do_handshake`. `SSL_connect(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_connect(ssl: *mut SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, -1, |ssl| ssl.handshake_as(Side::Client)) }
}

/// Performs the handshake as a server, which this connection becomes if no side was chosen.
///
/// Returns as `SSL_do_handshake`. `SSL_accept(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_accept(ssl: *mut SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, -1, |ssl| ssl.handshake_as(Side::Server)) }
}

/// Makes the connection a client's, at its start. `SSL_set_connect_state(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_connect_state(ssl: *mut SSL) {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, (), |ssl| ssl.set_side(Side::Client)) }
}

/// Makes the connection a server's, at its start. `SSL_set_accept_state(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_accept_state(ssl: *mut SSL) {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, (), |ssl| ssl.set_side(Side::Server)) }
}

/// Reads at most `num` bytes of application data to `buf`, after the handshake if that is not done.
///
/// Returns how many bytes were read; 0 or less when none were: `SSL_get_error` tells why. A negative `num` is
/// `SSL_R_BAD_LENGTH`. `SSL_read(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_read(ssl: *mut SSL, buf: *mut c_void, num: c_int) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { read_int(ssl, buf, num, false) }
}

/// Reads at most `num` bytes of application data to `buf`, and stores how many in `*readbytes`.
///
/// Returns 1 if there were any, else 0: `SSL_get_error` tells why. `SSL_read(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_read_ex(
    ssl: *mut SSL,
    buf: *mut c_void,
    num: usize,
    readbytes: *mut usize,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { read_ex(ssl, buf, num, readbytes, false) }
}

/// As `SSL_read`, but the bytes stay, to be read again. `SSL_read(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_peek(ssl: *mut SSL, buf: *mut c_void, num: c_int) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { read_int(ssl, buf, num, true) }
}

/// As `SSL_read_ex`, but the bytes stay, to be read again. `SSL_read(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_peek_ex(
    ssl: *mut SSL,
    buf: *mut c_void,
    num: usize,
    readbytes: *mut usize,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { read_ex(ssl, buf, num, readbytes, true) }
}

unsafe fn read_int(ssl: *mut SSL, buffer: *mut c_void, length: c_int, peek: bool) -> c_int {
    let Ok(length) = usize::try_from(length) else { return fail(Reason::BAD_LENGTH, -1) };
    // SAFETY: the contract of this module.
    let count = unsafe { read(ssl, buffer, length, peek) };
    count.map_or_else(return_value, |count| c_int::try_from(count).unwrap_or(c_int::MAX))
}

unsafe fn read_ex(ssl: *mut SSL, buffer: *mut c_void, length: usize, count: *mut usize, peek: bool) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        match read(ssl, buffer, length, peek) {
            Ok(0) | Err(_) => 0,
            Ok(read) => {
                store(count, read);
                1
            }
        }
    }
}

unsafe fn read(ssl: *mut SSL, buffer: *mut c_void, length: usize, peek: bool) -> Result<usize, Pause> {
    // SAFETY: the contract of this module: `buffer` has room for `length` bytes.
    unsafe {
        with_ssl(ssl, Err(Pause::Failed), |ssl| match bytes_mut(buffer, length) {
            Some(out) => ssl.read(out, peek),
            None if !ssl.side_is_set() => fail(Reason::UNINITIALIZED, Err(Pause::Failed)),
            None => fail(Reason::ERR_PASSED_NULL_PARAMETER, Err(Pause::Failed)),
        })
    }
}

/// Writes `num` bytes of application data from `buf`, after the handshake if that is not done.
///
/// Returns how many bytes were written: all of them, or with `SSL_MODE_ENABLE_PARTIAL_WRITE` at least one record. 0 or
/// less: `SSL_get_error` tells why; a write that could not go on must be repeated with the same bytes. A negative
/// `num` is `SSL_R_BAD_LENGTH`. `SSL_write(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_write(ssl: *mut SSL, buf: *const c_void, num: c_int) -> c_int {
    let Ok(length) = usize::try_from(num) else { return fail(Reason::BAD_LENGTH, -1) };
    // SAFETY: the contract of this module.
    let count = unsafe { write(ssl, buf, length) };
    count.map_or_else(return_value, |count| c_int::try_from(count).unwrap_or(c_int::MAX))
}

/// Writes `num` bytes of application data from `buf`, and stores how many were written in `*written`.
///
/// Returns 1 on success, also for no bytes at all; else 0: `SSL_get_error` tells why. `SSL_write(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_write_ex(
    ssl: *mut SSL,
    buf: *const c_void,
    num: usize,
    written: *mut usize,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        match write(ssl, buf, num) {
            Ok(count) => {
                store(written, count);
                1
            }
            Err(_) => 0,
        }
    }
}

/// As `SSL_write_ex`, with flags, of which there is none for TLS: `SSL_WRITE_FLAG_CONCLUDE` (1) ends a stream of QUIC.
///
/// Returns as `SSL_write_ex`; 0 for any flag, with `SSL_R_UNSUPPORTED_WRITE_FLAG`. `SSL_write(3)`, of OpenSSL 3.3
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_write_ex2(
    ssl: *mut SSL,
    buf: *const c_void,
    num: usize,
    flags: u64,
    written: *mut usize,
) -> c_int {
    if flags != 0 {
        return fail(Reason::UNSUPPORTED_WRITE_FLAG, 0);
    }
    // SAFETY: the contract of this module.
    unsafe { SSL_write_ex(ssl, buf, num, written) }
}

unsafe fn write(ssl: *mut SSL, buffer: *const c_void, length: usize) -> Result<usize, Pause> {
    // SAFETY: the contract of this module: `buffer` holds `length` bytes.
    unsafe {
        with_ssl(ssl, Err(Pause::Failed), |ssl| match bytes(buffer.cast(), length) {
            Some(data) => ssl.write(data),
            None => fail(Reason::ERR_PASSED_NULL_PARAMETER, Err(Pause::Failed)),
        })
    }
}

/// Sends a file through kernel TLS, which is never in use here.
///
/// Returns -1 with `SSL_R_UNINITIALIZED`, as on every connection without kernel TLS. `SSL_sendfile(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_sendfile(
    ssl: *mut SSL,
    _fd: c_int,
    _offset: libc::off_t,
    _size: usize,
    _flags: c_int,
) -> isize {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, -1, |_| fail(Reason::UNINITIALIZED, -1)) }
}

/// How many bytes of application data can be read at once, without another record. `SSL_pending(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_pending(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    let pending = unsafe { with_ssl(ssl, 0, |ssl| ssl.with_connection(|connection| connection.pending())) };
    c_int::try_from(pending).unwrap_or(c_int::MAX)
}

/// Returns 1 if any received bytes wait, processed or not, else 0. `SSL_pending(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_has_pending(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| c_int::from(ssl.with_connection(|connection| connection.has_pending()))) }
}

/// Sends close_notify; called again, waits for the peer's.
///
/// Returns 1 when both were exchanged, 0 when ours was sent and the peer's has not come, -1 on failure or when it
/// cannot go on yet: `SSL_get_error` tells. `SSL_shutdown(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_shutdown(ssl: *mut SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, -1, |ssl| ssl.close()) }
}

/// As `SSL_shutdown`: the flags and the arguments speak of QUIC. `SSL_shutdown_ex(3)`, of OpenSSL 3.2
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_shutdown_ex(
    ssl: *mut SSL,
    _flags: u64,
    _args: *const c_void,
    _args_len: usize,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { SSL_shutdown(ssl) }
}

/// `SSL_SENT_SHUTDOWN` and `SSL_RECEIVED_SHUTDOWN`, as far as they happened. `SSL_set_shutdown(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_shutdown(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| ssl.shutdown.get()) }
}

/// Makes the connection believe that `mode` happened. `SSL_set_shutdown(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_shutdown(ssl: *mut SSL, mode: c_int) {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, (), |ssl| ssl.set_shutdown(mode)) }
}

/// Whether `SSL_shutdown` pretends to have exchanged close_notify and sends nothing. `SSL_CTX_set_quiet_shutdown(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_quiet_shutdown(ssl: *mut SSL, mode: c_int) {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, (), |ssl| {
            ssl.update_config(|config| config.update_settings(|settings| settings.quiet_shutdown = mode));
        })
    }
}

/// What `SSL_set_quiet_shutdown` set. `SSL_CTX_set_quiet_shutdown(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_quiet_shutdown(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| ssl.with_config(|config| config.settings.quiet_shutdown)) }
}

/// As `SSL_set_quiet_shutdown`, for the connections to come of a context. `SSL_CTX_set_quiet_shutdown(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_quiet_shutdown(ctx: *mut SSL_CTX, mode: c_int) {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, (), |context| {
            context.update_settings(|settings| settings.quiet_shutdown = mode);
        })
    }
}

/// What `SSL_CTX_set_quiet_shutdown` set. `SSL_CTX_set_quiet_shutdown(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_get_quiet_shutdown(ctx: *const SSL_CTX) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |context| context.config().settings.quiet_shutdown) }
}

/// What a handshake, read, write or shutdown function meant by returning `ret`: `SSL_ERROR_…`. Looks at the thread's
/// error queue, which must have been empty before that call. `SSL_get_error(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_error(ssl: *const SSL, ret: c_int) -> c_int {
    if ret > 0 {
        return SslError::None as c_int;
    }
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, SslError::Ssl as c_int, |ssl| ssl.error_of(ret) as c_int) }
}

/// What the last call waits for: `SSL_NOTHING`, `SSL_READING` and so on. `SSL_want(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_want(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| ssl.waiting.get() as c_int) }
}

/// Whether more than the current record may be read from the transport. `SSL_CTX_set_read_ahead(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_read_ahead(ssl: *mut SSL, yes: c_int) {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, (), |ssl| {
            ssl.update_config(|config| config.update_settings(|settings| settings.read_ahead = yes));
        })
    }
}

/// What `SSL_set_read_ahead` set. `SSL_CTX_set_read_ahead(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_read_ahead(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| ssl.with_config(|config| config.settings.read_ahead)) }
}

/// Schedules new keys for what we write, and with `SSL_KEY_UPDATE_REQUESTED` for what the peer writes: the next write
/// or `SSL_do_handshake` sends the KeyUpdate.
///
/// Returns 1; 0 with a reason if this is not TLS 1.3, the handshake is not complete, a write waits to be repeated, or
/// `updatetype` is neither `SSL_KEY_UPDATE_REQUESTED` nor `SSL_KEY_UPDATE_NOT_REQUESTED`. `SSL_key_update(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_key_update(ssl: *mut SSL, updatetype: c_int) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| match ssl.schedule_key_update(updatetype) {
            Ok(()) => 1,
            Err(reason) => fail(reason, 0),
        })
    }
}

/// The type of the scheduled KeyUpdate; `SSL_KEY_UPDATE_NONE` without one. `SSL_key_update(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_key_update_type(ssl: *const SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, -1, |ssl| ssl.key_update_type()) }
}

/// Puts `reason` into the error queue.
#[track_caller]
fn fail<R>(reason: Reason, value: R) -> R {
    error_queue::raise_ssl(reason);
    value
}

/// What a read or write that came to nothing returns: 0 at the end of what the peer sends, else -1.
const fn return_value(pause: Pause) -> c_int {
    match pause {
        Pause::Closed | Pause::Ended => 0,
        Pause::Waiting | Pause::Failed => -1,
    }
}
