//! What a session says, and what can be made of one: `SSL_SESSION_get0_id_context(3)` and its kin.
//!
//! A pointer that a function here gives out belongs to the session, and is valid until the session goes or the same
//! value is set again.

use core::ffi::{CStr, c_char, c_int, c_long, c_uchar, c_uint, c_ulong, c_void};

use super::{
    cipher::SSL_CIPHER,
    library,
    support::{
        convert::{self, bytes, c_string, store},
        export, guard, with_session,
    },
};
use crate::{
    crypto::{secret::Secret, suite},
    error::Reason,
    libcrypto::{error_queue, sys},
    object::{SSL_SESSION, SessionHandle},
    session::{Id, MAX_ID_LENGTH, Session},
    wire::{CipherSuite, ProtocolVersion},
};

export!(OPENSSL_3.3.0: SSL_SESSION_get_time_ex SSL_SESSION_set_time_ex);
export! {
    SSL_SESSION_new SSL_SESSION_dup SSL_SESSION_up_ref SSL_SESSION_free SSL_SESSION_is_resumable
    SSL_SESSION_get_id SSL_SESSION_set1_id SSL_SESSION_get0_id_context SSL_SESSION_set1_id_context
    SSL_SESSION_get_time SSL_SESSION_set_time SSL_SESSION_get_timeout SSL_SESSION_set_timeout
    SSL_SESSION_get_protocol_version SSL_SESSION_set_protocol_version
    SSL_SESSION_get0_cipher SSL_SESSION_set_cipher SSL_SESSION_get_compress_id SSL_SESSION_set1_master_key
    SSL_SESSION_get0_peer SSL_SESSION_get0_hostname SSL_SESSION_set1_hostname
    SSL_SESSION_get0_alpn_selected SSL_SESSION_set1_alpn_selected
    SSL_SESSION_has_ticket SSL_SESSION_get0_ticket SSL_SESSION_get_ticket_lifetime_hint
    SSL_SESSION_get0_ticket_appdata SSL_SESSION_set1_ticket_appdata
    SSL_SESSION_get_max_early_data SSL_SESSION_set_max_early_data SSL_SESSION_get_max_fragment_length
}

/// Makes a session in which nothing is set. The caller owns one reference; null when memory is out.
/// `SSL_SESSION_free(3)`
#[unsafe(no_mangle)]
pub extern "C" fn SSL_SESSION_new() -> *mut SSL_SESSION {
    guard(core::ptr::null_mut(), || {
        convert::handle(library::make_ready().then(SessionHandle::empty).flatten())
    })
}

/// Makes a session of its own that says the same. The caller owns one reference; null for null.
/// `SSL_SESSION_free(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_dup(session: *const SSL_SESSION) -> *mut SSL_SESSION {
    // SAFETY: the contract of this module.
    unsafe { with_session(session, core::ptr::null_mut(), |session| convert::handle(session.duplicate())) }
}

/// Takes one more reference. Returns 1, or 0 for null. `SSL_SESSION_free(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_up_ref(session: *mut SSL_SESSION) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { convert::up_ref(session) }
}

/// Gives one reference back; null is left alone. `SSL_SESSION_free(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_free(session: *mut SSL_SESSION) {
    // SAFETY: the contract of this module; the reference was the caller's.
    guard((), || unsafe { convert::release(session) });
}

/// Returns 1 if the session can be resumed, else 0. `SSL_SESSION_is_resumable(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_is_resumable(session: *const SSL_SESSION) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_session(session, 0, |session| c_int::from(session.is_resumable())) }
}

/// The id, and its length in `*len` unless that is null. `SSL_SESSION_get_id(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_get_id(session: *const SSL_SESSION, len: *mut c_uint) -> *const c_uchar {
    // SAFETY: the contract of this module.
    unsafe { give(session, len, SessionHandle::show_id) }
}

