//! The callbacks of a program, which answer in a way that goes on, and call the library themselves.

use core::{
    ffi::{c_char, c_int, c_uchar, c_uint, c_void},
    ptr::null_mut,
};

use super::asking::ask;
use crate::{
    capi::{
        alpn::SSL_CTX_set_alpn_select_cb,
        callbacks::{SSL_CTX_set_cert_cb, SSL_CTX_set_info_callback, SSL_CTX_set_msg_callback},
        client_hello::SSL_CTX_set_client_hello_cb,
        cookie::{
            SSL_CTX_set_cookie_generate_cb, SSL_CTX_set_cookie_verify_cb,
            SSL_CTX_set_stateless_cookie_generate_cb, SSL_CTX_set_stateless_cookie_verify_cb,
        },
        custom_extensions::SSL_CTX_add_custom_ext,
        io::SSL_do_handshake,
        next_protocol::{SSL_CTX_set_next_proto_select_cb, SSL_CTX_set_next_protos_advertised_cb},
        psk::{
            SSL_CTX_set_psk_client_callback, SSL_CTX_set_psk_find_session_callback,
            SSL_CTX_set_psk_server_callback,
        },
        record_size::SSL_CTX_set_record_padding_callback,
        session_cache::SSL_CTX_sess_set_new_cb,
        srp::{
            SSL_CTX_set_srp_password, SSL_CTX_set_srp_username, SSL_CTX_set_srp_username_callback,
            SSL_set_srp_server_param_pw,
        },
    },
    libcrypto::sys,
    object::{SSL, SSL_CTX, SSL_SESSION},
};

/// `SSL_EXT_CLIENT_HELLO`, the hellos of servers and EncryptedExtensions, Certificate.
const PLACES: c_uint = 0x80 | 0x100 | 0x200 | 0x400 | 0x1000;
/// The number of a custom extension.
const CUSTOM: c_uint = 0xfe01;
/// `SSL_TLSEXT_ERR_OK`.
const OK: c_int = 0;

const COOKIE: [u8; 16] = *b"a cookie of ours";
const PROTOCOL: [u8; 3] = *b"\x02h2";

/// Sets all of them on a context.
///
/// # Safety
///
/// The context is valid.
pub unsafe fn set_all(context: *mut SSL_CTX) {
    // SAFETY: the caller's promise; what is passed is static or null.
    unsafe {
        SSL_CTX_set_client_hello_cb(context, Some(client_hello), null_mut());
        SSL_CTX_set_alpn_select_cb(context, Some(select_protocol), null_mut());
        SSL_CTX_set_next_protos_advertised_cb(context, Some(next_protocols), null_mut());
        SSL_CTX_set_next_proto_select_cb(context, Some(select_next_protocol), null_mut());
        SSL_CTX_set_info_callback(context, Some(info));
        SSL_CTX_set_msg_callback(context, Some(message));
        SSL_CTX_set_cert_cb(context, Some(certificate), null_mut());
        SSL_CTX_sess_set_new_cb(context, Some(new_session));
        SSL_CTX_set_cookie_generate_cb(context, Some(make_datagram_cookie));
        SSL_CTX_set_cookie_verify_cb(context, Some(check_datagram_cookie));
        SSL_CTX_set_stateless_cookie_generate_cb(context, Some(make_cookie));
        SSL_CTX_set_stateless_cookie_verify_cb(context, Some(check_cookie));
        SSL_CTX_set_psk_client_callback(context, Some(psk_of_client));
        SSL_CTX_set_psk_server_callback(context, Some(psk_of_server));
        SSL_CTX_set_psk_find_session_callback(context, Some(find_psk));
        SSL_CTX_set_record_padding_callback(context, Some(padding));
        SSL_CTX_set_srp_username(context, c"user".as_ptr().cast_mut());
        SSL_CTX_set_srp_password(context, c"password".as_ptr().cast_mut());
        SSL_CTX_set_srp_username_callback(context, Some(srp_user));
        let (add, parse) = (Some(add_extension as _), Some(parse_extension as _));
        let nobody = null_mut();
        assert_eq!(SSL_CTX_add_custom_ext(context, CUSTOM, PLACES, add, None, nobody, parse, nobody), 1);
    }
}

unsafe extern "C" fn client_hello(ssl: *mut SSL, _: *mut c_int, _: *mut c_void) -> c_int {
    // SAFETY: callbacks get the connection that calls them; this holds for all below.
    unsafe { ask(ssl, 5) };
    1
}

unsafe extern "C" fn select_protocol(
    ssl: *mut SSL,
    out: *mut *const c_uchar,
    length: *mut c_uchar,
    offered: *const c_uchar,
    _: c_uint,
    _: *mut c_void,
) -> c_int {
    // SAFETY: the list is not empty: its first name, which is within it, is taken.
    unsafe {
        ask(ssl, 3);
        *length = *offered;
        *out = offered.add(1);
    }
    OK
}

unsafe extern "C" fn next_protocols(
    _: *mut SSL,
    out: *mut *const c_uchar,
    length: *mut c_uint,
    _: *mut c_void,
) -> c_int {
    // SAFETY: both are places for what is static.
    unsafe { (*out, *length) = (PROTOCOL.as_ptr(), 3) };
    OK
}

unsafe extern "C" fn select_next_protocol(
    _: *mut SSL,
    out: *mut *mut c_uchar,
    length: *mut c_uchar,
    _: *const c_uchar,
    _: c_uint,
    _: *mut c_void,
) -> c_int {
    // SAFETY: as above; nobody writes to it.
    unsafe { (*out, *length) = (PROTOCOL.as_ptr().add(1).cast_mut(), 2) };
    OK
}

unsafe extern "C" fn info(ssl: *const SSL, kind: c_int, value: c_int) {
    // `SSL_CB_EXIT`: the handshake function is at its end; called there it would come here again for ever.
    const EXIT: c_int = 2;
    // SAFETY: as above.
    unsafe {
        ask(ssl.cast_mut(), (kind ^ value) as u8);
        if kind & EXIT == 0 {
            SSL_do_handshake(ssl.cast_mut());
        }
    }
}

unsafe extern "C" fn message(
    _: c_int,
    _: c_int,
    kind: c_int,
    data: *const c_void,
    length: usize,
    ssl: *mut SSL,
    _: *mut c_void,
) {
    // SAFETY: the bytes are there to be read; see above.
    unsafe {
        let bytes = core::slice::from_raw_parts(data.cast::<u8>(), length);
        ask(ssl, bytes.iter().fold(kind as u8, |sum, byte| sum ^ byte) & 7);
    }
}

unsafe extern "C" fn certificate(ssl: *mut SSL, _: *mut c_void) -> c_int {
    // SAFETY: as above.
    unsafe { ask(ssl, 1) };
    1
}

unsafe extern "C" fn new_session(_: *mut SSL, _: *mut SSL_SESSION) -> c_int {
    0
}

unsafe extern "C" fn make_datagram_cookie(_: *mut SSL, out: *mut c_uchar, length: *mut c_uint) -> c_int {
    // SAFETY: there is room for 255 bytes.
    unsafe {
        out.copy_from_nonoverlapping(COOKIE.as_ptr(), COOKIE.len());
        *length = COOKIE.len() as c_uint;
    }
    1
}

unsafe extern "C" fn check_datagram_cookie(_: *mut SSL, cookie: *const c_uchar, length: c_uint) -> c_int {
    // SAFETY: so many bytes are there.
    c_int::from(unsafe { core::slice::from_raw_parts(cookie, length as usize) } == COOKIE)
}

unsafe extern "C" fn make_cookie(_: *mut SSL, out: *mut c_uchar, length: *mut usize) -> c_int {
    // SAFETY: as above, for 4096 bytes.
    unsafe {
        out.copy_from_nonoverlapping(COOKIE.as_ptr(), COOKIE.len());
        *length = COOKIE.len();
    }
    1
}

unsafe extern "C" fn check_cookie(_: *mut SSL, cookie: *const c_uchar, length: usize) -> c_int {
    // SAFETY: as above.
    c_int::from(unsafe { core::slice::from_raw_parts(cookie, length) } == COOKIE)
}

unsafe extern "C" fn psk_of_client(
    _: *mut SSL,
    _: *const c_char,
    identity: *mut c_char,
    identity_room: c_uint,
    key: *mut c_uchar,
    room: c_uint,
) -> c_uint {
    assert!(identity_room > 2 && room >= 32);
    // SAFETY: there is so much room.
    unsafe {
        identity.copy_from_nonoverlapping(c"me".as_ptr(), 3);
        key.write_bytes(7, 32);
    }
    32
}

unsafe extern "C" fn psk_of_server(_: *mut SSL, _: *const c_char, key: *mut c_uchar, room: c_uint) -> c_uint {
    assert!(room >= 32);
    // SAFETY: as above.
    unsafe { key.write_bytes(7, 32) };
    32
}

unsafe extern "C" fn find_psk(_: *mut SSL, _: *const c_uchar, _: usize, out: *mut *mut SSL_SESSION) -> c_int {
    // SAFETY: it is a place for a session; null stands for none.
    unsafe { *out = null_mut() };
    1
}

unsafe extern "C" fn padding(_: *mut SSL, _: c_int, length: usize, _: *mut c_void) -> usize {
    length % 7
}

unsafe extern "C" fn srp_user(ssl: *mut SSL, _: *mut c_int, _: *mut c_void) -> c_int {
    // SAFETY: as above; the texts are static.
    unsafe {
        SSL_set_srp_server_param_pw(ssl, c"user".as_ptr(), c"password".as_ptr(), c"1024".as_ptr());
    }
    0
}

unsafe extern "C" fn add_extension(
    ssl: *mut SSL,
    _: c_uint,
    _: c_uint,
    out: *mut *const c_uchar,
    length: *mut usize,
    _: *mut sys::X509,
    _: usize,
    _: *mut c_int,
    _: *mut c_void,
) -> c_int {
    // SAFETY: as above.
    unsafe {
        ask(ssl, 0);
        (*out, *length) = (COOKIE.as_ptr(), 5);
    }
    1
}

unsafe extern "C" fn parse_extension(
    ssl: *mut SSL,
    _: c_uint,
    _: c_uint,
    data: *const c_uchar,
    length: usize,
    _: *mut sys::X509,
    _: usize,
    _: *mut c_int,
    _: *mut c_void,
) -> c_int {
    // SAFETY: the bytes are there to be read; see above.
    unsafe {
        let bytes = core::slice::from_raw_parts(data, length);
        ask(ssl, bytes.iter().fold(0, |sum, byte| sum ^ byte) & 7);
    }
    1
}