/// Sets the id. Returns 1, or 0 with `SSL_R_SSL_SESSION_ID_TOO_LONG` for more than 32 bytes.
/// `SSL_SESSION_get_id(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_set1_id(
    session: *mut SSL_SESSION,
    sid: *const c_uchar,
    sid_len: c_uint,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { set_id(session, sid, sid_len, Reason::SSL_SESSION_ID_TOO_LONG, |session, id| session.id = id) }
}

/// The context in which the session may be resumed, and its length in `*len` unless that is null.
/// `SSL_SESSION_get0_id_context(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_get0_id_context(
    session: *const SSL_SESSION,
    len: *mut c_uint,
) -> *const c_uchar {
    // SAFETY: the contract of this module.
    unsafe { give(session, len, SessionHandle::show_id_context) }
}

/// Sets the context in which the session may be resumed. Returns 1, or 0 with
/// `SSL_R_SSL_SESSION_ID_CONTEXT_TOO_LONG` for more than 32 bytes. `SSL_SESSION_get0_id_context(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_set1_id_context(
    session: *mut SSL_SESSION,
    sid_ctx: *const c_uchar,
    sid_ctx_len: c_uint,
) -> c_int {
    let too_long = Reason::SSL_SESSION_ID_CONTEXT_TOO_LONG;
    // SAFETY: the contract of this module.
    unsafe {
        set_id(session, sid_ctx, sid_ctx_len, too_long, |session, context| session.id_context = context)
    }
}

/// When the session began, in seconds since 1970; 0 for null. `SSL_SESSION_get_time(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_get_time(session: *const SSL_SESSION) -> c_long {
    // SAFETY: the contract of this module.
    unsafe { look(session, 0, |session| session.core().time) }
}

/// Sets when the session began. Returns the time; 0 for null. `SSL_SESSION_get_time(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_set_time(session: *mut SSL_SESSION, t: c_long) -> c_long {
    // SAFETY: the contract of this module.
    unsafe {
        look(session, 0, |session| {
            session.update_lifetime(|session| session.time = t);
            t
        })
    }
}

/// When the session began, in seconds since 1970; 0 for null. `SSL_SESSION_get_time_ex(3)`, of OpenSSL 3.3
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_get_time_ex(session: *const SSL_SESSION) -> libc::time_t {
    // SAFETY: the contract of this module.
    unsafe { SSL_SESSION_get_time(session) }
}

/// Sets when the session began. Returns the time; 0 for null. `SSL_SESSION_get_time_ex(3)`, of OpenSSL 3.3
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_set_time_ex(session: *mut SSL_SESSION, t: libc::time_t) -> libc::time_t {
    // SAFETY: the contract of this module.
    unsafe { SSL_SESSION_set_time(session, t) }
}

/// How long the session may be resumed, in seconds; 0 for null. `SSL_SESSION_get_time(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_get_timeout(session: *const SSL_SESSION) -> c_long {
    // SAFETY: the contract of this module.
    unsafe { look(session, 0, |session| session.core().timeout) }
}

/// Sets how long the session may be resumed. Returns 1; 0 for null or a negative time. `SSL_SESSION_get_time(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_set_timeout(session: *mut SSL_SESSION, t: c_long) -> c_long {
    if t < 0 {
        return 0;
    }
    // SAFETY: the contract of this module.
    unsafe {
        look(session, 0, |session| {
            session.update_lifetime(|session| session.timeout = t);
            1
        })
    }
}

/// The version: `TLS1_3_VERSION` and so on. `SSL_SESSION_get_protocol_version(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_get_protocol_version(session: *const SSL_SESSION) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_session(session, 0, |session| session.core().version.0.into()) }
}

/// Sets the version. Returns 1, or 0 for what is no version. `SSL_SESSION_get_protocol_version(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_set_protocol_version(
    session: *mut SSL_SESSION,
    version: c_int,
) -> c_int {
    let Ok(version) = u16::try_from(version) else { return 0 };
    // SAFETY: the contract of this module.
    unsafe { change(session, |session| session.version = ProtocolVersion(version)) }
}

/// The cipher; null without one. `SSL_SESSION_get0_cipher(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_get0_cipher(session: *const SSL_SESSION) -> *const SSL_CIPHER {
    // SAFETY: the contract of this module.
    unsafe {
        with_session(session, core::ptr::null(), |session| {
            suite::find(session.core().cipher_suite).map_or(core::ptr::null(), core::ptr::from_ref)
        })
    }
}

/// Sets the cipher; null takes it away. Returns 1. `SSL_SESSION_get0_cipher(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_set_cipher(
    session: *mut SSL_SESSION,
    cipher: *const SSL_CIPHER,
) -> c_int {
    // SAFETY: the contract of this module: ciphers are never freed.
    unsafe {
        let suite = cipher.as_ref().map_or(CipherSuite(0), |cipher| cipher.id);
        change(session, |session| session.cipher_suite = suite)
    }
}

/// The compression method of TLS 1.2; 0 without compression. `SSL_SESSION_get_compress_id(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_get_compress_id(session: *const SSL_SESSION) -> c_uint {
    // SAFETY: the contract of this module.
    unsafe { with_session(session, 0, |session| session.core().carried().compression.into()) }
}

/// Sets the secret: the master secret of TLS 1.2, or the PSK of TLS 1.3.
///
/// Returns 1, or 0 for more than 64 bytes, which no suite has. `SSL_get_client_random(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_set1_master_key(
    session: *mut SSL_SESSION,
    key: *const c_uchar,
    len: usize,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        match bytes(key, len).and_then(Secret::new) {
            Some(secret) => change(session, |session| session.secret = secret),
            None => 0,
        }
    }
}

/// The peer's certificate; null if it sent none. `SSL_SESSION_get0_peer(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_get0_peer(session: *mut SSL_SESSION) -> *mut sys::X509 {
    // SAFETY: the contract of this module.
    unsafe {
        with_session(session, core::ptr::null_mut(), |session| {
            session.peer().map_or(core::ptr::null_mut(), |certificate| certificate.as_ptr())
        })
    }
}

/// The server name that was negotiated; null without one. `SSL_SESSION_get0_hostname(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_get0_hostname(session: *const SSL_SESSION) -> *const c_char {
    // SAFETY: the contract of this module.
    unsafe { with_session(session, core::ptr::null(), |session| session.show_server_name().cast()) }
}

/// Sets the server name; null takes it away. Returns 1. `SSL_SESSION_get0_hostname(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_set1_hostname(
    session: *mut SSL_SESSION,
    hostname: *const c_char,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        let name = c_string(hostname).map(CStr::to_bytes).map(<[u8]>::to_vec);
        change(session, |session| session.server_name = name)
    }
}

/// The application protocol in `*alpn` and its length in `*len`; null and 0 without one.
/// `SSL_SESSION_get0_hostname(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_get0_alpn_selected(
    session: *const SSL_SESSION,
    alpn: *mut *const c_uchar,
    len: *mut usize,
) {
    // SAFETY: the contract of this module.
    unsafe { give_both(session, alpn, len, SessionHandle::show_alpn) };
}

/// Sets the application protocol; null or no bytes take it away. Returns 1. `SSL_SESSION_get0_hostname(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_set1_alpn_selected(
    session: *mut SSL_SESSION,
    alpn: *const c_uchar,
    len: usize,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        let protocol = bytes(alpn, len).unwrap_or_default().to_vec();
        change(session, |session| session.alpn = protocol)
    }
}

/// Returns 1 if the session has a ticket, else 0. `SSL_SESSION_has_ticket(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_has_ticket(session: *const SSL_SESSION) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_session(session, 0, |session| c_int::from(!session.core().ticket.is_empty())) }
}

/// The ticket in `*tick`, unless that is null, and its length in `*len`. `SSL_SESSION_has_ticket(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_get0_ticket(
    session: *const SSL_SESSION,
    tick: *mut *const c_uchar,
    len: *mut usize,
) {
    // SAFETY: the contract of this module.
    unsafe { give_both(session, tick, len, SessionHandle::show_ticket) };
}

/// The lifetime of the ticket in seconds, as the server told. `SSL_SESSION_has_ticket(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_get_ticket_lifetime_hint(session: *const SSL_SESSION) -> c_ulong {
    // SAFETY: the contract of this module.
    unsafe { with_session(session, 0, |session| session.core().ticket_lifetime.into()) }
}

/// The program's data of the ticket in `*data`, and its length in `*len`. Returns 1.
/// `SSL_CTX_set_session_ticket_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_get0_ticket_appdata(
    session: *mut SSL_SESSION,
    data: *mut *mut c_void,
    len: *mut usize,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { c_int::from(give_both(session, data.cast(), len, SessionHandle::show_ticket_app_data)) }
}

/// Puts data of the program into the ticket; null or no bytes take it away. Returns 1.
/// `SSL_CTX_set_session_ticket_cb(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_set1_ticket_appdata(
    session: *mut SSL_SESSION,
    data: *const c_void,
    len: usize,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        let data = bytes(data.cast(), len).unwrap_or_default().to_vec();
        change(session, |session| session.ticket_app_data = data)
    }
}

/// How many bytes of early data the session allows. `SSL_SESSION_get_max_early_data(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_get_max_early_data(session: *const SSL_SESSION) -> u32 {
    // SAFETY: the contract of this module.
    unsafe { with_session(session, 0, |session| session.core().max_early_data) }
}

/// Sets how many bytes of early data the session allows. Returns 1. `SSL_SESSION_get_max_early_data(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_set_max_early_data(
    session: *mut SSL_SESSION,
    max_early_data: u32,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { change(session, |session| session.max_early_data = max_early_data) }
}

/// The mode of the maximum fragment length that was negotiated; 0 without. `SSL_CTX_set_tlsext_max_fragment_length(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SESSION_get_max_fragment_length(session: *const SSL_SESSION) -> u8 {
    // SAFETY: the contract of this module.
    unsafe { with_session(session, 0, |session| session.max_fragment_length()) }
}

/// Runs `body` with a session, which may be null: then nothing is raised.
unsafe fn look<R: Copy>(session: *const SSL_SESSION, absent: R, body: impl FnOnce(&SessionHandle) -> R) -> R {
    if session.is_null() {
        return absent;
    }
    // SAFETY: the contract of this module.
    unsafe { with_session(session, absent, body) }
}

unsafe fn change(session: *mut SSL_SESSION, change: impl FnOnce(&mut Session)) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_session(session, 0, |session| {
            session.update(change);
            1
        })
    }
}

unsafe fn set_id(
    session: *mut SSL_SESSION,
    id: *const c_uchar,
    length: c_uint,
    too_long: Reason,
    set: impl FnOnce(&mut Session, Id),
) -> c_int {
    if length as usize > MAX_ID_LENGTH {
        error_queue::raise_ssl(too_long);
        return 0;
    }
    // SAFETY: the contract of this module.
    match unsafe { bytes(id, length as usize) } {
        // SAFETY: as above.
        Some(id) => unsafe { change(session, |session| set(session, Id::of(id))) },
        None => 0,
    }
}

unsafe fn give(
    session: *const SSL_SESSION,
    length: *mut c_uint,
    show: impl FnOnce(&SessionHandle) -> (*const u8, usize),
) -> *const c_uchar {
    // SAFETY: the contract of this module.
    unsafe {
        with_session(session, core::ptr::null(), |session| {
            let (bytes, count) = show(session);
            store(length, c_uint::try_from(count).unwrap_or_default());
            bytes
        })
    }
}

unsafe fn give_both(
    session: *const SSL_SESSION,
    bytes: *mut *const c_uchar,
    length: *mut usize,
    show: impl FnOnce(&SessionHandle) -> (*const u8, usize),
) -> bool {
    // SAFETY: the contract of this module.
    unsafe {
        with_session(session, false, |session| {
            let (shown, count) = show(session);
            store(bytes, shown);
            store(length, count);
            true
        })
    }
}
